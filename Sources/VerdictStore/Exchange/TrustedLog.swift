public import Cryptography
public import Platform
public import Registry
public import Screening
public import TransparencyLog

/// The most that is kept of one foreign log.
public struct ForeignQuota: Hashable, Sendable {
    public var maxStatements: UInt64
    /// Of the entries themselves.
    public var maxBytes: UInt64

    public init(maxStatements: UInt64 = 1_000_000, maxBytes: UInt64 = 1 << 30) {
        self.maxStatements = maxStatements
        self.maxBytes = maxBytes
    }
}

/// What an operator decided to believe of one foreign log, and how much it weighs here.
///
/// Keys and witnesses decide what may be imported; the weights are applied when a decision is made, so that a change
/// of them acts on what was imported before.
public struct TrustedLog: Hashable, Sendable {
    /// The log's name.
    public var origin: String { verifier.origin }
    /// The log's keys, its witnesses and how many of them must have seen a checkpoint.
    public var verifier: CheckpointVerifier
    /// Root keys: whatever key they introduced, directly or through another root, may speak.
    public var roots: Set<KeyID>
    /// Keys that may speak whoever introduced them.
    public var signers: Set<KeyID>
    /// The analyzers whose verdicts count; nil for all.
    public var analyzers: Set<AnalyzerID>?
    /// The packages that verdicts count for; empty for all.
    public var packages: [PackagePattern]
    public var weights: ForeignWeights
    /// From this moment on nothing of the log counts, and nothing is imported.
    public var expiresAt: Timestamp?
    public var quota: ForeignQuota
    /// The address of the log's read path, when it is followed.
    public var followURL: String?
    /// How long ago a followed log must have been seen last for its `clean` to satisfy anything.
    public var maxCheckpointAge: Duration

    public init(
        verifier: CheckpointVerifier, roots: Set<KeyID> = [], signers: Set<KeyID> = [],
        analyzers: Set<AnalyzerID>? = nil, packages: [PackagePattern] = [], weights: ForeignWeights = .standard,
        expiresAt: Timestamp? = nil, quota: ForeignQuota = ForeignQuota(), followURL: String? = nil,
        maxCheckpointAge: Duration = .seconds(86_400)
    ) {
        self.verifier = verifier
        self.roots = roots
        self.signers = signers
        self.analyzers = analyzers
        self.packages = packages
        self.weights = weights
        self.expiresAt = expiresAt
        self.quota = quota
        self.followURL = followURL
        self.maxCheckpointAge = maxCheckpointAge
    }

    /// Whether the trust has not ended.
    public func isInForce(at moment: Timestamp) -> Bool { expiresAt.map { moment < $0 } ?? true }

    /// Whether a key may speak: it is named here, or a root named here vouches for it.
    ///
    /// - Parameter vouchers: the root keys that introduced the key, and those that introduced them.
    public func accepts(_ signer: KeyID, vouchedForBy vouchers: Set<KeyID>) -> Bool {
        signers.contains(signer) || roots.contains(signer) || !roots.isDisjoint(with: vouchers)
    }

    /// Whether the signer of a foreign statement may speak, by the keys that are trusted now.
    public func accepts(_ statement: ForeignStatement) -> Bool {
        statement.origin.utf8.elementsEqual(origin.utf8)
            && accepts(statement.signer, vouchedForBy: statement.vouchers)
    }
}

extension Keyring {
    /// The root keys that stand behind a key: those that signed its introduction, and theirs in turn.
    ///
    /// Only introductions that count are followed, so a void root vouches for nobody it added afterwards.
    func vouchers(of id: KeyID) -> Set<KeyID> {
        var found: Set<KeyID> = []
        var open = [id]
        while let next = open.popLast() {
            guard let entry = key(next) else { continue }
            for voter in entry.addedBy where !found.contains(voter) {
                guard isValid(voter, at: entry.addedAt) else { continue }
                found.insert(voter)
                open.append(voter)
            }
        }
        return found
    }
}
