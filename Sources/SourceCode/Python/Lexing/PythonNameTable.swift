/// The distinct names of a file, each with a small number; the first numbers belong to `PythonWords`.
struct PythonNameTable: ~Copyable {
    typealias ID = Int32

    struct Entry {
        /// The first eight bytes, zeros where the name is shorter.
        let first: UInt64
        let hash: UInt32
        let start: Int32
        let length: Int32
        let isASCII: Bool
        /// Whether it holds what divides names in a path.
        let dividesNames: Bool
        /// Where the name is first used; -1 for words that the file does not use.
        var firstUse: Int32
    }

    private var slots: Column<Int32>
    private var mask: Int
    private var entries: Column<Entry>
    /// The bytes of every name, one behind the other.
    private var storage: Column<UInt8>
    /// The texts of the words that the table was made with, which all tables share, and of the names behind them.
    private let words: [String]
    private var texts: [String]
    /// In the order of their first use.
    private(set) var used = Column<ID>(capacity: 256)
    /// The name that a disguised one stands for, by NFKC; most stand for themselves.
    private(set) var plain: [ID: ID] = [:]

    /// Differs from process to process, so that nobody can choose names that share a slot; nothing else depends on it.
    private let seed: UInt64

    /// A table that holds these words and no other.
    init(words: [StaticString]) {
        seed = UInt64(truncatingIfNeeded: Hasher().finalize())
        slots = Column(repeating: -1, count: 1024)
        mask = 1023
        entries = Column(capacity: 256)
        storage = Column(capacity: 4096)
        self.words = []
        texts = []
        for word in words {
            let bytes = unsafe Array(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
            let id = intern(bytes)
            _ = text(of: id)
        }
    }

    private init(copying other: borrowing PythonNameTable) {
        seed = other.seed
        slots = other.slots.copy()
        mask = other.mask
        entries = other.entries.copy(extra: 256)
        storage = other.storage.copy(extra: 2048)
        texts = []
        words = other.words.isEmpty ? other.texts : other.words
    }

    /// A table of its own with the same words, none of which is used.
    func copy() -> PythonNameTable { PythonNameTable(copying: self) }

    var count: Int { entries.count }

    /// The number of the name at `start..<end`, used there.
    @inline(__always)
    mutating func use(_ bytes: ByteView, _ start: Int, _ end: Int) -> ID {
        let length = end &- start
        var first: UInt64
        if let word = bytes.word(at: start) {
            first = length < 8 ? word & ~(UInt64.max << UInt64(truncatingIfNeeded: length &* 8)) : word
        } else {
            first = 0
            for place in 0..<min(length, 8) { first |= UInt64(bytes[start + place]) << UInt64(place * 8) }
        }
        var hash = begin(first, length)
        var place = 8
        while place < length {
            // The last piece overlaps the one before it.
            let piece = min(place, length &- 8)
            hash = Self.mix(hash, bytes.word(at: start &+ piece) ?? 0)
            place &+= 8
        }
        let short = Self.end(hash)
        var slot = Int(truncatingIfNeeded: short) & mask
        while true {
            let id = slots[slot]
            if id < 0 { break }
            let entry = entries[id]
            if entry.hash == short, entry.first == first, Int(entry.length) == length,
                length <= 8 || isSame(entry, bytes, start)
            {
                if entry.firstUse < 0 { note(id, at: start) }
                return id
            }
            slot = (slot &+ 1) & mask
        }
        let id = unsafe bytes.withBytes(start..<end) { unsafe add($0, first: first, hash: short, slot: slot) }
        note(id, at: start)
        return id
    }

    /// The number of a name that need not stand in the file.
    mutating func intern(_ name: some Collection<UInt8>) -> ID { Array(name).withByteView { intern($0) } }

    private mutating func intern(_ bytes: ByteView) -> ID {
        let length = bytes.count
        var first: UInt64 = 0
        for place in 0..<min(length, 8) { first |= UInt64(bytes[place]) << UInt64(place * 8) }
        var hash = begin(first, length)
        var place = 8
        while place < length {
            hash = Self.mix(hash, bytes.word(at: min(place, length - 8)) ?? 0)
            place += 8
        }
        let short = Self.end(hash)
        var slot = Int(truncatingIfNeeded: short) & mask
        while slots[slot] >= 0 {
            let id = slots[slot]
            let entry = entries[id]
            if entry.hash == short, entry.first == first, Int(entry.length) == length,
                length <= 8 || isSame(entry, bytes, 0)
            {
                return id
            }
            slot = (slot + 1) & mask
        }
        return unsafe bytes.withBytes(0..<length) { unsafe add($0, first: first, hash: short, slot: slot) }
    }

    /// Says that `id` is another spelling of `other`.
    mutating func disguise(_ id: ID, as other: ID) { plain[id] = other }

    /// A copy of a name's bytes.
    func bytes(of id: ID) -> [UInt8] { unsafe withBytes(of: id) { unsafe Array($0) } }

    /// Lends a name's bytes.
    @inline(__always)
    func withBytes<Result>(of id: ID, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let entry = entries[id]
        return unsafe storage.withValues(Int(entry.start)..<Int(entry.start + entry.length), body)
    }

    func length(of id: ID) -> Int { Int(entries[id].length) }

    func isASCII(_ id: ID) -> Bool { entries[id].isASCII }

    /// Whether a name, which then was only ever a string, holds dots or brackets.
    func dividesNames(_ id: ID) -> Bool { entries[id].dividesNames }

    /// How many bytes its text has, where what is no UTF-8 has been mended.
    mutating func textLength(of id: ID) -> Int {
        entries[id].isASCII ? Int(entries[id].length) : text(of: id).utf8.count
    }

    /// The last byte of its text; one above ASCII is told as 0.
    func lastByte(of id: ID) -> UInt8 {
        let entry = entries[id]
        guard entry.length > 0 else { return 0 }
        let last = storage[Int(entry.start + entry.length - 1)]
        return last < 0x80 ? last : 0
    }

    /// Whether a name is this word.
    func isName(_ id: ID, _ word: StaticString) -> Bool {
        guard Int(entries[id].length) == word.utf8CodeUnitCount else { return false }
        return unsafe withBytes(of: id) {
            unsafe $0.elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        }
    }

    /// Whether a name begins with these bytes, at most eight.
    func begins(_ id: ID, with word: StaticString) -> Bool {
        let first = entries[id].first
        for place in 0..<word.utf8CodeUnitCount where place < 8 {
            let byte = unsafe word.utf8Start[place]
            if UInt8(truncatingIfNeeded: first >> UInt64(place * 8)) != byte { return false }
        }
        return true
    }

    func firstUse(of id: ID) -> Int32 { entries[id].firstUse }

    mutating func text(of id: ID) -> String {
        let place = Int(id) - words.count
        guard place >= 0 else { return words[Int(id)] }
        let known = texts[place]
        if !known.isEmpty { return known }
        let text = unsafe withBytes(of: id) { unsafe String(decoding: $0, as: UTF8.self) }
        texts[place] = text
        return text
    }

    private mutating func note(_ id: ID, at start: Int) {
        entries[id].firstUse = Int32(truncatingIfNeeded: start)
        used.append(id)
    }

    /// Whether the bytes behind the first eight are the same.
    private func isSame(_ entry: Entry, _ bytes: ByteView, _ start: Int) -> Bool {
        let length = Int(entry.length)
        let name = Int(entry.start)
        return unsafe storage.withValues(name..<name + length) { stored in
            for place in 8..<length where unsafe stored[place] != bytes[start + place] { return false }
            return true
        }
    }

    @inline(never)
    private mutating func add(
        _ name: UnsafeBufferPointer<UInt8>, first: UInt64, hash: UInt32, slot: Int
    ) -> ID {
        let id = Int32(truncatingIfNeeded: entries.count)
        slots[slot] = id
        let start = Int32(truncatingIfNeeded: storage.count)
        unsafe storage.append(contentsOf: name)
        var all: UInt8 = 0
        var divides = false
        for place in 0..<name.count {
            let byte = unsafe name[place]
            all |= byte
            if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "(") || byte == UInt8(ascii: "[") { divides = true }
        }
        entries.append(
            Entry(
                first: first, hash: hash, start: start, length: Int32(truncatingIfNeeded: name.count),
                isASCII: all < 0x80, dividesNames: divides, firstUse: -1))
        texts.append("")
        if entries.count * 2 > mask { grow() }
        return id
    }

    private mutating func grow() {
        mask = mask * 2 + 1
        slots = Column(repeating: -1, count: mask + 1)
        for id in 0..<entries.count {
            var slot = Int(truncatingIfNeeded: entries[id].hash) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(truncatingIfNeeded: id)
        }
    }

    // MARK: Hashes

    @inline(__always)
    private func begin(_ first: UInt64, _ length: Int) -> UInt64 {
        Self.mix(seed &+ UInt64(truncatingIfNeeded: length), first)
    }

    @inline(__always)
    private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let mixed = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
        return mixed ^ mixed >> 29
    }

    @inline(__always)
    private static func end(_ hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash &* 0xD6E8_FEB8_6659_FD93 >> 32)
    }
}
