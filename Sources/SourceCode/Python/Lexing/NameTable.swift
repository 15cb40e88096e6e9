/// The distinct names of a file, each with a small number; the first numbers belong to `PythonWords`.
struct NameTable {
    typealias ID = Int32

    private var slots: [Int32]
    private var mask: Int
    private var hashes: [UInt32] = []
    /// The bytes of every name, one behind the other; a name ends where the next begins.
    private var storage: [UInt8] = []
    private var starts: [Int32] = [0]
    private var texts: [String?] = []
    /// Where a name is first used; -1 for words that the file does not use.
    private(set) var firstUses: [Int32] = []
    /// In the order of their first use.
    private(set) var used: [ID] = []
    /// The name that a disguised one stands for, by NFKC; most stand for themselves.
    private(set) var plain: [ID: ID] = [:]

    /// A table that holds these words and no other.
    init(words: [StaticString]) {
        slots = Array(repeating: -1, count: 1024)
        mask = 1023
        for word in words {
            let bytes = unsafe Array(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
            _ = intern(bytes)
        }
    }

    var count: Int { hashes.count }

    /// A hash that is made byte by byte while a name is read.
    static let emptyHash: UInt32 = 0x811C_9DC5
    @inline(__always)
    static func hash(_ hash: UInt32, _ byte: UInt8) -> UInt32 { (hash ^ UInt32(byte)) &* 0x0100_0193 }

    /// The number of the name at `start..<end`, used there.
    @inline(__always)
    mutating func use(_ bytes: ByteView, _ start: Int, _ end: Int, hash: UInt32) -> ID {
        var slot = Int(truncatingIfNeeded: hash ^ hash >> 15) & mask
        while true {
            let id = slots[slot]
            if id < 0 { break }
            if hashes[Int(id)] == hash, matches(id, bytes, start, end) {
                if firstUses[Int(id)] < 0 { note(id, at: start) }
                return id
            }
            slot = (slot + 1) & mask
        }
        var name: [UInt8] = []
        name.reserveCapacity(end - start)
        for index in start..<end { name.append(bytes[index]) }
        let id = add(name, hash: hash, slot: slot)
        note(id, at: start)
        return id
    }

    /// The number of a name that need not stand in the file.
    mutating func intern(_ name: some Collection<UInt8>) -> ID {
        var hash = NameTable.emptyHash
        for byte in name { hash = NameTable.hash(hash, byte) }
        var slot = Int(truncatingIfNeeded: hash ^ hash >> 15) & mask
        while slots[slot] >= 0 {
            let id = slots[slot]
            if hashes[Int(id)] == hash, bytes(of: id).elementsEqual(name) { return id }
            slot = (slot + 1) & mask
        }
        return add(Array(name), hash: hash, slot: slot)
    }

    /// Says that `id` is another spelling of `other`.
    mutating func disguise(_ id: ID, as other: ID) { plain[id] = other }

    func bytes(of id: ID) -> ArraySlice<UInt8> { storage[Int(starts[Int(id)])..<Int(starts[Int(id) + 1])] }

    func length(of id: ID) -> Int { Int(starts[Int(id) + 1] - starts[Int(id)]) }

    mutating func text(of id: ID) -> String {
        if let known = texts[Int(id)] { return known }
        let text = String(decoding: bytes(of: id), as: UTF8.self)
        texts[Int(id)] = text
        return text
    }

    private mutating func note(_ id: ID, at start: Int) {
        firstUses[Int(id)] = Int32(truncatingIfNeeded: start)
        used.append(id)
    }

    @inline(__always)
    private func matches(_ id: ID, _ bytes: ByteView, _ start: Int, _ end: Int) -> Bool {
        let first = Int(starts[Int(id)])
        guard Int(starts[Int(id) + 1]) - first == end - start else { return false }
        for offset in 0..<(end - start) where storage[first + offset] != bytes[start + offset] { return false }
        return true
    }

    private mutating func add(_ name: [UInt8], hash: UInt32, slot: Int) -> ID {
        let id = Int32(truncatingIfNeeded: hashes.count)
        slots[slot] = id
        hashes.append(hash)
        storage.append(contentsOf: name)
        starts.append(Int32(truncatingIfNeeded: storage.count))
        texts.append(nil)
        firstUses.append(-1)
        if hashes.count * 2 > mask { grow() }
        return id
    }

    private mutating func grow() {
        mask = mask * 2 + 1
        slots = Array(repeating: -1, count: mask + 1)
        for (id, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash ^ hash >> 15) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(truncatingIfNeeded: id)
        }
    }
}
