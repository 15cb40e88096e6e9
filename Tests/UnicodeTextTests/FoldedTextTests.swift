import TestSupport
import Testing
import UnicodeText

@Suite("Folded text")
struct FoldedTextTests {
    private func fold(_ text: String) -> String { String(decoding: FoldedText(Array(text.utf8)).bytes, as: UTF8.self) }

    @Test("accents, dress and hidden characters go, ASCII and lines stay")
    func folding() {
        #expect(fold("Grüße, Ærø\nŁódź ıŞ") == "Grusse, aero\nlodz is")
        #expect(fold("ｉｇｎｏｒｅ Ⓐⓛⓛ 𝐩𝐫𝐢𝐨𝐫") == "ignore all prior")
        #expect(fold("ig\u{200B}no\u{AD}re") == "ignore")
        #expect(fold("Привет, Мир") == "привет, мир")
        #expect(fold("指示を無視 무시") == "指示を無視 무시")
        #expect(fold("ĸ\u{FE0F}x") == "ĸx")
    }

    @Test("letters of other scripts become Latin only within Latin words")
    func lookalikes() {
        #expect(fold("ign\u{43E}re \u{430}ll") == "ignore all")
        #expect(fold("\u{43E}\u{43D}\u{430} x") == "она x")
        #expect(fold("Δx λmax") == "δx λmax" || fold("Δx λmax") == "δx λmax")
    }

    @Test("disguised words are known by their place")
    func disguises() {
        let text = FoldedText(Array("plain ign\u{43E}re plain".utf8))
        #expect(text.isDisguised(in: 6..<12) && !text.isDisguised(in: 0..<5) && !text.isDisguised(in: 13..<18))
        #expect(FoldedText(Array("Straße, naïve, Donau\u{AD}dampf, 👨\u{200D}👩".utf8)).disguises.isEmpty)
    }

    @Test("any bytes are folded without an end of lines lost")
    func total() {
        var random = SeededRandom()
        for _ in 0..<300 {
            let bytes = random.bytes(Int(random.next() % 300))
            let folded = FoldedText(bytes).bytes
            #expect(folded.count { $0 == 0x0A } == bytes.count { $0 == 0x0A })
        }
    }

    @Test("NFKC is the one of another implementation")
    func normalForm() throws {
        var random = SeededRandom()
        let blocks: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0xA0...0x24F, 0x370...0x3FF, 0x400...0x45F, 0x1E00...0x1EFF, 0x2070...0x209C, 0x2100...0x214F,
            0x1D400...0x1D7FF, 0xFB00...0xFB06, 0xFF01...0xFF5E, 0x300...0x36F, 0xAC00...0xAC20, 0x3131...0x318E,
        ]
        var inputs: [[UInt8]] = []
        for _ in 0..<400 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int(random.next() % 20) {
                let block = blocks[Int(random.next() % UInt64(blocks.count))]
                let value = block.lowerBound + UInt32(random.next() % UInt64(block.count))
                if let scalar = Unicode.Scalar(value), scalar.properties.generalCategory != .unassigned {
                    text.append(scalar)
                }
            }
            inputs.append(Array(String(text).utf8))
        }
        let program = PythonProgram(
            """
            import sys, unicodedata
            for line in sys.stdin.read().split("\\n")[:-1]:
                print(unicodedata.normalize("NFKC", bytes.fromhex(line).decode()).encode().hex())
            """)
        let answers = try #require(program.answers(toEach: inputs), "python3 is needed for this test")
        for (input, answer) in zip(inputs, answers) {
            let form = try #require(CompatibilityForm.nfkc(input[...]))
            let hex = form.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            #expect(hex == answer, "\(input)")
        }
    }
}
