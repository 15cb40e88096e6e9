import SourceCode
import TestSupport
import Testing

/// Tokens as short texts: `name:x`, `text:'a'`, `head:f"{`, with `¶`, `→`, `←` for the ends and changes of lines.
func pythonTokens(_ text: String) -> [String] {
    let source = SourceText(bytes: Array(text.utf8))
    let model = Python.model(of: source)
    return model.tokens.indices.map { index in
        let token = model.tokens[index]
        let text = String(decoding: model.text(ofToken: Int32(index)), as: UTF8.self)
        return switch token.kind {
        case .identifier: "name:\(text)"
        case .number: "number:\(text)"
        case .string: "text:\(text)"
        case .templateHead: "head:\(text)"
        case .templateMiddle: "middle:\(text)"
        case .templateTail: "tail:\(text)"
        case .punctuator: text
        case .newline: "¶"
        case .indent: "→"
        case .dedent: "←"
        case .regularExpression, .markupText: "impossible"
        }
    }
}

@Suite("Tokens of Python")
struct PythonTokenizerTests {
    @Test(
        "strings keep their prefixes and quotes",
        arguments: [
            #"'a'"#, #""""#, #"r'\'"'"#, #"b"\"""#, #"Rb'''a'b''c'''"#, #""""a"b""c\"""""#, #"u'x'"#, #"ur'x'"#,
            "'a\\\nb'", "'''a\nb'''", "BR''", #"f'plain {{x}}'"#, #"rf'\{{'"#, #"f"\N{DASH}""#, #"t'x'"#, #"'\\'"#,
        ])
    func strings(text: String) {
        #expect(pythonTokens(text + " + 1") == ["text:\(text)", "+", "number:1", "¶"])
    }

    @Test("names that look like prefixes are names")
    func noPrefixes() {
        #expect(pythonTokens("x'a'") == ["name:x", "text:'a'", "¶"])
        #expect(pythonTokens("bu'a'") == ["name:bu", "text:'a'", "¶"])
        #expect(pythonTokens("bf'a'") == ["name:bf", "text:'a'", "¶"])
    }

    @Test("odd triple quotes in comments and strings hide nothing")
    func oddQuotes() {
        #expect(pythonTokens("# it's '''\n\"'''\"\neval(x)").suffix(5) == ["name:eval", "(", "name:x", ")", "¶"])
        #expect(pythonTokens("'\"\"\"'; eval(x)").suffix(5) == ["name:eval", "(", "name:x", ")", "¶"])
    }

    @Test("the fields of templates are code")
    func templates() {
        #expect(pythonTokens(#"f"a{b}c""#) == [#"head:f"a{"#, "name:b", #"tail:}c""#, "¶"])
        #expect(
            pythonTokens(#"f'{x!r:>{w}}{y}'"#) == [
                "head:f'{", "name:x", "middle:!r:>{", "name:w", "middle:}}{", "name:y", "tail:}'", "¶",
            ])
        #expect(
            pythonTokens(#"f"{d["k"]}""#) == [#"head:f"{"#, "name:d", "[", #"text:"k""#, "]", #"tail:}""#, "¶"])
        #expect(
            pythonTokens(#"f"{f"{f"{1}"}"}""#) == [
                #"head:f"{"#, #"head:f"{"#, #"head:f"{"#, "number:1", #"tail:}""#, #"tail:}""#, #"tail:}""#, "¶",
            ])
        #expect(
            pythonTokens("f'''{a!=b, {1: 2}[1], (lambda: 3)}'''").filter { $0 == ":" || $0 == "!=" }
                == ["!=", ":", ":"])
        #expect(pythonTokens("f'{\nx # '\n}'\ny").suffix(3) == ["tail:}'", "¶", "name:y", "¶"].suffix(3))
    }

    @Test(
        "numbers end where Python ends them",
        arguments: [
            ("1if", ["number:1", "name:if"]), ("0x1for", ["number:0x1f", "name:or"]),
            ("1_000.5e-3j", ["number:1_000.5e-3j"]), (".5", ["number:.5"]), ("1.e5", ["number:1.e5"]),
            ("1else", ["number:1", "name:else"]), ("10L", ["number:10L"]), ("0b1_0", ["number:0b1_0"]),
            ("1..real", ["number:1.", ".", "name:real"]), ("0o17", ["number:0o17"]), ("1e5", ["number:1e5"]),
        ])
    func numbers(text: String, tokens: [String]) {
        #expect(pythonTokens(text) == tokens + ["¶"])
    }

    @Test("lines, indentation and joining")
    func lines() {
        #expect(
            pythonTokens("if a:\n\tb\n        c\n\n  # note\nd\r\ne\rf") == [
                "name:if", "name:a", ":", "¶", "→", "name:b", "¶", "name:c", "¶", "←", "name:d", "¶", "name:e", "¶",
                "name:f", "¶",
            ])
        #expect(pythonTokens("a = (b,\n  c)\n") == ["name:a", "=", "(", "name:b", ",", "name:c", ")", "¶"])
        #expect(pythonTokens("a \\\n  + b") == ["name:a", "+", "name:b", "¶"])
        #expect(pythonTokens("\u{C}x;y") == ["name:x", ";", "name:y", "¶"])
        #expect(pythonTokens("if a:\n  b") == ["name:if", "name:a", ":", "¶", "→", "name:b", "¶", "←"])
    }

    @Test("a bracket that is never closed does not swallow what follows")
    func unclosed() {
        #expect(pythonTokens("a = (\ndef f(): eval(x)").suffix(10).first == "name:def")
        #expect(pythonTokens("f'{(\nimport os\n").suffix(3) == ["name:import", "name:os", "¶"])
        #expect(pythonTokens("'abc\neval").suffix(2) == ["name:eval", "¶"])
    }

    @Test("marks are taken whole")
    func marks() {
        let marks = ["**=", "//=", ">>=", "<<=", "...", "->", ":=", "!=", "<>", "**", "@=", "`", "~", "<="]
        #expect(pythonTokens(marks.joined(separator: " ")) == marks + ["¶"])
    }

    @Test("NUL bytes hide nothing")
    func nul() {
        #expect(pythonTokens("a\0b") == ["name:a", "name:b", "¶"])
    }

    @Test("any bytes give tokens in order, inside of the text")
    func totality() {
        var random = SeededRandom()
        let pieces = [
            "f'", "{", "}", "'", "\"\"\"", "\\", "\n", "  ", "def x", "(", ")", ":", "!", "#", "e1", "0x", "rb\"", ".",
            "\r", "class", "\u{FF45}val", "=", "[", "]", "lambda", "for", "in", "import ", ",", "*", "@",
        ]
        for _ in 0..<400 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...60, using: &random) {
                let isGarbage = Int.random(in: 0..<10, using: &random) == 0
                bytes +=
                    isGarbage ? random.bytes(2) : Array(pieces.randomElement(using: &random).map { $0.utf8 } ?? "".utf8)
            }
            let model = Python.model(of: SourceText(bytes: bytes))
            var end: Int32 = 0
            for token in model.tokens {
                #expect(token.start >= end && token.end >= token.start && Int(token.end) <= bytes.count)
                end = token.end
            }
            #expect(model.tokens.count { $0.kind == .indent } == model.tokens.count { $0.kind == .dedent })
        }
    }
}
