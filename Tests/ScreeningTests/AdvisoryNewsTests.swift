import Screening
import Testing

@Suite("What an advisory tells a verdict that did not know it")
struct AdvisoryNewsTests {
    @Test("a flaw is news unless one of its names was said; that a package is hostile always is")
    func news() {
        func isNews(_ names: [String], _ isMalicious: Bool = false, to said: Set<String>) -> Bool {
            Finding.isNews(advisories: names, isMalicious: isMalicious, to: said)
        }
        #expect(isNews(["GHSA-1"], to: []))
        #expect(isNews(["GHSA-1", "CVE-1"], to: ["GHSA-2", "CVE-2"]))
        #expect(!isNews(["GHSA-1", "CVE-1"], to: ["CVE-1"]))
        #expect(isNews(["MAL-1", "GHSA-1"], true, to: ["GHSA-1", "MAL-1"]))
        let odd = "an id\nof words"
        #expect(!isNews([odd], to: [Finding.evidence(ofAdvisory: odd)]))
        #expect(!isNews([Finding.evidence(ofAdvisory: odd)], to: [Finding.evidence(ofAdvisory: odd)]))
    }
}
