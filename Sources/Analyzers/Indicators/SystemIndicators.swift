/// Places and programs of an operating system.
let systemIndicators: [Indicator] =
    place(
        .shellStart,
        [
            ".bashrc", ".zshrc", ".bash_profile", ".zprofile", ".profile", ".zshenv", "config.fish", ".bash_login",
            "/etc/profile", ".xinitrc", ".xprofile", "microsoft.powershell_profile",
        ])
    + place(.scheduler, ["/etc/cron", "/var/spool/cron", "crontabs/", "\\tasks\\"])
    + place(
        .service,
        [
            "/etc/systemd", "systemd/user", "systemd/system", "/etc/init.d", "/etc/rc.local", "launchagents",
            "launchdaemons",
        ])
    + place(
        .login,
        [
            "currentversion\\run", "currentversion\\\\run", "currentversion/run", "start menu\\programs\\startup",
            "start menu/programs/startup", "programs\\startup", "programs/startup", ".config/autostart",
            "currentversion\\winlogon", "autostart/",
        ])
    + place(.sshKeys, ["authorized_keys"])
    + place(.loader, ["ld.so.preload", "/etc/ld.so.conf"])
    + place(.interpreter, ["sitecustomize", "usercustomize", ".pth"])
    + place(.gitHook, [".git/hooks", ".git\\hooks", ".gitconfig"])
    + topic(
        .packageSettings,
        ["pip.conf", "pip.ini", ".config/pip", ".yarnrc", "etc/npmrc", "bunfig.toml", "uv.toml", ".condarc"])
    + topic(
        .agentSettings,
        [
            ".claude/", ".claude\\", "claude.md", "agents.md", ".cursorrules", ".cursor/", "gemini.md", ".gemini/",
            ".mcp.json", ".vscode/tasks.json", "copilot-instructions", ".codex/", "claude_desktop_config", ".windsurf",
            ".opencode/", ".clinerules", ".roo/", ".continue/", "mcp_config.json", ".cursor/mcp",
            "dangerously-skip-permissions", "--yolo", "trust-all-tools", "dangerously-bypass-approvals",
            "allow-all-tools",
            "--yes-always", "dangerously_skip_permissions", "approval-mode=yolo",
        ])
    + topic(
        .continuousIntegration,
        [
            ".github/workflows", ".github\\workflows", ".gitlab-ci.yml", "actions/runner/releases", "actions-runner",
            ".circleci/config", "runs-on: self-hosted", "registration-token",
        ])
    + memory(.memoryFile, ["/proc/", "/mem"])
    + memory(.securityService, ["lsass", "sekurlsa", "mimikatz"])
    + memory(.runner, ["runner.worker"])
    + memory(.dump, ["minidumpwritedump", "comsvcs.dll", "procdump"])
    + topic(
        .miner,
        [
            "stratum+tcp", "stratum+ssl", "stratum2+tcp", "stratum+tls", "xmrig", "minerd", "cpuminer", "nanopool.org",
            "supportxmr.com", "minexmr.com", "moneroocean", "hashvault.pro", "coinhive.com", "coinhive.min",
            "coin-hive",
            "crypto-loot", "cryptoloot", "webminepool", "2miners.com", "unmineable.com", "nicehash.com", "c3pool",
            "f2pool.com", "ethermine.org", "lolminer", "nbminer", "phoenixminer", "t-rex.exe", "xmr-stak", "ccminer",
            "herominers.com", "--donate-level", "cryptonight", "--coin=monero", "rx/0",
        ])
    + topic(
        .locale,
        [
            "europe/moscow", "asia/yekaterinburg", "asia/novosibirsk", "europe/minsk", "asia/vladivostok", "ru_ru",
            "ru-ru", "belarus", "russia", "country_name", "country_code", "countrycode", "asia/kamchatka",
            "europe/samara",
            "asia/anadyr", "europe/kaliningrad", "asia/tehran", "asia/shanghai", "asia/jerusalem",
        ])
    + topic(
        .analysisTool,
        [
            "vboxmouse", "vboxguest", "vboxsf", "vboxservice", "vboxtray", "vmhgfs", "vmmouse", "vmtoolsd",
            "vmwaretray",
            "vmwareuser", "vmsrvc", "xenservice", "qemu-ga", "prl_cc", "prl_tools", "sbiedll", "sandboxie", "cuckoomon",
            "joeboxserver", "joeboxcontrol", "wireshark", "ollydbg", "x64dbg", "x32dbg", "ida64", "idaq",
            "processhacker",
            "procmon", "procexp", "httpdebugger", "fiddler", "dnspy", "pestudio", "ksdumper", "windbg",
            "immunitydebugger",
            "isdebuggerpresent", "checkremotedebugger", "tracerpid", "hookexplorer", "sysinspector", "dumpcap",
            "regmon",
            "filemon", "vt-pc", "wdagutilityaccount", "dsdt\\vbox", "systembiosversion", "sandbox-pc", "malwarebytes",
            "any.run", "hybrid-analysis", "virustotal",
        ])
    + topic(
        .command,
        [
            "powershell", "certutil", "bitsadmin", "mshta", "regsvr32", "rundll32", "/dev/tcp/", "/dev/udp/",
            "frombase64",
            "downloadstring", "downloadfile", "| sh", "|bash", "| bash", "<(curl", "<(wget", "$(curl", "$(wget",
            "`curl", "`wget", "base64 -d", "base64 --decode", "base64 -D", "|iex", "| iex", "invoke-expression",
            "osascript",
            "npm publish", "twine upload", "pnpm publish", "yarn publish", "yarn npm publish", "maintainer:",
            "-/whoami",
            "git push", "gh repo create", "api.github.com/user/repos", "/user/repos", "rm -rf", "rm -fr",
            "--no-preserve-root",
            "mkfs", "format c:", "del /s", "del /f", "rd /s", "rmdir /s", "schtasks", "crontab", "launchctl",
            "systemctl",
            "reg add", "pip install", "npm install", "npm i ", "pip3 install", "upload.pypi.", "cipher /w",
            "vssadmin",
        ])

private func place(_ place: PersistencePlace, _ texts: [String]) -> [Indicator] { topic(.persistence(place), texts) }

private func memory(_ mark: ProcessMemoryMark, _ texts: [String]) -> [Indicator] { topic(.processMemory(mark), texts) }

private func topic(_ topic: Indicator.Topic, _ texts: [String]) -> [Indicator] { texts.map { Indicator($0, topic) } }
