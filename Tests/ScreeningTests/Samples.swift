import Cryptography
import Platform
import Registry
import Screening

/// Made-up facts that the tests of this target start from.
enum Samples {
    /// 2026-11-21T00:00:00Z.
    static let now = Timestamp(secondsSinceEpoch: 1_795_219_200)
    static let hour = Duration.seconds(3600)

    static func name(_ text: String = "demo", _ ecosystem: Ecosystem = .npm) -> PackageName {
        guard let name = try? PackageName(parsing: text, ecosystem: ecosystem) else {
            preconditionFailure("sample name \(text)")
        }
        return name
    }

    static func version(_ text: String = "1.1.0", _ ecosystem: Ecosystem = .npm) -> PackageVersion {
        guard let version = try? PackageVersion(parsing: text, ecosystem: ecosystem) else {
            preconditionFailure("sample version \(text)")
        }
        return version
    }

    static func purl(_ text: String = "pkg:npm/demo@1.1.0") -> PackageURL {
        guard let purl = try? PackageURL(parsing: text) else { preconditionFailure("sample purl \(text)") }
        return purl
    }

    static func registry(_ text: String = "npmjs") -> RegistryName {
        guard let name = try? RegistryName(parsing: text) else { preconditionFailure("sample registry \(text)") }
        return name
    }

    static func selector(_ text: String) -> PolicySelector {
        guard let selector = try? PolicySelector(parsing: text) else { preconditionFailure("sample selector \(text)") }
        return selector
    }

    static func pattern(_ text: String) -> PackagePattern {
        guard let pattern = try? PackagePattern(parsing: text) else { preconditionFailure("sample pattern \(text)") }
        return pattern
    }

    static func analyzer(_ text: String) -> AnalyzerID {
        guard let id = try? AnalyzerID(parsing: text) else { preconditionFailure("sample analyzer \(text)") }
        return id
    }

    static func key(_ label: String) -> Ed25519SigningKey {
        let seed = SHA256Digest(hashing: Array("screening test key: \(label)".utf8)).bytes
        guard let key = try? Ed25519SigningKey(seed: seed) else { preconditionFailure("sample key \(label)") }
        return key
    }

    static func statementID(_ number: Int) -> StatementID {
        StatementID(digest: SHA256Digest(hashing: Array("statement \(number)".utf8)))
    }

    static let subject = Subject(
        purl: purl(), sha512: SHA512Digest(hashing: Array("artifact".utf8)),
        sha256: SHA256Digest(hashing: Array("artifact".utf8)))

    static func revision(_ id: AnalyzerID = .static_) -> AnalyzerRevision {
        AnalyzerRevision(
            id: id, version: "3",
            ruleset: RulesetReference(name: "rules-12", digest: SHA256Digest(hashing: Array("rules".utf8))))
    }

    static func verdict(
        _ verdict: Verdict = .clean, by id: AnalyzerID = .static_, findings: [Finding] = []
    ) -> VerdictStatement {
        VerdictStatement(
            subject: subject, analyzer: revision(id), appliesTo: id == .advisory ? .coordinates([purl()]) : .bytes,
            verdict: verdict, findings: findings, createdAt: now)
    }

    static func disposition(
        _ decision: DispositionDecision = .allow, inViewOf: [StatementID] = [], scope: DispositionScope = .init(),
        actor: String = "ana", supersedes: StatementID? = nil
    ) -> DispositionStatement {
        DispositionStatement(
            subject: subject, decision: decision, scope: scope, inViewOf: inViewOf, overrides: .heldReview,
            reason: "diff read", actor: actor, createdAt: now, sequence: 1, supersedes: supersedes)
    }

    static func keyEvent(
        _ event: KeyEventKind, _ key: Ed25519SigningKey, _ role: KeyRole, holder: String? = nil,
        scope: KeyScope? = nil, from: UInt64? = nil, threshold: Int? = nil
    ) -> KeyEventStatement {
        KeyEventStatement(
            event: event, publicKey: key.publicKey, role: role, holder: holder, scope: scope ?? .standard(for: role),
            invalidFromIndex: from, reason: "test", threshold: threshold)
    }

    /// An `add` event.
    static func keyEvent(
        _ key: Ed25519SigningKey, _ role: KeyRole, holder: String? = nil, scope: KeyScope? = nil,
        threshold: Int? = nil
    ) -> KeyEventStatement {
        keyEvent(.add, key, role, holder: holder, scope: scope, threshold: threshold)
    }

    // MARK: Facts of a decision

    private static let verdictSigner = key("verdict").publicKey.keyID
    private static let operatorSigner = key("operator").publicKey.keyID

    static func standing(
        _ verdict: Verdict, by analyzer: AnalyzerID, at index: UInt64, appliesTo: AppliesTo? = nil,
        rules: [String] = [], scope: KeyScope = .standard(for: .verdict), isWithoutData: Bool = false,
        source: VerdictSource = .own, isVoid: Bool = false
    ) -> StandingVerdict {
        StandingVerdict(
            statement: statementID(Int(index)), logIndex: index, signer: verdictSigner,
            signerScope: scope, analyzer: analyzer, verdict: verdict,
            appliesTo: appliesTo ?? (analyzer == .advisory ? .coordinates([purl()]) : .bytes), rules: rules,
            isWithoutData: isWithoutData, source: source, isVoid: isVoid)
    }

    static func ruling(
        _ decision: DispositionDecision, at index: UInt64, inViewOf: [UInt64] = [], registries: [RegistryName] = [],
        purl: PackageURL? = nil, expiresAt: Timestamp? = nil, supersedes: UInt64? = nil
    ) -> StandingDisposition {
        StandingDisposition(
            statement: statementID(Int(index)), logIndex: index, signer: operatorSigner, actor: "ana",
            decision: decision, registries: registries, purl: purl, inViewOf: inViewOf.map { statementID(Int($0)) },
            reason: "test", expiresAt: expiresAt, sequence: index, supersedes: supersedes.map { statementID(Int($0)) },
            createdAt: now)
    }

    static let cleanVerdicts = [standing(.clean, by: .advisory, at: 1), standing(.clean, by: .static_, at: 2)]

    static func policy(_ change: (inout ScreeningLayer) -> Void = { _ in }) -> ScreeningPolicy {
        var layer = ScreeningLayer()
        change(&layer)
        return .resolving([layer])
    }

    /// A version that is old enough and that both required analyzers call clean: served.
    static func servable(_ change: (inout DecisionInput) -> Void = { _ in }) -> DecisionInput {
        var input = DecisionInput(
            registry: registry(), policy: .standard, name: name(), version: version(),
            publishedAt: now.adding(hour * -1000), statements: cleanVerdicts,
            advisoryAvailability: .current(snapshot: "s1"), now: now)
        change(&input)
        return input
    }
}
