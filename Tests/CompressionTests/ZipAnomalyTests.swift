import Compression
import TestSupport
import Testing

@Suite("ZIP files that readers understand differently are told apart")
struct ZipAnomalyTests {
    private func anomalies(_ change: (inout ZipBuilder) -> Void) throws(ZipError) -> [ZipAnomaly] {
        var builder = ZipTests.honest()
        change(&builder)
        return try ZipDirectory(reading: builder.bytes()).anomalies
    }

    @Test("data before, between and after is found, and entries stay readable")
    func strayBytes() throws {
        var builder = ZipTests.honest()
        builder.prefix = Array("#!/bin/sh\n".utf8)
        let directory = try ZipDirectory(reading: builder.bytes())
        #expect(directory.anomalies == [.prefixData(bytes: 10)])
        #expect(try directory.contents(of: directory.entries[1], maxBytes: 1000) == ZipTests.text)

        #expect(try anomalies { $0.members[0].gapBefore = [1, 2, 3] } == [.prefixData(bytes: 3)])
        #expect(try anomalies { $0.members[1].gapBefore = [1, 2, 3] } == [.gap(32..<35)])
        #expect(try anomalies { $0.beforeDirectory = [9] }.count == 1)
        #expect(try anomalies { $0.trailing = [0, 0] } == [.trailingData(bytes: 2)])
        #expect(try anomalies { $0.comment = Array("hi".utf8) } == [.archiveComment(bytes: 2)])
    }

    @Test("a file appended to another is two files in one")
    func twoFiles() throws {
        let other = ZipBuilder([.init("hidden.py", [1, 2, 3])]).bytes()
        #expect(try anomalies { $0.prefix = other }.contains(.prefixData(bytes: other.count)))
        let hidden = try anomalies { $0.comment = other }
        #expect(hidden.contains(.severalEndRecords))
        // A ZIP file stored as an entry is nothing odd, even right before the directory.
        #expect(try anomalies { $0.members.append(.init("inner.zip", other)) }.isEmpty)
    }

    @Test("two entries of one name, or on the same bytes, are found")
    func doubles() throws {
        #expect(
            try anomalies { $0.members.append(.init("a/stored.txt", [1])) } == [.duplicateName(first: 1, second: 3)])
        let overlapping = try anomalies {
            var copy = $0.members[1]
            copy.pointsAt = 32
            $0.members.append(copy)
        }
        #expect(overlapping.contains(.overlap(first: 1, second: 3)))
        #expect(overlapping.contains(.duplicateName(first: 1, second: 3)))
    }

    @Test("an entry that reaches into the directory is found")
    func directoryOverlap() throws {
        let found = try anomalies {
            $0.members[2].data += [0, 0, 0]
            $0.members[2].afterData = []
        }
        #expect(found.isEmpty)
        var builder = ZipBuilder([.init("x", [1, 2, 3])])
        let size = builder.bytes().count
        builder.members[0].data = [1, 2, 3]
        var bytes = builder.bytes()
        // The directory's compressed and uncompressed sizes, and the local ones, grown by ten bytes.
        for offset in [18, 22, 34 + 20, 34 + 24] { bytes[offset] = 13 }
        #expect(bytes.count == size)
        #expect(try ZipDirectory(reading: bytes).anomalies.contains(.directoryOverlap(index: 0)))
    }

    @Test("each field in which local header and directory differ is named")
    func mismatches() throws {
        let cases: [(ZipAnomaly.LocalField, (inout ZipBuilder.Member) -> Void)] = [
            (.name, { $0.localName = Array("a/evil.txt!!".utf8) }),
            (.method, { $0.localMethod = 8 }),
            (.flags, { $0.localFlags = 0x0802 }),
            (.sizes, { $0.localSizes = (UInt32($0.data.count), 7) }),
            (.sizes, { $0.localSizes = (0, 0) }),
            (.checksum, { $0.localCRC = 1 }),
        ]
        for (field, change) in cases {
            let found = try anomalies { change(&$0.members[1]) }
            #expect(found == [.localMismatch(index: 1, field: field)], "\(field)")
        }
        #expect(try anomalies { $0.members[1].pointsAt = 5 }.contains(.localHeaderMissing(index: 1)))
    }

    @Test("entries with odd names, comments, encryption or methods are found")
    func entries() throws {
        #expect(try anomalies { $0.members[1].name = Array("a\u{0}.txt".utf8) }.contains(.nulInName(index: 1)))
        #expect(try anomalies { $0.members[1].name = [] }.contains(.emptyName(index: 1)))
        #expect(try anomalies { $0.members[1].comment = [65] } == [.entryComment(index: 1)])
        #expect(try anomalies { $0.members[1].flags |= 1 } == [.encrypted(index: 1)])
        #expect(try anomalies { $0.members[1].method = 12 } == [.unsupportedMethod(index: 1, method: 12)])
        #expect(try anomalies { $0.members[1].uncompressedBytes = 1 } == [.storedSizeMismatch(index: 1)])
        #expect(try anomalies { $0.members[1].extra = [0x75, 0x70, 1, 0, 1] } == [.alternativeName(index: 1)])
    }

    @Test("counts that do not fit are found")
    func counts() throws {
        #expect(try anomalies { $0.declaredEntries = 2 } == [.entryCountMismatch(declared: 2, found: 3)])
    }
}
