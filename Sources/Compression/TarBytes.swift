/// The parts of a tar archive, for whoever writes one.
///
/// Spec: POSIX.1 ustar and pax interchange formats.
public enum TarBytes {
    /// Headers and contents begin at multiples of this, and two empty blocks end an archive.
    public static let blockBytes = 512
    /// Longer names need a pax record before their header.
    public static let maxNameBytes = 100

    /// A member's header: owner, group and time are zero, so that equal members have equal bytes.
    ///
    /// - Parameters:
    ///   - name: at most `maxNameBytes`.
    ///   - mode: permission bits, as in `0o644`.
    ///   - type: `0` for a file, `x` for pax records about the next member.
    public static func header(_ name: [UInt8], sizeBytes: Int64, mode: Int = 0o644, type: Character = "0") -> [UInt8] {
        precondition(name.count <= maxNameBytes, "a name of \(name.count) bytes needs a pax record")
        var header = [UInt8](repeating: 0, count: blockBytes)
        func put(_ text: [UInt8], at start: Int) { header.replaceSubrange(start..<(start + text.count), with: text) }
        put(name, at: 0)
        put(octal(Int64(mode), 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(sizeBytes, 11), at: 124)
        put(octal(0, 11), at: 136)
        // The checksum counts itself as spaces.
        put([UInt8](repeating: UInt8(ascii: " "), count: 8), at: 148)
        put(Array(String(type).utf8), at: 156)
        put(Array("ustar\u{0}00".utf8), at: 257)
        put(octal(Int64(header.reduce(0) { $0 + Int($1) }), 6) + [0], at: 148)
        return header
    }

    /// `length keyword=value\n`, where the length counts itself.
    public static func paxRecord(_ keyword: String, _ value: [UInt8]) -> [UInt8] {
        let body = Array(" \(keyword)=".utf8) + value + [0x0A]
        var length = body.count
        while length != body.count + String(length).utf8.count { length = body.count + String(length).utf8.count }
        return Array(String(length).utf8) + body
    }

    /// The zeros behind content of this size, up to the next block.
    public static func padding(after sizeBytes: Int64) -> [UInt8] {
        let over = Int(sizeBytes % Int64(blockBytes))
        return [UInt8](repeating: 0, count: over > 0 ? blockBytes - over : 0)
    }

    /// What ends an archive.
    public static let end = [UInt8](repeating: 0, count: 2 * blockBytes)

    private static func octal(_ value: Int64, _ digits: Int) -> [UInt8] {
        let text = String(value, radix: 8)
        return Array((String(repeating: "0", count: max(0, digits - text.utf8.count)) + text).utf8)
    }
}
