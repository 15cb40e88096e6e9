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
    /// Nil where no rule asks for it.
    let sha256: SHA256Digest?
    /// Computed only in archives whose record states such digests.
    let sha512: SHA512Digest?

    /// How many bytes of a file that is not held are kept.
    static let headBytes = 512

    fileprivate init(
        bytes: [UInt8]?, head: [UInt8], sizeBytes: Int64, sha256: SHA256Digest?, sha512: SHA512Digest?
    ) {
        self.bytes = bytes
        self.head = head
        self.sizeBytes = sizeBytes
        self.sha256 = sha256
        self.sha512 = sha512
    }

    /// Content that is in memory as a whole.
    init(_ bytes: [UInt8], hashes: ContentHashes) {
        self.bytes = bytes
        head = Array(bytes.prefix(Self.headBytes))
        sizeBytes = Int64(bytes.count)
        switch hashes {
        case .none, .unheld: (sha256, sha512) = (nil, nil)
        case .sha256: (sha256, sha512) = (SHA256Digest(hashing: bytes), nil)
        case .sha256AndSHA512: (sha256, sha512) = (SHA256Digest(hashing: bytes), SHA512Digest(hashing: bytes))
        }
    }
}

/// The digests that are computed of each member; every one costs time on every byte.
enum ContentHashes {
    case none, sha256, sha256AndSHA512
    /// SHA-256 of members that state to be larger than what is held; of the others the content itself is at hand.
    case unheld
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
    private var hasher: SHA256Hasher?
    private var strongHasher: StreamingHasher?
    private let maxHeldBytes: Int

    /// - Parameter expectedBytes: the size that the archive states, for holding the content without moving it.
    init(maxHeldBytes: Int, expectedBytes: Int64 = 0, hashes: ContentHashes) {
        self.maxHeldBytes = maxHeldBytes
        switch hashes {
        case .none:
            hasher = nil
            strongHasher = nil
        case .unheld:
            hasher = expectedBytes > Int64(maxHeldBytes) ? SHA256Hasher() : nil
            strongHasher = nil
        case .sha256:
            hasher = SHA256Hasher()
            strongHasher = nil
        case .sha256AndSHA512:
            hasher = SHA256Hasher()
            strongHasher = StreamingHasher()
        }
        // The statement may be a lie; memory that is never written to costs nothing.
        if expectedBytes > 0, expectedBytes <= Int64(maxHeldBytes) { held?.reserveCapacity(Int(expectedBytes)) }
    }

    mutating func append(_ piece: UnsafeRawBufferPointer) {
        unsafe hasher?.update(piece)
        unsafe strongHasher?.update(piece)
        sizeBytes += Int64(piece.count)
        if head.count < MemberContent.headBytes {
            unsafe head.append(contentsOf: piece.prefix(MemberContent.headBytes - head.count))
        }
        if sizeBytes > Int64(maxHeldBytes) { held = nil } else { unsafe held?.append(contentsOf: piece) }
    }

    consuming func finish() -> MemberContent {
        let (bytes, start, size) = (held, head, sizeBytes)
        let digest: SHA256Digest?
        switch consume hasher {
        case .some(let hasher): digest = hasher.finish()
        case nil: digest = nil
        }
        let strong: SHA512Digest?
        switch consume strongHasher {
        case .some(let hasher): strong = hasher.finish().sha512
        case nil: strong = nil
        }
        return MemberContent(bytes: bytes, head: start, sizeBytes: size, sha256: digest, sha512: strong)
    }
}
