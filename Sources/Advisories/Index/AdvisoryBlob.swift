/// What an index holds about one record of one package; the layout is `PackageBlob`'s.
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

    /// The match when the record is about the version at this position. Without one, nothing is allocated.
    ///
    /// Spec: OSV "Evaluation": named one by one, or inside any of the ranges.
    func match(_ position: Int) -> Match? {
        var reader = unsafe IndexReader(bytes, range)
        let flags = reader.readByte()
        let group = reader.readVarint()
        let isRunHit = Self.readRuns(&reader) { $0.contains(position / 2) }
        var isAffected = isRunHit && position % 2 == 1
        var hasFixes = false
        let ranges = reader
        for _ in 0..<reader.readVarint() {
            var state = RangeState()
            for _ in 0..<reader.readVarint() {
                let event = Self.readEvent(&reader)
                state.apply(event, at: position)
                if event.kind == .fixed && event.position > position { hasFixes = true }
            }
            isAffected = isAffected || state.contains
        }
        guard isAffected else { return nil }
        let fixes = hasFixes ? Self.readFixes(ranges, after: position) : []
        return Match(group: group, labels: Self.readLabels(&reader, flags), fixedPlaces: fixes)
    }

    private static func readFixes(_ ranges: IndexReader, after position: Int) -> [Int] {
        var reader = ranges
        var places: [Int] = []
        for _ in 0..<reader.readVarint() {
            for _ in 0..<reader.readVarint() {
                let event = readEvent(&reader)
                if event.kind == .fixed && event.position > position { places.append(event.boundary - 1) }
            }
        }
        return places
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

    /// Where the record's names are in the bytes; `body` gets each alias.
    func places(eachAlias body: (Range<Int>) -> Void) -> (id: Range<Int>, isMalicious: Bool) {
        var reader = unsafe IndexReader(bytes, range)
        let flags = reader.readByte()
        _ = reader.readVarint()
        _ = Self.readRuns(&reader) { _ in false }
        for _ in 0..<reader.readVarint() {
            for _ in 0..<reader.readVarint() { _ = Self.readEvent(&reader) }
        }
        reader.skip((flags & 2 != 0 ? 1 : 0) + (flags & 4 != 0 ? 8 : 0))
        let id = reader.readTextRange()
        for _ in 0..<reader.readVarint() { body(reader.readTextRange()) }
        return (id, flags & 1 != 0)
    }

    private static func readLabels(_ reader: inout IndexReader, _ flags: UInt8) -> Labels {
        let tenths = flags & 2 != 0 ? Int(reader.readByte()) : nil
        let modified = flags & 4 != 0 ? reader.readInteger(Int64.self) : nil
        let id = reader.readText()
        let aliasCount = reader.readVarint()
        let aliases = aliasCount == 0 ? [] : (0..<aliasCount).map { _ in reader.readText() }
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
