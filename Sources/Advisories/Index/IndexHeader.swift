import Cryptography
import Platform
import Registry

/// The checked beginning of an index file.
struct IndexHeader {
    let builtAt: Timestamp
    let entries: [SectionEntry]
    let snapshotID: String

    /// Checks everything in the file against its digests and lengths.
    @unsafe
    init(checking bytes: UnsafeRawBufferPointer, path: String) throws(AdvisoryError) {
        func damaged(_ reason: String) -> AdvisoryError { .corruptIndex(path: path, reason: reason) }
        var reader = unsafe try Self.start(bytes, path)
        let version = reader.readInteger(UInt32.self)
        guard version == IndexFormat.version else { throw .foreignIndex(path: path, formatVersion: version) }
        let count = Int(reader.readInteger(UInt32.self))
        builtAt = Timestamp(secondsSinceEpoch: reader.readInteger(Int64.self))
        guard reader.readInteger(UInt64.self) == UInt64(bytes.count) else { throw damaged("its length is wrong") }
        let declared = reader.readBytes(32)
        guard count <= Ecosystem.allCases.count,
            bytes.count >= IndexFormat.headerBytes + count * IndexFormat.entryBytes
        else { throw damaged("its table is cut off") }
        let table = IndexFormat.headerBytes..<(IndexFormat.headerBytes + count * IndexFormat.entryBytes)
        let signed = unsafe [UInt8](bytes[..<32]) + [UInt8](bytes[table])
        guard SHA256Digest(hashing: signed).bytes == declared else { throw damaged("its table has another digest") }
        var entries: [SectionEntry] = []
        var next = table.upperBound
        for index in 0..<count {
            let start = table.lowerBound + index * IndexFormat.entryBytes
            var reader = unsafe IndexReader(bytes, start..<(start + IndexFormat.entryBytes))
            guard let entry = SectionEntry(reading: &reader), entry.offset == next,
                entry.knowledgeBytes <= bytes.count - next,
                entry.provenanceBytes <= bytes.count - next - entry.knowledgeBytes
            else { throw damaged("its table makes no sense") }
            for (range, digest) in [
                (entry.knowledge, entry.knowledgeDigest), (entry.provenance, entry.provenanceDigest),
            ] {
                guard unsafe SHA256Digest(hashing: UnsafeRawBufferPointer(rebasing: bytes[range])) == digest else {
                    throw damaged("a part about \(entry.ecosystem.rawValue) has another digest")
                }
            }
            next = entry.provenance.upperBound
            entries.append(entry)
        }
        guard next == bytes.count else { throw damaged("there are bytes after its last part") }
        self.entries = entries
        snapshotID = Self.snapshotID(of: entries)
    }

    /// The format number of an index file of any version.
    @unsafe
    static func formatVersion(_ bytes: UnsafeRawBufferPointer, path: String) throws(AdvisoryError) -> UInt32 {
        var reader = unsafe try start(bytes, path)
        return reader.readInteger(UInt32.self)
    }

    private static func start(
        _ bytes: UnsafeRawBufferPointer, _ path: String
    ) throws(AdvisoryError) -> IndexReader {
        guard bytes.count >= IndexFormat.headerBytes else {
            throw .corruptIndex(path: path, reason: "it is only \(bytes.count) bytes long")
        }
        var reader = unsafe IndexReader(bytes, 0..<IndexFormat.headerBytes)
        guard reader.readBytes(8) == IndexFormat.magic else {
            throw .corruptIndex(path: path, reason: "it does not start like an index")
        }
        return reader
    }

    /// Depends on what is known about packages alone, so that importing the same records again changes nothing.
    private static func snapshotID(of entries: [SectionEntry]) -> String {
        var identity: [UInt8] = IndexFormat.magic
        identity.append(littleEndian: IndexFormat.version)
        for entry in entries {
            identity.append(littleEndian: IndexFormat.code(of: entry.ecosystem))
            identity += entry.knowledgeDigest.bytes
        }
        return SHA256Digest(hashing: identity).hex
    }

    /// The header and table for parts that will follow in this order.
    static func encode(_ entries: [SectionEntry], builtAt: Timestamp) -> [UInt8] {
        var header = IndexFormat.magic
        header.append(littleEndian: IndexFormat.version)
        header.append(littleEndian: UInt32(entries.count))
        header.append(littleEndian: builtAt.secondsSinceEpoch)
        let tableEnd = IndexFormat.headerBytes + entries.count * IndexFormat.entryBytes
        header.append(littleEndian: UInt64(entries.last?.provenance.upperBound ?? tableEnd))
        var table: [UInt8] = []
        for entry in entries { entry.append(to: &table) }
        return header + SHA256Digest(hashing: header + table).bytes + table
    }
}

extension SectionEntry {
    init?(reading reader: inout IndexReader) {
        guard let ecosystem = IndexFormat.ecosystem(code: reader.readInteger(UInt32.self)) else { return nil }
        self.ecosystem = ecosystem
        reader.skip(4)
        guard let recordCount = Int(exactly: reader.readInteger(UInt64.self)),
            let offset = Int(exactly: reader.readInteger(UInt64.self)),
            let knowledgeBytes = Int(exactly: reader.readInteger(UInt64.self)),
            let provenanceBytes = Int(exactly: reader.readInteger(UInt64.self))
        else { return nil }
        self.recordCount = recordCount
        self.offset = offset
        self.knowledgeBytes = knowledgeBytes
        self.provenanceBytes = provenanceBytes
        importedAt = Timestamp(secondsSinceEpoch: reader.readInteger(Int64.self))
        guard let source = try? SHA256Digest(bytes: reader.readBytes(32)),
            let knowledge = try? SHA256Digest(bytes: reader.readBytes(32)),
            let provenance = try? SHA256Digest(bytes: reader.readBytes(32))
        else { return nil }
        sourceDigest = source
        knowledgeDigest = knowledge
        provenanceDigest = provenance
    }

    func append(to table: inout [UInt8]) {
        table.append(littleEndian: IndexFormat.code(of: ecosystem))
        table.append(littleEndian: 0 as UInt32)
        for number in [recordCount, offset, knowledgeBytes, provenanceBytes] {
            table.append(littleEndian: UInt64(number))
        }
        table.append(littleEndian: importedAt.secondsSinceEpoch)
        table += sourceDigest.bytes
        table += knowledgeDigest.bytes
        table += provenanceDigest.bytes
    }
}
