import SourceCode
import Testing

@Suite("Lines of a source text")
struct LineIndexTests {
    @Test("LF, CR LF and CR alone end a line")
    func lineEnds() {
        let text = SourceText(bytes: Array("a\nb\r\nc\rd".utf8))
        let lines = [0, 1, 2, 3, 4, 5, 6, 7].map(text.line(at:))
        #expect(lines == [1, 1, 2, 2, 2, 3, 3, 4])
        #expect(text.line(at: 1000) == 4)
    }

    @Test("lines are counted the same wherever their ends lie among many bytes", arguments: 0..<20)
    func places(length: Int) {
        let line = Array(repeating: UInt8(ascii: "x"), count: length)
        let text = SourceText(bytes: line + [0x0A] + line + [0x0D, 0x0A] + line + [0x0D] + line + [0x0D])
        #expect(text.line(at: length) == 1)
        #expect(text.line(at: length + 1) == 2)
        #expect(text.line(at: 2 * length + 2) == 2)
        #expect(text.line(at: 2 * length + 3) == 3)
        #expect(text.line(at: 3 * length + 4) == 4)
        #expect(text.line(at: 4 * length + 5) == 5)
    }
}
