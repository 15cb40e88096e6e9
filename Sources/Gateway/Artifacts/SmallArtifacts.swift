import Cryptography
import HTTP
import Platform
import VerdictStore

/// What is sent of an artifact: its bytes for a small one, its open file for a large one, and its entity tag.
struct ArtifactBody: Sendable {
    enum Content: Sendable {
        case bytes([UInt8])
        case file(OpenFile)
    }

    let content: Content
    let sizeBytes: Int64
    let tag: String

    /// The body that sends `count` bytes from `offset` on.
    func part(offset: Int64, count: Int64) -> ResponseBody {
        switch content {
        case .file(let file): return .file(file, offset: offset, count: count)
        case .bytes(let bytes):
            if count == sizeBytes { return .bytes(bytes) }
            return .bytes(Array(bytes[Int(offset)..<Int(offset + count)]))
        }
    }
}

/// Opens artifacts for sending, and keeps the small ones that are asked for most in memory.
///
/// Opening, mapping and closing a file costs more than sending ten kilobytes. What is kept was hashed again when it was
/// read, so a file that was changed on disk since it was verified never gets here.
final class SmallArtifacts: Sendable {
    /// Artifacts up to this size are kept.
    static let largestKept: Int64 = 64 << 10

    private let store: ArtifactStore
    private let kept: Lock<CostLimitedCache<SHA512Digest, ArtifactBody>>

    init(store: ArtifactStore, maxMemoryBytes: Int = 64 << 20) {
        self.store = store
        kept = Lock(CostLimitedCache(maxCost: maxMemoryBytes))
    }

    /// The artifact with that digest; nil when the store does not have it (any more), or had something else in its
    /// place, which is removed: the bytes can be fetched again.
    ///
    /// - Throws: `ArtifactError` when it cannot be read.
    func body(of sha512: SHA512Digest) throws(ArtifactError) -> ArtifactBody? {
        if let body = kept.withLock({ $0.value(for: sha512) }) { return body }
        guard let file = try store.open(sha512) else { return nil }
        let tag = EntityTag.strong(sha512.hex)
        guard file.sizeBytes <= Self.largestKept else {
            return ArtifactBody(content: .file(file), sizeBytes: file.sizeBytes, tag: tag)
        }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try file.read(at: 0, count: Int(file.sizeBytes)) } catch { throw .file(error) }
        guard SHA512Digest(hashing: bytes) == sha512 else {
            try store.discardDamaged(sha512)
            return nil
        }
        let body = ArtifactBody(content: .bytes(bytes), sizeBytes: file.sizeBytes, tag: tag)
        kept.withLock { $0.insert(body, for: sha512, cost: bytes.count + 256) }
        return body
    }
}
