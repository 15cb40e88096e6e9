import JSON
import Testing

@Suite("JSON text is read strictly")
struct ParsingTests {
    private func parse(_ text: String, _ limits: JSONLimits = .default) throws(JSONError) -> JSONValue {
        try JSONText.parse(Array(text.utf8), limits: limits)
    }

    private func reason(_ text: String, _ limits: JSONLimits = .default) -> JSONError.Reason? {
        reason(Array(text.utf8), limits)
    }

    private func reason(_ bytes: [UInt8], _ limits: JSONLimits = .default) -> JSONError.Reason? {
        do {
            _ = try JSONText.parse(bytes, limits: limits)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("every kind of value is read")
    func kinds() throws {
        let value = try parse(
            #" {"a":null,"b":[true,false],"c":-12,"d":1.5e3,"e":"x\u00e9\ud83d\ude00\n","f":{},"g":[]} "#)
        #expect(
            value == [
                "a": nil, "b": [true, false], "c": -12, "d": .number("1.5e3"), "e": "xé😀\n", "f": [:], "g": [],
            ])
    }

    @Test("integers that fit 64 bits are integers, all other numbers keep their text")
    func numbers() throws {
        #expect(try parse("9223372036854775807") == .integer(.max))
        #expect(try parse("-9223372036854775808") == .integer(.min))
        #expect(try parse("9223372036854775808") == .number("9223372036854775808"))
        #expect(try parse("-9223372036854775809") == .number("-9223372036854775809"))
        #expect(try parse("-0") == .number("-0"))
        #expect(try parse("0") == .integer(0))
        #expect(try parse("1E+2") == .number("1E+2"))
    }

    @Test(
        "text that is not JSON is refused",
        arguments: [
            "", " ", "{", "[", "[1,]", "[,1]", "{\"a\":1,}", "{,}", "{\"a\"}", "{\"a\":}", "{a:1}", "{1:2}", "[1 2]",
            "{\"a\":1 \"b\":2}", "01", "-", "-01", "1.", ".5", "1e", "1e+", "+1", "0x1", "NaN", "Infinity", "tru",
            "truee", "nul", "True", "'a'", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\t\"", "\"\n\"",
            "[1] 2", "{} {}", "]", "}", "[}", "{]", "\u{FEFF}1", "/**/1", "1//", "\"a\"b", "1,",
        ])
    func malformed(_ text: String) {
        #expect(reason(text) != nil)
    }

    @Test(
        "strings must be valid UTF-8",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80],
            [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5],
            [0xFF], [0xFE],
        ] as [[UInt8]])
    func invalidUTF8(_ bytes: [UInt8]) {
        // At several distances from the end, so that the block and the byte-wise paths both meet it.
        for padding in [0, 1, 14, 15, 16, 17, 40] {
            let text = [0x22] + Array(repeating: 0x61, count: padding) + bytes + [0x61, 0x22]
            #expect(reason(text) == .invalidUTF8, "padding \(padding)")
        }
    }

    @Test("the edges of valid UTF-8 are accepted")
    func validUTF8() throws {
        for scalar: Unicode.Scalar in [
            "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}",
        ] {
            let text = String(repeating: "x", count: 15) + String(scalar)
            #expect(try parse("\"\(text)\"") == .string(text))
        }
    }

    @Test("half a surrogate pair is refused", arguments: ["\\ud83d", "\\ude00", "\\ud83d\\ud83d", "\\ud83dx\\ude00"])
    func surrogates(_ escape: String) {
        #expect(reason("\"\(escape)\"") == .unpairedSurrogate)
    }

    @Test("a member named twice is refused by default, also when one name is escaped")
    func duplicates() throws {
        #expect(reason(#"{"a":1,"\u0061":2}"#) == .duplicateMember("a"))
        #expect(try parse(#"{"a":1,"b":2,"a":3}"#, JSONLimits(duplicates: .keepLast)) == ["a": 3, "b": 2])
        let all = try parse(#"{"a":1,"a":2}"#, JSONLimits(duplicates: .keepAll))
        #expect(all.objectValue?.members.map(\.value) == [1, 2])
        let many = (0..<40).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        #expect(reason("{\(many),\"k7\":0}") == .duplicateMember("k7"))
    }

    @Test("names that differ only by Unicode composition are different members")
    func composition() throws {
        let value = try parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
    }

    @Test("nesting and length are limited")
    func limits() throws {
        let limits = JSONLimits(maxDepth: 3, maxBytes: 20)
        #expect(try parse("[[[]]]", limits) == [[[]]])
        #expect(reason("[[[[]]]]", limits) == .tooDeep(limit: 3))
        #expect(reason("{\"a\":{\"a\":[{}]}}", limits) == .tooDeep(limit: 3))
        #expect(reason(String(repeating: " ", count: 20) + "1", limits) == .tooLong(bytes: 21, limit: 20))
        #expect(reason(String(repeating: "[", count: 100_000)) == .tooDeep(limit: 128))
    }

    @Test("an error names line, column and byte")
    func places() {
        #expect(throws: JSONError(offset: 9, line: 2, column: 7, reason: .unexpectedByte(0x7D, expected: "a value"))) {
            try JSONText.parse(Array("{ \n\"a\":  }".utf8) + [0x7D])
        }
        do {
            _ = try parse("[1,\n 2,\n x]")
            Issue.record("accepted")
        } catch {
            #expect(
                error.description == "invalid JSON at line 3, column 2 (byte 9): found 'x' where a value was expected")
        }
    }

    @Test("a text cut anywhere is refused")
    func cuts() {
        let text = Array(#"{"name":"é\ud83d\ude00","list":[1,-2.5e-7,true,null,{"x":"\\"}]}"#.utf8)
        #expect(reason(text) == nil)
        for end in 0..<text.count {
            #expect(reason(Array(text[..<end])) != nil, "cut at \(end)")
        }
    }
}
