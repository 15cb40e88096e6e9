import Compression
import Platform

/// A zip archive read through its central directory, as pip and npm's readers do.
///
/// What the directory and the members disagree about is an observation, never silently resolved.
final class ZipArchive {
    private let bytes: ArchiveBytes
    private let directory: ZipDirectory
    private let budget: AnalysisBudget
    private let hashes: ContentHashes
    private var failedMembers: [(name: [UInt8], observation: Observation)] = []

    /// Reads the directory.
    ///
    /// - Parameter hashes: what is computed of each member; by default what the archive's record needs.
    /// - Throws: `ArchiveFailure` when there is none, or it exceeds a limit.
    init(_ bytes: ArchiveBytes, budget: AnalysisBudget, hashes: ContentHashes? = nil) throws(ArchiveFailure) {
        self.bytes = bytes
        self.budget = budget
        let limits = ZipLimits(maxEntries: budget.limits.entries)
        do {
            switch bytes {
            case .file(let file): directory = try ZipDirectory(reading: MappedFile(file), limits: limits)
            case .memory(let bytes): directory = try ZipDirectory(reading: bytes, limits: limits)
            }
        } catch ZipError.limitExceeded {
            throw .limit(.tooManyEntries)
        } catch {
            throw .unreadable
        }
        self.hashes = hashes ?? Self.hashes(for: directory)
    }

    /// The digests that a wheel's record needs; the record is looked at first, since it comes last.
    private static func hashes(for directory: ZipDirectory) -> ContentHashes {
        guard let record = directory.entries.last(where: { $0.nameBytes.hasSuffix(".dist-info/RECORD") })
        else { return .none }
        guard let bytes = try? directory.contents(of: record, maxBytes: maxRecordBytes) else { return .sha256 }
        return bytes.contains(text: "sha512=") ? .sha256AndSHA512 : .sha256
    }

    private static let maxRecordBytes = 16 << 20

    /// Calls `body` with every member and its content, in the directory's order.
    ///
    /// A member that cannot be read is passed without content and named by `unreadableMembers` afterwards.
    func forEachMember(
        _ body: (ArchiveMember, MemberContent?) throws(ArchiveFailure) -> Void
    ) throws(ArchiveFailure) {
        for entry in directory.entries {
            try budget.countEntry()
            var member = Self.member(entry)
            if member.kind == .directory {
                // Content in a folder is read by some unpackers as a file.
                if entry.uncompressedBytes > 0 { failedMembers.append((member.name, .memberUnreadable)) }
                try body(member, nil)
                continue
            }
            let content = try content(of: entry)
            if member.kind == .symbolicLink {
                member.linkTarget = content?.bytes ?? []
                try body(member, nil)
            } else {
                try body(member, content)
            }
        }
    }

    /// How much all members together unpack to, as the directory states.
    var statedBytes: Int64 {
        directory.entries.reduce(0) { sum, entry in
            let (next, overflow) = sum.addingReportingOverflow(Int64(entry.uncompressedBytes))
            return overflow ? .max : next
        }
    }

    /// Members that could not be read, with the reason.
    var unreadableMembers: [(name: [UInt8], observation: Observation)] { failedMembers }

    /// What is odd about the archive as a whole.
    var observations: Set<Observation> {
        var found: Set<Observation> = []
        for anomaly in directory.anomalies {
            switch anomaly {
            case .prefixData, .gap, .overlap, .directoryOverlap, .trailingData, .commentBeyondEnd, .severalDisks:
                found.insert(.zipLayout)
            case .localHeaderMissing, .localMismatch, .descriptorMismatch, .storedSizeMismatch, .alternativeName,
                .nulInName, .emptyName, .severalEndRecords, .entryCountMismatch, .endRecordsDisagree:
                found.insert(.zipHeaders)
            case .archiveComment: found.insert(.zipComment)
            // A comment of one entry changes nothing that is unpacked.
            case .entryComment: break
            // Said for each member or name elsewhere.
            case .duplicateName, .encrypted, .unsupportedMethod: break
            }
        }
        return found
    }

    private static func member(_ entry: ZipEntry) -> ArchiveMember {
        let mode = entry.posixMode ?? 0
        let kind: MemberKind =
            switch mode & 0o170000 {
            case 0o120000: .symbolicLink
            case 0o020000, 0o060000, 0o010000, 0o140000: .special
            default: entry.isDirectory ? .directory : .file
            }
        return ArchiveMember(
            name: entry.nameBytes, kind: kind, sizeBytes: Int64(entry.uncompressedBytes), mode: UInt32(mode & 0o7777))
    }

    /// The content of an entry; nil, and noted, when that one cannot be read.
    private func content(of entry: ZipEntry) throws(ArchiveFailure) -> MemberContent? {
        if entry.uncompressedBytes > budget.limits.fileBytes, !entry.isEncrypted {
            var collector = ContentCollector(
                maxHeldBytes: budget.limits.fileBytes, expectedBytes: Int64(entry.uncompressedBytes), hashes: hashes)
            guard budget.readsLargeFiles, try stream(entry, into: &collector) else {
                failedMembers.append((entry.nameBytes, .memberUnreadable))
                return nil
            }
            return collector.finish()
        }
        let bytes: [UInt8]
        do throws(ZipError) {
            bytes = try directory.contents(of: entry, maxBytes: budget.limits.fileBytes)
        } catch {
            failedMembers.append((entry.nameBytes, entry.isEncrypted ? .memberEncrypted : .memberUnreadable))
            return nil
        }
        try budget.countUnpacked(bytes.count)
        return MemberContent(bytes, hashes: hashes)
    }

    /// Reads an entry that is too large to hold; false when it is not what the directory says.
    private func stream(_ entry: ZipEntry, into collector: inout ContentCollector) throws(ArchiveFailure) -> Bool {
        let header = try bytes.read(at: Int64(entry.localHeaderOffset), count: 30)
        guard header.count == 30, entry.method == 0 || entry.method == 8 else { return false }
        let variable = Int64(header[26]) + Int64(header[27]) * 256 + Int64(header[28]) + Int64(header[29]) * 256
        var offset = Int64(entry.localHeaderOffset) + 30 + variable
        let end = offset + Int64(entry.compressedBytes)
        var member = ZipMemberReader(isDeflated: entry.method == 8)
        var produced: Int64 = 0
        while offset < end, !member.isAtEnd {
            let piece = try bytes.read(at: offset, count: Int(min(end - offset, 128 << 10)))
            guard !piece.isEmpty else { return false }
            offset += Int64(piece.count)
            let count = try member.take(piece, budget: budget, into: &collector)
            produced += count
            if produced > Int64(entry.uncompressedBytes) { return false }
        }
        return produced == Int64(entry.uncompressedBytes) && offset == end && member.isComplete
    }
}

/// Unpacks one member piece by piece.
private struct ZipMemberReader: ~Copyable {
    private var inflater: InflateStream?
    private var window = [UInt8](repeating: 0, count: 256 << 10)
    private(set) var isAtEnd = false
    private let isDeflated: Bool

    init(isDeflated: Bool) {
        self.isDeflated = isDeflated
        do throws(CompressionError) { inflater = isDeflated ? try InflateStream(.raw) : nil } catch { inflater = nil }
    }

    /// Whether everything up to the end mark was unpacked.
    var isComplete: Bool { isAtEnd || !isDeflated }

    /// Unpacks one piece and returns how many bytes came out.
    mutating func take(
        _ piece: [UInt8], budget: AnalysisBudget, into collector: inout ContentCollector
    ) throws(ArchiveFailure) -> Int64 {
        guard isDeflated else {
            try budget.countUnpacked(piece.count)
            unsafe piece.withUnsafeBytes { unsafe collector.append($0) }
            return Int64(piece.count)
        }
        var used = 0
        var total: Int64 = 0
        while !isAtEnd {
            let progress = try step(piece[used...])
            used += progress.consumedBytes
            isAtEnd = progress.isAtEnd
            try budget.countUnpacked(progress.producedBytes)
            unsafe window[..<progress.producedBytes].withUnsafeBytes { unsafe collector.append($0) }
            total += Int64(progress.producedBytes)
            if used == piece.count, progress.producedBytes < window.count { break }
            if progress.consumedBytes == 0, progress.producedBytes == 0 { break }
        }
        return total
    }

    private mutating func step(_ input: ArraySlice<UInt8>) throws(ArchiveFailure) -> InflateStream.Progress {
        guard inflater != nil else { throw .unreadable }
        var progress: InflateStream.Progress?
        unsafe input.withUnsafeBytes { source in
            unsafe window.withUnsafeMutableBytes { target in
                progress = unsafe try? inflater?.step(source, into: target)
            }
        }
        guard let progress else { throw .unreadable }
        return progress
    }
}
