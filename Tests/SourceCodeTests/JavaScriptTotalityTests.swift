import SourceCode
import TestSupport
import Testing

@Suite("JavaScript readers accept any bytes")
struct JavaScriptTotalityTests {
    private static let pieces = [
        "function f(a){", "}", "(", ")", "[", "]", "`", "${", "'", "\"", "/", "*/", "/*", "//", "\n", "<a b={", "</a>",
        "=>",
        "eval", "require('x')", "var {a:[b]=c}=", "class A{static{", "import x from 'y';", "?", ":", ",", ".",
        "\\u0065", "0x",
        "async", "await ", "yield", "new ", "<T,>", "\r", "\u{2028}", "+", "-", "...", "case ", "else ", "if(", "for(",
        "`a${",
    ]

    @Test("any bytes and any pieces give a model whose ranges lie in the file")
    func anyBytes() {
        var random = SeededRandom()
        for round in 0..<400 {
            var bytes: [UInt8] = []
            if round % 3 == 0 {
                bytes = random.bytes(Int.random(in: 0...120, using: &random))
            } else {
                for _ in 0..<Int.random(in: 0...60, using: &random) {
                    bytes += Array((Self.pieces.randomElement(using: &random) ?? "").utf8)
                }
            }
            for language in [SourceLanguage.javaScript, .typeScript] {
                check(JavaScript.model(of: SourceText(bytes: bytes), language: language))
            }
        }
    }

    private func check(_ model: CodeModel) {
        var last: Int32 = 0
        for token in model.tokens {
            #expect(token.start >= last && token.end > token.start && Int(token.end) <= model.source.bytes.count)
            last = token.end
        }
        let count = Int32(model.tokens.count)
        #expect(model.calls.allSatisfy { $0.tokens.lowerBound >= 0 && $0.tokens.upperBound <= count })
        #expect(model.strings.allSatisfy { $0.tokens.upperBound <= count && Int($0.scope) < model.scopes.count })
        #expect(model.bindings.allSatisfy { $0.value.upperBound <= count && $0.target.upperBound <= count })
        #expect(model.scopes.allSatisfy { $0.tokens.upperBound <= count })
        let starts = model.calls.map(\.tokens.lowerBound)
        #expect(starts == starts.sorted())
    }

    @Test(
        "every byte in every odd place is passed",
        arguments: ["<a ", "</", "<a b=", "`${", "/[", "x?.", "#", "class A{", "\\u{", "0x"])
    func oddPlaces(_ opening: String) {
        for byte in UInt8.min...UInt8.max {
            for tail in ["", "eval('y')"] {
                check(JavaScript.model(of: SourceText(bytes: Array(opening.utf8) + [byte] + Array(tail.utf8))))
            }
        }
    }

    @Test("a member whose name is missing is none")
    func namelessMember() {
        for text in [
            "const f = o.; f('x')", "let a = b.c.; a.d()", "x = o?.; x()", "const x = o.().d; x()",
            "const x = o.(); x()",
            "const {a: e} = o., p = {1}; e(p)", "o. = f; o.()", "const x = new o.; x.y()",
            "const { = f } = `${g}`; f()", "const {: e } = o; e()", "let {a, {b}} = o; b()", "({ = f } = o); f()",
        ] {
            check(JavaScript.model(of: SourceText(bytes: Array(text.utf8)), language: .typeScript))
            check(JavaScript.model(of: SourceText(bytes: Array(text.utf8))))
        }
    }

    @Test("a template that never ends may stand where a type does")
    func endlessTemplateType() {
        for text in ["class C<T> { a: `b${", "class C { a: `b${c", "let a: `b${{", "type A = `${`${", "f<`${>(1)"] {
            check(JavaScript.model(of: SourceText(bytes: Array(text.utf8)), language: .typeScript))
            check(JavaScript.model(of: SourceText(bytes: Array(text.utf8))))
        }
    }

    @Test(
        "nesting of any depth is read to its end",
        arguments: [
            ("(", ")"), ("[", "]"), ("{", "}"), ("!", ""), ("a=>", ""), ("function(){", "}"), ("`${", "}`"),
            ("if(a)", ""),
            ("a?", ":b"), ("<a>", "</a>"), ("new ", ""), ("x=", ""), ("f(", ")"), ("-", ""), ("a**", ""),
            ("async()=>", ""),
        ])
    func depth(open: String, close: String) {
        let count = 20_000
        let source =
            String(repeating: open, count: count) + "eval('x')" + String(repeating: close, count: count) + ";eval('y')"
        let model = CodeModel.javaScript(source)
        #expect(model.evaluations.count >= 1, "\(open)")
    }

    @Test("what is written twice as often takes no more than its share of folding")
    func bounds() {
        let chain = (0..<200).map { "var a\($0 + 1) = a\($0) + a\($0);" }.joined()
        let model = CodeModel.javaScript("var a0 = 'xxxxxxxx';" + chain + "f(a200)")
        #expect(model.strings.allSatisfy { $0.value.count <= 256 * 1024 })
        let circle = CodeModel.javaScript(
            "var a = b, b = c || d, c = a(), d = b.x; a.b.c(b, c, d); a = a + a; f(a + b)")
        #expect(!circle.calls.isEmpty)
    }
}
