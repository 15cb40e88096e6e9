/// A second, independent reader of tar archives, fed the same bytes as libarchive.
///
/// It finds what one reader alone passes over: padding with content, members after the end, overrides. The members it
/// sees are compared with libarchive's; where they differ, some unpacker will differ as well.
struct TarAudit {
    /// Members seen and not yet taken, oldest first.
    private var waiting: [ArchiveMember] = []
    private var taken = 0
    private(set) var observations: Set<Observation> = []
    /// Set when the archive cannot be followed any further.
    private(set) var isLost = false

    private var block: [UInt8] = []
    private var state = State.header
    private var extensionData: [UInt8] = []
    private var pax: PaxRecords?
    private var longName: [UInt8]?
    private var longLink: [UInt8]?

    private enum State {
        case header
        /// Bytes of content left, padding that follows it, and the kind of extension that it is.
        case data(left: Int64, padding: Int, extension: UInt8?)
        case padding(left: Int)
        case afterEnd
    }

    /// A name or pax header longer than this is hostile; readers refuse it or run out of memory.
    private static let maxExtensionBytes: Int64 = 1 << 20

    /// The next member that this reader saw.
    mutating func takeMember() -> ArchiveMember? {
        guard taken < waiting.count else { return nil }
        defer {
            taken += 1
            if taken == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                taken = 0
            }
        }
        return waiting[taken]
    }

    /// Takes the next bytes of the archive, however they are cut.
    mutating func consume(_ bytes: UnsafeRawBufferPointer) {
        var rest = unsafe bytes[...]
        while unsafe !rest.isEmpty && !isLost { unsafe rest = rest.dropFirst(step(rest)) }
    }

    private mutating func step(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
        switch state {
        case .header:
            let count = unsafe min(TarHeader.blockBytes - block.count, bytes.count)
            unsafe block.append(contentsOf: bytes.prefix(count))
            if block.count == TarHeader.blockBytes { endBlock() }
            return count
        case .data(let left, let padding, let kind):
            let count = unsafe Int(min(left, Int64(bytes.count)))
            if kind != nil { unsafe extensionData.append(contentsOf: bytes.prefix(count)) }
            state = .data(left: left - Int64(count), padding: padding, extension: kind)
            if left == Int64(count) { endData(kind, padding) }
            return count
        case .padding(let left):
            let count = unsafe min(left, bytes.count)
            if unsafe bytes.prefix(count).contains(where: { $0 != 0 }) { observations.insert(.tarPadding) }
            state = left == count ? .header : .padding(left: left - count)
            return count
        case .afterEnd:
            if unsafe bytes.contains(where: { $0 != 0 }) {
                observations.insert(.tarAfterEnd)
                isLost = true
            }
            return unsafe bytes.count
        }
    }

    private mutating func endBlock() {
        defer { block.removeAll(keepingCapacity: true) }
        if block.allSatisfy({ $0 == 0 }) {
            state = .afterEnd
            return
        }
        guard let header = TarHeader(block) else {
            isLost = true
            return
        }
        begin(header)
    }

    private mutating func begin(_ header: TarHeader) {
        let type = header.type
        if [UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K")].contains(type) {
            guard header.sizeBytes <= Self.maxExtensionBytes else {
                isLost = true
                return
            }
            extensionData.removeAll(keepingCapacity: true)
            enter(data: header.sizeBytes, kind: type)
            return
        }
        if header.isGNU, !header.prefix.isEmpty { observations.insert(.tarOddMember) }
        var member = ArchiveMember(
            name: pax?.path ?? longName ?? header.fullName, kind: .file, sizeBytes: header.sizeBytes,
            mode: header.mode & 0o7777, linkTarget: pax?.linkPath ?? longLink ?? header.linkName)
        // Two names for one member: readers differ in which of the extensions they believe.
        if contradicts(pax?.path, longName) || contradicts(pax?.linkPath, longLink) {
            observations.insert(.tarOverride)
        }
        if let size = pax?.sizeBytes {
            // A size in the plain header is nought only where it does not fit there.
            if size != header.sizeBytes, header.sizeBytes != 0 || size < 8 << 30 { observations.insert(.tarOverride) }
            member.sizeBytes = size
        }
        (pax, longName, longLink) = (nil, nil, nil)
        classify(&member, type)
        waiting.append(member)
        enter(data: member.kind == .file ? member.sizeBytes : 0, kind: nil)
    }

    private func contradicts(_ first: [UInt8]?, _ second: [UInt8]?) -> Bool {
        guard let first, let second else { return false }
        return first != second
    }

    private mutating func classify(_ member: inout ArchiveMember, _ type: UInt8) {
        switch type {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
            // Before there was a type for folders, a slash at the end made one.
            if member.name.last == UInt8(ascii: "/") { member.kind = .directory }
        case UInt8(ascii: "1"): member.kind = .hardLink
        case UInt8(ascii: "2"): member.kind = .symbolicLink
        case UInt8(ascii: "3"), UInt8(ascii: "4"), UInt8(ascii: "6"): member.kind = .special
        case UInt8(ascii: "5"): member.kind = .directory
        default: observations.insert(.tarOddMember)
        }
        if member.kind != .file {
            if member.sizeBytes != 0 { observations.insert(.tarOddMember) }
            member.sizeBytes = 0
        }
        if member.kind != .hardLink && member.kind != .symbolicLink { member.linkTarget = [] }
    }

    private mutating func enter(data count: Int64, kind: UInt8?) {
        let block = Int64(TarHeader.blockBytes)
        let padding = Int((block - count % block) % block)
        state = .data(left: count, padding: padding, extension: kind)
        if count == 0 { endData(kind, padding) }
    }

    private mutating func endData(_ kind: UInt8?, _ padding: Int) {
        state = padding == 0 ? .header : .padding(left: padding)
        guard let kind else { return }
        let text = Array(extensionData.prefix { $0 != 0 })
        switch kind {
        case UInt8(ascii: "L"): longName = text
        case UInt8(ascii: "K"): longLink = text
        default:
            let records = PaxRecords(extensionData)
            if records.isOdd || records.isMalformed { observations.insert(.tarOverride) }
            if kind == UInt8(ascii: "x") {
                if pax != nil { observations.insert(.tarOverride) }
                pax = records
            } else if records.path != nil || records.linkPath != nil || records.sizeBytes != nil {
                // Some readers apply these to every member that follows, others to none.
                observations.insert(.tarOverride)
            }
        }
    }
}
