/// One entry of a ZIP file as its central directory describes it.
///
/// Spec: PKWARE APPNOTE 6.3.10 §4.3.12.
public struct ZipEntry: Sendable, Hashable {
    /// The position in the central directory, from zero.
    public let index: Int
    /// The name as it is stored: neither decoded nor normalised.
    public let nameBytes: [UInt8]
    /// 0 is stored, 8 deflated; nothing else can be read here.
    public let method: UInt16
    public let compressedBytes: Int
    public let uncompressedBytes: Int
    public let crc32: UInt32
    /// Where the local header starts in the file, prefix data counted.
    public let localHeaderOffset: Int
    public let flags: UInt16
    /// The upper 16 bits are the POSIX mode when `madeBySystem` is 3.
    public let externalAttributes: UInt32
    public let madeBySystem: UInt8
    public let hasComment: Bool

    public var isEncrypted: Bool { flags & 0x2041 != 0 }
    /// The writer says that the name is UTF-8; otherwise it is in an unknown old encoding.
    public var declaresUTF8: Bool { flags & 0x0800 != 0 }
    public var isDirectory: Bool { nameBytes.last == UInt8(ascii: "/") }
    /// The POSIX mode with the file type bits, when the entry was made on such a system.
    public var posixMode: UInt16? { madeBySystem == 3 ? UInt16(externalAttributes >> 16) : nil }
    var hasDescriptor: Bool { flags & 0x0008 != 0 }
}

/// Something in a ZIP file that readers treat differently, or that no honest writer makes.
public enum ZipAnomaly: Sendable, Hashable {
    /// Bytes before the first entry.
    case prefixData(bytes: Int)
    /// Bytes of the file that belong to no entry and no directory.
    case gap(Range<Int>)
    /// Two entries, or an entry and the directory, share bytes.
    case overlap(first: Int, second: Int)
    case directoryOverlap(index: Int)
    case duplicateName(first: Int, second: Int)
    /// The local header is missing or cut off; the entry cannot be read.
    case localHeaderMissing(index: Int)
    /// The local header says something else than the central directory.
    case localMismatch(index: Int, field: LocalField)
    /// No data descriptor with the directory's values follows the entry that announces one.
    case descriptorMismatch(index: Int)
    case nulInName(index: Int)
    case emptyName(index: Int)
    /// The extra field offers another name to readers that know it (Info-ZIP Unicode Path).
    case alternativeName(index: Int)
    case encrypted(index: Int)
    case unsupportedMethod(index: Int, method: UInt16)
    /// A stored entry whose two sizes differ.
    case storedSizeMismatch(index: Int)
    case entryComment(index: Int)
    case archiveComment(bytes: Int)
    /// Bytes after the end record and its comment.
    case trailingData(bytes: Int)
    /// The end record's comment would reach beyond the file.
    case commentBeyondEnd
    /// Another end record lies in the part of the file where readers look for one.
    case severalEndRecords
    /// The end records contradict each other or the directory.
    case entryCountMismatch(declared: Int, found: Int)
    case endRecordsDisagree
    case severalDisks

    public enum LocalField: String, Sendable, Hashable {
        case name, method, flags, sizes, checksum
    }
}

/// Bounds on what is read from a ZIP file.
public struct ZipLimits: Sendable, Hashable {
    public var maxEntries: Int
    public var maxNameBytes: Int
    public var maxDirectoryBytes: Int

    public init(maxEntries: Int = 100_000, maxNameBytes: Int = 4096, maxDirectoryBytes: Int = 64 << 20) {
        self.maxEntries = maxEntries
        self.maxNameBytes = maxNameBytes
        self.maxDirectoryBytes = maxDirectoryBytes
    }

    public static let `default` = ZipLimits()
}

/// Why a ZIP file or one of its entries cannot be read.
public enum ZipError: Error, Hashable, Sendable, CustomStringConvertible {
    case notZip
    case corruptDirectory(offset: Int, reason: String)
    case limitExceeded(what: String, value: Int, limit: Int)
    case encrypted(index: Int)
    case unsupportedMethod(index: Int, method: UInt16)
    case unreadableEntry(index: Int, reason: String)
    case entryTooLarge(index: Int, bytes: Int, limit: Int)
    case checksumMismatch(index: Int)
    case outOfMemory

    public var description: String {
        switch self {
        case .notZip: "not a ZIP file: there is no end record"
        case .corruptDirectory(let offset, let reason): "the ZIP directory is corrupt at byte \(offset): \(reason)"
        case .limitExceeded(let what, let value, let limit): "the ZIP file has \(value) \(what), the limit is \(limit)"
        case .encrypted(let index): "ZIP entry \(index) is encrypted"
        case .unsupportedMethod(let index, let method): "ZIP entry \(index) uses the unknown method \(method)"
        case .unreadableEntry(let index, let reason): "ZIP entry \(index) cannot be read: \(reason)"
        case .entryTooLarge(let index, let bytes, let limit):
            "ZIP entry \(index) has \(bytes) bytes, the limit is \(limit)"
        case .checksumMismatch(let index): "the contents of ZIP entry \(index) do not match its checksum"
        case .outOfMemory: "no memory for a decompressor"
        }
    }
}
