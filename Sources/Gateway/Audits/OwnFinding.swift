import Platform
import Registry
import Screening
import VerdictStore

/// Something that our own log says against one version, as audits show it beside public advisories.
struct OwnFinding: Sendable, Equatable {
    /// `JURAT-` and the first twelve digits of the statement.
    let id: String
    let name: PackageName
    let version: PackageVersion
    /// The statement that the id names: a malicious verdict that counts, else a clean one that was taken back.
    let statement: StandingVerdict
    /// The analyzers whose malicious verdicts count, ascending; empty when there are only lost ones.
    let analyzers: [AnalyzerID]
    /// Whether a clean verdict was taken back, under which clients got the bytes.
    let isRevoked: Bool
    let since: Timestamp
    /// Malicious advisories of the index about the same version, ascending.
    let related: [String]

    static let idPrefix = "JURAT-"

    /// What happened, in words of our own alone but for name and version.
    var sentence: String {
        let subject = "\(name)@\(version)"
        let words = analyzers.map(\.text).joined(separator: ", ")
        switch (analyzers.isEmpty, isRevoked) {
        case (true, _): return "\(subject) lost its clean verdict, which was revoked"
        case (false, true): return "\(subject) was judged malicious (\(words)) and lost its earlier clean verdict"
        case (false, false): return "\(subject) was judged malicious (\(words))"
        }
    }

    /// What to do about it.
    var advice: String {
        analyzers.isEmpty
            ? "The verdict was revoked and nothing clean has taken its place: it is refused now. Do not use what was "
                + "installed until it has been judged again, or choose another version."
            : "It is refused now. Remove it wherever it was installed, treat these machines as compromised until somebody "
                + "has looked, and choose another version."
    }

    /// Where people read more, below our public address.
    func whyURL(_ publicBase: String) -> String {
        "\(publicBase)/-/why?purl=\(percentEncoded(PackageURL(name, version: version).text))"
    }
}

/// Makes the findings of our own log for every audit, whatever its format.
///
/// A version is shown that one of our analyzers judged malicious, or that lost its clean verdict by a revocation of that
/// verdict, unless a person allowed it. A malicious verdict that only repeats an advisory which the index has is not shown
/// again. Looking up a name costs nothing when nothing of that name was ever flagged.
struct OwnFindings: Sendable {
    let knowledge: KnowledgeIndex
    let settings: Settings
    let clock: any WallClock

    /// The findings about a package where `registry` is asked for it, ascending by version; none when it has no source.
    func about(
        _ name: PackageName, at registry: RegistryName, _ advisories: any AdvisorySnapshot
    ) -> [OwnFinding] {
        let subjects = knowledge.flagged(name)
        guard !subjects.isEmpty else { return [] }
        let configuration = settings.current
        guard case .source(let source) = configuration.topology.source(for: name, in: registry) else { return [] }
        let place = (registry: source.name, policy: configuration.policy(of: source.name))
        let found = subjects.flatMap { subject in
            subject.purls.filter { $0.name == name }.compactMap { purl in
                finding(subject, purl, place, advisories)
            }
        }
        return found.sorted { ($0.version, $0.id) < ($1.version, $1.id) }
    }

    /// The same where no registry is named: at the first address that leads to the package.
    func about(_ name: PackageName, _ advisories: any AdvisorySnapshot) -> [OwnFinding] {
        guard !knowledge.flagged(name).isEmpty, let registry = registry(for: name) else { return [] }
        return about(name, at: registry, advisories)
    }

    /// The findings with an id, which several versions may have when the same bytes have several names.
    func withID(_ id: String, _ advisories: any AdvisorySnapshot) -> [OwnFinding] {
        guard id.hasPrefix(Self.prefix), let bytes = Self.digits(id.dropFirst(Self.prefix.count)) else { return [] }
        let names = Set(knowledge.flagged(statementPrefix: bytes).flatMap(\.purls).map(\.name))
        return names.sorted().flatMap { about($0, advisories) }.filter { $0.id == id }
    }

    /// Whether what the snapshot says of an ecosystem is all that should be known.
    func availability(of ecosystem: Ecosystem, _ advisories: any AdvisorySnapshot) -> AdvisoryAvailability {
        let configuration = settings.current
        return advisories.availability(
            of: ecosystem, at: clock.now(), required: configuration.advisoriesRequired,
            maxAge: configuration.advisoriesMaxAge)
    }

    private static let prefix = OwnFinding.idPrefix

    private func registry(for name: PackageName) -> RegistryName? {
        let topology = settings.current.topology
        let candidates =
            [topology.defaultRegistry(for: name.ecosystem)].compactMap(\.self) + topology.registries(of: name.ecosystem)
        return candidates.map(\.name).first { registry in
            if case .source = topology.source(for: name, in: registry) { return true }
            return false
        }
    }

    private func finding(
        _ subject: FlaggedSubject, _ purl: PackageURL, _ place: (registry: RegistryName, policy: ScreeningPolicy),
        _ advisories: any AdvisorySnapshot
    ) -> OwnFinding? {
        guard let version = purl.version else { return nil }
        let facts = advisories.facts(about: purl.name, version)
        let input = DecisionInput(
            registry: place.registry, policy: place.policy, name: purl.name, version: version, publishedAt: nil,
            statements: subject.knowledge.verdicts, dispositions: subject.knowledge.dispositions, advisories: facts,
            advisoryAvailability: .neverLoaded(required: false), now: clock.now())
        let charges = Charges(input)
        let isRevoked = !subject.lostVerdicts.isEmpty
        guard !charges.isAllowed, let statement = charges.malicious.first ?? subject.lostVerdicts.first else {
            return nil
        }
        let related = facts.filter(\.isMalicious).map(\.id)
        let analyzers = Set(charges.malicious.map(\.analyzer)).sorted()
        if !isRevoked, analyzers == [.advisory], !related.isEmpty { return nil }
        return OwnFinding(
            id: Self.prefix + statement.statement.hex.prefix(12), name: purl.name, version: version,
            statement: statement, analyzers: analyzers, isRevoked: isRevoked,
            since: subject.moments[statement.statement] ?? input.now, related: related)
    }

    /// Twelve lower-case hexadecimal digits as bytes.
    private static func digits(_ text: Substring) -> [UInt8]? {
        let values = text.utf8.map { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
            default: nil
            }
        }
        let known = values.compactMap(\.self)
        guard known.count == values.count, known.count == 12 else { return nil }
        return stride(from: 0, to: 12, by: 2).map { known[$0] << 4 | known[$0 + 1] }
    }
}
