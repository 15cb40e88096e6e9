/// Writes ZIP files byte by byte, honest ones and every kind of dishonest one.
///
/// Each member can lie in its local header, its directory entry or both; the archive can have bytes in odd places.
public struct ZipBuilder {
    /// One entry; the `local…` values override what the local header says.
    public struct Member {
        public var name: [UInt8]
        /// What is stored in the file: the contents themselves, or their raw deflate form with `method` 8.
        public var data: [UInt8]
        public var method: UInt16 = 0
        public var flags: UInt16 = 0x0800
        public var uncompressedBytes: Int
        public var crc: UInt32
        public var mode: UInt16 = 0o100644
        public var comment: [UInt8] = []
        public var extra: [UInt8] = []
        public var localName: [UInt8]?
        public var localMethod: UInt16?
        public var localFlags: UInt16?
        public var localCRC: UInt32?
        public var localSizes: (compressed: UInt32, uncompressed: UInt32)?
        /// Bytes after the data: a data descriptor, or anything else.
        public var afterData: [UInt8] = []
        /// Bytes before the local header.
        public var gapBefore: [UInt8] = []
        /// Writes sizes and offset into a 64-bit block.
        public var usesWideValues = false
        /// Leaves the local header and data out and points here instead.
        public var pointsAt: Int?

        /// A stored member.
        public init(_ name: String, _ contents: [UInt8]) {
            self.name = Array(name.utf8)
            data = contents
            uncompressedBytes = contents.count
            crc = ZipBuilder.crc32(contents)
        }

        /// A deflated member from a gzip file of one member without optional header fields.
        public init(_ name: String, _ contents: [UInt8], deflatedAs gzip: [UInt8]) {
            self.init(name, contents)
            data = Array(gzip.dropFirst(10).dropLast(8))
            method = 8
        }
    }

    public var members: [Member]
    /// Bytes before everything, not counted in any offset.
    public var prefix: [UInt8] = []
    public var beforeDirectory: [UInt8] = []
    public var comment: [UInt8] = []
    public var trailing: [UInt8] = []
    public var declaredEntries: Int?
    public var usesWideEnd = false
    public var wideEntries: UInt64?

    public init(_ members: [Member]) {
        self.members = members
    }

    public func bytes() -> [UInt8] {
        var output: [UInt8] = []
        var offsets: [Int] = []
        for member in members {
            output += member.gapBefore
            offsets.append(member.pointsAt ?? output.count)
            if member.pointsAt == nil { appendLocal(member, to: &output) }
        }
        output += beforeDirectory
        let start = output.count
        for (member, offset) in zip(members, offsets) {
            appendDirectory(member, offset: offset, to: &output)
        }
        appendEnd(start: start, size: output.count - start, to: &output)
        return prefix + output + comment + trailing
    }

    private func appendLocal(_ member: Member, to output: inout [UInt8]) {
        let name = member.localName ?? member.name
        let wide = member.usesWideValues
        put(0x0403_4B50 as UInt32, &output)
        put(20 as UInt16, &output)
        put(member.localFlags ?? member.flags, &output)
        put(member.localMethod ?? member.method, &output)
        put(0 as UInt32, &output)
        put(member.localCRC ?? member.crc, &output)
        put(member.localSizes?.compressed ?? (wide ? .max : UInt32(member.data.count)), &output)
        put(member.localSizes?.uncompressed ?? (wide ? .max : UInt32(member.uncompressedBytes)), &output)
        put(UInt16(name.count), &output)
        put(UInt16(wide ? 20 : 0), &output)
        output += name
        if wide {
            put(1 as UInt16, &output)
            put(16 as UInt16, &output)
            put(UInt64(member.uncompressedBytes), &output)
            put(UInt64(member.data.count), &output)
        }
        output += member.data + member.afterData
    }

    private func appendDirectory(_ member: Member, offset: Int, to output: inout [UInt8]) {
        let wide = member.usesWideValues
        put(0x0201_4B50 as UInt32, &output)
        put(0x0314 as UInt16, &output)
        put(20 as UInt16, &output)
        put(member.flags, &output)
        put(member.method, &output)
        put(0 as UInt32, &output)
        put(member.crc, &output)
        put(wide ? .max : UInt32(member.data.count), &output)
        put(wide ? .max : UInt32(member.uncompressedBytes), &output)
        put(UInt16(member.name.count), &output)
        put(UInt16(member.extra.count + (wide ? 28 : 0)), &output)
        put(UInt16(member.comment.count), &output)
        put(0 as UInt32, &output)
        put(UInt32(member.mode) << 16, &output)
        put(wide ? .max : UInt32(offset), &output)
        output += member.name
        if wide {
            put(1 as UInt16, &output)
            put(24 as UInt16, &output)
            put(UInt64(member.uncompressedBytes), &output)
            put(UInt64(member.data.count), &output)
            put(UInt64(offset), &output)
        }
        output += member.extra + member.comment
    }

    private func appendEnd(start: Int, size: Int, to output: inout [UInt8]) {
        let count = declaredEntries ?? members.count
        if usesWideEnd {
            let record = output.count
            put(0x0606_4B50 as UInt32, &output)
            put(44 as UInt64, &output)
            put(0x002D_002D as UInt32, &output)
            put(0 as UInt64, &output)
            put(wideEntries ?? UInt64(count), &output)
            put(wideEntries ?? UInt64(count), &output)
            put(UInt64(size), &output)
            put(UInt64(start), &output)
            put(0x0706_4B50 as UInt32, &output)
            put(0 as UInt32, &output)
            put(UInt64(record), &output)
            put(1 as UInt32, &output)
        }
        put(0x0605_4B50 as UInt32, &output)
        put(0 as UInt32, &output)
        put(UInt16(truncatingIfNeeded: min(count, 0xFFFF)), &output)
        put(UInt16(truncatingIfNeeded: min(count, 0xFFFF)), &output)
        put(UInt32(size), &output)
        put(UInt32(start), &output)
        put(UInt16(comment.count), &output)
    }

    private func put<Value: FixedWidthInteger>(_ value: Value, _ output: inout [UInt8]) {
        for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
            output.append(UInt8(truncatingIfNeeded: value >> Value(shift)))
        }
    }

    /// The data descriptor of a member, in its common form.
    public static func descriptor(of member: Member) -> [UInt8] {
        var output: [UInt8] = []
        let words = [0x0807_4B50, member.crc, UInt32(member.data.count), UInt32(member.uncompressedBytes)] as [UInt32]
        for word in words {
            for shift in stride(from: 0, to: 32, by: 8) {
                output.append(UInt8(truncatingIfNeeded: word >> UInt32(shift)))
            }
        }
        return output
    }

    /// CRC-32 bit by bit: slow, and independent of the library under test.
    public static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = .max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 {
                crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1
            }
        }
        return ~crc
    }
}
