import SourceCode
import Testing

@Suite("What JavaScript means")
struct JavaScriptMeaningTests {
    // MARK: Scopes

    @Test(
        "a name means what its innermost scope says",
        arguments: [
            "function f(eval) { eval('x') }", "const eval = g; eval('x')", "{ let e = eval } e('x')",
            "function f() { var r = require } r('child_process').exec('x')", "for (const eval of a) { eval('x') }",
            "try { } catch (eval) { eval('x') }", "var o = { eval(c) { } }; o.eval('x')",
            "class A { eval() { } m() { this.eval('x') } }",
            "function f(r) { r('x') } f(console.log)", "a.eval('x')", "function eval() { } eval('x')",
            "const r = e => e('x'); var e2 = eval", "import { eval } from 'x'; eval('y')",
        ])
    func shadows(source: String) {
        let model = CodeModel.javaScript(source)
        #expect(model.evaluations.isEmpty && !model.calls.contains { $0.effects.contains(.process) }, "\(source)")
    }

    @Test(
        "code that runs when the file is loaded is told from code that may be called",
        arguments: [
            ("eval(1)", true), ("function f() { eval(1) }", false), ("function f() { eval(1) } f()", true),
            ("(function () { eval(1) })()", true), ("!function () { eval(1) }()", true), ("(() => eval(1))()", true),
            ("(async () => { await eval(1) })()", true), ("void function () { eval(1) }()", true),
            ("(function () { eval(1) }).call(this)", true), ("new function () { eval(1) }", true),
            ("module.exports = () => eval(1)", false), ("exports.f = function () { eval(1) }", false),
            ("[1].forEach(() => eval(1))", true), ("p.then(() => eval(1))", true),
            ("setTimeout(() => eval(1), 5)", true),
            ("process.nextTick(function () { eval(1) })", true), ("new Promise(() => eval(1))", true),
            ("require('https').get('u', r => r.on('data', d => eval(1)))", true),
            ("app.get('/', () => eval(1))", false),
            ("class A { static { eval(1) } }", true), ("class A { m() { eval(1) } }", false),
            ("class A { constructor() { eval(1) } } new A()", true), ("class A { m() { eval(1) } } new A().m()", true),
            ("class A { constructor() { this.m() } m() { eval(1) } } new A", true), ("class A { x = eval(1) }", true),
            ("const o = { m() { eval(1) } }; o.m()", true), ("const o = { m() { eval(1) } }", false),
            ("function a() { b() } function b() { eval(1) } a()", true), ("const f = () => eval(1); f?.()", true),
            ("(function (root, factory) { factory() })(this, function () { eval(1) })", true),
            ("(function (m) { function r(i) { m[i].call() } r(0) })([function () { eval(1) }])", true),
            ("var t = { a: function () { eval(1) } }; t[x]()", true),
            ("exports.a = function () { eval(1) }; exports.a()", true),
            ("async function main() { eval(1) } main().catch(() => { })", true),
            ("(0, function () { eval(1) })()", true),
            ("if (require.main === module) { main() } function main() { eval(1) }", true),
            ("const f = function () { eval(1) }.bind(1); f()", true),
            ("var c = (cb) => () => (0, cb[k(cb)[0]])(); var r = c({ 'a.js'(e) { eval(1) } }); r()", true),
        ])
    func reach(source: String, runs: Bool) throws {
        let model = CodeModel.javaScript(source)
        let call = try #require(model.evaluations.first, "\(source)")
        #expect(model.runsAtLoad(call.scope) == runs, "\(source)")
    }

    @Test("scopes have their names, parameters and parents")
    func scopes() {
        let model = CodeModel.javaScript("const f = (a, { b }, ...c) => { if (a) { let d } }; class K { m(x = 1) { } }")
        #expect(model.scopes.map(\.kind) == [.module, .function, .block, .type, .function])
        #expect(model.scopes.map(\.name) == [nil, "f", nil, "K", "m"])
        #expect(model.scopes[1].parameters == ["a", "b", "c"])
        #expect(model.scopes.map(\.parent) == [nil, 0, 1, 0, 3])
    }

    @Test("values are bound to the names that get them")
    func bindings() {
        let model = CodeModel.javaScript(
            "let a = atob(x), { b, c: [d] } = e; a = 1; o.p = a; f(g => g); function h(i) { } h(a); for (const j of a) ; a += 'k'"
        )
        let found = model.bindings.map { binding in
            binding.name + "=" + binding.value.map { String(decoding: model.text(ofToken: $0), as: UTF8.self) }.joined()
        }
        #expect(
            Set(["a=atob(x)", "b=e", "d=e", "a=1", "o.p=a", "i=a", "j=a", "a='k'"]).isSubset(of: Set(found)), "\(found)"
        )
        #expect(model.bindings.map(\.target.lowerBound) == model.bindings.map(\.target.lowerBound).sorted())
    }

    @Test("results of calls keep the path of what made them")
    func results() {
        let model = CodeModel.javaScript(
            "const s = new net.Socket(); const net = require('net'); s.connect(4444, '192.0.2.1');"
                + "require('http').request('u').on('response', f); require('fs').createWriteStream('a').write('b')")
        #expect(model.call("net.Socket().connect")?.effects.contains(.socket) == true)
        #expect(model.argument(1, of: "net.Socket().connect") == "192.0.2.1")
        #expect(model.call("http.request().on")?.effects.contains(.network) == true)
        #expect(model.call("fs.createWriteStream().write")?.effects.contains(.writesFiles) == true)
    }

    // MARK: Folding

    @Test(
        "texts that are put together are known",
        arguments: [
            ("'a' + 'b' + 1 + true", "ab1true"), ("`a${'b'}${1 + 2}c`", "ab3c"), ("['x', 'y'].join('-')", "x-y"),
            ("'cba'.split('').reverse().join('')", "abc"), ("'abcdef'.slice(1, -1)", "bcde"),
            ("'abcdef'.substr(-3, 2)", "de"),
            ("'abcdef'.substring(4, 1)", "bcd"), ("'abc'.charAt(1) + 'abc'[2]", "bc"),
            ("'a.b.c'.replaceAll('.', '')", "abc"),
            ("'a#b#c'.replace(/#/g, '')", "abc"), ("'a#b#c'.split('#').join('')", "abc"),
            ("'ab'.repeat(2) + ''", "abab"),
            ("'AB'.toLowerCase() + 'c'.toUpperCase()", "abC"), ("' a '.trim() + 'b'", "ab"),
            ("String.fromCharCode(104, 105)", "hi"), ("String.fromCharCode.apply(null, [104, 105])", "hi"),
            ("String.fromCharCode(...[104, 105])", "hi"),
            ("[105, 106].map(c => String.fromCharCode(c ^ 1)).join('')", "hk"),
            ("[105, 106].map(c => String.fromCharCode(c - 1)).join('')", "hi"),
            ("'\\x68\\u0069\\u{21}' + '\\151'", "hi!i"),
            ("decodeURIComponent('%68%69')", "hi"), ("unescape('%u0068i')", "hi"), ("atob('aGk=')", "hi"),
            ("Buffer.from('6869', 'hex').toString()", "hi"),
            ("Buffer.from('a!G*k=', 'base64').toString()", "hi"), ("Buffer.from([104, 105]).toString('utf8')", "hi"),
            ("atob(atob('YUdrPQ=='))", "hi"), ("String.raw`\\n${'a'}`", "\\na"), ("['a', 'b', 'c'][1] + 'z'", "bz"),
            ("({ k: 'v' }).k + 'w'", "vw"), ("(1 ? 'a' : 'b') + 'c'", "ac"), ("(![] + [])[1] + (!![] + [])[0]", "at"),
            ("[][[]] + ''", "undefined"), ("(29).toString(36) + ''", "t"), ("parseInt('0x1f') + ''", "31"),
            ("['b', 'a'].reverse().concat(['c']).join('')", "abc"), ("['h', 'i'].reduce((a, b) => a + b)", "hi"),
            ("(x => x + 'b')('a')", "ab"), ("'h' + (function () { return 'i' })()", "hi"),
        ])
    func folding(source: String, value: String) {
        let model = CodeModel.javaScript("f(\(source))")
        #expect(model.argument(0, of: "f") == value, "\(source)")
    }

    @Test("constants are followed through variables, objects and small functions")
    func variables() {
        let model = CodeModel.javaScript(
            """
            const a = 'ht', b = a + 'tp', o = { s: '://', h: ['x', 'example'] }; let c = b + o.s + o.h.join('.')
            const u = (p) => c + '/' + p; f(u('y')); let w = 'a'; w = 'b'; g(w + 'c'); h('http://' + 'x.ex' + 'ample/' + z)
            """)
        #expect(model.argument(0, of: "f") == "http://x.example/y")
        #expect(model.argument(0, of: "g") == nil)
        #expect(model.strings(.folded).contains("http://x.example/"))
    }

    @Test("what strings decode to is told to three levels, when it is text")
    func decoding() {
        let once = "aHR0cHM6Ly94LmV4YW1wbGUvYQ=="
        let twice = "YUhSMGNITTZMeTk0TG1WNFlXMXdiR1V2WVE9PQ=="
        let model = CodeModel.javaScript(
            "k('\(twice)'); l('deadbeefdeadbeefdeadbeef'); m('AbstractDocumentFragmentInterface')")
        #expect(model.strings(.decoded) == [once, "https://x.example/a"])
        #expect(
            CodeModel.javaScript("k('68747470733a2f2f782e6578616d706c65')").strings(.decoded) == ["https://x.example"])
        let codes = CodeModel.javaScript("var c = [104,116,116,112,115,58,47,47,120]")
        #expect(codes.strings(.folded) == ["https://x"])
    }

    @Test("literals tell their escapes")
    func literals() throws {
        let text = try #require(CodeModel.javaScript("x = '\\x41\\u0042c\\n'").strings.first)
        #expect(text.escapes == 3 && text.rawBytes == 13 && Array(text.value) == Array("ABc\n".utf8))
    }
}
