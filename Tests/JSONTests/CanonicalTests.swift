import JSON
import TestSupport
import Testing

@Suite("Canonical JSON has one text per value")
struct CanonicalTests {
    private func parse(_ text: String) throws(CanonicalJSONError) -> JSONValue {
        try CanonicalJSON.parse(Array(text.utf8))
    }

    @Test("members are sorted by the bytes of their names")
    func sorting() throws {
        let value: JSONValue = ["b": 1, "a": ["d": true, "c": "x\n\u{1}"], "Z": [1, 2], "\u{E9}": 0, "": -5]
        let text = #"{"":-5,"Z":[1,2],"a":{"c":"x\n\u0001","d":true},"b":1,"é":0}"#
        let bytes = try CanonicalJSON.encode(value)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
        #expect(try CanonicalJSON.encode(try CanonicalJSON.parse(bytes)) == bytes)
    }

    @Test(
        "text in another form is refused",
        arguments: [
            "", " {}", "{} ", "{ }", "[1, 2]", "{\"a\" :1}", "{\"a\": 1}", "[1,]", "{\"b\":1,\"a\":2}",
            "{\"a\":1,\"a\":2}", "{\"a\":1,}", "01", "-0", "+1", "1.0", "1e2", "null", "[null]", "9007199254740992",
            "-9007199254740992", "99999999999999999999", "\"\\/\"", "\"\\u0061\"", "\"\\u000a\"", "\"\\u001F\"",
            "\"\\u0008\"", "\"\\u007f\"", "\"\t\"", "\"\\ud83d\\ude00\"", "{}\n", "\"a", "tru", "[", "{\"a\"",
            "\"\\\"", "\"\\u001", "-", "[1 ", "{\"a\":1",
        ])
    func refused(_ text: String) {
        #expect(throws: CanonicalJSONError.self) { try parse(text) }
    }

    @Test("the largest integers pass")
    func integers() throws {
        #expect(
            try parse("[9007199254740991,-9007199254740991,0]") == [9_007_199_254_740_991, -9_007_199_254_740_991, 0])
    }

    @Test("values without canonical form are not written")
    func unrepresentable() {
        let values: [JSONValue] = [nil, .number("1.5"), .integer(1 << 53), [nil], ["a": nil]]
        for value in values {
            #expect(throws: CanonicalJSONError.self) { try CanonicalJSON.encode(value) }
        }
        var twice = JSONObject()
        twice.append("a", 1)
        twice.append("a", 1)
        #expect(throws: CanonicalJSONError.duplicateMember("a")) { try CanonicalJSON.encode(.object(twice)) }
    }

    @Test("nesting is limited")
    func depth() throws {
        let deep = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        _ = try parse(deep)
        #expect(throws: CanonicalJSONError.tooDeep(offset: 32, limit: 32)) { try parse("[\(deep)]") }
    }

    @Test("invalid UTF-8 is refused")
    func utf8() {
        #expect(throws: CanonicalJSONError.notCanonical(offset: 2, expected: "valid UTF-8")) {
            try CanonicalJSON.parse([0x22, 0x61, 0xC0, 0x80, 0x22])
        }
    }

    @Test(
        "accepted text is exactly what encoding writes, whatever byte is changed", arguments: [11, 12, 13] as [UInt64])
    func mutations(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for round in 0..<150 {
            let value = randomValue(&random, depth: 0, canonical: true)
            var bytes = try CanonicalJSON.encode(value)
            #expect(try CanonicalJSON.encode(try CanonicalJSON.parse(bytes)) == bytes, "seed \(seed), round \(round)")
            for _ in 0..<20 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...127, using: &random)
                guard let read = try? CanonicalJSON.parse(bytes) else { continue }
                #expect(try CanonicalJSON.encode(read) == bytes, "seed \(seed), round \(round)")
                #expect(try JSONText.parse(bytes) == read, "both readers agree; seed \(seed), round \(round)")
            }
        }
    }
}
