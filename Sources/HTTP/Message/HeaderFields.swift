/// The header fields of a message, in order, with names compared without regard to ASCII case.
///
/// Names and values are kept as the bytes that came from the peer and become strings when asked for; bytes of a value
/// that are not UTF-8 are shown as U+FFFD.
public struct HeaderFields: Sendable, ExpressibleByDictionaryLiteral {
    /// Where one field lies in `storage`.
    struct Entry: Sendable {
        var nameStart: UInt32
        var nameCount: UInt32
        var valueStart: UInt32
        var valueCount: UInt32

        var name: Range<Int> { Int(nameStart)..<Int(nameStart) + Int(nameCount) }
        var value: Range<Int> { Int(valueStart)..<Int(valueStart) + Int(valueCount) }
    }

    private(set) var storage: [UInt8]
    private(set) var entries: [Entry]

    /// No fields.
    public init() {
        storage = []
        entries = []
    }

    /// The fields of a literal, in its order; a name may occur more than once.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init()
        for (name, value) in elements { append(name, value) }
    }

    /// Fields that lie in `storage`, as a parser found them.
    init(storage: [UInt8], entries: [Entry]) {
        self.storage = storage
        self.entries = entries
    }

    /// How many fields there are; a repeated name counts each time.
    public var count: Int { entries.count }

    /// Whether there is no field at all.
    public var isEmpty: Bool { entries.isEmpty }

    /// The value of the first field of that name; setting replaces every field of that name, nil removes them.
    public subscript(_ name: String) -> String? {
        get {
            guard let entry = firstEntry(named: name) else { return nil }
            return text(entry.value)
        }
        set {
            if let newValue { set(name, newValue) } else { remove(name) }
        }
    }

    /// Whether a field of that name exists.
    public func contains(_ name: String) -> Bool {
        firstEntry(named: name) != nil
    }

    /// The values of every field of that name, in order.
    public func all(_ name: String) -> [String] {
        entries.lazy.filter { isNamed($0, name) }.map { text($0.value) }
    }

    /// The bytes of the first field of that name, for values that must not be decoded.
    public func bytes(_ name: String) -> ArraySlice<UInt8>? {
        guard let entry = firstEntry(named: name) else { return nil }
        return storage[entry.value]
    }

    /// Adds a field after the existing ones.
    public mutating func append(_ name: String, _ value: String) {
        let nameStart = storage.count
        storage.append(contentsOf: name.utf8)
        let valueStart = storage.count
        storage.append(contentsOf: value.utf8)
        precondition(storage.count <= Int(UInt32.max), "header fields hold at most 4 GiB")
        entries.append(
            Entry(
                nameStart: UInt32(nameStart), nameCount: UInt32(valueStart - nameStart),
                valueStart: UInt32(valueStart), valueCount: UInt32(storage.count - valueStart)))
    }

    /// Puts one field in the place of every field of that name.
    public mutating func set(_ name: String, _ value: String) {
        remove(name)
        append(name, value)
    }

    /// Removes every field of that name.
    public mutating func remove(_ name: String) {
        // The bytes stay in the storage: messages are short-lived, and moving them would invalidate the other entries.
        let kept = entries.filter { !isNamed($0, name) }
        entries = kept
    }

    private func firstEntry(named name: String) -> Entry? {
        for entry in entries where isNamed(entry, name) { return entry }
        return nil
    }

    private func isNamed(_ entry: Entry, _ name: String) -> Bool {
        guard entry.name.count == name.utf8.count else { return false }
        var position = entry.name.lowerBound
        for byte in name.utf8 {
            if asciiLowercased(storage[position]) != asciiLowercased(byte) { return false }
            position += 1
        }
        return true
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: storage[range], as: UTF8.self)
    }
}

extension HeaderFields: Sequence {
    /// The fields as strings, in order.
    public func makeIterator() -> AnyIterator<(name: String, value: String)> {
        var position = entries.startIndex
        return AnyIterator {
            guard position < entries.endIndex else { return nil }
            defer { position += 1 }
            return (text(entries[position].name), text(entries[position].value))
        }
    }
}

extension HeaderFields: CustomStringConvertible {
    /// One line per field.
    public var description: String {
        map { "\($0.name): \($0.value)" }.joined(separator: "\n")
    }
}

/// `byte`, with an ASCII capital letter made small.
func asciiLowercased(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
}
