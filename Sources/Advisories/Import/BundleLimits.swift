import Compression
import Platform
import Registry

/// Bounds on a bundle. The public ones have 250,000 records, two kilobytes each, and compress by a factor of three.
enum BundleLimits {
    /// The largest known records have a few hundred kilobytes.
    static let maxRecordBytes = 16 << 20
    static let maxUnpackedBytes = 8 << 30
    /// Unpacked bytes for each byte of the file.
    static let maxRatio = 100
    static let directory = ZipLimits(maxEntries: 2_000_000, maxNameBytes: 4096, maxDirectoryBytes: 512 << 20)
    /// What one ecosystem's packages may come to in an index.
    static let maxKnowledgeBytes = 1 << 30
    /// The aliases of one record, repeated for each package it is about.
    static let maxAliasBytes = 1 << 20
}

extension ZipDirectory {
    /// The directory of a bundle, refused when it lies about itself or would unpack to more than any honest one.
    static func ofBundle(_ file: MappedFile, _ ecosystem: Ecosystem) throws(AdvisoryError) -> ZipDirectory {
        do throws(ZipError) {
            let directory = try ZipDirectory(reading: file, limits: BundleLimits.directory)
            try directory.requireHonesty(fileBytes: file.count)
            return directory
        } catch .notZip where unsafe file.withBytes({ unsafe $0.starts(with: [0x50, 0x4B, 3, 4]) }) {
            throw .bundle(
                ecosystem,
                .corruptDirectory(offset: file.count, reason: "the file is cut off: it ends before its directory"))
        } catch {
            throw .bundle(ecosystem, error)
        }
    }

    private func requireHonesty(fileBytes: Int) throws(ZipError) {
        for anomaly in anomalies {
            switch anomaly {
            case .overlap(let first, let second):
                throw .unreadableEntry(index: second, reason: "it shares bytes with entry \(first)")
            case .directoryOverlap(let index):
                throw .unreadableEntry(index: index, reason: "it shares bytes with the directory")
            case .prefixData, .gap, .duplicateName, .localHeaderMissing, .localMismatch, .descriptorMismatch,
                .nulInName, .emptyName, .alternativeName, .encrypted, .unsupportedMethod, .storedSizeMismatch,
                .entryComment, .archiveComment, .trailingData, .commentBeyondEnd, .severalEndRecords,
                .entryCountMismatch, .endRecordsDisagree, .severalDisks:
                continue
            }
        }
        var unpacked = 0
        for entry in entries {
            let (sum, overflowed) = unpacked.addingReportingOverflow(entry.uncompressedBytes)
            unpacked = overflowed ? .max : sum
        }
        let limit = min(BundleLimits.maxUnpackedBytes, fileBytes * BundleLimits.maxRatio + 1 << 20)
        guard unpacked <= limit else {
            throw .limitExceeded(what: "unpacked bytes for its size", value: unpacked, limit: limit)
        }
    }
}

extension ZipEntry {
    /// Whether a bundle has a record here; whatever else it holds is passed over.
    var isRecord: Bool { !isDirectory && nameBytes.suffix(5).elementsEqual(".json".utf8) }
}
