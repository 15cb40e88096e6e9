import Compression
import Platform
import TestSupport
import Testing

@Suite("ZIP directories are read")
struct ZipTests {
    static let text = Array("Some text, some more text, and some more text again.\n".utf8)

    static func deflated(_ name: String, _ contents: [UInt8] = text) -> ZipBuilder.Member {
        ZipBuilder.Member(name, contents, deflatedAs: Gzip.compress(contents))
    }

    static func honest() -> ZipBuilder {
        ZipBuilder([.init("a/", []), .init("a/stored.txt", text), deflated("a/deflated.py")])
    }

    private func read(_ builder: ZipBuilder, limits: ZipLimits = .default) throws(ZipError) -> ZipDirectory {
        try ZipDirectory(reading: builder.bytes(), limits: limits)
    }

    @Test("an honest file has entries, contents and no anomaly")
    func honest() throws {
        let directory = try read(Self.honest())
        #expect(directory.anomalies.isEmpty)
        #expect(
            directory.entries.map { String(decoding: $0.nameBytes, as: UTF8.self) }
                == ["a/", "a/stored.txt", "a/deflated.py"])
        #expect(directory.entries[0].isDirectory && directory.entries[1].posixMode == 0o100644)
        #expect(try directory.contents(of: directory.entries[0], maxBytes: 0) == [])
        #expect(try directory.contents(of: directory.entries[1], maxBytes: 1000) == Self.text)
        #expect(try directory.contents(of: directory.entries[2], maxBytes: 1000) == Self.text)
    }

    @Test("a mapped file reads like one in memory")
    func mapped() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write(Self.honest().bytes(), to: "a.zip")
        let directory = try ZipDirectory(reading: MappedFile(path: path))
        #expect(try directory.contents(of: directory.entries[2], maxBytes: 1000) == Self.text)
    }

    @Test("64-bit values are read wherever they may stand")
    func wide() throws {
        var builder = Self.honest()
        builder.usesWideEnd = true
        for index in builder.members.indices { builder.members[index].usesWideValues = true }
        let directory = try read(builder)
        #expect(directory.anomalies.isEmpty)
        #expect(try directory.contents(of: directory.entries[2], maxBytes: 1000) == Self.text)
        builder.wideEntries = 2
        #expect(try read(builder).anomalies.contains(.endRecordsDisagree))
    }

    @Test("a data descriptor is part of its entry, with and without signature")
    func descriptor() throws {
        var member = Self.deflated("x")
        member.flags |= 8
        member.localCRC = 0
        member.localSizes = (0, 0)
        for skipped in [0, 4] {
            member.afterData = Array(ZipBuilder.descriptor(of: member).dropFirst(skipped))
            let directory = try read(ZipBuilder([member, .init("y", [1])]))
            #expect(directory.anomalies.isEmpty)
            #expect(try directory.contents(of: directory.entries[0], maxBytes: 1000) == Self.text)
        }
        member.afterData = [1, 2, 3]
        #expect(try read(ZipBuilder([member])).anomalies.contains(.descriptorMismatch(index: 0)))
    }

    @Test("more than one entry may be empty, and the file too")
    func empty() throws {
        let directory = try read(ZipBuilder([]))
        #expect(directory.entries.isEmpty && directory.anomalies.isEmpty)
        #expect(try read(ZipBuilder([.init("a", []), .init("b", [])])).anomalies.isEmpty)
    }

    @Test("limits are kept")
    func limits() throws {
        #expect(throws: ZipError.self) { try read(Self.honest(), limits: ZipLimits(maxEntries: 2)) }
        #expect(throws: ZipError.self) { try read(Self.honest(), limits: ZipLimits(maxNameBytes: 5)) }
        #expect(throws: ZipError.self) { try read(Self.honest(), limits: ZipLimits(maxDirectoryBytes: 50)) }
        let directory = try read(Self.honest())
        #expect(throws: ZipError.entryTooLarge(index: 1, bytes: Self.text.count, limit: 3)) {
            try directory.contents(of: directory.entries[1], maxBytes: 3)
        }
    }

    @Test("what is not a ZIP file is refused, wherever a file is cut")
    func notZip() throws {
        #expect(throws: ZipError.notZip) { try ZipDirectory(reading: []) }
        let bytes = Self.honest().bytes()
        for end in 0..<bytes.count {
            #expect(throws: ZipError.self, "cut at \(end)") { try ZipDirectory(reading: Array(bytes[..<end])) }
        }
    }

    @Test("contents that do not fit their entry are refused")
    func badContents() throws {
        func check(_ change: (inout ZipBuilder.Member) -> Void) throws {
            var member = Self.deflated("x")
            change(&member)
            let directory = try read(ZipBuilder([member]))
            #expect(throws: ZipError.self) { try directory.contents(of: directory.entries[0], maxBytes: 1 << 40) }
        }
        try check { $0.crc ^= 1 }
        try check { $0.uncompressedBytes += 1 }
        try check { $0.uncompressedBytes -= 1 }
        try check { $0.uncompressedBytes = 1 << 30 }
        try check { $0.data += [0] }
        try check { $0.data.removeLast() }
        try check { $0.flags |= 1 }
        try check { $0.method = 93 }
        try check {
            $0.method = 0
            $0.uncompressedBytes = 3
        }
        try check { $0.pointsAt = 7 }
    }

    @Test("a file with any bytes changed never stops the process", arguments: [31, 32, 33, 34] as [UInt64])
    func mutations(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var builder = Self.honest()
        builder.usesWideEnd = seed % 2 == 0
        if builder.usesWideEnd {
            for index in builder.members.indices { builder.members[index].usesWideValues = true }
        }
        let honest = builder.bytes()
        for _ in 0..<600 {
            var bytes = honest
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let value: UInt8 = Bool.random(using: &random) ? 0xFF : UInt8(truncatingIfNeeded: random.next())
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = value
            }
            guard let directory = try? ZipDirectory(reading: bytes) else { continue }
            for entry in directory.entries {
                guard let contents = try? directory.contents(of: entry, maxBytes: 10_000) else { continue }
                #expect(ZipBuilder.crc32(contents) == entry.crc32, "seed \(seed)")
            }
        }
    }
}
