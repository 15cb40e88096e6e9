/// The distinct names of a file, each with a number; those of `JavaScriptWord` have theirs in every file.
struct JavaScriptNameTable: ~Copyable {
    struct Record {
        /// In the source, or in `texts` when negative (then `-1 - offset`).
        let start: Int32
        let length: Int32
        let hash: UInt32
        /// Where the file has it first; -1 until then.
        var firstUse: Int32
        var isEscaped: Bool
        /// Whether it has letters, digits and their like of ASCII only, or these behind the mark of private names.
        let isPlain: Bool
    }

    /// Nobody outside of this process can choose names that all fall on one place of the table.
    private static let processSeed = UInt64(truncatingIfNeeded: Hasher().finalize())
    private let seed = JavaScriptNameTable.processSeed
    private var records: Column<Record>
    private var slots: Column<Int32>
    /// Names that stand nowhere in the source as they are.
    private var texts: [UInt8]
    /// Names as strings, for those that were asked for; by name: the place of its string and 1, or 0.
    private var strings: [String] = []
    private var placeOfString = Column<Int32>()

    /// The words that every file's table begins with.
    struct Words: Sendable {
        fileprivate let records: [Record]
        fileprivate let slots: [Int32]
        fileprivate let texts: [UInt8]

        static let known = JavaScriptNameTable().words
    }

    private init() {
        records = Column()
        texts = []
        slots = Column(repeating: -1, count: 1024)
        for word in JavaScriptWord.allCases { _ = intern(Array("\(word)".utf8), source: []) }
    }

    private var words: Words { Words(records: records.array(), slots: slots.array(), texts: texts) }

    init(_ words: Words) {
        records = Column(words.records)
        slots = Column(words.slots)
        texts = words.texts
    }

    var count: Int { records.count }

    /// The number of the name at `start` in the source.
    mutating func intern(
        _ base: UnsafePointer<UInt8>, start: Int, length: Int, readable: Int
    ) -> Int32 {
        let hash = unsafe Self.hash(seed, base + start, length, readable - start)
        var slot = Int(hash) & (slots.count - 1)
        while true {
            let index = slots[slot]
            if index < 0 { break }
            let record = records[Int(index)]
            if record.hash == hash, Int(record.length) == length,
                unsafe equals(record, base, base + start, length)
            {
                if record.firstUse < 0 { records[Int(index)].firstUse = Int32(truncatingIfNeeded: start) }
                return index
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        let place = Int32(truncatingIfNeeded: start)
        return insert(
            Record(
                start: place, length: Int32(length), hash: hash, firstUse: place, isEscaped: false,
                isPlain: unsafe Self.isPlain(UnsafeBufferPointer(start: base + start, count: length))), slot)
    }

    /// The number of a name that does not stand in the source: decoded, or computed.
    mutating func intern(_ name: [UInt8], source: [UInt8]) -> Int32 {
        unsafe source.withUnsafeBufferPointer { bytes in
            unsafe name.withUnsafeBufferPointer { own in
                guard let base = unsafe bytes.baseAddress ?? own.baseAddress else { return internEmpty() }
                return unsafe intern(name, base, use: -1)
            }
        }
    }

    private mutating func internEmpty() -> Int32 {
        let empty: [UInt8] = [0]
        return unsafe empty.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            return unsafe intern([], base, use: -1)
        }
    }

    /// The number of a name with escapes decoded that is used at `use`; -1 for one that only was computed.
    mutating func intern(_ name: [UInt8], _ source: UnsafePointer<UInt8>, use: Int32) -> Int32 {
        let hash = unsafe name.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return UInt32(0) }
            return unsafe Self.hash(seed, base, bytes.count, bytes.count)
        }
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            let record = records[index]
            let isSame = unsafe name.withUnsafeBufferPointer { bytes in
                guard record.hash == hash, Int(record.length) == bytes.count else { return false }
                guard let base = bytes.baseAddress else { return true }
                return unsafe equals(record, source, base, bytes.count)
            }
            if isSame {
                if use >= 0 {
                    if records[index].firstUse < 0 { records[index].firstUse = use }
                    records[index].isEscaped = true
                }
                return Int32(truncatingIfNeeded: index)
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        let start = -1 - Int32(clamping: texts.count)
        texts += name
        return insert(
            Record(
                start: start, length: Int32(clamping: name.count), hash: hash, firstUse: use, isEscaped: use >= 0,
                isPlain: unsafe name.withUnsafeBufferPointer { unsafe Self.isPlain($0) }), slot)
    }

    /// The bytes of a name.
    func append(_ name: Int32, source: [UInt8], to result: inout Column<UInt8>) {
        let record = records[name]
        let start = Int(record.start < 0 ? -1 - record.start : record.start)
        for place in start..<start + Int(record.length) {
            result.append(record.start < 0 ? texts[place] : source[place])
        }
    }

    func text(_ name: Int32, source: [UInt8]) -> String {
        let record = records[name]
        let length = Int(record.length)
        let start = Int(record.start < 0 ? -1 - record.start : record.start)
        return unsafe (record.start < 0 ? texts : source).withUnsafeBufferPointer { bytes in
            unsafe String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<start + length]), as: UTF8.self)
        }
    }

    /// The names that the file has, in the order of their first use.
    func used(source: [UInt8]) -> [Name] {
        var names: [Name] = []
        names.reserveCapacity(records.count)
        var known: [Name] = []
        let knownCount = Words.known.records.count
        for index in records.indices where records[index].firstUse >= 0 {
            let record = records[index]
            let name = Name(
                text: text(Int32(index), source: source), offset: record.firstUse, isEscaped: record.isEscaped)
            if index < knownCount { known.append(name) } else { names.append(name) }
        }
        known.sort { $0.offset < $1.offset }
        // The others have their numbers by first use, so two sorted lists are merged.
        var merged: [Name] = []
        merged.reserveCapacity(names.count + known.count)
        var next = 0
        for name in names {
            while next < known.count, known[next].offset < name.offset {
                merged.append(known[next])
                next += 1
            }
            merged.append(name)
        }
        merged.append(contentsOf: known[next...])
        return merged
    }

    /// A name as a string, made once.
    mutating func string(_ name: Int32, source: [UInt8]) -> String {
        placeOfString.extend(to: records.count, with: 0)
        let place = placeOfString[name]
        if place > 0 { return strings[Int(place) - 1] }
        strings.append(text(name, source: source))
        placeOfString[name] = Int32(truncatingIfNeeded: strings.count)
        return strings[strings.count - 1]
    }

    /// The length of a plain name; nil for others, whose strings may have dots and brackets of their own.
    @inline(__always)
    func plainLength(_ name: Int32) -> Int32? {
        let record = records[name]
        return record.isPlain ? record.length : nil
    }

    private static func isPlain(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        for index in 0..<name.count {
            let byte = unsafe name[index]
            let isMark = index == 0 && byte == UInt8(ascii: "#")
            guard isMark || JavaScriptTokenizer.isNameByte(byte) else { return false }
        }
        return !name.isEmpty
    }

    /// A quick look whether a name could be one of `JavaScriptVocabulary.isInterop`: most are shorter.
    func mayBeInterop(_ name: Int32, source: [UInt8]) -> Bool {
        guard name >= 0 else { return true }
        let record = records[name]
        guard record.length >= 7 else { return false }
        guard record.start >= 0 else { return true }
        let first = source[Int(record.start)]
        return first == UInt8(ascii: "_") || first == UInt8(ascii: "i")
    }

    private func equals(
        _ record: Record, _ source: UnsafePointer<UInt8>, _ name: UnsafePointer<UInt8>, _ length: Int
    ) -> Bool {
        if record.start >= 0 {
            let other = unsafe source + Int(record.start)
            return unsafe Self.equals(other, name, length)
        }
        return unsafe texts.withUnsafeBufferPointer { texts in
            guard let base = texts.baseAddress else { return length == 0 }
            return unsafe Self.equals(base + Int(-1 - record.start), name, length)
        }
    }

    @inline(__always)
    private static func equals(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        var index = 0
        while index < length {
            if unsafe left[index] != right[index] { return false }
            index += 1
        }
        return true
    }

    /// A hash of eight bytes at a time; at least `length` of `readable` bytes may be read.
    @inline(__always)
    private static func hash(
        _ seed: UInt64, _ name: UnsafePointer<UInt8>, _ length: Int, _ readable: Int
    ) -> UInt32 {
        var state: UInt64 = seed ^ UInt64(truncatingIfNeeded: length)
        var index = 0
        while index &+ 8 <= length {
            let word = unsafe UnsafeRawPointer(name + index).loadUnaligned(as: UInt64.self)
            state = (state ^ word) &* 0xff51_afd7_ed55_8ccd
            state ^= state >> 29
            index &+= 8
        }
        if index < length {
            var word: UInt64 = 0
            if index &+ 8 <= readable {
                let mask = UInt64.max >> (64 &- UInt64(truncatingIfNeeded: length &- index) &* 8)
                word = unsafe UInt64(littleEndian: UnsafeRawPointer(name + index).loadUnaligned(as: UInt64.self)) & mask
            } else {
                var shift: UInt64 = 0
                while index < length {
                    unsafe word |= UInt64(name[index]) << shift
                    shift &+= 8
                    index &+= 1
                }
            }
            state = (state ^ word) &* 0xff51_afd7_ed55_8ccd
        }
        state ^= state >> 32
        return UInt32(truncatingIfNeeded: state)
    }

    private mutating func insert(_ record: Record, _ slot: Int) -> Int32 {
        let index = Int32(clamping: records.count)
        records.append(record)
        slots[slot] = index
        if records.count * 2 > slots.count { grow() }
        return index
    }

    private mutating func grow() {
        slots = Column(repeating: -1, count: slots.count * 4)
        for index in records.indices {
            var slot = Int(records[index].hash) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(truncatingIfNeeded: index)
        }
    }
}
