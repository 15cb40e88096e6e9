import Cryptography
import Platform
import Registry

/// One ecosystem's parts on their way into an index file.
struct IndexPart {
    private let entry: SectionEntry
    private let contents: Contents

    private enum Contents {
        case fresh(knowledge: [UInt8], provenance: [UInt8])
        case carried(AdvisoryIndex)
    }

    /// Parts that were just made. The provenance is empty when no bundle is kept.
    init(
        _ ecosystem: Ecosystem, recordCount: Int, importedAt: Timestamp, source: SHA256Digest, knowledge: [UInt8],
        provenance: [UInt8]
    ) {
        entry = SectionEntry(
            ecosystem: ecosystem, recordCount: recordCount, offset: 0, knowledgeBytes: knowledge.count,
            provenanceBytes: provenance.count, importedAt: importedAt, sourceDigest: source,
            knowledgeDigest: SHA256Digest(hashing: knowledge), provenanceDigest: SHA256Digest(hashing: provenance))
        contents = .fresh(knowledge: knowledge, provenance: provenance)
    }

    /// The parts that another index has; nil when it has none of this ecosystem.
    init?(carrying ecosystem: Ecosystem, from index: AdvisoryIndex?, confirmedAt now: Timestamp? = nil) {
        guard let index, var entry = index.section(ecosystem)?.entry else { return nil }
        entry.importedAt = now ?? entry.importedAt
        self.entry = entry
        contents = .carried(index)
    }

    /// The whole file, piece by piece.
    static func write<Failure: Error>(
        _ parts: [IndexPart], builtAt: Timestamp, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        var next = IndexFormat.headerBytes + parts.count * IndexFormat.entryBytes
        var entries: [SectionEntry] = []
        for part in parts {
            var entry = part.entry
            entry.offset = next
            next = entry.provenance.upperBound
            entries.append(entry)
        }
        unsafe try lend(IndexHeader.encode(entries, builtAt: builtAt), body)
        for part in parts {
            switch part.contents {
            case .fresh(let knowledge, let provenance):
                unsafe try lend(knowledge, body)
                unsafe try lend(provenance, body)
            case .carried(let index):
                let range = part.entry.knowledge.lowerBound..<part.entry.provenance.upperBound
                try index.image.withBytes { bytes throws(Failure) in
                    unsafe try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
                }
            }
        }
    }

    /// The whole file in memory.
    static func file(_ parts: [IndexPart], builtAt: Timestamp) -> [UInt8] {
        var output: [UInt8] = []
        unsafe write(parts, builtAt: builtAt) { unsafe output.append(contentsOf: $0) }
        return output
    }

    private static func lend<Failure: Error>(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        unsafe try bytes.withUnsafeBufferPointer { buffer throws(Failure) in
            unsafe try body(UnsafeRawBufferPointer(buffer))
        }
    }
}
