import Cryptography
import TestSupport
import Testing

@Suite("Hex and Base64")
struct EncodingTests {
    @Test(
        "Base64 gives the published test values",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func knownAnswers(plain: String, encoded: String) throws {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(try Base64.decode(encoded) == Array(plain.utf8))
        let unpadded = String(encoded.filter { $0 != "=" })
        #expect(Base64.encodeURL(Array(plain.utf8)) == unpadded)
        #expect(try Base64.decodeURL(unpadded) == Array(plain.utf8))
    }

    @Test("any bytes come back as they went in")
    func roundTrip() throws {
        var random = SeededRandom()
        for length in 0..<200 {
            let bytes = random.bytes(length)
            #expect(try Base64.decode(Base64.encode(bytes)) == bytes)
            #expect(try Base64.decode(Base64.encodeBytes(bytes)) == bytes)
            #expect(try Base64.decodeURL(Base64.encodeURL(bytes)) == bytes)
            #expect(try Hex.decode(Hex.encode(bytes)) == bytes)
        }
    }

    @Test("every text that decodes is the one text that its bytes encode to")
    func canonical() throws {
        // All texts of four characters over a small alphabet that has every kind of character in it.
        let alphabet = Array("AQgwx/+-_=\n A".utf8)
        for first in alphabet {
            for second in alphabet {
                for third in alphabet {
                    for fourth in alphabet {
                        let text = [first, second, third, fourth]
                        guard let bytes = try? Base64.decode(text) else { continue }
                        try #require(Base64.encodeBytes(bytes) == text)
                    }
                }
            }
        }
    }

    @Test("Base64 that is not canonical is refused with its reason")
    func refusals() {
        let cases: [(String, EncodingError)] = [
            ("Zg", .wrongLength(characterCount: 2)), ("Zh==", .unusedBitsSet), ("Zm9=", .unusedBitsSet),
            ("Zm9v\n", .wrongLength(characterCount: 5)), ("Zm 9", .characterOutsideAlphabet(offset: 2)),
            ("Zm-_", .characterOutsideAlphabet(offset: 2)), ("Z===", .wrongPadding), ("====", .wrongPadding),
            ("Zg==Zg==", .wrongPadding), ("=m9v", .wrongPadding), ("Zméé", .wrongLength(characterCount: 6)),
        ]
        for (text, reason) in cases {
            #expect(throws: reason, "\(text)") { try Base64.decode(text) }
        }
        #expect(throws: EncodingError.wrongPadding) { try Base64.decodeURL("Zg==") }
        #expect(throws: EncodingError.wrongLength(characterCount: 1)) { try Base64.decodeURL("Z") }
        #expect(throws: EncodingError.characterOutsideAlphabet(offset: 2)) { try Base64.decodeURL("Zm+/") }
        #expect(throws: EncodingError.unusedBitsSet) { try Base64.decodeURL("Zh") }
    }

    @Test("hexadecimal digits are lower-case pairs")
    func hex() {
        #expect(Hex.encode([0, 0x0f, 0xa5, 0xff]) == "000fa5ff")
        #expect(throws: EncodingError.wrongLength(characterCount: 3)) { try Hex.decode("abc") }
        #expect(throws: EncodingError.characterOutsideAlphabet(offset: 1)) { try Hex.decode("aB") }
        #expect(throws: EncodingError.characterOutsideAlphabet(offset: 0)) { try Hex.decode("/0") }
        #expect(throws: EncodingError.characterOutsideAlphabet(offset: 3)) { try Hex.decode("000:") }
    }
}
