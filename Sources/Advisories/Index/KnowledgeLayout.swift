import Registry

/// The arrays of one ecosystem's knowledge, found from its header.
///
/// ```
/// header    packages u32 · ids u32 · aliases u32 · versions u32 · malicious records u32 · bucket bits u32
///           · name bytes u32 · blob bytes u32 · id bytes u32 · alias bytes u32 · reserved 8
/// packages  for each: name end u32, blob end u32, version end u32   how many versions the packages up to here have
/// hashes    bucket ends u32… · each package in the order of buckets, hashes and names: hash u32, package u32
/// ids       id ends u32… · package u32…                            one for each package that a record is about
/// aliases   alias ends u32… · id u32…                              the place among the ids
/// keys      16 bytes for each version of each package              `VersionOrderPrefix`
/// texts     names · blobs · ids · aliases
/// ```
/// Names, ids and aliases ascend by bytes. A name's bucket are the first bits of its hash, and the hash kept beside the
/// package its last 32, so a name that is not there is mostly refused without a look at any name.
struct KnowledgeLayout: Sendable {
    static let headerBytes = 48
    private static let packageBytes = 12

    let maliciousCount: Int
    let bucketBits: Int
    let names: ItemTable
    let blobs: ItemTable
    let versionEnds: Int
    let bucketEnds: Int
    let hashed: Int
    let ids: ItemTable
    let idPackages: Int
    let aliases: ItemTable
    let aliasOwners: Int
    let keys: Int

    var packageCount: Int { names.count }

    /// Nil when the arrays do not fill the part exactly.
    @unsafe
    init?(reading bytes: UnsafeRawBufferPointer, _ part: Range<Int>) {
        guard part.count >= Self.headerBytes else { return nil }
        var reader = unsafe IndexReader(bytes, part)
        func next() -> Int { Int(reader.readInteger(UInt32.self)) }
        let (packages, ids, aliases, versions) = (next(), next(), next(), next())
        maliciousCount = next()
        bucketBits = next()
        let (nameBytes, blobBytes, idBytes, aliasBytes) = (next(), next(), next(), next())
        guard bucketBits <= 32 else { return nil }
        let nameEnds = part.lowerBound + Self.headerBytes
        // Side by side, so that a look-up touches them at once.
        versionEnds = nameEnds + 8
        bucketEnds = nameEnds + Self.packageBytes * packages
        hashed = bucketEnds + 4 << bucketBits
        let idEnds = hashed + 8 * packages
        idPackages = idEnds + 4 * ids
        let aliasEnds = idPackages + 4 * ids
        aliasOwners = aliasEnds + 4 * aliases
        keys = aliasOwners + 4 * aliases
        let texts = keys + 16 * versions
        names = ItemTable(count: packages, ends: nameEnds, step: Self.packageBytes, items: texts)
        blobs = ItemTable(count: packages, ends: nameEnds + 4, step: Self.packageBytes, items: texts + nameBytes)
        self.ids = ItemTable(count: ids, ends: idEnds, items: texts + nameBytes + blobBytes)
        self.aliases = ItemTable(count: aliases, ends: aliasEnds, items: texts + nameBytes + blobBytes + idBytes)
        guard self.aliases.items + aliasBytes == part.upperBound else { return nil }
    }

    /// Where the keys of a package's versions begin.
    @unsafe
    func keys(ofPackage index: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        unsafe keys + 16 * (index == 0 ? 0 : indexInteger(bytes, versionEnds + Self.packageBytes * (index - 1)))
    }
}

/// Where each record of one ecosystem stands in the kept bundle.
///
/// ```
/// header  records u32 · id bytes u32 · reserved 8
///         id ends u32… · rows of 40 bytes · ids
/// row     data offset u64 · compressed u32 · unpacked u32 · CRC-32 u32 · method u16 · state u16 · digest 16
/// ```
/// Ids ascend by bytes and occur once. The digest is the first half of the SHA-256 over method, unpacked size, CRC-32
/// and compressed bytes: an entry of another bundle with the same digest holds the same record.
struct ProvenanceLayout: Sendable {
    static let headerBytes = 16
    static let rowBytes = 40

    let ids: ItemTable
    let rows: Int

    var count: Int { ids.count }

    /// Nil when the arrays do not fill the part exactly.
    @unsafe
    init?(reading bytes: UnsafeRawBufferPointer, _ part: Range<Int>) {
        guard part.count >= Self.headerBytes else { return nil }
        var reader = unsafe IndexReader(bytes, part)
        let count = Int(reader.readInteger(UInt32.self))
        let idBytes = Int(reader.readInteger(UInt32.self))
        let ends = part.lowerBound + Self.headerBytes
        rows = ends + 4 * count
        ids = ItemTable(count: count, ends: ends, items: rows + Self.rowBytes * count)
        guard ids.items + idBytes == part.upperBound else { return nil }
    }

    @unsafe
    func row(_ index: Int, in bytes: UnsafeRawBufferPointer) -> RecordRow {
        let start = rows + Self.rowBytes * index
        var reader = unsafe IndexReader(bytes, start..<(start + Self.rowBytes))
        return RecordRow(
            dataOffset: Int(clamping: reader.readInteger(UInt64.self)),
            compressedBytes: Int(reader.readInteger(UInt32.self)),
            uncompressedBytes: Int(reader.readInteger(UInt32.self)), crc32: reader.readInteger(UInt32.self),
            method: reader.readInteger(UInt16.self), state: RecordState(rawValue: reader.readInteger(UInt16.self)),
            digest: reader.readInteger(UInt128.self))
    }

    /// The row of the record with that id.
    @unsafe
    func place(ofID id: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer) -> Int? {
        var found: Int?
        unsafe ids.forEach(equalTo: id, in: bytes) { found = $0 }
        return found
    }
}

/// What became of a record in an import.
struct RecordState: OptionSet, Sendable {
    let rawValue: UInt16

    /// It is in the knowledge, with all of it or a part.
    static let kept = RecordState(rawValue: 1)
    static let withdrawn = RecordState(rawValue: 2)
    /// Something in it could not be used.
    static let faulty = RecordState(rawValue: 4)
    static let malicious = RecordState(rawValue: 8)
}

/// Where one record stands in its bundle.
struct RecordRow: Sendable {
    var dataOffset: Int
    var compressedBytes: Int
    var uncompressedBytes: Int
    var crc32: UInt32
    var method: UInt16
    var state: RecordState
    var digest: UInt128

    func append(to output: inout [UInt8]) {
        output.append(littleEndian: UInt64(dataOffset))
        output.append(littleEndian: UInt32(compressedBytes))
        output.append(littleEndian: UInt32(uncompressedBytes))
        output.append(littleEndian: crc32)
        output.append(littleEndian: method)
        output.append(littleEndian: state.rawValue)
        output.append(littleEndian: digest)
    }
}
