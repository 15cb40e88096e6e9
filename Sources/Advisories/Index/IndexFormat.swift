import Cryptography
import Platform
import Registry

/// The layout of an index file; all numbers little-endian.
///
/// ```
/// header      magic 8 · format u32 · part count u32 · built at i64 · file bytes u64 · SHA-256 of 0..<32 and the table
/// table       one entry an ecosystem, ascending by its code:
///             ecosystem u32 · reserved u32 · records u64 · offset u64 · knowledge bytes u64 · provenance bytes u64
///             · imported at i64 · SHA-256 of the bundle, the knowledge and the provenance
/// parts       knowledge · provenance of each entry, without gaps
///
/// knowledge   what is known about packages (`KnowledgeLayout`); its digest alone makes the snapshot's id
/// provenance  where each record stands in the kept bundle (`ProvenanceLayout`); empty when no bundle is kept
/// ```
/// A part refers to nothing outside itself, and a package's blob to nothing outside the blob, so parts are carried
/// from file to file as they are, and blobs compare by bytes. Everything in the knowledge but names and blobs is
/// derived from those two.
enum IndexFormat {
    static let magic: [UInt8] = Array("JURATADV".utf8)
    /// Raise this whenever the layout changes, or Registry's reading of versions: texts in an index must stay readable.
    static let version: UInt32 = 2
    static let headerBytes = 64
    static let entryBytes = 144

    static func code(of ecosystem: Ecosystem) -> UInt32 {
        switch ecosystem {
        case .npm: 1
        case .pypi: 2
        }
    }

    static func ecosystem(code: UInt32) -> Ecosystem? {
        Ecosystem.allCases.first { self.code(of: $0) == code }
    }
}

/// One ecosystem's parts of an index file.
struct SectionEntry: Sendable {
    let ecosystem: Ecosystem
    let recordCount: Int
    var offset: Int
    let knowledgeBytes: Int
    let provenanceBytes: Int
    var importedAt: Timestamp
    let sourceDigest: SHA256Digest
    let knowledgeDigest: SHA256Digest
    let provenanceDigest: SHA256Digest

    var knowledge: Range<Int> { offset..<(offset + knowledgeBytes) }
    var provenance: Range<Int> { (offset + knowledgeBytes)..<(offset + knowledgeBytes + provenanceBytes) }
    /// Whether the bundle it was made from was kept, with every record's place in it.
    var hasProvenance: Bool { provenanceBytes > 0 }
}

extension [UInt8] {
    mutating func append<Value: FixedWidthInteger>(littleEndian value: Value) {
        for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: value >> Value(shift)))
        }
    }

    /// Seven bits a byte, lowest first.
    mutating func append(varint value: Int) {
        precondition(value >= 0, "only counts are written this way")
        var rest = UInt64(value)
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    mutating func append(text: String) {
        append(varint: text.utf8.count)
        append(contentsOf: text.utf8)
    }
}

/// A forward reader over bytes whose digest was checked: reading beyond them is a broken invariant, not bad input.
@safe
struct IndexReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var offset: Int
    private let end: Int

    @unsafe
    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "outside the index")
        unsafe self.bytes = bytes
        offset = range.lowerBound
        end = range.upperBound
    }

    mutating func readByte() -> UInt8 {
        advance(1)
        return unsafe bytes[offset - 1]
    }

    mutating func readInteger<Value: FixedWidthInteger & BitwiseCopyable>(_: Value.Type) -> Value {
        let size = MemoryLayout<Value>.size
        advance(size)
        return unsafe Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset - size, as: Value.self))
    }

    mutating func readVarint() -> Int {
        var value = 0
        var shift = 0
        while true {
            let byte = readByte()
            precondition(shift < 63, "a count in the index is too long")
            value |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    mutating func readText() -> String {
        let count = readVarint()
        advance(count)
        return unsafe String(decoding: bytes[(offset - count)..<offset], as: UTF8.self)
    }

    /// The place of a text, which is passed over.
    mutating func readTextRange() -> Range<Int> {
        let count = readVarint()
        advance(count)
        return (offset - count)..<offset
    }

    mutating func readBytes(_ count: Int) -> [UInt8] {
        advance(count)
        return unsafe [UInt8](bytes[(offset - count)..<offset])
    }

    mutating func skip(_ count: Int) {
        advance(count)
    }

    private mutating func advance(_ count: Int) {
        precondition(count >= 0 && end - offset >= count, "an entry of the index is cut off")
        offset += count
    }
}
