import Advisories
import JSON
import Platform
import Registry
import TestSupport
import Testing

/// A bundle that is edited at random, file by file.
private struct EditedBundle {
    private(set) var files: [(name: String, text: [UInt8])] = []
    private var random: SeededRandom
    private var nextNumber = 0

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        for _ in 0..<14 { add() }
    }

    var bytes: [UInt8] { ZipBuilder(files.map { ZipBuilder.Member($0.name, $0.text) }).bytes() }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    /// A record about one to three of a few packages, so that packages are often shared.
    private mutating func text(_ id: String) -> [UInt8] {
        let versions = ["1.0.0", "1.2.0", "2.0.0-rc.1", "2.0.0", "3.1.4"]
        var affected: [JSONValue] = []
        for _ in 0...below(3) {
            let name = "package-\(below(12))"
            let ecosystem = below(8) == 0 ? "PyPI" : "npm"
            var one: JSONObject = ["package": ["ecosystem": .string(ecosystem), "name": .string(name)]]
            if below(2) == 0 { one.append("versions", [.string(versions[below(5)]), .string(versions[below(5)])]) }
            if below(2) == 0 {
                let end = below(9) == 0 ? "unreadable" : versions[below(5)]
                one.append(
                    "ranges", [["type": "SEMVER", "events": [["introduced": "0"], ["fixed": .string(end)]]]])
            }
            affected.append(.object(one))
        }
        var record: JSONObject = ["id": .string(id), "affected": .array(affected), "summary": "edited"]
        if below(2) == 0 { record.append("aliases", [.string("CVE-\(below(6))"), .string("ALIAS-\(below(6))")]) }
        if below(7) == 0 { record.append("withdrawn", "2024-05-06T07:08:09Z") }
        return JSONText.serialize(.object(record))
    }

    private mutating func add() {
        let id = "\(below(2) == 0 ? "MAL" : "GHSA")-\(nextNumber)"
        nextNumber += 1
        files.insert(("\(id).json", text(id)), at: below(files.count + 1))
    }

    /// One to four edits of every kind.
    mutating func edit() {
        for _ in 0...below(4) {
            guard files.count > 3 else {
                add()
                continue
            }
            let place = below(files.count)
            let id = String(files[place].name.dropLast(5))
            switch below(9) {
            case 0, 1: add()
            case 2: files.remove(at: place)
            case 3, 4: files[place].text = text(id)
            // Another file with the same id, and one with the same bytes.
            case 5: files.insert(("copy-\(below(1000)).json", text(id)), at: below(files.count + 1))
            case 6: files.insert(("twin-\(below(1000)).json", files[place].text), at: below(files.count + 1))
            case 7: files[place].text = Array(files[place].text.dropLast(below(2) == 0 ? 1 : 10_000))
            default: files.shuffle(using: &random)
            }
        }
        // Never a bundle without any usable record: that one is refused, which is another test.
        files.append(
            ("last-\(below(3)).json", JSONText.serialize(record("LAST-\(below(3))", "p", versions: ["1.0.0"]))))
    }
}

@Suite("An import takes over what did not change")
struct IncrementalTests {
    private let now = Snapshot.now

    private func counts(_ report: AdvisoryImportReport) -> AdvisoryImportReport.Counts? {
        var counts = report.perEcosystem[.npm]
        counts?.recordsReread = 0
        return counts
    }

    @Test("after any edits the index is byte for byte that of a full import", arguments: [11, 12, 13, 14] as [UInt64])
    func sameAsFull(seed: UInt64) throws {
        var bundle = EditedBundle(seed: seed)
        let folder = try TemporaryDirectory()
        let directory = AdvisoryDirectory(directory: folder.path("advisories"))
        var reread = 0
        var read = 0
        for step in 0..<24 {
            let bytes = bundle.bytes
            let incremental = try directory.install(
                [AdvisoryBundle(.npm, bytes: bytes)], now: now, allowShrink: true)
            let fresh = try TemporaryDirectory()
            let full = try AdvisoryImporter.build(
                bundles: [AdvisoryBundle(.npm, bytes: bytes)], carryingOver: nil, into: fresh.path("index"), now: now,
                allowShrink: false)
            #expect(incremental.snapshotID == full.snapshotID, "seed \(seed), step \(step)")
            let isEqual = try Files.readAll(directory.indexPath) == Files.readAll(fresh.path("index"))
            #expect(isEqual, "seed \(seed), step \(step)")
            #expect(counts(incremental) == counts(full), "seed \(seed), step \(step)")
            #expect(incremental.skipped == full.skipped, "seed \(seed), step \(step)")
            reread += incremental.perEcosystem[.npm]?.recordsReread ?? 0
            read += incremental.recordsRead
            bundle.edit()
        }
        // Otherwise nothing was taken over and the test shows nothing.
        #expect(reread * 2 < read, "seed \(seed): \(reread) of \(read) read again")
    }

    @Test("only records that are new or changed are read")
    func onlyChanged() throws {
        let folder = try TemporaryDirectory()
        let directory = AdvisoryDirectory(directory: folder.path)
        var records = (0..<40).map { record("A-\($0)", "package-\($0)", versions: ["1.0.0"]) }
        let first = try directory.install([bundle(.npm, records)], now: now)
        #expect(first.perEcosystem[.npm]?.recordsReread == 40)
        records[7] = record("A-7", "package-8", versions: ["2.0.0"])
        records.append(record("A-99", "package-99", versions: ["1.0.0"]))
        let second = try directory.install([bundle(.npm, records)], now: now)
        #expect(second.perEcosystem[.npm]?.recordsReread == 2 && second.recordsKept == 41)
        let index = try #require(try directory.current())
        let name = try PackageName(parsing: "package-8", ecosystem: .npm)
        #expect(index.advisories(for: name).map(\.id) == ["A-7", "A-8"])
        #expect(!index.hasAdvisories(for: try PackageName(parsing: "package-7", ecosystem: .npm)))
    }

    @Test("a bundle packed anew with the same records makes the same snapshot")
    func repacked() throws {
        let folder = try TemporaryDirectory()
        let directory = AdvisoryDirectory(directory: folder.path)
        let records = (0..<10).map { record("A-\($0)", "package-\($0)", versions: ["1.0.0"]) }
        let first = try directory.install([bundle(.npm, records)], now: now)
        let second = try directory.install([bundle(.npm, records.reversed())], now: now)
        #expect(first.snapshotID == second.snapshotID)
        #expect(second.perEcosystem[.npm]?.isUnchanged == false)
        #expect(second.perEcosystem[.npm]?.recordsReread == 0)
        #expect(try directory.current()?.record(withID: "A-3") == JSONText.serialize(records[3]))
    }

    @Test("progress counts every record, in order")
    func progress() throws {
        let folder = try TemporaryDirectory()
        let records = (0..<600).map { record("A-\($0)", "package-\($0)", versions: ["1.0.0"]) }
        var seen: [AdvisoryImportProgress] = []
        _ = try AdvisoryDirectory(directory: folder.path).install([bundle(.npm, records)], now: now) {
            seen.append($0)
        }
        #expect(seen.last == AdvisoryImportProgress(ecosystem: .npm, recordsDone: 600, recordsTotal: 600))
        #expect(seen.count > 1 && seen.map(\.recordsDone) == seen.map(\.recordsDone).sorted())
    }
}
