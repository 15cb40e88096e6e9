/// The sorted ids and aliases of all records that packages have.
struct LabelTables {
    /// A text in the blobs, with what it belongs to.
    struct Label {
        /// The text's first bytes as a number, which compares as they do.
        let prefix: UInt128
        let start: Int
        let count: Int
        /// The package of an id; the number of its id for an alias.
        let owner: UInt32
        /// In the order of packages, unique among ids.
        let number: UInt32

        var range: Range<Int> { start..<(start + count) }
    }

    private let blobs: JoinedItems
    private(set) var ids: [Label] = []
    private(set) var aliases: [Label] = []
    /// The texts in their order, joined.
    private(set) var idBytes: [UInt8] = []
    private(set) var aliasBytes: [UInt8] = []
    private(set) var maliciousCount = 0
    private var malicious: [Bool] = []
    /// The place among the sorted ids of each number.
    private var ranks: [UInt32] = []

    init(_ blobs: JoinedItems) {
        self.blobs = blobs
    }

    mutating func add(_ package: PackageBlob, at place: Int) {
        package.forEachAdvisory { advisory in
            let number = UInt32(ids.count)
            let (id, isMalicious) = advisory.places { range in
                aliases.append(label(range, owner: number, number: UInt32(aliases.count)))
            }
            ids.append(label(id, owner: UInt32(place), number: number))
            malicious.append(isMalicious)
        }
    }

    private func label(_ range: Range<Int>, owner: UInt32, number: UInt32) -> Label {
        var prefix: UInt128 = 0
        for index in range.prefix(16) { prefix = prefix << 8 | UInt128(blobs.bytes[index]) }
        if range.count < 16 { prefix <<= UInt128(8 * (16 - range.count)) }
        return Label(prefix: prefix, start: range.lowerBound, count: range.count, owner: owner, number: number)
    }

    mutating func sort() {
        let bytes = blobs.bytes
        ids.sort { Self.precedes($0, $1, bytes) ?? ($0.number < $1.number) }
        aliases.sort { Self.precedes($0, $1, bytes) ?? ($0.number < $1.number) }
        idBytes = joined(ids)
        aliasBytes = joined(aliases)
        ranks = [UInt32](repeating: 0, count: ids.count)
        for (place, id) in ids.enumerated() {
            ranks[Int(id.number)] = UInt32(place)
            let isAnother = place == 0 || Self.precedes(ids[place - 1], id, bytes) != nil
            if isAnother && malicious[Int(id.number)] { maliciousCount += 1 }
        }
    }

    /// Nil for equal texts.
    private static func precedes(_ left: Label, _ right: Label, _ bytes: [UInt8]) -> Bool? {
        if left.prefix != right.prefix { return left.prefix < right.prefix }
        if left.count <= 16 || right.count <= 16 { return left.count == right.count ? nil : left.count < right.count }
        let (one, other) = (bytes[left.range], bytes[right.range])
        return one.elementsEqual(other) ? nil : one.lexicographicallyPrecedes(other)
    }

    private func joined(_ labels: [Label]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(labels.reduce(0) { $0 + $1.count })
        for label in labels { output += blobs.bytes[label.range] }
        return output
    }

    /// Appends the ends and owners of the ids, then those of the aliases.
    func append(to output: inout [UInt8]) {
        appendEnds(ids, to: &output)
        for id in ids { output.append(littleEndian: id.owner) }
        appendEnds(aliases, to: &output)
        for alias in aliases { output.append(littleEndian: ranks[Int(alias.owner)]) }
    }

    private func appendEnds(_ labels: [Label], to output: inout [UInt8]) {
        var end: UInt32 = 0
        for label in labels {
            end += UInt32(label.count)
            output.append(littleEndian: end)
        }
    }
}
