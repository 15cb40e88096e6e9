import TestSupport
import Testing

@testable import TOML

@Suite("TOML beside Python's tomllib")
struct DifferentialTests {
    static let hasTomllib = Rendering.tomllib.answers(toEach: [Array("a = 1".utf8)]) == ["{61=i1}"]

    private func compare(_ documents: [[UInt8]], _ note: String) throws {
        let theirs = try #require(Rendering.tomllib.answers(toEach: documents))
        // Neither all refusals nor all readings: a comparison that compares nothing would pass.
        let readable = theirs.count { $0 != "-" }
        print("\(readable) of \(documents.count) documents are readable")
        #expect(readable > documents.count / 20 && readable < documents.count)
        var differences = 0
        for (document, their) in zip(documents, theirs) {
            let our = Rendering.text(of: document)
            guard our != their else { continue }
            differences += 1
            if differences <= 5 {
                Issue.record(
                    "\(note): we read \(our), tomllib \(their): \(String(decoding: document, as: UTF8.self).debugDescription)"
                )
            }
        }
        #expect(differences == 0, "\(differences) of \(documents.count) documents are read in another way; \(note)")
    }

    @Test("generated documents mean the same to both", .enabled(if: hasTomllib))
    func generated() throws {
        var maker = GeneratedDocument(random: SeededRandom())
        try compare((0..<6000).map { _ in Array(maker.text().utf8) }, "seed \(maker.random.seed)")
    }

    @Test("damaged documents are refused by both or mean the same to both", .enabled(if: hasTomllib))
    func damaged() throws {
        var maker = GeneratedDocument(random: SeededRandom())
        try compare((0..<6000).map { _ in maker.damaged() }, "seed \(maker.random.seed)")
    }

    @Test("every truncation of a document means the same to both", .enabled(if: hasTomllib))
    func truncations() throws {
        let document = Array(SpecificationTests.everything.utf8)
        try compare(document.indices.map { Array(document[..<$0]) }, "truncated")
    }
}
