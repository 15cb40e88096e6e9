import SourceCode
import TestSupport
import Testing

private func strings(_ text: String, _ origin: StringConstant.Origin) -> [String] {
    pythonModel(text).strings.filter { $0.origin == origin }.map { String(decoding: $0.value, as: UTF8.self) }
}

@Suite("Constants of Python")
struct PythonFoldingTests {
    @Test(
        "expressions of literals are computed",
        arguments: [
            "'os.sys' + 'tem'", "'os.' 'system'", "'%s.%s' % ('os', 'system')", "'{}.{}'.format('os', 'system')",
            "'{1}.{0}'.format('system', 'os')", "f\"os.{'sys'}tem\"", "'.'.join(['os', 'system'])",
            "''.join(['o', 's', '.', 'system'])", "'metsys.so'[::-1]", "''.join(reversed('metsys.so'))",
            "'oXs.sXystem'.replace('X', '')", "'OS.SYSTEM'.lower()", "chr(111) + chr(115) + '.system'",
            "''.join(chr(c) for c in [111, 115, 46, 115, 121, 115, 116, 101, 109])",
            "''.join(map(chr, [111, 115, 46, 115, 121, 115, 116, 101, 109]))",
            "bytes([111, 115, 46, 115, 121, 115, 116, 101, 109]).decode()", "'b3Muc3lzdGVt'.decode('base64')",
            "bytes.fromhex('6f732e73797374656d').decode('utf8')", "'  os.system '.strip()", "'os.syst%cm' % 101",
            "str(b'os.system', 'utf-8')", "'xos.systemx'[1:-1]", "'o-s-.-s-y-s-t-e-m'[::2]",
            "''.join(chr(ord(c) ^ 1) for c in 'nr/rxrudl')", "''.join([chr(ord(c) - 1) for c in 'pt/tztufn'])",
            "bytes(b ^ 7 for b in b'ht)t~tsbj').decode()", "'os.system'.encode().decode()",
            "('os', '.', 'system')[0] + '.system'", "''.join(map(lambda c: chr(c ^ 1), b'nr/rxrudl'))",
            "''.join('os.system'[i] for i in range(9))", "chr(0x6f) + chr(0o163) + '.system'",
            "''.join(c for i, c in enumerate('os.system'))", "'os.s' + 'y' * 1 + 'stem'",
            "''.join(chr(ord(a) ^ ord(b)) for a, b in zip('nr/rxrudl', '\\x01' * 9))",
            "bytes([c ^ b'\\x01'[i % 1] for i, c in enumerate(b'nr/rxrudl')]).decode()",
            "'bf.flfgrz'.translate(str.maketrans('abcdefghijklmnopqrstuvwxyz', 'nopqrstuvwxyzabcdefghijklm'))",
            "__import__('codecs').decode('bf.flfgrz', 'rot13')",
            "__import__('base64').b64decode('b3Muc3lzdGVt').decode()",
            "__import__('binascii').unhexlify('6f732e73797374656d').decode()",
            "__import__('base64').b32decode('N5ZS443ZON2GK3I=').decode()",
        ])
    func folding(expression: String) throws {
        let call = try #require(pythonModel("f(\(expression))").calls.first { $0.callee.path == "f" })
        #expect(call.arguments.first?.constant == .text(Array("os.system".utf8)), "\(call.arguments)")
        let told = strings("f(\(expression))", .folded) + strings("f(\(expression))", .decoded)
        #expect(told.contains("os.system"), "\(told)")
    }

    @Test("variables that are given a value once are followed, others are not")
    func variables() {
        #expect(strings("a = 'os'\nb = '.system'\nc = a + b\nf(c)", .folded) == ["os.system"])
        #expect(strings("def g(): return x + 'b'\nx = 'a'", .folded) == ["ab"])
        #expect(strings("x = 'a'\nif y: x = 'c'\nz = x + 'b'", .folded) == [])
        #expect(strings("x = 'a'\nx += 'b'\nx += 'c'\nz = x + 'd'", .folded) == ["abcd"])
        #expect(strings("x = 'a'\nfor i in y:\n    x += 'b'\nz = x + 'd'", .folded) == [])
        #expect(strings("def g(x='a'): return x + 'b'", .folded) == [])
    }

    @Test("only the largest folded text is told, beside the literals")
    func largest() {
        let model = pythonModel("x = ('a' + 'b') + 'c'")
        #expect(model.strings.map { String(decoding: $0.value, as: UTF8.self) } == ["a", "b", "c", "abc"])
        #expect(model.bindings.first?.constant == .text(Array("abc".utf8)))
    }

    @Test("encoded texts are decoded, also in layers")
    func layers() {
        #expect(strings("x = 'aHR0cHM6Ly94LmV4YW1wbGUvYQ=='", .decoded) == ["https://x.example/a"])
        #expect(strings("x = '68747470733a2f2f782e6578616d706c65'", .decoded) == ["https://x.example"])
        let inner = "YUhSMGNITTZMeTk0TG1WNFlXMXdiR1V2WVE9PQ=="
        #expect(strings("x = '\(inner)'", .decoded) == ["aHR0cHM6Ly94LmV4YW1wbGUvYQ==", "https://x.example/a"])
        #expect(strings("x = 'application/x-www-form-urlencoded'", .decoded) == [])
        #expect(strings("x = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'", .decoded) == [])
    }

    @Test("literals keep what they were written with")
    func literals() {
        let model = pythonModel("'''doc'''\nx = '\\x41\\u0042\\n' rb'\\x41' \ny = f'a{{{z}\\t{z:>{w}}b'\n")
        let told = model.strings.map {
            "\($0.origin) \(String(decoding: $0.value, as: UTF8.self)) \($0.escapes) \($0.rawBytes)"
        }
        #expect(
            told == [
                "documentation doc 0 3", "literal AB\n 3 12", "literal \\x41 0 4", "folded AB\n\\x41 0 0",
                "literal a{ 0 3",
                "literal \t 1 2", "literal b 0 1",
            ])
    }

    @Test("bindings name what is given a value")
    func bindings() {
        let model = pythonModel("a = b = 1\na.b = 'x'\nc, d = 'p', q\nfor e in f: pass\nwith g as h: pass\nos['k'] = 2")
        #expect(model.bindings.map(\.name) == ["a", "b", "a.b", "c", "d", "e", "h", "os[]"])
        #expect(model.bindings[3].constant == .text([0x70]))
    }

    @Test("large and deep inputs take linear time and no stack")
    func scale() {
        #expect(pythonModel(String(repeating: "(", count: 50_000)).problems.contains { $0.kind == .tooDeep })
        #expect(
            pythonModel(String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)).tokens.count == 10001
        )
        _ = pythonModel(String(repeating: "a.b(", count: 5_000))
        _ = pythonModel(String(repeating: "lambda: ", count: 5_000))
        _ = pythonModel(String(repeating: "not ", count: 5_000) + "x")
        _ = pythonModel(String(repeating: "f'{", count: 5_000))
        _ = pythonModel(String(repeating: "x if y else ", count: 5_000) + "z")
        _ = pythonModel(String(repeating: "a**", count: 5_000) + "z")
        _ = pythonModel(String(repeating: "def f():\n", count: 5_000))
        _ = pythonModel((0..<300).map { String(repeating: " ", count: $0) + "def f():\n" }.joined())
        _ = pythonModel("x = a" + String(repeating: ".b()", count: 10_000))
        let sum = "x = 'a'" + String(repeating: " + 'a'", count: 5_000)
        #expect(pythonModel(sum).strings.last?.value.count == 5_001)
        let chain = "v0 = eval\n" + (1...5000).map { "v\($0) = v\($0 - 1)\n" }.joined() + "v5000('1')"
        #expect(pythonModel(chain).calls.last?.callee.path == "eval")
        let backwards = "def f(): v0('1')\n" + (0..<5000).map { "v\($0) = v\($0 + 1)\n" }.joined() + "v5000 = eval"
        _ = pythonModel(backwards)
        let hidden =
            "k = '" + String(repeating: "a", count: 20_000) + "'\n"
            + String(repeating: "x = ''.join(chr(ord(c) ^ 1) for c in k)\ny = k[0]\n", count: 400) + "f('b')"
        let spent = pythonModel(hidden)
        #expect(spent.calls.last?.arguments.first?.constant == .text([0x62]))
        #expect(spent.problems.map(\.kind) == [.tooDeep])
        _ = pythonModel((0..<300).map { "a\($0) = 'x' * 262144\n" }.joined())
    }

    @Test("any text has a model")
    func totality() {
        var random = SeededRandom()
        let pieces = [
            "f'", "{", "}", "'", "\"\"\"", "\\", "\n", "\n  ", "def f(", "(", ")", ":", "!", "# c\n", "1", "0x1f",
            "b'\\x41'",
            ".", "class A", "eval", "=", "[", "]", "lambda x", " for c in ", "import os", ",", "*", "@", " if ",
            " else ",
            "from os import *", "getattr(os, 's'", "'a' + ", "__import__(", "chr(", "''.join(", "x", " += ", ":=",
            "match ",
            "case ", "exec ", "print ", "global x", "with open(x) as f:", "return ", "self.x", "'%s' % ", "{}'.format(",
        ]
        for _ in 0..<1200 {
            var text = ""
            for _ in 0..<Int.random(in: 0...40, using: &random) { text += pieces.randomElement(using: &random) ?? "" }
            let model = pythonModel(text)
            let count = Int32(model.tokens.count)
            for call in model.calls {
                #expect(call.tokens.lowerBound >= 0 && call.tokens.upperBound <= count, "\(text)")
                #expect(Int(call.scope) < model.scopes.count)
            }
            for string in model.strings { #expect(string.tokens.upperBound <= count, "\(text)") }
        }
    }
}
