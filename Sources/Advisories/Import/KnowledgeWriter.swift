import Registry

/// Writes one ecosystem's knowledge from names and blobs; the layout is `KnowledgeLayout`'s.
///
/// Everything else in it is derived here from those two alone, so it is the same however they were come by.
struct KnowledgeWriter {
    private let ecosystem: Ecosystem
    private var names = JoinedItems()
    private var blobs = JoinedItems()

    init(_ ecosystem: Ecosystem) {
        self.ecosystem = ecosystem
    }

    var packageCount: Int { names.count }

    /// Adds a package; names must ascend by bytes.
    mutating func append(_ name: String, _ writeBlob: (inout [UInt8]) -> Void) {
        names.append { $0.append(contentsOf: name.utf8) }
        blobs.append(writeBlob)
    }

    /// Adds a package as another index has it.
    @unsafe
    mutating func append(_ name: UnsafeRawBufferPointer, _ blob: UnsafeRawBufferPointer) {
        names.append { unsafe $0.append(contentsOf: name) }
        blobs.append { unsafe $0.append(contentsOf: blob) }
    }

    /// The finished part.
    ///
    /// - Throws: `AdvisoryError.tooLarge`, or `.unreadableVersion` when a text among the versions is none.
    func encode() throws(AdvisoryError) -> [UInt8] {
        let size = names.bytes.count + blobs.bytes.count
        guard size <= BundleLimits.maxKnowledgeBytes else { throw .tooLarge(ecosystem, bytes: size) }
        let versions = try versionKeys()
        var labels = LabelTables(blobs)
        blobs.withPackages(ecosystem) { place, package in labels.add(package, at: place) }
        labels.sort()
        let bits = NameHash.bucketBits(forPackages: names.count)
        var output: [UInt8] = []
        output.reserveCapacity(
            2 * size + 32 * names.count + versions.keys.count + 4 << bits + 24 * labels.ids.count)
        for count in [
            names.count, labels.ids.count, labels.aliases.count, versions.keys.count / 16, labels.maliciousCount, bits,
            names.bytes.count, blobs.bytes.count, labels.idBytes.count, labels.aliasBytes.count, 0, 0,
        ] {
            output.append(littleEndian: UInt32(count))
        }
        for place in 0..<names.count {
            output.append(littleEndian: names.ends[place])
            output.append(littleEndian: blobs.ends[place])
            output.append(littleEndian: versions.ends[place])
        }
        appendHashes(bits, to: &output)
        labels.append(to: &output)
        output += versions.keys
        output += names.bytes
        output += blobs.bytes
        output += labels.idBytes
        output += labels.aliasBytes
        return output
    }

    /// The order of each package's versions.
    private func versionKeys() throws(AdvisoryError) -> (ends: [UInt32], keys: [UInt8]) {
        var ends: [UInt32] = []
        ends.reserveCapacity(names.count)
        var keys: [UInt8] = []
        var problem: VersionError?
        blobs.withPackages(ecosystem) { _, package in
            for index in 0..<package.versionCount {
                do throws(VersionError) {
                    let version = try PackageVersion(parsing: package.versionText(index), ecosystem: ecosystem)
                    keys.append(littleEndian: version.orderPrefix.bits)
                } catch {
                    problem = error
                }
            }
            ends.append(UInt32(keys.count / 16))
        }
        if let problem { throw .unreadableVersion(ecosystem, reason: "\(problem)") }
        return (ends, keys)
    }

    private func appendHashes(_ bits: Int, to output: inout [UInt8]) {
        var hashed: [(bucket: UInt32, fragment: UInt32, place: UInt32)] = []
        hashed.reserveCapacity(names.count)
        unsafe names.bytes.withUnsafeBytes { bytes in
            for place in 0..<names.count {
                let hash = unsafe NameHash.hash(UnsafeRawBufferPointer(rebasing: bytes[names.range(place)]))
                hashed.append(
                    (UInt32(NameHash.bucket(hash, bits: bits)), UInt32(truncatingIfNeeded: hash), UInt32(place)))
            }
        }
        // Places ascend as names do.
        hashed.sort { ($0.bucket, $0.fragment, $0.place) < ($1.bucket, $1.fragment, $1.place) }
        var next = 0
        for bucket in 0..<UInt32(1 << bits) {
            while next < hashed.count, hashed[next].bucket == bucket { next += 1 }
            output.append(littleEndian: UInt32(next))
        }
        for item in hashed {
            output.append(littleEndian: item.fragment)
            output.append(littleEndian: item.place)
        }
    }
}

/// Items of different lengths, one after the other, and where each ends.
struct JoinedItems {
    private(set) var bytes: [UInt8] = []
    private(set) var ends: [UInt32] = []

    var count: Int { ends.count }

    /// Adds an item. The caller keeps the sum of all below four gigabytes.
    mutating func append(_ write: (inout [UInt8]) -> Void) {
        write(&bytes)
        ends.append(UInt32(bytes.count))
    }

    func range(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
    }

    /// Lends each item as a package's blob.
    @safe
    func withPackages(_ ecosystem: Ecosystem, _ body: (Int, PackageBlob) -> Void) {
        unsafe bytes.withUnsafeBytes { bytes in
            for index in 0..<count { body(index, unsafe PackageBlob(ecosystem, bytes, range(index), keys: nil)) }
        }
    }
}

/// Writes where each record stands in its bundle; the layout is `ProvenanceLayout`'s.
enum ProvenanceWriter {
    static func encode(_ records: [AcceptedRecord], _ source: BundleRecords) -> [UInt8] {
        let sorted = records.sorted { AliasGroups.precedes($0.id, $1.id) }
        let idBytes = sorted.reduce(0) { $0 + $1.id.utf8.count }
        var output: [UInt8] = []
        output.reserveCapacity(ProvenanceLayout.headerBytes + (4 + ProvenanceLayout.rowBytes) * sorted.count + idBytes)
        output.append(littleEndian: UInt32(sorted.count))
        output.append(littleEndian: UInt32(idBytes))
        output.append(littleEndian: 0 as UInt64)
        var end: UInt32 = 0
        for record in sorted {
            end += UInt32(record.id.utf8.count)
            output.append(littleEndian: end)
        }
        for record in sorted { source.row(record.place, record.state, record.digest).append(to: &output) }
        for record in sorted { output.append(contentsOf: record.id.utf8) }
        return output
    }
}
