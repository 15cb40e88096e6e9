import Compression
import Cryptography
import Platform
import Registry

extension AdvisoryIndex {
    /// The record of that id as its bundle holds it, also when it is withdrawn.
    ///
    /// Read from the bundle that is kept beside the index and checked against what the index says of it: the bytes are
    /// those the index was made from, or there is an error. Matching does not need them and goes on without.
    ///
    /// - Returns: the bytes of its JSON text; nil when no loaded bundle has such a record.
    /// - Throws: `AdvisoryError.original` when the record may be known and its bytes cannot be had.
    public func record(withID id: String) throws(AdvisoryError) -> [UInt8]? {
        var problem: AdvisoryError?
        // A record about packages of several ecosystems is in the bundle of each.
        for ecosystem in Ecosystem.allCases {
            do throws(AdvisoryError) {
                if let bytes = try record(withID: id, in: ecosystem) { return bytes }
            } catch {
                problem = problem ?? error
            }
        }
        if let problem { throw problem }
        return nil
    }

    private func record(withID id: String, in ecosystem: Ecosystem) throws(AdvisoryError) -> [UInt8]? {
        guard let section = section(ecosystem), let bundle = bundles[ecosystem] else { return nil }
        if section.provenance == nil {
            guard hasRecord(id, in: section) else { return nil }
            throw .original(ecosystem, id: id, reason: "the index was made by a version that kept no bundles")
        }
        let row = image.withBytes { bytes in
            id.withBytes { unsafe section.row(ofID: $0, in: bytes) }
        }
        guard let row else { return nil }
        return try Self.original(id, row, ecosystem, bundle.get())
    }

    private func hasRecord(_ id: String, in section: IndexSection) -> Bool {
        var isKnown = false
        image.withBytes { bytes in
            id.withBytes { id in
                unsafe section.forEachPackage(withID: id, in: bytes) { _ in isKnown = true }
            }
        }
        return isKnown
    }

    private static func original(
        _ id: String, _ row: RecordRow, _ ecosystem: Ecosystem, _ bundle: MappedFile
    ) throws(AdvisoryError) -> [UInt8] {
        func failure(_ reason: String) -> AdvisoryError { .original(ecosystem, id: id, reason: reason) }
        guard row.dataOffset <= bundle.count, row.compressedBytes <= bundle.count - row.dataOffset else {
            throw failure("the kept bundle is cut off")
        }
        guard let decoder = ZipEntryDecoder() else { throw failure("no memory for a decompressor") }
        return unsafe try bundle.withBytes { bytes throws(AdvisoryError) in
            let data = unsafe UnsafeRawBufferPointer(
                rebasing: bytes[row.dataOffset..<(row.dataOffset + row.compressedBytes)])
            guard unsafe row.claim.digest(of: data) == row.digest else {
                throw failure("the kept bundle has other bytes than the index was made from")
            }
            do throws(ZipError) {
                return unsafe try decoder.decode(data, as: row.claim, index: 0)
            } catch {
                throw failure("\(error)")
            }
        }
    }
}

extension RecordRow {
    var claim: ZipEntryClaim {
        ZipEntryClaim(method: method, uncompressedBytes: uncompressedBytes, crc32: crc32)
    }
}

extension ZipEntryClaim {
    /// Equal for entries that unpack to the same bytes by the same steps, whatever their names and places.
    @unsafe
    func digest(of data: UnsafeRawBufferPointer) -> UInt128 {
        let hasher = SHA256Hasher()
        var claim: [UInt8] = []
        claim.reserveCapacity(14)
        claim.append(littleEndian: method)
        claim.append(littleEndian: UInt64(uncompressedBytes))
        claim.append(littleEndian: crc32)
        hasher.update(claim)
        unsafe hasher.update(data)
        return hasher.finish().bytes.prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
    }
}
