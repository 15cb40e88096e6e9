import Registry

/// What an index holds about one package.
///
/// ```
/// versions u32 · text ends u32… · texts · advisories varint · each: byte count varint, then
///   flags u8 (1 malicious, 2 score, 4 modified) · group varint
///   runs varint · each: gap varint, length - 1 varint           which of the versions are named one by one
///   ranges varint · each: events varint · each: kind u8, boundary varint
///   [score u8] [modified i64] id · aliases varint · each text · summary · vector
/// ```
/// The versions are all that any record mentions, ascending and unique in the ecosystem's order. A boundary is 0 for
/// "before every version", else one more than the version's place. A range's events are sorted; limits come first.
/// Records of one group are aliases of each other; the group is the place of its first record.
@safe
struct PackageBlob {
    let ecosystem: Ecosystem
    private let bytes: UnsafeRawBufferPointer
    private let range: Range<Int>
    /// Where the versions' `VersionOrderPrefix` are; nil while they are not computed yet.
    private let keys: Int?
    let versionCount: Int

    @unsafe
    init(_ ecosystem: Ecosystem, _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, keys: Int?) {
        self.ecosystem = ecosystem
        unsafe self.bytes = bytes
        self.range = range
        self.keys = keys
        versionCount = unsafe indexInteger(bytes, range.lowerBound)
    }

    /// The text of one of the versions.
    func versionText(_ index: Int) -> String {
        let bounds = textBounds(index)
        return unsafe String(decoding: bytes[bounds], as: UTF8.self)
    }

    /// Where a version stands among the package's versions.
    ///
    /// Odd numbers 2i + 1 mean the version at place i itself, even numbers 2i the gap before it.
    func position(of version: PackageVersion) -> Int {
        var low = 0
        var high = versionCount
        guard low < high else { return 0 }
        let wanted = version.orderPrefix
        while low < high {
            let middle = (low + high) / 2
            switch wanted.compare(key(middle)) {
            case .before: high = middle
            case .after: low = middle + 1
            case .same: return 2 * middle + 1
            case .untold:
                let other = self.version(middle)
                if other == version { return 2 * middle + 1 }
                if other < version { low = middle + 1 } else { high = middle }
            }
        }
        return 2 * low
    }

    /// Lends each record to `body`, in the order of their ids.
    func forEachAdvisory(_ body: (AdvisoryBlob) -> Void) {
        var reader = unsafe IndexReader(bytes, textStart + textEnd(versionCount)..<range.upperBound)
        for _ in 0..<reader.readVarint() {
            let count = reader.readVarint()
            unsafe body(AdvisoryBlob(bytes, reader.offset..<(reader.offset + count)))
            reader.skip(count)
        }
    }

    private func key(_ index: Int) -> VersionOrderPrefix {
        guard let keys else { return version(index).orderPrefix }
        let place = keys + 16 * index
        unsafe precondition(place >= 0 && bytes.count - place >= 16, "a key of the index is cut off")
        return unsafe VersionOrderPrefix(
            bits: UInt128(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt128.self)))
    }

    private func version(_ index: Int) -> PackageVersion {
        do throws(VersionError) {
            return try PackageVersion(parsing: versionText(index), ecosystem: ecosystem)
        } catch {
            preconditionFailure("the advisory index holds a version that cannot be read: \(error)")
        }
    }

    private var textStart: Int { range.lowerBound + 4 + 4 * versionCount }

    /// The end of the text before place `index`, from the start of all texts.
    private func textEnd(_ index: Int) -> Int {
        index == 0 ? 0 : unsafe indexInteger(bytes, range.lowerBound + 4 * index)
    }

    private func textBounds(_ index: Int) -> Range<Int> {
        precondition(index >= 0 && index < versionCount, "no such version in the index")
        let bounds = (textStart + textEnd(index))..<(textStart + textEnd(index + 1))
        precondition(bounds.upperBound <= range.upperBound, "a text of the index is cut off")
        return bounds
    }
}
