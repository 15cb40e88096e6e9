import Registry
import Screening

/// What a version can do that the one before could not: D-CAP.
struct CapabilityGrowth {
    /// Capabilities outside of tests that are new, in the order of their words.
    let came: [CapabilityUse]
    /// Those outside of tests that are gone.
    let went: [CapabilityUse]
    /// Kinds of things that the package newly gathers, and whether it newly reaches out.
    let gathered: Set<Gathering>
    let reachesOut: Bool

    /// What is gathered from the machine or its user.
    enum Gathering: CaseIterable {
        case secrets, environment, host, files, input
    }

    init(_ pair: VersionPair) {
        came = Self.uses(of: pair.new, beyond: pair.base)
        went = Self.uses(of: pair.base, beyond: pair.new)
        let (old, new) = (Self.kinds(of: pair.base), Self.kinds(of: pair.new))
        gathered = new.gathers.subtracting(old.gathers)
        reachesOut = new.reachesOut && !old.reachesOut || came.contains { Self.isOutward($0.capability) }
    }

    private static func uses(
        of examination: ArtifactExamination, beyond other: ArtifactExamination
    ) -> [CapabilityUse] {
        let known = Set(other.report.capabilities.filter { $0.reach > .tests }.map(\.word))
        return examination.report.capabilities.filter { $0.reach > .tests && !known.contains($0.word) }
    }

    /// Those that reach out of the program, or into its user's input.
    static func isGrave(_ capability: Capability) -> Bool {
        switch capability {
        case .network, .process, .evaluation, .foreignCode, .native, .installer, .clipboard, .screen, .keyboard,
            .environmentAll:
            true
        case .fileRead, .fileWrite, .fileDelete, .environment, .environmentSecret, .dynamicLoad, .crypto, .systemFacts:
            false
        }
    }

    private static func isOutward(_ capability: Capability) -> Bool {
        switch capability {
        case .network, .process, .evaluation, .foreignCode: true
        case .fileRead, .fileWrite, .fileDelete, .environment, .environmentSecret, .environmentAll, .dynamicLoad,
            .native, .crypto, .clipboard, .screen, .keyboard, .systemFacts, .installer:
            false
        }
    }

    /// The grave ones among what is new.
    var grave: [CapabilityUse] { came.filter { Self.isGrave($0.capability) } }

    /// The kinds of things that the code outside of tests gathers, and whether it sends anything.
    private static func kinds(of examination: ArtifactExamination) -> (gathers: Set<Gathering>, reachesOut: Bool) {
        let judgement = examination.judgement
        var gathers: Set<Gathering> = []
        var reachesOut = false
        for use in examination.report.capabilities where use.reach > .tests {
            switch use.capability {
            case .environmentSecret: gathers.insert(.secrets)
            case .environmentAll: gathers.insert(.environment)
            case .systemFacts: gathers.insert(.host)
            case .fileRead: gathers.insert(.files)
            case .clipboard, .screen, .keyboard: gathers.insert(.input)
            case .network, .process, .fileWrite, .fileDelete, .environment, .evaluation, .dynamicLoad, .native,
                .foreignCode, .crypto, .installer:
                break
            }
        }
        for file in judgement.files.indices {
            func has(_ fact: FileFact) -> Bool { judgement.reach(of: fact, in: file).map { $0 > .tests } == true }
            if has(.credentials) { gathers.insert(.secrets) }
            if has(.wholeEnvironment) { gathers.insert(.environment) }
            if has(.hostFacts) { gathers.insert(.host) }
            if has(.sends) { reachesOut = true }
        }
        return (gathers, reachesOut)
    }

    /// Notes what stands out; `hasNewHost` when code that uses the network names a host of a new domain.
    func note(_ pair: VersionPair, hasNewHost: Bool, into findings: inout FindingCollector) {
        for use in came {
            // The static analysis names the gravest place of each.
            let place = use.capability.observation.flatMap { known in pair.new.notices.first { $0.observation == known }
            }
            func add(_ observation: Observation) {
                findings.add(observation, path: place?.path, line: place?.line, count: use.count, reach: use.reach)
            }
            add(.capabilityCame(use.capability))
            guard Self.isGrave(use.capability) else { continue }
            switch pair.step {
            case .patch: add(.graveInPatch)
            case .minor: add(.graveInMinor)
            case .major: break
            }
        }
        if pair.isSmallStep, gathered.count >= 2, reachesOut || hasNewHost { findings.add(.capabilitiesGather) }
    }
}

extension CapabilityUse {
    /// The word's capability.
    var capability: Capability {
        guard let known = Capability(rawValue: word) else { preconditionFailure("\(word) is no capability") }
        return known
    }
}

extension ShownDifference.Ability {
    init(_ use: CapabilityUse) {
        let place = use.places.first
        self.init(word: use.word, reach: use.reach.rawValue, path: place?.path, line: place?.line)
    }
}
