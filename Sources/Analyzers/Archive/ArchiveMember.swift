import Cryptography

/// What a member of an archive is.
enum MemberKind: Equatable {
    case file, directory, symbolicLink, hardLink
    /// Devices, FIFOs, sockets.
    case special
}

/// One member of an archive as its header describes it; every field is the package author's claim.
struct ArchiveMember: Equatable {
    /// The name's bytes as stored.
    var name: [UInt8]
    var kind: MemberKind
    var sizeBytes: Int64
    /// Permission bits, with setuid (04000) and setgid (02000).
    var mode: UInt32
    /// Where a link points, as stored; empty for others.
    var linkTarget: [UInt8] = []

    var isPrivileged: Bool { kind == .file && mode & 0o6000 != 0 }
}

/// The content of a member that was read to its end.
struct MemberContent {
    /// The bytes, nil when there are more than are held in memory.
    let bytes: [UInt8]?
    /// The first bytes, enough to tell the format.
    let head: [UInt8]
    let sizeBytes: Int64
    let digests: ComputedDigests

    /// How many bytes of a file that is not held are kept.
    static let headBytes = 512
}

/// Why the reading of an archive stopped.
enum ArchiveFailure: Error, Equatable {
    /// The bytes are damaged, cut short or of no format that can be read.
    case unreadable
    /// The member or archive is encrypted.
    case encrypted
    /// A limit of analysis was reached.
    case limit(Observation)
}

/// Gathers the content of a member piece by piece, holding no more than the limit.
struct ContentCollector: ~Copyable {
    private var held: [UInt8]? = []
    private var head: [UInt8] = []
    private var sizeBytes: Int64 = 0
    private var hasher = StreamingHasher()
    private let maxHeldBytes: Int

    init(maxHeldBytes: Int) { self.maxHeldBytes = maxHeldBytes }

    mutating func append(_ piece: UnsafeRawBufferPointer) {
        unsafe hasher.update(piece)
        sizeBytes += Int64(piece.count)
        if head.count < MemberContent.headBytes {
            unsafe head.append(contentsOf: piece.prefix(MemberContent.headBytes - head.count))
        }
        if sizeBytes > Int64(maxHeldBytes) { held = nil } else { unsafe held?.append(contentsOf: piece) }
    }

    consuming func finish() -> MemberContent {
        MemberContent(bytes: held, head: head, sizeBytes: sizeBytes, digests: hasher.finish())
    }
}
