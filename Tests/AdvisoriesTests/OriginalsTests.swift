import Advisories
import Compression
import JSON
import Platform
import Registry
import TestSupport
import Testing

@Suite("The original of a record comes from the kept bundle")
struct OriginalsTests {
    private let now = Snapshot.now

    private struct Kept {
        let folder: TemporaryDirectory
        let directory: AdvisoryDirectory
        let bundlePath: String
    }

    private func install(_ members: [ZipBuilder.Member]) throws -> Kept {
        let folder = try TemporaryDirectory()
        let directory = AdvisoryDirectory(directory: folder.path)
        _ = try directory.install([AdvisoryBundle(.npm, bytes: ZipBuilder(members).bytes())], now: now)
        let name = try #require(try Files.list(folder.path("bundles")).first)
        return Kept(folder: folder, directory: directory, bundlePath: folder.path("bundles/\(name)"))
    }

    private func member(_ record: JSONValue, deflated: Bool = true) -> ZipBuilder.Member {
        let bytes = JSONText.serialize(record)
        return deflated
            ? ZipBuilder.Member("any name.json", bytes, deflatedAs: Gzip.compress(bytes))
            : ZipBuilder.Member("other.json", bytes)
    }

    @Test("byte for byte, also of withdrawn records and of those with a fault; nil for an unknown id")
    func bytes() throws {
        let plain = record("A-1", "p", versions: ["1.0.0"], with: ["details": "é \u{1F600}", "unknown": [1, "x"]])
        let withdrawn = record("A-2", "p", versions: ["1.0.0"], with: ["withdrawn": "2024-05-06T07:08:09Z"])
        let elsewhere = record("A-3", "p", "Go", versions: ["1.0.0"])
        let kept = try install([member(plain), member(withdrawn, deflated: false), member(elsewhere)])
        let index = try #require(try kept.directory.current())
        for record in [plain, withdrawn, elsewhere] {
            let id = try #require(record["id"]?.stringValue)
            #expect(try index.record(withID: id) == JSONText.serialize(record))
        }
        for id in ["A-4", "", "A-", "A-11", "a-1"] { #expect(try index.record(withID: id) == nil, "\(id)") }
    }

    @Test("of a record about several ecosystems from whichever bundle has it")
    func severalEcosystems() throws {
        let both = record(
            "A-1", "",
            with: [
                "affected": [
                    affectedPackage("p", versions: ["1.0.0"]), affectedPackage("q", "PyPI", versions: ["1.0.0"]),
                ]
            ])
        let snapshot = try Snapshot(npm: [both], pypi: [both])
        #expect(try snapshot.index.record(withID: "A-1") == JSONText.serialize(both))
        #expect(snapshot.index.advisories(withID: "A-1").map(\.package.ecosystem) == [.npm, .pypi])
        for name in try Files.list(snapshot.folder.path("bundles")) where name.hasPrefix("npm") {
            try Files.remove(snapshot.folder.path("bundles/\(name)"))
        }
        let again = try AdvisoryIndex.open(path: snapshot.folder.path("index"))
        #expect(try again.record(withID: "A-1") == JSONText.serialize(both))
    }

    @Test("damage in the kept bundle is an error for the record it concerns, never other bytes")
    func damage() throws {
        let records = [record("A-1", "p", versions: ["1.0.0"]), record("A-2", "q", versions: ["1.0.0"])]
        let kept = try install(records.map { member($0) })
        let whole = try Files.readAll(kept.bundlePath)
        let name = try PackageName(parsing: "p", ecosystem: .npm)
        var failures = 0
        for position in stride(from: 0, to: whole.count, by: 3) {
            var damaged = whole
            damaged[position] ^= 0x10
            try Files.writeDurably(damaged, to: kept.bundlePath)
            let index = try AdvisoryIndex.open(path: kept.directory.indexPath)
            for record in records {
                let id = try #require(record["id"]?.stringValue)
                do {
                    #expect(try index.record(withID: id) == JSONText.serialize(record), "byte \(position)")
                } catch {
                    failures += 1
                }
            }
            #expect(index.hasAdvisories(for: name))
        }
        // Most bytes belong to neither record's data; each byte that does must have been noticed.
        #expect(failures > 50)
    }

    @Test("a kept bundle cut off anywhere is an error or the right bytes; matching goes on")
    func cut() throws {
        let original = record("A-1", "p", versions: ["1.0.0"])
        let kept = try install([member(original)])
        let whole = try Files.readAll(kept.bundlePath)
        let name = try PackageName(parsing: "p", ecosystem: .npm)
        for count in stride(from: 0, to: whole.count, by: 5) {
            try Files.writeDurably(Array(whole[..<count]), to: kept.bundlePath)
            let index = try AdvisoryIndex.open(path: kept.directory.indexPath)
            if let bytes = try? index.record(withID: "A-1") { #expect(bytes == JSONText.serialize(original)) }
            #expect(index.hasAdvisories(for: name))
        }
    }

    @Test("a missing kept bundle is an error for this call, and the same bundle imported again mends it")
    func missing() throws {
        let original = record("A-1", "p", versions: ["1.0.0"])
        let kept = try install([member(original)])
        let bytes = try Files.readAll(kept.bundlePath)
        try Files.remove(kept.bundlePath)
        let directory = AdvisoryDirectory(directory: kept.folder.path)
        let index = try #require(try directory.current())
        #expect(throws: AdvisoryError.self) { try index.record(withID: "A-1") }
        #expect(try index.record(withID: "A-2") == nil)
        #expect(index.hasAdvisories(for: try PackageName(parsing: "p", ecosystem: .npm)))
        _ = try directory.install([AdvisoryBundle(.npm, bytes: bytes)], now: now.adding(.seconds(5)))
        #expect(try directory.current()?.record(withID: "A-1") == JSONText.serialize(original))
    }

    @Test("who has a snapshot open keeps its originals while the next one is installed")
    func openBundles() throws {
        let original = record("A-1", "p", versions: ["1.0.0"])
        let kept = try install([member(original)])
        let old = try #require(try kept.directory.current())
        _ = try kept.directory.install([bundle(.npm, [record("A-2", "q", versions: ["1.0.0"])])], now: now)
        #expect(try Files.list(kept.folder.path("bundles")).count == 1)
        #expect(try old.record(withID: "A-1") == JSONText.serialize(original))
        #expect(try kept.directory.current()?.record(withID: "A-1") == nil)
    }
}
