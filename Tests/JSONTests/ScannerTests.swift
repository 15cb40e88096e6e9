import JSON
import TestSupport
import Testing

@Suite("The scanner walks a document without building it")
struct ScannerTests {
    private func scan<Result>(
        _ text: String, lenient: Bool = false, _ body: (inout JSONScanner) throws -> Result
    ) throws -> Result {
        let bytes = Array(text.utf8)
        return unsafe try bytes.withUnsafeBytes { buffer in
            var scanner = unsafe JSONScanner(buffer, acceptsUnpairedSurrogates: lenient)
            return try body(&scanner)
        }
    }

    @Test("member names, kinds and byte ranges are reported, duplicates too")
    func members() throws {
        let text = #" { "versions" : {"1.0.0": [1, {"x":"]"}]} , "n\u0061me":"x", "name": null,"t":true } "#
        try scan(text) { scanner throws in
            var seen: [String] = []
            try scanner.enterObject()
            while let name = try scanner.nextMember() {
                let kind = try scanner.peekKind()
                let isName = scanner.matches(name, "name")
                let value = scanner.copy(try scanner.skipValue())
                seen.append("\(try scanner.text(of: name))|\(kind)|\(isName)|\(String(decoding: value, as: UTF8.self))")
            }
            try scanner.finish()
            #expect(
                seen == [
                    #"versions|object|false|{"1.0.0": [1, {"x":"]"}]}"#, #"name|string|true|"x""#,
                    "name|null|true|null",
                    "t|boolean|false|true",
                ])
        }
    }

    @Test("typed reads give values and refuse other kinds")
    func reads() throws {
        try scan(#"["a\n",-7,1.5,true,null,false,{"k":[2]},3]"#) { scanner throws in
            try scanner.enterArray()
            #expect(try scanner.nextElement())
            #expect(try scanner.readString() == "a\n")
            #expect(try scanner.nextElement())
            #expect(try scanner.readInteger() == -7)
            #expect(try scanner.nextElement())
            #expect(try scanner.readNumberText() == "1.5")
            #expect(try scanner.nextElement())
            #expect(try scanner.readBool())
            #expect(try scanner.nextElement())
            try scanner.readNull()
            #expect(try scanner.nextElement())
            #expect(throws: JSONError.self) { try scanner.readString() }
            #expect(try scanner.readBool() == false)
            #expect(try scanner.nextElement())
            #expect(try scanner.readValue() == ["k": [2]])
            // The last element is left unread: moving on skips it.
            #expect(try scanner.nextElement())
            #expect(try scanner.nextElement() == false)
            try scanner.finish()
        }
    }

    @Test("half a surrogate pair may be skipped when asked for, never read")
    func lenientSurrogates() throws {
        let text = #"{"readme":"cut \ud83d","x":1}"#
        #expect(throws: JSONError.self) { try scan(text) { try $0.skipValue() } }
        try scan(text, lenient: true) { scanner throws in
            try scanner.enterObject()
            let name = try #require(try scanner.nextMember())
            #expect(scanner.matches(name, "readme"))
            let token = try scanner.readStringToken()
            #expect(throws: JSONError.self) { try scanner.text(of: token) }
            _ = try scanner.nextMember()
            #expect(try scanner.readInteger() == 1)
            #expect(try scanner.nextMember() == nil)
            try scanner.finish()
        }
    }

    @Test("errors inside skipped values are found")
    func skippedErrors() {
        for text in [
            "[{\"a\":[1,2,{\"b\":tru}]}]", "{\"a\":{\"b\":[\"\u{1}\"]}}", "[[1}]", "[01]", "[\"\\q\"]", "[{}{}]",
        ] {
            #expect(throws: JSONError.self, "\(text)") { try scan(text) { try $0.skipValue() } }
        }
    }

    @Test("walking, skipping and building agree on every mutated text", arguments: [21, 22, 23] as [UInt64])
    func agreement(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let limits = JSONLimits(duplicates: .keepAll)
        for round in 0..<150 {
            var bytes = JSONText.serialize(randomValue(&random, depth: 0), pretty: round % 2 == 0)
            for _ in 0..<15 {
                let built = try? JSONText.parse(bytes, limits: limits)
                #expect(isAccepted(bytes) == (built != nil), "seed \(seed), round \(round)")
                if let built {
                    let again = try? JSONText.parse(JSONText.serialize(built), limits: limits)
                    #expect(again == built, "seed \(seed), round \(round)")
                }
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
        }
    }

    private func isAccepted(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { buffer in
            var scanner = unsafe JSONScanner(buffer)
            do {
                try scanner.skipValue()
                try scanner.finish()
                return true
            } catch {
                return false
            }
        }
    }

    @Test("a stop at every distance from a block boundary is found")
    func blockBoundaries() throws {
        for length in 0..<70 {
            let plain = String(repeating: "a", count: length)
            try scan("[\"\(plain)\",\"\(plain)\\n\",\"\(plain)é\"]") { scanner throws in
                #expect(try scanner.readValue() == [.string(plain), .string(plain + "\n"), .string(plain + "é")])
            }
        }
    }
}
