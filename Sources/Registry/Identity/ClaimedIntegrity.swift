public import Cryptography

/// What a registry *claims* about an artifact's bytes: up to one digest per algorithm, none of them checked.
///
/// Every claim that is present must hold; a registry that claims two digests may not be right about one alone.
/// SHA-384 and algorithms nobody knows are passed over, as Subresource Integrity wants, when a known one stands beside them.
///
/// Spec: W3C Subresource Integrity §3; npm `dist.integrity`, `dist.shasum`; PEP 691 `hashes`.
public struct ClaimedIntegrity: Hashable, Sendable {
    public let sha512: SHA512Digest?
    public let sha256: SHA256Digest?
    public let sha1: SHA1Digest?
    public let md5: MD5Digest?

    public init(
        sha512: SHA512Digest? = nil, sha256: SHA256Digest? = nil, sha1: SHA1Digest? = nil, md5: MD5Digest? = nil
    ) {
        self.sha512 = sha512
        self.sha256 = sha256
        self.sha1 = sha1
        self.md5 = md5
    }

    /// Parses an SRI string such as `sha512-…`; options behind `?` are ignored.
    /// - Throws: `IntegrityError` when a known digest is malformed, one algorithm claims two values, or none is known.
    public init(sri: String) throws(IntegrityError) {
        var sha512: SHA512Digest?
        var sha256: SHA256Digest?
        var sha1: SHA1Digest?
        var md5: MD5Digest?
        for item in sri.utf8.split(whereSeparator: \.isASCIIWhitespace) {
            let expression = item.prefix { $0 != UInt8(ascii: "?") }
            guard let hyphen = expression.firstIndex(of: .hyphen) else { throw .malformed(sri) }
            let encoded = Array(expression[expression.index(after: hyphen)...])
            switch DigestAlgorithm(rawValue: String(decoding: expression[..<hyphen], as: UTF8.self)) {
            case .sha512: try Self.claim(encoded, &sha512, of: sri)
            case .sha256: try Self.claim(encoded, &sha256, of: sri)
            case .sha1: try Self.claim(encoded, &sha1, of: sri)
            case .md5: try Self.claim(encoded, &md5, of: sri)
            case nil: continue
            }
        }
        self.init(sha512: sha512, sha256: sha256, sha1: sha1, md5: md5)
        if isEmpty { throw .noKnownAlgorithm(sri) }
    }

    /// Whether nothing is claimed at all.
    public var isEmpty: Bool { sha512 == nil && sha256 == nil && sha1 == nil && md5 == nil }

    /// Whether something is claimed that nobody can forge today: SHA-512 or SHA-256.
    public var isCollisionResistant: Bool { sha512 != nil || sha256 != nil }

    /// The strongest claim as SRI text; empty when there is none.
    public var strongestText: String {
        if let sha512 { return "sha512-\(sha512.base64)" }
        if let sha256 { return "sha256-\(sha256.base64)" }
        if let sha1 { return "sha1-\(sha1.base64)" }
        return md5.map { "md5-\($0.base64)" } ?? ""
    }

    /// The first claim, strongest first, that the computed digests do not fulfil; nil when all hold.
    public func mismatch(with computed: ComputedDigests) -> IntegrityMismatch? {
        Self.compare(sha512, computed.sha512) ?? Self.compare(sha256, computed.sha256)
            ?? Self.compare(sha1, computed.sha1) ?? Self.compare(md5, computed.md5)
    }

    /// Both sets of claims in one; nil when they contradict each other.
    public func merged(with other: ClaimedIntegrity) -> ClaimedIntegrity? {
        func agree<D: Digest>(_ left: D?, _ right: D?) -> Bool { left == nil || right == nil || left == right }
        guard agree(sha512, other.sha512), agree(sha256, other.sha256), agree(sha1, other.sha1), agree(md5, other.md5)
        else { return nil }
        return ClaimedIntegrity(
            sha512: sha512 ?? other.sha512, sha256: sha256 ?? other.sha256, sha1: sha1 ?? other.sha1,
            md5: md5 ?? other.md5)
    }

    private static func claim<D: Digest>(
        _ encoded: [UInt8], _ slot: inout D?, of sri: String
    ) throws(IntegrityError) {
        let digest: D
        do {
            digest = try D(bytes: try Base64.decode(encoded))
        } catch {
            throw .malformed(sri)
        }
        if let slot, slot != digest { throw .contradictory(sri, algorithm: D.algorithm()) }
        slot = digest
    }

    private static func compare<D: Digest>(_ claimed: D?, _ computed: D) -> IntegrityMismatch? {
        guard let claimed, claimed != computed else { return nil }
        return IntegrityMismatch(algorithm: D.algorithm(), claimed: claimed.hex, computed: computed.hex)
    }
}

/// A claim about an artifact's bytes that the bytes do not fulfil.
public struct IntegrityMismatch: Hashable, Sendable, CustomStringConvertible {
    public let algorithm: DigestAlgorithm
    /// Lower-case hexadecimal, as claimed by the registry.
    public let claimed: String
    /// Lower-case hexadecimal, as computed from the bytes.
    public let computed: String

    public init(algorithm: DigestAlgorithm, claimed: String, computed: String) {
        self.algorithm = algorithm
        self.claimed = claimed
        self.computed = computed
    }

    public var description: String {
        "the registry claims \(algorithm.rawValue) \(claimed), the bytes have \(computed)"
    }
}

/// Why a text is not an integrity claim.
public enum IntegrityError: Error, Equatable, Sendable, CustomStringConvertible {
    case malformed(String)
    case noKnownAlgorithm(String)
    case contradictory(String, algorithm: DigestAlgorithm)

    public var description: String {
        switch self {
        case .malformed(let text):
            "\(quoted(text)) is not an integrity claim; expected 'sha512-' and standard Base64 with padding"
        case .noKnownAlgorithm(let text):
            "\(quoted(text)) claims no digest that can be checked; expected sha512, sha256, sha1 or md5"
        case .contradictory(let text, let algorithm):
            "\(quoted(text)) claims two different \(algorithm.rawValue) digests for one artifact"
        }
    }
}
