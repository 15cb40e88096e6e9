/// Writes tar archives for tests, honest and hostile ones: every field can be set, nothing is checked.
public struct TarBuilder {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// One member with a ustar header.
    public struct Entry {
        public var name: [UInt8]
        public var type: UInt8
        public var content: [UInt8]
        public var linkName: [UInt8]
        public var mode: UInt32
        /// The size in the header when it is to lie.
        public var statedSize: Int?
        public var prefix: [UInt8] = []
        /// The byte that fills the last block.
        public var padding: UInt8 = 0
        /// GNU's magic instead of the POSIX one.
        public var isGNU = false

        public init(
            _ name: String, type: Character = "0", content: [UInt8] = [], linkName: String = "", mode: UInt32 = 0o644,
            statedSize: Int? = nil
        ) {
            self.name = Array(name.utf8)
            self.type = type.asciiValue ?? 0
            self.content = content
            self.linkName = Array(linkName.utf8)
            self.mode = mode
            self.statedSize = statedSize
        }
    }

    public mutating func add(_ entry: Entry) {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ field: [UInt8], _ start: Int, _ length: Int) {
            for (index, byte) in field.prefix(length).enumerated() { header[start + index] = byte }
        }
        func octal(_ value: Int, _ digits: Int) -> [UInt8] {
            let text = String(value, radix: 8)
            return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8)
        }
        put(entry.name, 0, 100)
        put(octal(Int(entry.mode), 7), 100, 8)
        put(octal(0, 7), 108, 8)
        put(octal(0, 7), 116, 8)
        put(octal(entry.statedSize ?? entry.content.count, 11), 124, 12)
        put(octal(0, 11), 136, 12)
        put(Array("        ".utf8), 148, 8)
        header[156] = entry.type
        put(entry.linkName, 157, 100)
        put(Array((entry.isGNU ? "ustar  \0" : "ustar\u{0}00").utf8), 257, 8)
        put(entry.prefix, 345, 155)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6) + [0, 0x20], 148, 8)
        bytes += header + entry.content
        let rest = (512 - entry.content.count % 512) % 512
        bytes += [UInt8](repeating: entry.padding, count: rest)
    }

    public mutating func addFile(_ name: String, _ text: String) {
        add(Entry(name, content: Array(text.utf8)))
    }

    public mutating func addFile(_ name: String, bytes: [UInt8]) { add(Entry(name, content: bytes)) }

    /// A pax extended header (`x`) or global header (`g`) with these records.
    public mutating func addPax(_ records: [(String, String)], type: Character = "x") {
        addPax(records.map { ($0.0, Array($0.1.utf8)) }, type: type)
    }

    /// The same for values that are no text.
    public mutating func addPax(_ records: [(String, [UInt8])], type: Character = "x") {
        var content: [UInt8] = []
        for (key, value) in records {
            let body = Array(" \(key)=".utf8) + value + [0x0A]
            var length = body.count + 1
            while String(length).utf8.count + body.count != length { length += 1 }
            content += Array(String(length).utf8) + body
        }
        add(Entry("PaxHeader", type: type, content: content))
    }

    /// Bytes as they stand, for what no field expresses.
    public mutating func addRaw(_ raw: [UInt8]) { bytes += raw }

    /// The archive with its end mark of two empty blocks.
    public func finished() -> [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }
}
