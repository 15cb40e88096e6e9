import Screening

/// One thing that an artifact can do, with where it does it.
public struct CapabilityUse: Sendable, Equatable {
    /// A place in the artifact.
    public struct Place: Sendable, Equatable {
        /// As in findings.
        public let path: String
        public let line: Int?

        public init(path: String, line: Int?) {
            self.path = path
            self.line = line
        }
    }

    /// A word of a closed vocabulary, such as `network`.
    public let word: String
    /// The rule that stands for it in the table.
    public let rule: String
    /// The gravest reach that any use has.
    public let reach: Reach
    /// How many places of the code use it, tests and documentation left out when other code does.
    public let count: Int
    /// The first of these places, those of the gravest reach before others.
    public let places: [Place]

    /// So many places are named.
    public static let maxPlaces = 8

    init(_ capability: Capability, reach: Reach, count: Int, places: [Place]) {
        word = capability.rawValue
        rule = capability.rule
        self.reach = reach
        self.count = count
        self.places = places
    }
}

/// What the files of an artifact can do, taken together.
enum CapabilitySummary {
    private struct Found {
        let file: Int
        let line: Int?
        let reach: Reach
        let count: Int
    }

    /// Every capability of the artifact, in the order of their words; each becomes one finding at its first place.
    static func noteUses(in judgement: ArtifactJudgement) -> [CapabilityUse] {
        var found: [Capability: [Found]] = [:]
        for file in judgement.files.indices {
            for use in judgement.reports(of: file).flatMap(\.uses) {
                let reach = judgement.reach(of: file, atLoad: use.atLoad, isDormant: use.isDormant) ?? .call
                found[use.capability, default: []].append(
                    Found(file: file, line: use.line, reach: reach, count: use.count))
            }
        }
        return found.sorted { $0.key < $1.key }.map { capability, uses in
            let isOnlyTested = uses.allSatisfy { $0.reach == .tests }
            let counted = (isOnlyTested ? uses : uses.filter { $0.reach != .tests }).sorted(by: precedes)
            let places = counted.prefix(CapabilityUse.maxPlaces).map {
                CapabilityUse.Place(path: findingPath(judgement.files[$0.file].name), line: $0.line)
            }
            let reach = counted.map(\.reach).max() ?? .tests
            let count = counted.reduce(0) { $0 + $1.count }
            if let observation = capability.observation, let first = counted.first {
                judgement.inspection.findings.add(
                    observation, path: judgement.files[first.file].name, line: first.line, count: count, reach: reach)
            }
            return CapabilityUse(capability, reach: reach, count: count, places: places)
        }
    }

    /// The files are in the order of their paths.
    private static func precedes(_ left: Found, _ right: Found) -> Bool {
        if left.reach != right.reach { return left.reach > right.reach }
        if left.file != right.file { return left.file < right.file }
        return (left.line ?? 0) < (right.line ?? 0)
    }
}

extension Capability {
    /// The rule that stands for the capability in the table.
    var rule: String {
        switch self {
        case .network: "CAP-NET"
        case .process: "CAP-PROC"
        case .fileRead: "CAP-FS-R"
        case .fileWrite: "CAP-FS-W"
        case .fileDelete: "CAP-FS-DEL"
        case .environment: "CAP-ENV"
        case .environmentSecret: "CAP-ENV-SECRET"
        case .environmentAll: "CAP-ENV-ALL"
        case .evaluation: "CAP-EVAL"
        case .dynamicLoad: "CAP-DYNLOAD"
        case .native: "CAP-NATIVE"
        case .foreignCode: "CAP-FFI"
        case .crypto: "CAP-CRYPTO"
        case .clipboard: "CAP-CLIP"
        case .screen: "CAP-SCREEN"
        case .keyboard: "CAP-KEYS"
        case .systemFacts: "CAP-SYSINFO"
        case .installer: "CAP-INSTALLER"
        }
    }

    /// What the finding about it says; nil where the rule notes its own.
    var observation: Observation? {
        switch self {
        case .installer: nil
        case .native, .network, .process, .fileRead, .fileWrite, .fileDelete, .environment, .environmentSecret,
            .environmentAll,
            .evaluation, .dynamicLoad, .foreignCode, .crypto, .clipboard, .screen, .keyboard, .systemFacts:
            Observation("can-\(rawValue)")
        }
    }
}
