public import Registry

/// One refusal in every form in which a client can show it.
///
/// The sentences come from our own table. All that a package can choose in them is its validated name and version.
/// Spec: wire, section 4.
public struct Refusal: Sendable, Equatable {
    public let decision: Decision
    public let purl: PackageURL
    /// The registry whose policy refused.
    public let registry: RegistryName
    /// The integrity that the listing claims or we computed, such as `sha512-…`.
    public let integrity: String?
    /// The verdicts to show; those that the decision stands on come first in the body.
    public let verdicts: [StandingVerdict]
    public let advisories: [AdvisoryFact]
    /// Why analyzers that are missing gave up, each in a word such as `memory`.
    public let analysisFailures: [AnalyzerID: String]
    /// Versions that would be served now, best first; at most three are shown.
    public let alternatives: [String]
    /// Address of the page that explains the refusal; ends every text.
    public let whyURL: String
    public let requestID: String

    /// - Precondition: the decision refuses, or would if a rule in report mode acted.
    public init(
        decision: Decision, purl: PackageURL, registry: RegistryName, integrity: String? = nil,
        verdicts: [StandingVerdict] = [], advisories: [AdvisoryFact] = [],
        analysisFailures: [AnalyzerID: String] = [:], alternatives: [String] = [],
        whyURL: String, requestID: String
    ) {
        precondition(decision.code != nil || decision.wouldRefuse != nil, "a refusal needs a refusing decision")
        self.decision = decision
        self.purl = purl
        self.registry = registry
        self.integrity = integrity
        self.verdicts = verdicts
        self.advisories = advisories
        self.analysisFailures = analysisFailures
        self.alternatives = Array(alternatives.prefix(Self.maxAlternatives))
        self.whyURL = whyURL
        self.requestID = requestID
    }

    /// The refusal that answers `input`, with its verdicts and advisories.
    public init(
        decision: Decision, of input: DecisionInput, integrity: String? = nil, alternatives: [String] = [],
        whyURL: String, requestID: String
    ) {
        self.init(
            decision: decision, purl: PackageURL(input.name, version: input.version), registry: input.registry,
            integrity: integrity, verdicts: input.statements, advisories: input.advisories,
            analysisFailures: input.progress.compactMapValues(\.failureCause), alternatives: alternatives,
            whyURL: whyURL, requestID: requestID)
    }

    static let maxAlternatives = 3

    /// The code that is shown; that of the dry run when a rule in report mode would refuse.
    public var code: RefusalCode { decision.code ?? decision.wouldRefuse ?? .heldPending }

    var cause: RefusalCause { RefusalCause(of: self) }

    /// What is said of the artifact, as in "is in cooldown until 2026-11-24T03:00:00Z".
    public var causeSentence: String { cause.sentence }

    /// `demo@1.1.0`, in printable ASCII.
    var displayName: String {
        Self.printable(purl.version.map { "\(purl.name.canonical)@\($0.text)" } ?? purl.name.canonical)
    }

    /// The whole refusal for people: cause, end, alternatives, link.
    public var sentence: String { sentence(alternatives: alternatives.count) }

    func sentence(alternatives shown: Int) -> String {
        let allowed = alternatives.prefix(shown).map(Self.printable).joined(separator: ", ")
        let ending = allowed.isEmpty ? "" : " Allowed now: \(allowed)."
        return "\(code.opening) by jurat: \(displayName) \(cause.sentence).\(ending) \(Self.printable(whyURL))"
    }

    /// Replaces every byte that a status line could not carry.
    static func printable(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { return text }
        return String(decoding: text.utf8.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
