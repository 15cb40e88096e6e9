import SourceCode
import Testing

@Suite("Lenient decoders")
struct LenientDecodingTests {
    private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test(
        "base64 with other bytes in it is read as each decoder reads it",
        arguments: [
            // text, refusing, passing over, passing over up to the padding
            ("aGk=", "hi", "hi", "hi"), ("a G\nk=", "hi", "hi", "hi"), ("a!Gk", nil, "hi", "hi"),
            ("aGk=aGk=", "hi\u{1A}\u{1A}", nil, "hi"), ("_-8", "\u{FF}\u{EF}", nil, nil), ("", "", "", ""),
            ("aGkaa", "hi\u{1A}", "hi\u{1A}", nil),
        ] as [(String, String?, String?, String?)])
    func base64(encoded: String, refusing: String?, passing: String?, python: String?) {
        func latin1(_ bytes: [UInt8]?) -> String? {
            bytes.map { String(String.UnicodeScalarView($0.map { Unicode.Scalar($0) })) }
        }
        let bytes = Array(encoded.utf8)
        #expect(latin1(LenientBase64.decode(bytes, others: .refuse)) == refusing)
        let passed = latin1(LenientBase64.decode(bytes, others: .passOver))
        // What is refused is passed over by others; what nobody refuses is the same for both.
        #expect(passed == passing ?? refusing)
        if let python { #expect(latin1(LenientBase64.decode(bytes, others: .passOverToPadding)) == python) }
    }

    @Test("a digit too many is refused where Python refuses it")
    func surplus() {
        #expect(LenientBase64.decode(Array("aGkaa".utf8), others: .passOverToPadding) == nil)
        #expect(LenientBase64.decode(Array("aGkaa".utf8), others: .passOver) != nil)
    }

    @Test("hexadecimal digits are read with blanks and halves as the caller says")
    func hexadecimal() {
        let (plain, blanks, half) = (Array("6869".utf8), Array("68 69\n".utf8), Array("68697".utf8))
        #expect(text(LenientHexadecimal.decode(plain, passesBlanks: false)) == "hi")
        #expect(text(LenientHexadecimal.decode(blanks, passesBlanks: true)) == "hi")
        #expect(LenientHexadecimal.decode(blanks, passesBlanks: false) == nil)
        #expect(LenientHexadecimal.decode(half, passesBlanks: false) == nil)
        #expect(text(LenientHexadecimal.decode(half, passesBlanks: false, dropsHalf: true)) == "hi")
        #expect(LenientHexadecimal.decode(Array("6g".utf8), passesBlanks: true) == nil)
    }
}
