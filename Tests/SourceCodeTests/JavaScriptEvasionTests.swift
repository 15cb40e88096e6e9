import SourceCode
import Testing

@Suite("JavaScript that hides what it calls")
struct JavaScriptEvasionTests {
    @Test(
        "text that is run as code is seen however the way to it is written",
        arguments: [
            "globalThis['ev' + 'al']('x')", "window[`ev${'al'}`]('x')", "(0, eval)('x')", "eval.call(null, 'x')",
            "eval?.('x')", "Reflect.apply(eval, null, ['x'])", "eval.bind(null)('x')",
            "const e = eval; const f = e; f('x')",
            "\\u0065val('x')", "this['constructor']['constructor']('x')()", "[]['filter']['constructor']('x')()",
            "(() => {}).constructor('x')()", "(async () => {}).constructor('x')()", "new Function('x')()",
            "Function('a', 'x')", "new (Object.getPrototypeOf(async function () {}).constructor)('x')",
            "''.sub.constructor('x')()", "global.eval('x')", "self['eval']('x')",
            "globalThis['lave'.split('').reverse().join('')]('x')",
            "let q = 'ev'; q += 'al'; globalThis[q]('x')", "globalThis[atob('ZXZhbA==')]('x')",
            "globalThis[String.fromCharCode(101, 118, 97, 108)]('x')",
            "globalThis[[101,118,97,108].map(c => String.fromCharCode(c)).join('')]('x')",
            "const { eval: run } = globalThis; run('x')", "var [r] = [eval]; r('x')",
            "const o = { run: eval }; o.run('x')",
            "const o = { run: eval }; o['r' + 'un']('x')", "[eval][0]('x')", "(a || eval)('x')", "(a ? b : eval)('x')",
            "!function (f) { f('x') }(eval)", "((f) => f('x'))(eval)", "function go(f, c) { f(c) } go(eval, 'x')",
            "require('vm').runInThisContext('x')", "const { runInNewContext: r } = require('node:vm'); r('x')",
            "import * as v from 'vm'; v['runIn' + 'ThisContext']('x')", "setTimeout('x', 1)", "eval`x`",
            "Reflect.get(globalThis, 'eval')('x')", "new Function('return this')().eval('x')",
            "Function('return eval')()('x')",
            "globalThis.e = eval; e('x')", "e2 = eval; e2('x')", "let e; e = eval; e('x')",
            "const g = globalThis; g.eval('x')",
            "module.constructor._load('vm').runInThisContext('x')", "let f = console.log; f = eval; f('x')",
            "class A { static go = eval } A.go('x')", "globalThis['\\x65\\u{76}al']('x')",
            "(function () { return this })().eval('x')",
        ])
    func evaluations(source: String) {
        let model = CodeModel.javaScript(source)
        let found = model.evaluations
        #expect(found.count >= 1, "\(source): \(model.callPaths)")
        #expect(found.allSatisfy { model.runsAtLoad($0.scope) })
    }

    @Test(
        "programs that are started are seen however the module is reached",
        arguments: [
            "require('child_process').exec('id')", "require('child' + '_process')['ex' + 'ec']('id')",
            "const r = require; const c = r('child_process'); c.exec('id')",
            "module.require('child_process').exec('id')",
            "process.mainModule.require('child_process').exec('id')",
            "const { exec } = require('child_process'); exec('id')",
            "import { exec as e } from 'node:child_process'; e('id')", "import c from 'child_process'; c.exec('id')",
            "(await import('child_process')).exec('id')", "import('child_process').then(c => c.exec('id'))",
            "import('child_process').then(({ exec }) => exec('id'))",
            "import c = require('child_process'); c.exec('id')",
            "import { createRequire } from 'module'; const r = createRequire(import.meta.url); r('child_process').exec('id')",
            "process.getBuiltinModule('child_process').exec('id')", "eval('require')('child_process').exec('id')",
            "new Function('return process')().mainModule.require('child_process').exec('id')",
            "var c = _interopRequireDefault(require('child_process')); c.default.exec('id')",
            "function get() { return require('child_process') } get().exec('id')",
            "global.process.mainModule.require('child_process').exec('id')",
            "require(Buffer.from('Y2hpbGRfcHJvY2Vzcw==', 'base64').toString()).exec('id')",
            "const names = ['fs', 'child_process']; require(names[1]).exec('id')",
            "require('ssecorp_dlihc'.split('').reverse().join('')).exec('id')",
            "const c = { p: require('child_process') }; c.p.exec('id')",
            "let c; (c = require('child_process')).exec('id')",
            "!function (r) { r('child_process').exec('id') }(require)",
            "({ 1: [function (require) { require('child_process').exec('id') }] })",
            "var p = require; var a = require('child_process'), b = a, d = b; d.exec('id')",
            "Reflect.apply(require('child_process').exec, null, ['id'])",
            "Object.values(require('child_process'))[0]('id')",
            "const key = 'exec'; require('child_process')[key]('id')",
            "(require('child_process') || {}).exec('id')", "require(`child_${'process'}`).exec('id')",
            "const f = require('util').promisify(require('child_process').exec); require('child_process').exec('id')",
        ])
    func processes(source: String) {
        let model = CodeModel.javaScript(source, source.contains("import c =") ? .typeScript : .javaScript)
        #expect(model.calls.contains { $0.effects.contains(.process) }, "\(source): \(model.callPaths)")
        #expect(
            model.imports.contains { $0.specifier?.hasSuffix("child_process") == true } || source.contains("interop"))
    }

    @Test("what is hidden is marked as hidden, and what is plain is not")
    func spellings() {
        func spelling(_ source: String) -> Reference.Spelling? {
            CodeModel.javaScript(source).evaluations.first?.callee.spelling
        }
        #expect(spelling("eval('x')") == [])
        #expect(spelling("globalThis['eval']('x')") == .bracketed)
        #expect(spelling("globalThis['ev' + 'al']('x')") == .computed)
        #expect(spelling("(0, eval)('x')") == .indirect)
        #expect(spelling("const e = eval; e('x')") == .aliased)
        #expect(spelling("\\u0065val('x')") == .disguised)
        let plain = CodeModel.javaScript(
            "import { exec as run } from 'child_process'; run('x'); const cp = require('child_process'); cp.exec()")
        #expect(plain.calls.filter { $0.effects.contains(.process) }.map(\.callee.spelling) == [[], []])
    }

    @Test("files that are loaded or run are named, relative to the file")
    func files() {
        func imports(_ source: String) -> [String?] { CodeModel.javaScript(source).imports.map(\.specifier) }
        #expect(
            imports("require('./lib/a'); export * from './b'; import './c'; import('./d.mjs')") == [
                "./lib/a", "./b", "./c", "./d.mjs",
            ])
        #expect(imports("require(__dirname + '/a.js')") == ["./a.js"])
        #expect(imports("const path = require('path'); require(path.join(__dirname, 'lib', 'b'))").last == "./lib/b")
        #expect(imports("require(name)") == [nil])
        let run = CodeModel.javaScript(
            "eval(require('fs').readFileSync('./data.txt', 'utf8')); new Worker('./w.js'); require('child_process').fork('./f.js');"
                + "require('child_process').spawn('node', ['./s.js'])")
        #expect(
            run.imports.filter { $0.kind == .file }.map(\.specifier) == ["./data.txt", "./w.js", "./f.js", "./s.js"])
    }

    @Test("the environment counts as a whole where it is given away")
    func environment() {
        func whole(_ source: String) -> Bool {
            CodeModel.javaScript(source).reads.contains { $0.effects.contains(.wholeEnvironment) }
        }
        #expect(whole("JSON.stringify(process.env)"))
        #expect(whole("const e = process.env; send(e)"))
        #expect(whole("post({ ...process.env })"))
        #expect(!whole("const { HOME } = process.env; const e = process.env; f(e.HOME, process.env.PATH)"))
        #expect(!whole("require('child_process').spawn('a', { env: { ...process.env, A: 1 } })"))
        #expect(CodeModel.javaScript("f(process.env.NPM_TOKEN)").reads.first?.path == "process.env.NPM_TOKEN")
    }
}
