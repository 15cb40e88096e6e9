import Cryptography
import Platform
import Registry

/// Reads index files of format 1, so that a new version of the program goes on with what it finds.
///
/// ```
/// header    as today, with format 1
/// table     ecosystem u32 · reserved u32 · records u64 · offset u64 · bytes u64 · imported at i64 · two SHA-256
/// sections  packages u32 · ids u32 · name bytes u32 · blob bytes u32 · id bytes u32 · reserved 12
///           · name ends u32… · blob ends u32… · id ends u32… · package of each id u32… · names · blobs · ids
/// ```
/// Names and blobs are what they are today. Bundles were not kept, so nothing is known of where records came from.
enum FormerIndex {
    static let version: UInt32 = 1
    private static let entryBytes = 104
    private static let sectionHeaderBytes = 32

    private struct Section {
        let ecosystem: Ecosystem
        let recordCount: Int
        let range: Range<Int>
        let importedAt: Timestamp
        let source: SHA256Digest
    }

    /// The same index in the present format.
    ///
    /// - Throws: `AdvisoryError.corruptIndex`.
    @unsafe
    static func image(of bytes: UnsafeRawBufferPointer, path: String) throws(AdvisoryError) -> [UInt8] {
        func damaged(_ reason: String) -> AdvisoryError { .corruptIndex(path: path, reason: reason) }
        var header = unsafe IndexReader(bytes, 12..<IndexFormat.headerBytes)
        let count = Int(header.readInteger(UInt32.self))
        let builtAt = Timestamp(secondsSinceEpoch: header.readInteger(Int64.self))
        guard header.readInteger(UInt64.self) == UInt64(bytes.count) else { throw damaged("its length is wrong") }
        let declared = header.readBytes(32)
        guard count <= Ecosystem.allCases.count, bytes.count >= IndexFormat.headerBytes + count * entryBytes else {
            throw damaged("its table is cut off")
        }
        let table = IndexFormat.headerBytes..<(IndexFormat.headerBytes + count * entryBytes)
        guard unsafe SHA256Digest(hashing: [UInt8](bytes[..<32]) + [UInt8](bytes[table])).bytes == declared else {
            throw damaged("its table has another digest")
        }
        var parts: [IndexPart] = []
        for index in 0..<count {
            let start = table.lowerBound + index * entryBytes
            var reader = unsafe IndexReader(bytes, start..<(start + entryBytes))
            guard let section = unsafe section(&reader, in: bytes) else {
                throw damaged("a part of it does not have its digest")
            }
            guard let knowledge = unsafe try knowledge(section, in: bytes) else {
                throw damaged("a part of it does not have the length of its arrays")
            }
            parts.append(
                IndexPart(
                    section.ecosystem, recordCount: section.recordCount, importedAt: section.importedAt,
                    source: section.source, knowledge: knowledge, provenance: []))
        }
        return IndexPart.file(parts, builtAt: builtAt)
    }

    private static func section(_ reader: inout IndexReader, in bytes: UnsafeRawBufferPointer) -> Section? {
        guard let ecosystem = IndexFormat.ecosystem(code: reader.readInteger(UInt32.self)) else { return nil }
        reader.skip(4)
        guard let recordCount = Int(exactly: reader.readInteger(UInt64.self)),
            let offset = Int(exactly: reader.readInteger(UInt64.self)),
            let byteCount = Int(exactly: reader.readInteger(UInt64.self)),
            offset <= bytes.count, byteCount >= sectionHeaderBytes, byteCount <= bytes.count - offset
        else { return nil }
        let importedAt = Timestamp(secondsSinceEpoch: reader.readInteger(Int64.self))
        let range = offset..<(offset + byteCount)
        guard let source = try? SHA256Digest(bytes: reader.readBytes(32)),
            unsafe SHA256Digest(hashing: UnsafeRawBufferPointer(rebasing: bytes[range])).bytes == reader.readBytes(32)
        else { return nil }
        return Section(
            ecosystem: ecosystem, recordCount: recordCount, range: range, importedAt: importedAt, source: source)
    }

    private static func knowledge(
        _ section: Section, in bytes: UnsafeRawBufferPointer
    ) throws(AdvisoryError) -> [UInt8]? {
        var reader = unsafe IndexReader(bytes, section.range)
        func next() -> Int { Int(reader.readInteger(UInt32.self)) }
        let (packages, ids, nameBytes, blobBytes, idBytes) = (next(), next(), next(), next(), next())
        let nameEnds = section.range.lowerBound + sectionHeaderBytes
        let blobEnds = nameEnds + 4 * packages
        let texts = blobEnds + 4 * packages + 8 * ids
        guard texts + nameBytes + blobBytes + idBytes == section.range.upperBound else { return nil }
        let names = ItemTable(count: packages, ends: nameEnds, items: texts)
        let blobs = ItemTable(count: packages, ends: blobEnds, items: texts + nameBytes)
        var writer = KnowledgeWriter(section.ecosystem)
        for place in 0..<packages {
            unsafe writer.append(names.item(place, in: bytes), blobs.item(place, in: bytes))
        }
        return try writer.encode()
    }
}
