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
}
