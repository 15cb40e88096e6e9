/// Up to 256 entries as they are served, each after its length in two big-endian bytes.
///
/// Spec: C2SP tlog-tiles, "Log entries".
public enum EntryBundle {
    /// Writes entries one after the other.
    ///
    /// - Throws: `TileError.entryTooLong` when one has more than 65535 bytes.
    public static func encode(_ entries: [[UInt8]]) throws(TileError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.reduce(0) { $0 + $1.count + 2 })
        for entry in entries {
            guard let length = UInt16(exactly: entry.count) else { throw .entryTooLong(byteCount: entry.count) }
            bytes.append(UInt8(length >> 8))
            bytes.append(UInt8(length & 0xFF))
            bytes.append(contentsOf: entry)
        }
        return bytes
    }

    /// Reads exactly the entries that the path promises.
    ///
    /// - Throws: `TileError.wrongEntryCount` when the bytes end early or go on.
    public static func decode(_ bytes: [UInt8], path: TilePath) throws(TileError) -> [[UInt8]] {
        var entries: [[UInt8]] = []
        entries.reserveCapacity(path.width)
        var position = 0
        for _ in 0..<path.width {
            guard bytes.count - position >= 2 else { throw .wrongEntryCount(path: path) }
            let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            position += 2
            guard bytes.count - position >= length else { throw .wrongEntryCount(path: path) }
            entries.append(Array(bytes[position..<position + length]))
            position += length
        }
        guard position == bytes.count else { throw .wrongEntryCount(path: path) }
        return entries
    }
}
