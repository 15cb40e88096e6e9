import Platform
import Registry

/// The input of a decision with what several rules derive from it, worked out once.
struct DecisionFacts: Sendable {
    let input: DecisionInput
    /// The verdicts that count: of each source, analyzer and signer scope those that no newer one replaces, by log index.
    let standing: [StandingVerdict]
    /// Our own verdicts by revoked keys whose analyzer has not judged again since, by log index.
    let doubted: [StandingVerdict]
    /// The dispositions that act here and now: in scope, not expired, not superseded; by log index.
    let acting: [StandingDisposition]

    init(_ input: DecisionInput) {
        self.input = input
        standing = input.statements.isEmpty ? [] : Self.newest(input.statements)
        doubted = Self.doubted(input, standing: standing)
        acting = input.dispositions.isEmpty ? [] : Self.acting(input)
    }

    var policy: ScreeningPolicy { input.policy }

    // MARK: Verdicts

    /// "Newest" is by log index, never by a time that the signer wrote, so it compares only what stands in one log. An
    /// advisory verdict about some names is replaced only by one that speaks about all of them, so the same bytes under
    /// a clean name never hide a malicious one.
    private static func newest(_ statements: [StandingVerdict]) -> [StandingVerdict] {
        let counting = statements.filter { !$0.isVoid && $0.source.foreignEffect != .ignored }
        // Newest first and against what is kept alone: what replaces a replaced one replaces those before it too, and a
        // log that says the same thing a hundred thousand times costs a look at each.
        var kept: [StandingVerdict] = []
        for older in counting.sorted(by: { precedes($1, $0) }) {
            let isReplaced = kept.contains { newer in
                newer.logIndex > older.logIndex && newer.analyzer == older.analyzer
                    && newer.source.origin == older.source.origin && newer.signerScope == older.signerScope
                    && newer.appliesTo.includes(older.appliesTo)
            }
            if !isReplaced { kept.append(older) }
        }
        return kept.reversed()
    }

    /// By log index; where logs have the same one, our own first.
    private static func precedes(_ left: StandingVerdict, _ right: StandingVerdict) -> Bool {
        (left.logIndex, left.source.origin ?? "", left.statement)
            < (right.logIndex, right.source.origin ?? "", right.statement)
    }

    private static func doubted(_ input: DecisionInput, standing: [StandingVerdict]) -> [StandingVerdict] {
        let void = input.statements.filter(\.isVoid)
        guard !void.isEmpty else { return [] }
        return void.filter { doubted in
            !standing.contains { newer in
                newer.source == .own && newer.logIndex > doubted.logIndex && newer.analyzer == doubted.analyzer
                    && speaksHere(newer, input)
            }
        }
        .sorted(by: Self.precedes)
    }

    /// Our own verdicts of this kind.
    func own(_ verdict: Verdict) -> [StandingVerdict] { standing.filter { $0.source == .own && $0.verdict == verdict } }

    /// The foreign statements with this effect.
    func foreign(_ verdict: Verdict, _ effect: ForeignEffect) -> [StandingVerdict] {
        standing.filter { $0.source.foreignEffect == effect && $0.verdict == verdict }
    }

    /// Whether anything that may refuse says now that the artifact is malicious: a standing or doubted verdict, or the
    /// advisory index ahead of it.
    var isKnownMalicious: Bool {
        (standing + doubted).contains { $0.verdict == .malicious && $0.mayRefuse }
            || input.advisories.contains(where: \.isMalicious)
    }

    /// The verdict of `analyzer` that satisfies `holdUntil` for this name and version, the newest if there are several
    /// and our own before a foreign one.
    func satisfyingVerdict(of analyzer: AnalyzerID) -> StandingVerdict? {
        let speaking = standing.filter { $0.analyzer == analyzer && Self.speaksHere($0, input) }
        return speaking.last { $0.source == .own }
            ?? speaking.last { $0.source.foreignEffect == .satisfy && $0.verdict == .clean && !$0.isWithoutData }
    }

    /// Whether a verdict is about the bytes under this name and version, and worth something at this time.
    private static func speaksHere(_ verdict: StandingVerdict, _ input: DecisionInput) -> Bool {
        verdict.appliesTo.covers(name: input.name, version: input.version)
            && (!verdict.isWithoutData || input.advisoryAvailability == .neverLoaded(required: false))
    }

    /// The verdicts that `holdUntil` asks for and has.
    var requiredVerdicts: [StandingVerdict] { policy.holdUntil.compactMap(satisfyingVerdict) }

    /// Why a required analyzer cannot give a verdict, if it cannot.
    ///
    /// Advisories that are missing or too old make even an earlier advisory verdict worthless: what has become known
    /// since then is not in it.
    func isUnavailable(_ analyzer: AnalyzerID) -> Bool {
        if analyzer == .advisory {
            switch input.advisoryAvailability {
            case .stale, .neverLoaded(required: true): return true
            case .neverLoaded(required: false), .current: break
            }
        }
        let isDoubted = doubted.contains { $0.analyzer == analyzer }
        guard isDoubted || satisfyingVerdict(of: analyzer) == nil else { return false }
        switch input.progress[analyzer] {
        case .unavailable: return true
        case .running, .notRequested, nil: return false
        }
    }

    // MARK: Dispositions

    /// The dispositions about this name in this registry, expired and replaced ones included.
    var inScope: [StandingDisposition] { Self.inScope(input) }

    private static func inScope(_ input: DecisionInput) -> [StandingDisposition] {
        input.dispositions.filter { disposition in
            (disposition.registries.isEmpty || disposition.registries.contains(input.registry))
                && disposition.purl.map { covers($0, input) } ?? true
        }
    }

    private static func acting(_ input: DecisionInput) -> [StandingDisposition] {
        let inScope = inScope(input)
        return inScope.filter { disposition in
            !isReplaced(disposition, among: inScope, now: input.now) && disposition.decision != .withdraw
                && !isExpired(disposition, now: input.now)
        }
        .sorted { ($0.logIndex, $0.statement) < ($1.logIndex, $1.statement) }
    }

    /// Whether a later disposition has ended this one.
    ///
    /// An allow ends for good. A deny stays lifted only while what lifted it lasts: a release for a week must not leave
    /// open afterwards what was refused before it.
    static func isReplaced(
        _ disposition: StandingDisposition, among others: [StandingDisposition], now: Timestamp
    ) -> Bool {
        let replacements = replacements(of: disposition, among: others)
        return switch disposition.decision {
        case .allow: !replacements.isEmpty
        case .deny, .withdraw: replacements.contains { lasts($0, among: others, now: now) }
        }
    }

    /// Whether a disposition, or what replaced it, has not expired and was not taken back.
    private static func lasts(
        _ disposition: StandingDisposition, among others: [StandingDisposition], now: Timestamp
    ) -> Bool {
        // Only later ones replace, so this ends.
        let lasting = replacements(of: disposition, among: others).filter { lasts($0, among: others, now: now) }
        return lasting.isEmpty ? !isExpired(disposition, now: now) : lasting.contains { $0.decision != .withdraw }
    }

    static func replacements(
        of disposition: StandingDisposition, among others: [StandingDisposition]
    ) -> [StandingDisposition] {
        others.filter { $0.supersedes == disposition.statement && $0.logIndex > disposition.logIndex }
    }

    static func isExpired(_ disposition: StandingDisposition, now: Timestamp) -> Bool {
        disposition.expiresAt.map { $0 <= now } ?? false
    }

    private static func covers(_ purl: PackageURL, _ input: DecisionInput) -> Bool {
        AppliesTo.coordinates([purl]).covers(name: input.name, version: input.version)
    }

    /// Whether an allow was given in view of everything that stands now, or of something at least as bad.
    func isCovered(by allow: StandingDisposition) -> Bool {
        uncoveredAdvisories(allow).isEmpty && uncoveredVerdicts(allow).isEmpty
    }

    /// The verdicts that are worse than anything an allow was given in view of.
    ///
    /// What a peer said never covers for a worse verdict of our own.
    func uncoveredVerdicts(_ allow: StandingDisposition) -> [StandingVerdict] {
        let seen = input.statements.filter { allow.inViewOf.contains($0.statement) }
        let worstSeen = seen.map(\.verdict).max() ?? .clean
        let worstOwnSeen = Self.worstOwn(seen)
        return (standing + doubted).filter { verdict in
            !allow.inViewOf.contains(verdict.statement) && verdict.mayRefuse
                && verdict.verdict > (verdict.source == .own ? worstOwnSeen : worstSeen)
        }
    }

    /// The malicious advisories that are ahead of their verdict: they count like it, and an old allow never silences
    /// them.
    func uncoveredAdvisories(_ allow: StandingDisposition) -> [AdvisoryFact] {
        let malicious = input.advisories.filter(\.isMalicious)
        guard !malicious.isEmpty else { return [] }
        let seen = input.statements.filter { allow.inViewOf.contains($0.statement) }
        return Self.worstOwn(seen) < .malicious ? malicious : []
    }

    private static func worstOwn(_ statements: [StandingVerdict]) -> Verdict {
        statements.filter { $0.source == .own }.map(\.verdict).max() ?? .clean
    }

    // MARK: Time

    /// Where the version's age begins; nil when no time is known and policy takes none for it.
    var ageStart: Timestamp? {
        if let publishedAt = input.publishedAt {
            return input.isTimeContradicted ? max(publishedAt, input.firstSeenAt ?? input.now) : publishedAt
        }
        switch policy.cooldownWithoutTime {
        case .hold, .serve: return nil
        case .firstSeen: return input.firstSeenAt ?? input.now
        }
    }

    var cooldownEnd: Timestamp? { ageStart?.adding(policy.cooldown) }

    /// The moments ahead at which time alone could change the ruling, ascending.
    var turningPoints: [Timestamp] {
        let moments = input.dispositions.compactMap(\.expiresAt) + [cooldownEnd].compactMap { $0 }
        return Set(moments.filter { $0 > input.now }).sorted()
    }
}

extension StandingVerdict {
    /// Whether this verdict can be why an artifact is refused.
    fileprivate var mayRefuse: Bool {
        switch source.foreignEffect {
        case nil, .hold, .block: verdict != .clean
        case .ignored, .shown, .satisfy: false
        }
    }
}
