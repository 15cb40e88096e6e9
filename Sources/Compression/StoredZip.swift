/// Writes ZIP files whose entries are stored as they are: for a few small files that a reader of ZIP is to read.
///
/// Spec: APPNOTE.TXT 4.3.7, 4.3.12 and 4.3.16.
public enum StoredZip {
    /// A file with these entries, in this order. Names are plain ASCII and unique.
    ///
    /// At most 65,535 of them, and all of it below 2 GiB.
    public static func bytes(_ entries: [(name: String, contents: [UInt8])]) -> [UInt8] {
        precondition(entries.count <= UInt16.max, "a small ZIP file has no room for \(entries.count) entries")
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for (name, contents) in entries {
            let offset = UInt32(file.count)
            let checksum = Checksum.crc32(of: contents)
            var facts: [UInt8] = []
            // Version 1.0, no flags, stored, no time.
            facts += littleEndian(UInt16(10)) + littleEndian(UInt16(0)) + littleEndian(UInt16(0))
            facts += littleEndian(UInt16(0)) + littleEndian(UInt16(0x21))
            facts +=
                littleEndian(checksum) + littleEndian(UInt32(contents.count)) + littleEndian(UInt32(contents.count))
            facts += littleEndian(UInt16(name.utf8.count)) + littleEndian(UInt16(0))
            file += littleEndian(UInt32(0x0403_4B50)) + facts + Array(name.utf8) + contents
            directory += littleEndian(UInt32(0x0201_4B50)) + littleEndian(UInt16(10)) + facts
            // No comment, first disk, no attributes.
            directory += littleEndian(UInt16(0)) + littleEndian(UInt16(0)) + littleEndian(UInt16(0))
            directory += littleEndian(UInt32(0)) + littleEndian(offset) + Array(name.utf8)
        }
        let count = UInt16(entries.count)
        var end = littleEndian(UInt32(0x0605_4B50)) + littleEndian(UInt16(0)) + littleEndian(UInt16(0))
        end += littleEndian(count) + littleEndian(count)
        end += littleEndian(UInt32(directory.count)) + littleEndian(UInt32(file.count)) + littleEndian(UInt16(0))
        return file + directory + end
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<(value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
