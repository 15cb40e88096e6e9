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
    let name: PackageName
    private let bytes: UnsafeRawBufferPointer
    private let range: Range<Int>
    let versionCount: Int

    @unsafe
    init(_ name: PackageName, _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        self.name = name
        unsafe self.bytes = bytes
        self.range = range
        var reader = unsafe IndexReader(bytes, range)
        versionCount = Int(reader.readInteger(UInt32.self))
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
        while low < high {
            let middle = (low + high) / 2
            let other = self.version(middle)
            if other == version { return 2 * middle + 1 }
            if other < version { low = middle + 1 } else { high = middle }
        }
        return 2 * low
    }

    /// Lends each record to `body`, in the order of the bundle.
    func forEachAdvisory(_ body: (AdvisoryBlob) -> Void) {
        var reader = unsafe IndexReader(bytes, textStart + textEnd(versionCount)..<range.upperBound)
        for _ in 0..<reader.readVarint() {
            let count = reader.readVarint()
            unsafe body(AdvisoryBlob(bytes, reader.offset..<(reader.offset + count)))
            reader.skip(count)
        }
    }

    private func version(_ index: Int) -> PackageVersion {
        do throws(VersionError) {
            return try PackageVersion(parsing: versionText(index), ecosystem: name.ecosystem)
        } catch {
            preconditionFailure("the advisory index holds a version that cannot be read: \(error)")
        }
    }

    private var textStart: Int { range.lowerBound + 4 + 4 * versionCount }

    /// The end of the text before place `index`, from the start of all texts.
    private func textEnd(_ index: Int) -> Int {
        guard index > 0 else { return 0 }
        let place = range.lowerBound + 4 * index
        var reader = unsafe IndexReader(bytes, place..<(place + 4))
        return Int(reader.readInteger(UInt32.self))
    }

    private func textBounds(_ index: Int) -> Range<Int> {
        precondition(index >= 0 && index < versionCount, "no such version in the index")
        let bounds = (textStart + textEnd(index))..<(textStart + textEnd(index + 1))
        precondition(bounds.upperBound <= range.upperBound, "a text of the index is cut off")
        return bounds
    }
}

/// What an index holds about one record of one package.
@safe
struct AdvisoryBlob {
    private let bytes: UnsafeRawBufferPointer
    private let range: Range<Int>

    @unsafe
    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        unsafe self.bytes = bytes
        self.range = range
    }

    struct Event {
        let kind: RangeEventKind
        /// 0 for "before every version", else one more than the version's place.
        let boundary: Int

        /// The smallest position at or after the boundary.
        var position: Int { boundary == 0 ? 0 : 2 * boundary - 1 }
    }

    struct Labels {
        let isMalicious: Bool
        let cvssTenths: Int?
        let modifiedSeconds: Int64?
        let id: String
        let aliases: [String]
        let summary: String
        let cvssVector: String?
    }

    /// A record that is about the version asked for.
    struct Match {
        let group: Int
        let labels: Labels
        /// The places of later fixed versions among the package's versions, in no order.
        let fixedPlaces: [Int]
    }

    /// The match when the record is about the version at this position.
    ///
    /// Spec: OSV "Evaluation": named one by one, or inside any of the ranges.
    func match(_ position: Int) -> Match? {
        var reader = unsafe IndexReader(bytes, range)
        let flags = reader.readByte()
        let group = reader.readVarint()
        let isRunHit = Self.readRuns(&reader) { $0.contains(position / 2) }
        var isAffected = isRunHit && position % 2 == 1
        var fixedPlaces: [Int] = []
        for _ in 0..<reader.readVarint() {
            var state = RangeState()
            for _ in 0..<reader.readVarint() {
                let event = Self.readEvent(&reader)
                state.apply(event, at: position)
                if event.kind == .fixed && event.position > position { fixedPlaces.append(event.boundary - 1) }
            }
            isAffected = isAffected || state.contains
        }
        guard isAffected else { return nil }
        return Match(group: group, labels: Self.readLabels(&reader, flags), fixedPlaces: fixedPlaces)
    }

    /// Everything about the record, whatever the version.
    func details() -> (labels: Labels, named: [Range<Int>], ranges: [[Event]]) {
        var reader = unsafe IndexReader(bytes, range)
        let flags = reader.readByte()
        _ = reader.readVarint()
        var named: [Range<Int>] = []
        _ = Self.readRuns(&reader) { run in
            named.append(run)
            return false
        }
        let ranges = (0..<reader.readVarint()).map { _ in
            (0..<reader.readVarint()).map { _ in Self.readEvent(&reader) }
        }
        return (Self.readLabels(&reader, flags), named, ranges)
    }

    private static func readLabels(_ reader: inout IndexReader, _ flags: UInt8) -> Labels {
        let tenths = flags & 2 != 0 ? Int(reader.readByte()) : nil
        let modified = flags & 4 != 0 ? reader.readInteger(Int64.self) : nil
        let id = reader.readText()
        let aliases = (0..<reader.readVarint()).map { _ in reader.readText() }
        let summary = reader.readText()
        let vector = reader.readText()
        return Labels(
            isMalicious: flags & 1 != 0, cvssTenths: tenths, modifiedSeconds: modified, id: id, aliases: aliases,
            summary: summary, cvssVector: vector.isEmpty ? nil : vector)
    }

    /// Reads all runs; true when `isWanted` was true for one.
    private static func readRuns(_ reader: inout IndexReader, _ isWanted: (Range<Int>) -> Bool) -> Bool {
        var isFound = false
        var at = 0
        for _ in 0..<reader.readVarint() {
            let start = at + reader.readVarint()
            at = start + 1 + reader.readVarint()
            if isWanted(start..<at) { isFound = true }
        }
        return isFound
    }

    private static func readEvent(_ reader: inout IndexReader) -> Event {
        guard let kind = RangeEventKind(rawValue: reader.readByte()) else {
            preconditionFailure("the advisory index holds an unknown event")
        }
        return Event(kind: kind, boundary: reader.readVarint())
    }

    /// Where a version stands in one range after the events so far; later events override earlier ones.
    private struct RangeState {
        private var isAffected = false
        private var hasLimit = false
        private var isBelowLimit = false

        var contains: Bool { isAffected && (isBelowLimit || !hasLimit) }

        mutating func apply(_ event: Event, at position: Int) {
            switch event.kind {
            case .introduced: if position >= event.position { isAffected = true }
            case .fixed: if position >= event.position { isAffected = false }
            case .lastAffected: if position > event.position { isAffected = false }
            case .limit:
                hasLimit = true
                if position < event.position { isBelowLimit = true }
            }
        }
    }
}
