import Compression
import Platform
import Registry

/// The records of a staged bundle, read on several threads at once.
final class BundleRecords: Sendable {
    let ecosystem: Ecosystem
    private let file: MappedFile
    private let directory: ZipDirectory
    /// The places of the records among the directory's entries, in its order.
    private let records: [Int]
    private let compiler: RecordCompiler

    /// - Throws: `AdvisoryError.bundle` when the file is no honest ZIP file.
    init(_ file: MappedFile, _ ecosystem: Ecosystem) throws(AdvisoryError) {
        self.ecosystem = ecosystem
        self.file = file
        directory = try ZipDirectory.ofBundle(file, ecosystem)
        records = directory.entries.indices.filter { [entries = directory.entries] in entries[$0].isRecord }
        compiler = RecordCompiler(ecosystem)
        // Every local header was looked at, which brought the whole file into memory.
        file.releasePages(0..<file.count)
    }

    var count: Int { records.count }

    /// What unpacked records of one batch may come to: several are in memory at once, with whatever is made of them.
    private static let maxBatchBytes = 8 << 20

    /// The next records to be read together: few large ones, or many of the usual size.
    func batch(from start: Int, atMost limit: Int) -> Range<Int> {
        var (end, bytes) = (start, 0)
        while end < count, end - start < limit, bytes < Self.maxBatchBytes {
            bytes += min(directory.entries[records[end]].uncompressedBytes, BundleLimits.maxRecordBytes)
            end += 1
        }
        return start..<end
    }

    /// What became of one entry.
    enum Outcome: Sendable {
        /// The index before has it, at this place among its rows.
        case known(Int)
        case read(Record)
        case unreadable(reason: String)
    }

    /// A record and what is compiled of it.
    struct Record: Sendable {
        let id: String
        let state: RecordState
        let fault: String?
        /// The package's name, and its blob in the batch's bytes as if no other record were about it.
        let parts: [(name: String, blob: Range<Int>)]
        let digest: UInt128
    }

    /// The outcomes of some entries in their order.
    struct Batch: Sendable {
        var outcomes: [Outcome] = []
        var blobs: [UInt8] = []
    }

    /// Reads the records at these places, leaving out those that are known.
    func read(_ places: Range<Int>, known: KnownRecords?) -> Batch {
        var batch = Batch()
        batch.outcomes.reserveCapacity(places.count)
        guard let decoder = ZipEntryDecoder() else { preconditionFailure("no memory for a decompressor") }
        for place in places { batch.outcomes.append(read(place, known, decoder, &batch.blobs)) }
        release(places)
        return batch
    }

    private func read(
        _ place: Int, _ known: KnownRecords?, _ decoder: borrowing ZipEntryDecoder, _ blobs: inout [UInt8]
    ) -> Outcome {
        let entry = directory.entries[records[place]]
        if let problem = problem(entry) { return .unreadable(reason: problem) }
        let digest = withData(entry) { unsafe entry.claim.digest(of: $0) }
        if let row = known?.place(of: digest) { return .known(row) }
        do {
            let record = compiler.compile(try osvRecord(entry, decoder))
            var parts: [(name: String, blob: Range<Int>)] = []
            for (name, advisory) in record.parts {
                let start = blobs.count
                PackageCompiler([advisory]).append(to: &blobs)
                parts.append((name, start..<blobs.count))
            }
            return .read(
                Record(id: record.id, state: record.state, fault: record.fault, parts: parts, digest: digest))
        } catch {
            return .unreadable(reason: "\(error)")
        }
    }

    /// What the records at these places say about the wanted packages, in the order of the places.
    func advisories(_ places: ArraySlice<Int>, about wanted: Set<String>) -> [(name: String, PendingAdvisory)] {
        guard let decoder = ZipEntryDecoder() else { preconditionFailure("no memory for a decompressor") }
        var found: [(name: String, PendingAdvisory)] = []
        for place in places {
            do {
                let record = compiler.compile(try osvRecord(directory.entries[records[place]], decoder))
                found += record.parts.lazy.filter { wanted.contains($0.name) }.map { ($0.name, $0.advisory) }
            } catch {
                preconditionFailure("a record that was read before cannot be read again: \(error)")
            }
        }
        return found
    }

    /// The row of a record that was read, for the next index.
    func row(_ place: Int, _ state: RecordState, _ digest: UInt128) -> RecordRow {
        let entry = directory.entries[records[place]]
        let data = directory.dataRange(of: entry) ?? 0..<0
        return RecordRow(
            dataOffset: data.lowerBound, compressedBytes: data.count, uncompressedBytes: entry.uncompressedBytes,
            crc32: entry.crc32, method: entry.method, state: state, digest: digest)
    }

    /// The name of an entry, for messages. It is only a label: names such as "--legacy-peer-deps.json" exist, and none is
    /// ever a path.
    func label(_ place: Int) -> String {
        String(decoding: directory.entries[records[place]].nameBytes, as: UTF8.self)
    }

    private func osvRecord(_ entry: ZipEntry, _ decoder: borrowing ZipEntryDecoder) throws -> OSVRecord {
        let contents = try withData(entry) { data throws(ZipError) in
            unsafe try decoder.decode(data, as: entry.claim, index: entry.index)
        }
        return try OSVReader.read(contents)
    }

    private func problem(_ entry: ZipEntry) -> String? {
        guard !entry.isEncrypted else { return "\(ZipError.encrypted(index: entry.index))" }
        guard max(entry.uncompressedBytes, entry.compressedBytes) <= BundleLimits.maxRecordBytes else {
            let size = max(entry.uncompressedBytes, entry.compressedBytes)
            return "\(ZipError.entryTooLarge(index: entry.index, bytes: size, limit: BundleLimits.maxRecordBytes))"
        }
        return directory.dataRange(of: entry) == nil ? "its local header is missing or its data cut off" : nil
    }

    @safe
    private func withData<Result, Failure: Error>(
        _ entry: ZipEntry, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let range = directory.dataRange(of: entry) else { preconditionFailure("an entry without data") }
        return unsafe try file.withBytes { bytes throws(Failure) in
            unsafe try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
    }

    /// Lets go of the pages that these records were read from.
    private func release(_ places: Range<Int>) {
        var (low, high, bytes) = (Int.max, 0, 0)
        for place in places {
            guard let data = directory.dataRange(of: directory.entries[records[place]]) else { continue }
            low = min(low, data.lowerBound)
            high = max(high, data.upperBound)
            bytes += data.count
        }
        // Records that stand apart from each other share their pages with others.
        if low < high, high - low <= 4 * bytes { file.releasePages(low..<high) }
    }
}
