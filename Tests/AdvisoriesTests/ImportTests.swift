import Advisories
import JSON
import Platform
import Registry
import TestSupport
import Testing

@Suite("Bundles are imported")
struct ImportTests {
    private func records(_ count: Int, prefix: String = "A", ecosystem: String = "npm") -> [JSONValue] {
        (0..<count).map { record("\(prefix)-\($0)", "package-\($0)", ecosystem, versions: ["1.0.0"]) }
    }

    private static func member(_ name: String, _ text: String) -> ZipBuilder.Member { .init(name, Array(text.utf8)) }

    private static var good: String {
        String(decoding: JSONText.serialize(record("A-1", "p", versions: ["1.0.0"])), as: UTF8.self)
    }

    /// One member for each thing that can be wrong with a record.
    private func badMembers() -> [ZipBuilder.Member] {
        var broken = ZipBuilder.Member("broken.json", Array("{}".utf8))
        broken.crc ^= 1
        let package = #"{"package":{"ecosystem":"npm","name":"p"},"versions":["1.0.0"]}"#
        return [
            broken, Self.member("text.json", "nothing"), Self.member("list.json", "[]"),
            Self.member("cut.json", String(Self.good.dropLast())),
            Self.member("twice.json", #"{"id":"T-1","id":"T-2","affected":[]}"#),
            Self.member("noid.json", #"{"affected":[]}"#),
            Self.member("id.json", #"{"id":"a b","affected":[\#(package)]}"#), Self.member("kind.json", #"{"id":7}"#),
            Self.member("schema.json", #"{"schema_version":"2.0.0","id":"S-1","affected":[\#(package)]}"#),
            Self.member("time.json", #"{"id":"W-1","withdrawn":"yesterday","affected":[\#(package)]}"#),
            Self.member("nothing.json", #"{"id":"N-1"}"#), Self.member("copy.json", Self.good),
            Self.member(
                "name.json",
                #"{"id":"M-1","affected":[{"package":{"ecosystem":"npm","name":"../p"},"versions":["1.0.0"]}]}"#),
            Self.member(
                "shape.json",
                #"{"id":"H-1","affected":[{"package":{"ecosystem":"npm","name":"p"},"versions":"1.0.0"}]}"#),
            Self.member(
                "dup.json", #"{"id":"D-1","affected":[{"package":{"ecosystem":"npm","name":"p","name":"q"}}]}"#),
            Self.member(
                "other.json", #"{"id":"O-1","affected":[{"package":{"ecosystem":"Go","name":"p"},"versions":["1"]}]}"#),
        ]
    }

    @Test("a bad record is skipped, counted and named, and never stops the rest")
    func badRecords() throws {
        let bad = badMembers()
        let zip = ZipBuilder(
            [Self.member("A-1.json", Self.good)] + bad + [Self.member("README.md", "not a record")])
        let folder = try TemporaryDirectory()
        let report = try AdvisoryImporter.build(
            bundles: [AdvisoryBundle(.npm, bytes: zip.bytes())], carryingOver: nil, into: folder.path("index"),
            now: Snapshot.now, allowShrink: false)
        #expect(report.recordsRead == 1 + bad.count && report.recordsKept == 1 && report.recordsSkipped == bad.count)
        #expect(
            report.skipped.map(\.record) == [
                "broken.json", "text.json", "list.json", "cut.json", "twice.json", "noid.json", "id.json", "kind.json",
                "schema.json", "time.json", "N-1", "A-1", "M-1", "shape.json", "dup.json", "O-1",
            ])
        #expect(report.skipped.allSatisfy { !$0.reason.isEmpty && $0.ecosystem == .npm })
    }

    @Test("only the first bad records are named, all are counted")
    func manyBad() throws {
        let bad = (0..<150).map { record("B-\($0)", "", versions: ["1.0.0"]) }
        let snapshot = try Snapshot(npm: bad + records(1))
        #expect(snapshot.report.recordsSkipped == 150)
        #expect(snapshot.report.skipped.count == AdvisoryImportReport.maxNamed)
    }

    @Test("members that are not known are passed over, whatever they hold")
    func unknownMembers() throws {
        let more: JSONObject = [
            "database_specific": ["id": 1, "affected": "x", "deep": [[[[]]]]], "credits": nil, "related": ["x"],
            "references": [["type": "WEB"]], "schema_version": "1.7.3", "severity": nil, "aliases": nil,
        ]
        let snapshot = try Snapshot(npm: [record("A-1", "p", versions: ["1.0.0"], with: more)])
        #expect(try snapshot.ids("p", "1.0.0") == ["A-1"])
        #expect(snapshot.report.recordsSkipped == 0)
    }

    @Test("a description cut inside an escape sequence does not cost the record")
    func cutDetails() throws {
        let text =
            #"{"id":"A-1","details":"cut \ud83d","affected":[{"package":{"ecosystem":"npm","name":"p"},"versions":["1.0.0"]}]}"#
        let folder = try TemporaryDirectory()
        let report = try AdvisoryImporter.build(
            bundles: [AdvisoryBundle(.npm, bytes: ZipBuilder([.init("A-1.json", Array(text.utf8))]).bytes())],
            carryingOver: nil, into: folder.path("index"), now: Snapshot.now, allowShrink: false)
        #expect(report.recordsKept == 1)
    }

    @Test("names of packages and files are never paths")
    func names() throws {
        let folder = try TemporaryDirectory()
        let zip = ZipBuilder([
            .init("../../escaped.json", JSONText.serialize(record("A-1", "--legacy-peer-deps", versions: ["1.0.0"]))),
            .init("/etc/absolute.json", JSONText.serialize(record("A-2", "pattern.json", versions: ["1.0.0"]))),
        ])
        _ = try AdvisoryImporter.build(
            bundles: [AdvisoryBundle(.npm, bytes: zip.bytes())], carryingOver: nil, into: folder.path("index"),
            now: Snapshot.now, allowShrink: false)
        #expect(try Files.list(folder.path) == ["bundles", "index"])
        let index = try AdvisoryIndex.open(path: folder.path("index"))
        for name in ["--legacy-peer-deps", "pattern.json"] {
            #expect(index.hasAdvisories(for: try PackageName(parsing: name, ecosystem: .npm)))
        }
    }

    @Test("importing one ecosystem keeps the other")
    func carriesOver() throws {
        let first = try Snapshot(npm: records(3), pypi: records(2, prefix: "P", ecosystem: "PyPI"))
        let later = Snapshot.now.adding(.seconds(60))
        let report = try AdvisoryImporter.build(
            bundles: [bundle(.npm, records(4))], carryingOver: first.index, into: first.folder.path("next"), now: later,
            allowShrink: false)
        let next = try AdvisoryIndex.open(path: first.folder.path("next"))
        #expect(next.recordCounts == [.npm: 4, .pypi: 2] && report.snapshotID == next.snapshotID)
        #expect(next.importedAt == [.npm: later, .pypi: Snapshot.now] && next.builtAt == later)
        #expect(next.sourceDigests[.pypi] == first.index.sourceDigests[.pypi])
        let name = try PackageName(parsing: "package-1", ecosystem: .pypi)
        #expect(next.matches(name, try PackageVersion(parsing: "1", ecosystem: .pypi)).map(\.id) == ["P-1"])
        #expect(next.changedNames(since: first.index).map(\.canonical) == ["package-3"])
        #expect(first.index.changedNames(since: next).map(\.canonical) == ["package-3"])
    }

    @Test("a bundle that shrank below half is refused unless allowed")
    func shrinks() throws {
        let first = try Snapshot(npm: records(10))
        func build(_ count: Int, allowShrink: Bool) throws -> Int? {
            _ = try AdvisoryImporter.build(
                bundles: [bundle(.npm, records(count))], carryingOver: first.index, into: first.folder.path("index"),
                now: Snapshot.now, allowShrink: allowShrink)
            return try AdvisoryIndex.open(path: first.folder.path("index")).recordCounts[.npm]
        }
        #expect(throws: AdvisoryError.self) { try build(4, allowShrink: false) }
        #expect(try AdvisoryIndex.open(path: first.folder.path("index")).recordCounts[.npm] == 10)
        #expect(try build(5, allowShrink: false) == 5)
        #expect(try build(1, allowShrink: true) == 1)
    }

    @Test("a bundle without a usable record, or that is no bundle, changes nothing")
    func uselessBundles() throws {
        let first = try Snapshot(npm: records(1))
        let before = try Files.readAll(first.folder.path("index"))
        for bytes in [ZipBuilder([]).bytes(), [], Array("<html>".utf8), ZipBuilder([.init("a.json", [])]).bytes()] {
            #expect(throws: AdvisoryError.self) {
                try AdvisoryImporter.build(
                    bundles: [AdvisoryBundle(.pypi, bytes: bytes)], carryingOver: first.index,
                    into: first.folder.path("index"), now: Snapshot.now, allowShrink: false)
            }
        }
        #expect(try Files.readAll(first.folder.path("index")) == before)
        #expect(try Files.list(first.folder.path) == ["bundles", "index"])
    }

    @Test("equal records give equal snapshots, whatever their order")
    func deterministic() throws {
        let one = try Snapshot(npm: records(20))
        let other = try Snapshot(npm: records(20).reversed())
        #expect(one.index.snapshotID == other.index.snapshotID && one.index.snapshotID.utf8.count == 64)
        #expect(one.index.snapshotID != (try Snapshot(npm: records(21)).index.snapshotID))
    }

    @Test("records with any bytes changed never stop an import", arguments: [41, 42, 43] as [UInt64])
    func mutations(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let vector: JSONValue = [["type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"]]
        let text = JSONText.serialize(
            record(
                "A-1", "p", versions: ["1.0.0", "1.0.1"], events: [["introduced": "0"], ["fixed": "2.0.0"]],
                with: ["severity": vector, "aliases": ["CVE-1"], "modified": "2024-01-02T03:04:05Z", "withdrawn": nil]))
        var members = [ZipBuilder.Member("good.json", JSONText.serialize(record("G-1", "good", versions: ["1.0.0"])))]
        for index in 0..<120 {
            var bytes = text
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8(truncatingIfNeeded: random.next())
            }
            members.append(ZipBuilder.Member("\(index).json", bytes))
        }
        let folder = try TemporaryDirectory()
        let report = try AdvisoryImporter.build(
            bundles: [AdvisoryBundle(.npm, bytes: ZipBuilder(members).bytes())], carryingOver: nil,
            into: folder.path("index"), now: Snapshot.now, allowShrink: false)
        #expect(report.recordsRead == 121 && report.recordsKept >= 1, "seed \(seed)")
        let index = try AdvisoryIndex.open(path: folder.path("index"))
        for version in ["0.0.1", "1.0.0", "3.0.0"] {
            let name = try PackageName(parsing: "p", ecosystem: .npm)
            _ = index.matches(name, try PackageVersion(parsing: version, ecosystem: .npm))
        }
    }
}
