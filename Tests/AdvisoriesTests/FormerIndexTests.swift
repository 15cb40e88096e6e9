import Advisories
import Cryptography
import JSON
import Platform
import Registry
import TestSupport
import Testing

/// Turns an index file into one of format 1, by the documented layouts of both.
private struct FormerFile {
    private var source: [UInt8]
    private(set) var bytes: [UInt8] = []

    init(from path: String) throws {
        source = try Files.readAll(path)
        let count = Int(number(at: 12, bytes: 4))
        var table: [UInt8] = []
        var sections: [UInt8] = []
        for index in 0..<count {
            let entry = 64 + 144 * index
            let section = try self.section(at: Int(number(at: entry + 16, bytes: 8)))
            table += source[entry..<(entry + 16)]
            for value in [64 + 104 * count + sections.count, section.count] { table += Self.encode(value, bytes: 8) }
            table += source[(entry + 40)..<(entry + 80)]
            table += SHA256Digest(hashing: section).bytes
            sections += section
        }
        var header = Array("JURATADV".utf8) + Self.encode(1, bytes: 4) + source[12..<24]
        header += Self.encode(64 + table.count + sections.count, bytes: 8)
        bytes = header + SHA256Digest(hashing: header + table).bytes + table + sections
    }

    private func number(at offset: Int, bytes: Int) -> UInt64 {
        (0..<bytes).reduce(0) { $0 | UInt64(source[offset + $1]) << UInt64(8 * $1) }
    }

    private static func encode(_ value: Int, bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// Names, blobs and ids of a part, in their former order.
    private func section(at start: Int) throws -> [UInt8] {
        let header = (0..<10).map { Int(number(at: start + 4 * $0, bytes: 4)) }
        let (packages, ids, aliases, versions, bits) = (header[0], header[1], header[2], header[3], header[5])
        let (nameBytes, blobBytes, idBytes) = (header[6], header[7], header[8])
        let rows = start + 48
        let idEnds = rows + 12 * packages + 4 << bits + 8 * packages
        let texts = idEnds + 8 * ids + 8 * aliases + 16 * versions
        var output: [UInt8] = []
        for count in [packages, ids, nameBytes, blobBytes, idBytes, 0, 0, 0] {
            output += Self.encode(count, bytes: 4)
        }
        for column in [0, 4] {
            for place in 0..<packages { output += source[(rows + 12 * place + column)...].prefix(4) }
        }
        output += source[idEnds..<(idEnds + 8 * ids)]
        output += source[texts..<(texts + nameBytes + blobBytes + idBytes)]
        return output
    }
}

@Suite("An index of the former format goes on being used")
struct FormerIndexTests {
    private let now = Snapshot.now

    private func former() throws -> (directory: TemporaryDirectory, present: Snapshot) {
        let present = try Snapshot(
            npm: [
                record("MAL-1", "p", versions: ["1.0.0", "2.0.0"], with: ["aliases": ["X-1"]]),
                record("GHSA-1", "q", events: [["introduced": "0"], ["fixed": "1.5.0"]]),
            ],
            pypi: [record("PYSEC-1", "r", "PyPI", versions: ["1.0"])])
        let folder = try TemporaryDirectory()
        try Files.writeDurably(FormerFile(from: present.folder.path("index")).bytes, to: folder.path("index"))
        return (folder, present)
    }

    @Test("it answers as before; originals are there after the next import")
    func reading() throws {
        let (folder, present) = try former()
        let index = try AdvisoryIndex.open(path: folder.path("index"))
        #expect(index.snapshotID == present.index.snapshotID && index.recordCounts == [.npm: 2, .pypi: 1])
        #expect(index.importedAt == present.index.importedAt && index.sourceDigests == present.index.sourceDigests)
        let name = try PackageName(parsing: "q", ecosystem: .npm)
        for text in ["1.4.0", "1.5.0"] {
            let version = try PackageVersion(parsing: text, ecosystem: .npm)
            #expect(index.matches(name, version) == present.index.matches(name, version))
        }
        #expect(index.ids(aliasedBy: "X-1") == ["MAL-1"])
        #expect(throws: AdvisoryError.self) { try index.record(withID: "MAL-1") }
        #expect(try index.record(withID: "MAL-2") == nil)
    }

    @Test("importing one ecosystem keeps the other, and needs no leave to shrink")
    func importing() throws {
        let (folder, present) = try former()
        let directory = AdvisoryDirectory(directory: folder.path)
        let next = [
            record("MAL-1", "p", versions: ["1.0.0"]), record("GHSA-1", "q", events: [["introduced": "0"]]),
        ]
        let report = try directory.install([bundle(.npm, next)], now: now)
        #expect(report.perEcosystem[.npm]?.recordsReread == 2)
        let index = try #require(try directory.current())
        #expect(index.recordCounts == [.npm: 2, .pypi: 1])
        #expect(try index.record(withID: "MAL-1") == JSONText.serialize(next[0]))
        #expect(throws: AdvisoryError.self) { try index.record(withID: "PYSEC-1") }
        // The same bundle as before is read too: nothing says where its records are.
        let python = bundle(.pypi, [record("PYSEC-1", "r", "PyPI", versions: ["1.0"])])
        #expect(try directory.install([python], now: now.adding(.seconds(1))).perEcosystem[.pypi]?.isUnchanged == false)
        #expect(try directory.current()?.record(withID: "PYSEC-1") != nil)
        #expect(present.index.recordCounts == index.recordCounts)
    }

    @Test("a shrunken bundle is refused all the same, and damage is an error whichever byte is wrong")
    func guarded() throws {
        let (folder, _) = try former()
        let bytes = try Files.readAll(folder.path("index"))
        for position in Array(0..<64) + stride(from: 64, to: bytes.count, by: 11) {
            var damaged = bytes
            damaged[position] ^= 0x20
            try Files.writeDurably(damaged, to: folder.path("index"))
            #expect(throws: AdvisoryError.self, "byte \(position)") {
                try AdvisoryIndex.open(path: folder.path("index"))
            }
        }
        try Files.writeDurably(bytes, to: folder.path("index"))
        let directory = AdvisoryDirectory(directory: folder.path)
        let other = bundle(.npm, [record("GHSA-1", "q", events: [["introduced": "0"]])])
        #expect(throws: AdvisoryError.self) { try directory.install([other], now: now) }
    }
}
