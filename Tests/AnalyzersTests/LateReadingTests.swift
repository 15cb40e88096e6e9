import Testing

@testable import Analyzers

@Suite("Late readings")
struct LateReadingTests {
    private static let script =
        "const p = require('child_process');\nmodule.exports = () => p.exec(require('./next'));\n"

    private func file(_ name: String, _ text: String) -> InspectedFile {
        InspectedFile(
            name: Array("package/\(name)".utf8), path: [Array(name.utf8)], bytes: Array(text.utf8), layout: .npmTarball)
    }

    @Test(
        "a file that waits is read as it would have been at once", arguments: ["data", "notes.md", "run.sh", "a.json"])
    func equality(name: String) {
        let text = name == "run.sh" ? "node lib/next.js\n" : Self.script
        let file = file(name, text)
        var later = LateReadings()
        let (waiting, now) = (later.reading(of: file).found, LateReading.read(file))
        #expect(waiting.links == now.links)
        #expect(!now.links.isEmpty)
        #expect(waiting.guess?.notes == now.guess?.notes)
        #expect(waiting.guess?.uses == now.guess?.uses)
        #expect((waiting.guess == nil) == (name == "run.sh"))
    }

    @Test("what finds no room is read at once, and what cannot be code has no reading")
    func room() {
        var later = LateReadings()
        let long = String(repeating: "a line of a long text that nobody reads\n", count: 100_000)
        for _ in 0..<5 { #expect(later.reading(of: file("notes.txt", long)).found.guess == nil) }
        #expect(
            later.reading(of: file("data", Self.script)).found.links
                == LateReading.read(file("data", Self.script)).links)
        #expect(later.reading(of: file("a.json", "{\"a\": 1}")).found.links.isEmpty)
    }
}
