import Cryptography
import Registry

/// Claims as lockfiles of Python's world write them: an algorithm, a colon, hexadecimal digits.
enum Claim {
    /// Nil for an algorithm that nothing here can be compared by, and for digits that are none.
    static func digest(_ algorithm: String, hex: String) -> ClaimedIntegrity? {
        switch algorithm {
        case "sha512": (try? SHA512Digest(hex: hex)).map { ClaimedIntegrity(sha512: $0) }
        case "sha256": (try? SHA256Digest(hex: hex)).map { ClaimedIntegrity(sha256: $0) }
        case "sha1": (try? SHA1Digest(hex: hex)).map { ClaimedIntegrity(sha1: $0) }
        case "md5": (try? MD5Digest(hex: hex)).map { ClaimedIntegrity(md5: $0) }
        default: nil
        }
    }

    /// What `sha256:1f…` claims.
    enum Reading {
        case claim(ClaimedIntegrity)
        /// Of an algorithm that listings do not have, such as SHA-384: nothing to compare with.
        case incomparable
        case malformed
    }

    static func read(_ text: String) -> Reading {
        let pieces = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard pieces.count == 2, !pieces[1].isEmpty else { return .malformed }
        let algorithm = pieces[0].lowercased()
        if ["sha384", "sha224", "blake2b", "sha3_256"].contains(algorithm) { return .incomparable }
        return digest(algorithm, hex: pieces[1].lowercased()).map { .claim($0) } ?? .malformed
    }
}
