import Registry
import Screening

/// Why the whole artifact is reviewed although there is a base, or that there is none.
public enum EscalationTrigger: String, Sendable, CaseIterable {
    case base, size, chain, scripts, native, publisher, provenance, capability, cumulative

    /// The rule that names it in a statement.
    public var rule: String { RuleCatalog.entry(observation).rule.id }

    var observation: Observation {
        switch self {
        case .base: .escalatedWithoutBase
        case .size: .escalatedBySize
        case .chain: .escalatedByChain
        case .scripts: .escalatedByScripts
        case .native: .escalatedByNative
        case .publisher: .escalatedByPublisher
        case .provenance: .escalatedByProvenance
        case .capability: .escalatedByCapability
        case .cumulative: .escalatedByCumulation
        }
    }
}

/// Every reason for a full review as a function of its own: none can be switched off, and none depends on another.
public enum EscalationTriggers {
    /// ESC-BASE: there is nothing to compare with, or it cannot be compared in full.
    static func lacksBase(_ summary: IncrementSummary) -> Bool { summary.step == nil || !summary.isComplete }

    /// ESC-SIZE: more bytes or files changed than the thresholds allow.
    static func isTooLarge(_ summary: IncrementSummary, _ thresholds: DiffThresholds) -> Bool {
        summary.changedBytes > thresholds.maxChangedBytes
            || summary.changedFiles + summary.removedFiles > thresholds.maxChangedFiles
    }

    /// ESC-CHAIN: the base already stands on as many differences as may follow one another.
    ///
    /// - Parameter baseDepth: how many differences lie between the base and its full review; 0 for that review itself.
    static func isChainTooLong(baseDepth: Int, _ thresholds: DiffThresholds) -> Bool {
        baseDepth >= thresholds.maxSteps
    }

    /// ESC-SCRIPTS: something that runs at installation or start was added or changed.
    static func changesInstallation(_ summary: IncrementSummary) -> Bool { summary.changesInstallation }

    /// ESC-NATIVE: new native code, binaries or minified files.
    static func bringsUnreadableCode(_ summary: IncrementSummary) -> Bool { summary.bringsUnreadableCode }

    /// ESC-CAPABILITY: a capability that reaches out of the program, or into its user's input, is new.
    static func growsCapabilities(_ summary: IncrementSummary) -> Bool { !summary.graveCapabilities.isEmpty }

    /// ESC-PUBLISHER: publisher or maintainers are others, or are told no more.
    static func changesPublisher(_ history: ReleaseHistory?) -> Bool {
        guard let history else { return false }
        return history.own.publisher != history.base.publisher || history.own.maintainers != history.base.maintainers
    }

    /// ESC-PROVENANCE: proof of origin came, went, or is told no more.
    static func changesProvenance(_ history: ReleaseHistory?) -> Bool {
        guard let history else { return false }
        return history.own.hasProvenance != history.base.hasProvenance
    }

    /// ESC-CUMULATIVE: the difference since the anchor is over a threshold, cannot be told in full, or has a finding that
    /// waits for a person and that the step does not have.
    static func addsUp(
        _ cumulative: IncrementReport?, step: IncrementReport, _ thresholds: DiffThresholds
    ) -> Bool {
        guard let cumulative else { return false }
        return lacksBase(cumulative.summary) || isTooLarge(cumulative.summary, thresholds)
            || !cumulative.findings(beyond: step).isEmpty
    }

    /// Those that the difference alone decides.
    static func ofDifference(_ summary: IncrementSummary, _ thresholds: DiffThresholds) -> [EscalationTrigger] {
        // Without a base there is no difference that could have anything.
        if lacksBase(summary) { return [.base] }
        var found: [EscalationTrigger] = []
        if isTooLarge(summary, thresholds) { found.append(.size) }
        if changesInstallation(summary) { found.append(.scripts) }
        if bringsUnreadableCode(summary) { found.append(.native) }
        if growsCapabilities(summary) { found.append(.capability) }
        return found
    }
}

extension IncrementReport {
    /// What waits for a person here and is not in the increment of a step.
    func findings(beyond step: IncrementReport) -> [DetailedFinding] {
        let known = Set((step.increment + step.difference).map(\.finding.identity))
        return (increment + difference).filter { found in
            found.finding.severity > .info && !known.contains(found.finding.identity)
        }
    }
}

extension Finding {
    /// Rule, evidence and path: what makes it the same finding in another comparison.
    var identity: [String?] { [rule, evidence, path] }
}
