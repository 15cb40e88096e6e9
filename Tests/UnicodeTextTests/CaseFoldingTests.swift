import Testing
import UnicodeText

@Suite("Folded names")
struct CaseFoldingTests {
    private func folded(_ text: String) -> [UInt8] { CompatibilityForm.folded(Array(text.utf8)) }

    @Test(
        "names that some file system or interpreter takes for one have one form",
        arguments: [
            ("README.md", "readme.MD"), ("caf\u{E9}.py", "CAFE\u{301}.py"), ("stra\u{DF}e", "STRASSE"),
            ("\u{FF4F}s.py", "os.py"), ("a\u{200B}b", "ab"), ("\u{FB01}le", "file"),
        ])
    func equal(_ one: String, _ other: String) { #expect(folded(one) == folded(other)) }

    @Test("different names stay different, and broken UTF-8 is folded where it is ASCII")
    func different() {
        #expect(folded("a/b") != folded("a.b"))
        #expect(folded("caf\u{E9}") != folded("cafe"))
        #expect(CompatibilityForm.folded([0xFF, 0x41]) == [0xFF, 0x61])
        #expect(CompatibilityForm.folded([]) == [])
    }
}
