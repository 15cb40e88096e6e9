import Compression
import Platform

/// Writes a bundle in the public layout, without holding it in memory.
struct BundleWriter: ~Copyable {
    private var file: TemporaryFile
    private let path: String
    private var directory: [UInt8] = []
    private var entries = 0
    private var pending: [UInt8] = []

    init(path: String) throws {
        self.path = path
        file = try TemporaryFile.create(inDirectory: Files.directory(of: path))
    }

    mutating func append(_ name: String, _ contents: [UInt8]) throws {
        let gzip = Gzip.compress(contents, level: 6)
        // What is between a gzip file's header and its checksum is the raw stream that a ZIP file holds.
        let data = gzip[10..<(gzip.count - 8)]
        let crc = gzip[(gzip.count - 8)..<(gzip.count - 4)]
        let offset = Int(file.sizeBytes) + pending.count
        var fields: [UInt8] = []
        put(0 as UInt32, 4, &fields)
        fields += crc
        put(UInt32(data.count), 4, &fields)
        put(UInt32(contents.count), 4, &fields)
        put(UInt32(name.utf8.count), 2, &fields)
        put(0x0403_4B50, 4, &pending)
        put(20 | 0x0800 << 16, 4, &pending)
        put(8, 2, &pending)
        pending += fields
        put(0, 2, &pending)
        pending += Array(name.utf8) + data
        put(0x0201_4B50, 4, &directory)
        put(0x0314 | 20 << 16, 4, &directory)
        put(0x0800 | 8 << 16, 4, &directory)
        directory += fields
        put(0, 2, &directory)
        put(0, 4, &directory)
        put(0, 2, &directory)
        put(0o100644 << 16, 4, &directory)
        put(UInt32(offset), 4, &directory)
        directory += Array(name.utf8)
        entries += 1
        if pending.count > 1 << 20 { try flush() }
    }

    private mutating func flush() throws {
        try file.write(pending)
        pending.removeAll(keepingCapacity: true)
    }

    /// Ends the file with a 64-bit end record, since the old one counts only to 65,535.
    consuming func finish() throws {
        try flush()
        let start = Int(file.sizeBytes)
        try file.write(directory)
        let record = start + directory.count
        put(0x0606_4B50, 4, &pending)
        put(44, 8, &pending)
        put(0x002D_002D, 4, &pending)
        put(0, 8, &pending)
        for number in [entries, entries, directory.count, start] { put(UInt64(number), 8, &pending) }
        put(0x0706_4B50, 4, &pending)
        put(0, 4, &pending)
        put(UInt64(record), 8, &pending)
        put(1, 4, &pending)
        put(0x0605_4B50, 4, &pending)
        put(0, 4, &pending)
        put(0xFFFF_FFFF, 4, &pending)
        put(UInt32(directory.count), 4, &pending)
        put(UInt32(start), 4, &pending)
        put(0, 2, &pending)
        try flush()
        try file.commit(to: path)
    }
}

private func put<Value: FixedWidthInteger>(_ value: Value, _ bytes: Int, _ output: inout [UInt8]) {
    for place in 0..<bytes { output.append(UInt8(truncatingIfNeeded: value >> Value(8 * place))) }
}
