public import Platform

/// One member of a gzip file: a complete stream with its own header and checksum.
///
/// Spec: RFC 1952 §2.3.
public struct GzipMember: Sendable, Hashable {
    /// Where the member's header starts in the file.
    public let offset: Int
    /// Header, compressed data and trailer together.
    public let memberBytes: Int
    public let uncompressedBytes: Int
    /// The original file name field without its final zero, if there is one.
    public let nameBytes: [UInt8]?
    public let commentBytes: [UInt8]?
    /// The length of the extra field, if there is one.
    public let extraBytes: Int?
}

/// What a gzip file consists of: the members, and what follows them.
///
/// Readers differ in what they do after the first member: some stop, some go on, some skip zeros. A file with one
/// member and nothing after it is the only one that everybody reads alike.
public struct GzipInspector: Sendable, Hashable {
    public let members: [GzipMember]
    /// The bytes after the last complete member.
    public let trailing: Range<Int>
    public let isTrailingAllZero: Bool
    /// Why the last member could not be followed to its end, if so; it is then part of `trailing`.
    public let failure: CompressionError?

    /// True when every reader sees the same contents.
    public var isUnambiguous: Bool {
        members.count == 1 && trailing.isEmpty && failure == nil
    }

    /// Bounds for an inspection.
    public struct Limits: Sendable, Hashable {
        public var maxMembers: Int
        public var maxUncompressedBytes: Int

        public init(maxMembers: Int = 1000, maxUncompressedBytes: Int = 1 << 30) {
            self.maxMembers = maxMembers
            self.maxUncompressedBytes = maxUncompressedBytes
        }
    }

    /// Follows every member to its end, in constant memory.
    @unsafe
    public init(inspecting bytes: UnsafeRawBufferPointer, limits: Limits = Limits()) {
        let input = unsafe LittleEndianBytes(bytes)
        var members: [GzipMember] = []
        var offset = 0
        var failure: CompressionError?
        var room = limits.maxUncompressedBytes
        do throws(CompressionError) {
            while input.u16(offset) == 0x8B1F {
                guard members.count < limits.maxMembers else {
                    throw .corrupt(offset: offset, reason: "more than \(limits.maxMembers) members")
                }
                let member = try Self.readMember(input, at: offset, room: room, limits)
                members.append(member)
                offset += member.memberBytes
                room -= member.uncompressedBytes
            }
        } catch {
            failure = error
        }
        if members.isEmpty && failure == nil {
            failure = .corrupt(offset: 0, reason: "it does not start like gzip")
        }
        self.members = members
        self.failure = failure
        trailing = offset..<input.count
        isTrailingAllZero = unsafe input.slice(offset..<input.count).allSatisfy { $0 == 0 }
    }

    /// Follows every member to its end, in constant memory.
    public init(inspecting bytes: [UInt8], limits: Limits = Limits()) {
        self = unsafe bytes.withUnsafeBytes { unsafe GzipInspector(inspecting: $0, limits: limits) }
    }

    /// Follows every member to its end, in constant memory.
    public init(inspecting file: MappedFile, limits: Limits = Limits()) {
        self = unsafe file.withBytes { unsafe GzipInspector(inspecting: $0, limits: limits) }
    }

    private static func readMember(
        _ input: LittleEndianBytes, at start: Int, room: Int, _ limits: Limits
    ) throws(CompressionError) -> GzipMember {
        let header = try GzipHeader(reading: input, at: start)
        var stream = try InflateStream(.raw)
        var offset = header.end
        var produced = 0
        var checksum: UInt32 = 0
        var isAtEnd = false
        var window = [UInt8](repeating: 0, count: 128 << 10)
        while !isAtEnd {
            let progress = unsafe try window.withUnsafeMutableBufferPointer { output throws(CompressionError) in
                let output = UnsafeMutableRawBufferPointer(output)
                let progress = unsafe try stream.step(input.slice(offset..<input.count), into: output)
                checksum = unsafe crc32(
                    UnsafeRawBufferPointer(rebasing: output[..<progress.producedBytes]), continuing: checksum)
                return progress
            }
            offset += progress.consumedBytes
            produced += progress.producedBytes
            isAtEnd = progress.isAtEnd
            guard produced <= room else { throw .tooLarge(maxBytes: limits.maxUncompressedBytes) }
            guard isAtEnd || progress.consumedBytes > 0 || progress.producedBytes > 0 else {
                throw .corrupt(offset: offset, reason: "the file ends inside a member")
            }
        }
        guard let expected = input.u32(offset), let size = input.u32(offset + 4) else {
            throw .corrupt(offset: offset, reason: "the file ends inside a member's trailer")
        }
        guard expected == checksum, size == UInt32(truncatingIfNeeded: produced) else {
            throw .corrupt(offset: offset, reason: "a member's checksum or size does not match")
        }
        return GzipMember(
            offset: start, memberBytes: offset + 8 - start, uncompressedBytes: produced, nameBytes: header.nameBytes,
            commentBytes: header.commentBytes, extraBytes: header.extraBytes)
    }
}

/// The variable part of a member's header.
private struct GzipHeader {
    var end: Int
    var nameBytes: [UInt8]?
    var commentBytes: [UInt8]?
    var extraBytes: Int?

    init(reading input: LittleEndianBytes, at start: Int) throws(CompressionError) {
        guard input.has(10, at: start), let method = input.u8(start + 2), let flags = input.u8(start + 3) else {
            throw .corrupt(offset: start, reason: "the file ends inside a member's header")
        }
        guard method == 8, flags & 0xE0 == 0 else {
            throw .corrupt(offset: start, reason: "a member has an unknown method or reserved flags")
        }
        end = start + 10
        if flags & 0x04 != 0 {
            let length = input.u16(end).map(Int.init) ?? input.count
            guard input.has(2 + length, at: end) else {
                throw .corrupt(offset: end, reason: "the file ends inside a member's extra field")
            }
            extraBytes = length
            end += 2 + length
        }
        if flags & 0x08 != 0 { nameBytes = try Self.readText(input, &end) }
        if flags & 0x10 != 0 { commentBytes = try Self.readText(input, &end) }
        if flags & 0x02 != 0 { end += 2 }
        guard input.has(0, at: end) else {
            throw .corrupt(offset: start, reason: "the file ends inside a member's header")
        }
    }

    private static func readText(_ input: LittleEndianBytes, _ offset: inout Int) throws(CompressionError) -> [UInt8] {
        guard let zero = input.firstIndex(of: 0, from: offset), let text = input.bytes(offset..<zero) else {
            throw .corrupt(offset: offset, reason: "a member's name or comment does not end")
        }
        offset = zero + 1
        return text
    }
}
