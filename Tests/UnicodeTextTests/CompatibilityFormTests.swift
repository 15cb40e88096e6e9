import Testing
import UnicodeText

@Suite("NFKC")
struct CompatibilityFormTests {
    @Test("letters of other styles become plain ones")
    func letters() {
        func form(_ text: String) -> String? {
            CompatibilityForm.nfkc(Array(text.utf8)[...]).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(form("plain") == "plain")
        #expect(form("\u{1D452}\u{1D463}\u{1D44E}\u{1D459}") == "eval")
        #expect(form("ﬁle") == "file")
        #expect(CompatibilityForm.nfkc([0xFF]) == nil)
    }
}
