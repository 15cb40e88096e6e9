import TestSupport
import Testing

@testable import Analyzers

@Suite("Classes of bytes")
struct ByteClassTests {
    @Test("every byte at every place of a word is told as one after the other would be")
    func plainBytes() {
        for byte in UInt8.min...UInt8.max {
            let isPlain = (0x20...0x7E).contains(byte) || [0x09, 0x0A, 0x0C].contains(byte)
            for place in 0..<19 {
                var text = [UInt8](repeating: 0x61, count: 19)
                text[place] = byte
                #expect(ByteClasses(text).isPlain == isPlain, "byte \(byte) at \(place)")
                #expect(ByteClasses.isASCII(text) == (byte < 0x80), "byte \(byte) at \(place)")
            }
        }
        #expect(ByteClasses(Array("one\r\ntwo\r\n".utf8)).isPlain)
        #expect(!ByteClasses(Array("one\r\ntwo\rthree".utf8)).isPlain)
    }

    @Test("neighbours do not hide each other: random words")
    func randomWords() {
        var random = SeededRandom(seed: 17)
        for _ in 0..<20_000 {
            let text = (0..<16).map { _ in
                UInt8.random(
                    in: [0x00...0xFF, 0x1E...0x22, 0x7C...0x81].randomElement(using: &random) ?? 0x20...0x7E,
                    using: &random)
            }
            let isPlain = text.allSatisfy { (0x20...0x7E).contains($0) || [0x09, 0x0A, 0x0C].contains($0) }
            if !text.contains(0x0D) { #expect(ByteClasses(text).isPlain == isPlain, "\(text)") }
        }
    }
}
