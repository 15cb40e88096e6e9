import Advisories
import Compression
import Cryptography
import JSON
import Platform
import Registry
import TestSupport
import Testing

@Suite("A faulty bundle or a crash leaves the snapshot in force")
struct BundleFaultTests {
    private let now = Snapshot.now
    private let folder: TemporaryDirectory
    private let directory: AdvisoryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        directory = AdvisoryDirectory(directory: folder.path)
        _ = try directory.install([bundle(.npm, [record("A-1", "p", versions: ["1.0.0"])])], now: now)
    }

    /// The words of the refusal; the snapshot must be the one before, its bundle too, and nothing else left.
    private func refusal(_ bundle: AdvisoryBundle, _ comment: String = "") throws -> String {
        let before = try Files.readAll(directory.indexPath)
        let snapshot = try directory.current()?.snapshotID
        let kept = try Files.list(folder.path("bundles"))
        var words = ""
        do {
            _ = try directory.install([bundle], now: now.adding(.seconds(60)))
            Issue.record("it was installed: \(comment)")
        } catch {
            words = "\(error)"
        }
        #expect(try Files.readAll(directory.indexPath) == before, "\(comment)")
        #expect(try Files.list(folder.path("bundles")) == kept, "\(comment)")
        #expect(try Files.list(folder.path) == ["bundles", "index"], "\(comment)")
        #expect(try directory.current()?.snapshotID == snapshot && snapshot != nil)
        return words
    }

    private func refusal(_ members: [ZipBuilder.Member], _ comment: String = "") throws -> String {
        try refusal(AdvisoryBundle(.npm, bytes: ZipBuilder(members).bytes()), comment)
    }

    private var good: ZipBuilder.Member {
        ZipBuilder.Member("A-2.json", JSONText.serialize(record("A-2", "q", versions: ["1.0.0"])))
    }

    @Test("a bundle cut off at any byte is refused and called so")
    func truncated() throws {
        let whole = ZipBuilder([good, ZipBuilder.Member("b.json", Array("{}".utf8))]).bytes()
        for count in Array(0..<8) + stride(from: 8, to: whole.count, by: 9) {
            let words = try refusal(AdvisoryBundle(.npm, bytes: Array(whole[..<count])), "cut at \(count)")
            #expect(words.contains(count >= 4 ? "cut off" : "not a ZIP file"), "\(words)")
        }
    }

    @Test("entries that would unpack to far more than the file are refused before anything is unpacked")
    func bombs() throws {
        var members = [good]
        for number in 0..<40 {
            var bomb = ZipBuilder.Member("\(number).json", Array("bomb".utf8))
            bomb.method = 8
            bomb.uncompressedBytes = 8 << 20
            members.append(bomb)
        }
        #expect(try refusal(members).contains("unpacked bytes for its size"))
        // One that claims as much as a number can hold, twice, so that a sum would overflow.
        var huge = good
        huge.uncompressedBytes = .max
        huge.usesWideValues = true
        #expect(try refusal([good, huge, huge]).contains("unpacked bytes for its size"))
    }

    @Test("one record that claims more than it may is skipped alone")
    func largeRecord() throws {
        // The checksum is never looked at; computing it bit by bit would take seconds.
        var large = ZipBuilder.Member("large.json", [])
        large.data = Array(Gzip.compress([UInt8](repeating: 0x20, count: 17 << 20), level: 1).dropFirst(10).dropLast(8))
        large.method = 8
        large.uncompressedBytes = 17 << 20
        let padding = ZipBuilder.Member("padding.bin", SystemRandom().bytes(1 << 18))
        let report = try directory.install(
            [AdvisoryBundle(.npm, bytes: ZipBuilder([good, large, padding]).bytes())], now: now)
        #expect(report.skipped.map(\.record) == ["large.json"])
        #expect(report.skipped.allSatisfy { $0.reason.contains("16777216") })
    }

    @Test("entries that share bytes are refused")
    func overlapping() throws {
        var shadow = good
        shadow.pointsAt = 0
        #expect(try refusal([good, shadow]).contains("shares bytes"))
    }

    @Test("an empty bundle, and one of another ecosystem, are refused by what is wrong with them")
    func useless() throws {
        #expect(try refusal([]).contains("none of the 0 records"))
        let python = bundle(.npm, [record("P-1", "p", "PyPI", versions: ["1.0"])])
        #expect(try refusal(python).contains("none of the 1 records"))
    }

    @Test("a bundle that lost packages or records of malicious packages is refused unless that is allowed")
    func shrunken() throws {
        let flaws = (0..<10).map { record("A-\($0)", "package-\($0)", versions: ["1.0.0"]) }
        let malicious = (0..<6).map { record("MAL-\($0)", "bad-\($0)", versions: ["1.0.0"]) }
        _ = try directory.install([bundle(.npm, flaws + malicious)], now: now)
        let fewerMalicious = bundle(.npm, flaws + malicious.prefix(2))
        #expect(try refusal(fewerMalicious).contains("from 6 to 2 records of malicious packages"))
        let onePackage = (0..<16).map { record("A-\($0)", "package-1", versions: ["1.0.0"]) }
        #expect(try refusal(bundle(.npm, onePackage + malicious.prefix(4))).contains("from 16 to 5 packages"))
        #expect(try refusal(bundle(.npm, Array(malicious))).contains("from 16 to 6 records"))
        let half = try directory.install([bundle(.npm, flaws + malicious.prefix(3))], now: now)
        #expect(half.recordsKept == 13)
        _ = try directory.install([bundle(.npm, [flaws[0]])], now: now, allowShrink: true)
        #expect(try directory.current()?.recordCounts == [.npm: 1])
    }

    @Test("a crash after the bundle was kept and before the index leaves the old snapshot; the next import sweeps")
    func crashBetween() throws {
        let next = ZipBuilder([good]).bytes()
        let digest = SHA256Digest(hashing: next).hex.prefix(32)
        let other = ["bundles/npm-\(digest).zip", "bundles/pypi-\(digest).zip", "bundles/.jurat-temporary-00ff"]
        // What is not made by imports is not touched.
        let foreign = [
            "bundles/npm-notes.zip", "bundles/npm-\(digest).zip.bak", "bundles/npm-\(digest.uppercased()).zip",
        ]
        for path in other + foreign { try Files.writeDurably(next, to: folder.path(path)) }
        let reader = AdvisoryDirectory(directory: folder.path)
        #expect(try reader.current()?.record(withID: "A-1") != nil)
        #expect(try reader.current()?.record(withID: "A-2") == nil)
        _ = try directory.install([AdvisoryBundle(.npm, bytes: next)], now: now)
        #expect(try directory.current()?.record(withID: "A-2") != nil)
        let left = try Files.list(folder.path("bundles")).map { "bundles/\($0)" }
        #expect(left == ([other[0]] + foreign).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    @Test("a temporary index of an import that died is removed once it is old")
    func oldTemporary() throws {
        try Files.writeDurably([1], to: folder.path(".jurat-temporary-aa"))
        _ = try directory.install([AdvisoryBundle(.npm, bytes: ZipBuilder([good]).bytes())], now: now)
        #expect(try Files.list(folder.path) == ["bundles", "index"])
    }

    @Test("an index cut off anywhere is an error, never an empty answer")
    func cutIndex() throws {
        let bytes = try Files.readAll(directory.indexPath)
        for count in stride(from: 0, to: bytes.count, by: 13) {
            try Files.writeDurably(Array(bytes[..<count]), to: folder.path("damaged"))
            #expect(throws: AdvisoryError.self, "cut to \(count)") {
                try AdvisoryIndex.open(path: folder.path("damaged"))
            }
        }
    }

    @Test("a small record cannot make a large index: aliases are bounded, and that is said")
    func amplification() throws {
        let packages = (0..<800).map { affectedPackage("package-\($0)", versions: ["1.0.0"]) }
        let aliases = (0..<4000).map { JSONValue.string("ALIAS-\($0)") }
        let big = record("A-9", "", with: ["affected": .array(packages), "aliases": .array(aliases)])
        let report = try directory.install([bundle(.npm, [big])], now: now, allowShrink: true)
        #expect(report.skipped.first?.reason.contains("aliases") == true && report.recordsKept == 1)
        #expect(try Files.sizeBytes(directory.indexPath) < 6 << 20)
    }
}

@Suite("A fetched bundle is kept without copying it")
struct TakenOverTests {
    @Test("its first name may go; an unchanged one is only confirmed; a refused one leaves nothing")
    func takenOver() throws {
        let folder = try TemporaryDirectory()
        let directory = AdvisoryDirectory(directory: folder.path("advisories"))
        let original = record("A-1", "p", versions: ["1.0.0"])
        let bytes = ZipBuilder([ZipBuilder.Member("A-1.json", JSONText.serialize(original))]).bytes()
        let fetched = folder.path("npm.part")
        try Files.writeDurably(bytes, to: fetched)
        let first = try directory.install([AdvisoryBundle(.npm, takingOver: fetched)], now: Snapshot.now)
        try Files.remove(fetched)
        #expect(try directory.current()?.record(withID: "A-1") == JSONText.serialize(original))
        try Files.writeDurably(bytes, to: fetched)
        let again = try directory.install([AdvisoryBundle(.npm, takingOver: fetched)], now: Snapshot.now)
        #expect(again.perEcosystem[.npm]?.isUnchanged == true && again.snapshotID == first.snapshotID)
        try Files.writeDurably(Array(bytes.dropLast()), to: fetched)
        #expect(throws: AdvisoryError.self) {
            try directory.install([AdvisoryBundle(.npm, takingOver: fetched)], now: Snapshot.now)
        }
        #expect(try Files.list(folder.path("advisories/bundles")).count == 1)
    }
}
