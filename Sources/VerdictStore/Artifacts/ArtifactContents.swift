import Cryptography
import Registry

/// What the artifact store knows without looking at the disk. A value behind the store's lock.
struct ArtifactContents {
    private struct Entry {
        let digests: ComputedDigests
        /// Grows with every use; nil while the bytes are not here.
        var lastUse: UInt64?
    }

    private var entries: [SHA512Digest: Entry] = [:]
    private var bySHA256: [SHA256Digest: SHA512Digest] = [:]
    private var bySHA1: [SHA1Digest: SHA512Digest] = [:]
    private var uses: UInt64 = 0
    private(set) var presentCount = 0
    private(set) var presentBytes: Int64 = 0

    /// Makes digests known. The first artifact of a SHA-1 keeps it: a later collision does not take its place.
    mutating func add(_ digests: ComputedDigests) {
        guard entries[digests.sha512] == nil else { return }
        entries[digests.sha512] = Entry(digests: digests)
        if bySHA256[digests.sha256] == nil { bySHA256[digests.sha256] = digests.sha512 }
        if bySHA1[digests.sha1] == nil { bySHA1[digests.sha1] = digests.sha512 }
    }

    func isPresent(_ digest: SHA512Digest) -> Bool { entries[digest]?.lastUse != nil }

    func digests(of digest: SHA512Digest) -> ComputedDigests? { entries[digest]?.digests }

    func digests(matching claimed: ClaimedIntegrity) -> ComputedDigests? {
        let found = claimed.sha512 ?? claimed.sha256.flatMap { bySHA256[$0] } ?? claimed.sha1.flatMap { bySHA1[$0] }
        guard let digests = found.flatMap({ entries[$0]?.digests }), claimed.mismatch(with: digests) == nil else {
            return nil
        }
        return digests
    }

    /// Notes that the bytes are here. Unknown digests are not: their other digests would be missing.
    mutating func markPresent(_ digest: SHA512Digest) {
        guard let entry = entries[digest] else { return }
        if entry.lastUse == nil {
            presentCount += 1
            presentBytes += entry.digests.sizeBytes
        }
        uses += 1
        entries[digest]?.lastUse = uses
    }

    mutating func markAbsent(_ digest: SHA512Digest) {
        guard let entry = entries[digest], entry.lastUse != nil else { return }
        presentCount -= 1
        presentBytes -= entry.digests.sizeBytes
        entries[digest]?.lastUse = nil
    }

    /// The digests when the bytes are here, which counts as a use.
    mutating func use(_ digest: SHA512Digest) -> ComputedDigests? {
        guard isPresent(digest) else { return nil }
        markPresent(digest)
        return entries[digest]?.digests
    }

    /// What to remove, least recently used first, so that the rest fits `maxBytes`.
    func excess(over maxBytes: Int64, protecting: Set<SHA512Digest>) -> [ComputedDigests] {
        var excessBytes = presentBytes - maxBytes
        guard excessBytes > 0 else { return [] }
        var candidates: [(use: UInt64, digests: ComputedDigests)] = []
        for entry in entries.values {
            guard let use = entry.lastUse, !protecting.contains(entry.digests.sha512) else { continue }
            candidates.append((use: use, digests: entry.digests))
        }
        candidates.sort { $0.use < $1.use }
        var chosen: [ComputedDigests] = []
        for candidate in candidates where excessBytes > 0 {
            chosen.append(candidate.digests)
            excessBytes -= candidate.digests.sizeBytes
        }
        return chosen
    }
}
