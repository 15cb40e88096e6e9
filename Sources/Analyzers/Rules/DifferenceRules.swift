import Registry
import Screening

/// Rules about what a release has otherwise than the one before it.
let differenceRules: [Rule] = [
    Rule(
        "D-CAP", analyzer: .diff, "Can do what it could not do before",
        rationale: """
            A package that suddenly talks to the network, starts programs or runs text as code is what a take-over looks \
            like. Every class of capability that no file outside of tests had is noted. A patch corrects what is there: \
            there such a class that reaches out of the program waits for a person, and so it does in a minor release \
            when the code runs by itself. Larger steps are where such things come honestly, and are reviewed in full.
            """,
        Capability.allCases.map { capability in
            RuleDetail(
                .capabilityCame(capability), .info, "the package \(capability.ability), which it could not before")
        } + [
            RuleDetail(
                .graveInPatch, .suspicious, "a patch brings a grave capability that no file of the package had"),
            RuleDetail(
                .graveInMinor, .suspicious, call: .info,
                "a minor release brings a grave capability that no file of the package had"),
            RuleDetail(
                .capabilitiesGather, .suspicious,
                "the package has come to gather what is on the machine and to reach out of it, which it did neither of"),
        ]),
    Rule(
        "D-RISK", analyzer: .diff, "A file became worse",
        rationale: """
            A file that was read and found harmless and is not harmless any more is judged by what it has become. \
            Credentials beside the network are ordinary in clients of a service from their first release on; a small \
            step that brings the two together in code that runs by itself has no honest use.
            """,
        [
            RuleDetail(.fileBecameMalicious, .malicious, "a file that was harmless before holds malicious code"),
            RuleDetail(.fileBecameSuspicious, .suspicious, "a file that was harmless before holds suspicious code"),
            RuleDetail(
                .secretsMeetNetwork, .malicious, call: .suspicious,
                "a small step brings credentials and the network together in one file"),
            RuleDetail(
                .factsMeetNetwork, .suspicious, call: .info, install: .malicious,
                "a small step has one file gather facts about the machine or its environment and send data"),
        ]),
    Rule(
        "D-INSTALL", analyzer: .diff, "Other code runs at installation or start",
        rationale: """
            What runs at installation runs everywhere and unasked, and packages that need none rarely come to need some. \
            A script, a build file with commands or a file that every start of the interpreter reads waits for a person \
            when it is new or says something else. When what it leads to is new and held by itself as well, that is an \
            attack. Setup scripts of Python change with every version, so that theirs is only noted.
            """,
        [
            RuleDetail(.installScriptAdded, .suspicious, "an install script is new"),
            RuleDetail(.installScriptChanged, .suspicious, "an install script has another text"),
            RuleDetail(.buildCommandsChanged, .suspicious, "a build file of gyp is new or has other commands"),
            RuleDetail(
                .startFileChanged, .suspicious, "a file that every start of the interpreter reads is new or another"),
            RuleDetail(.buildHookChanged, .info, "other code takes part in building the package"),
            RuleDetail(.installCodeChanged, .info, "code that runs at installation or start is another"),
            RuleDetail(
                .installGrewWithFinding, .malicious,
                "what runs at installation is new, and so is what is held about the code that it leads to"),
        ]),
    Rule(
        "D-PATCH-BIG", analyzer: .diff, "A patch that is no patch",
        rationale: """
            A patch that brings much new code hides what matters in it, or was counted up wrongly; the latter is \
            ordinary. Together with anything else that stands out it waits for a person.
            """,
        [
            RuleDetail(.patchIsLarge, .info, "a patch brings much new code"),
            RuleDetail(
                .patchIsLargeAndOdd, .suspicious, "a patch brings much new code and something that no patch needs"),
        ]),
    Rule(
        "D-ONLY-ARTIFACT", analyzer: .diff, "Only what was built changed",
        rationale: """
            Code that is built from sources changes with them. A build that changed while the sources beside it did not \
            was made elsewhere: from other dependencies, which is ordinary, or from other sources. When it can do more \
            than before, a person looks.
            """,
        [
            RuleDetail(.onlyBuildsChanged, .info, "built files changed and the sources beside them did not"),
            RuleDetail(
                .onlyBuildsGrew, .suspicious,
                "built files can do more than before, and the sources beside them did not change"),
        ]),
    Rule(
        "D-NEWHOST", analyzer: .diff, "Names another host",
        rationale: """
            Stolen data has to go somewhere. Hosts count that stand alone in code of a file which uses the network, and \
            whose domain occurs nowhere in the version before, its documentation and metadata included. Many are pages \
            that a message points to. A patch has no need of one.
            """,
        [
            RuleDetail(.hostCame, .info, "code that uses the network names a host of a domain that was nowhere before"),
            RuleDetail(
                .hostCameInPatch, .suspicious, call: .info,
                "a patch names a host of a domain that was nowhere before, in code that uses the network"),
            RuleDetail(
                .hostCameWithCapability, .suspicious,
                "a host of a domain that was nowhere before comes together with a grave capability"),
        ]),
    Rule(
        "D-MINIFIED", analyzer: .diff, "Readable code became unreadable",
        rationale: """
            A file that people could read and that is pressed into long lines now cannot be compared with what it was. \
            Projects do so when they change their tools, hardly ever in a patch.
            """,
        [
            RuleDetail(.readableBecameMinified, .suspicious, "a small step replaces readable code by minified code"),
            RuleDetail(.minifiedInLargeStep, .info, "readable code was replaced by minified code"),
        ]),
    Rule(
        "D-REMOVED", analyzer: .diff, "Something that vouches for the package is gone",
        rationale: """
            Tests, the list of digests, signatures and the README are left out for many reasons. It is noted because \
            what was built elsewhere often lacks them.
            """,
        [
            RuleDetail(.testsRemoved, .info, "the tests are gone"),
            RuleDetail(.readmeRemoved, .info, "the README is gone"),
            RuleDetail(.signatureRemoved, .info, "a list of digests or a signature is gone"),
        ]),
    Rule(
        "DEP-NEW", analyzer: .diff, "Depends on something new",
        rationale: """
            A dependency is code of somebody else that comes along. Minor releases need new ones honestly; it is \
            screened by itself when it is installed. A patch that needs one waits for a person.
            """,
        [
            RuleDetail(.dependencyCame, .info, "the package depends on something that it did not depend on"),
            RuleDetail(.dependencyCameInPatch, .suspicious, "a patch depends on something new"),
        ]),
]

extension Observation {
    static func capabilityCame(_ capability: Capability) -> Observation {
        Observation("capability-came-\(capability.rawValue)")
    }

    // D-CAP, D-RISK
    static let graveInPatch = Observation("grave-capability-in-patch")
    static let graveInMinor = Observation("grave-capability-in-minor")
    static let capabilitiesGather = Observation("capabilities-gather")
    static let fileBecameMalicious = Observation("file-became-malicious")
    static let fileBecameSuspicious = Observation("file-became-suspicious")
    static let secretsMeetNetwork = Observation("secrets-meet-network")
    static let factsMeetNetwork = Observation("facts-meet-network")

    // D-INSTALL
    static let installScriptAdded = Observation("install-script-came")
    static let installScriptChanged = Observation("install-script-changed")
    static let buildCommandsChanged = Observation("build-commands-changed")
    static let startFileChanged = Observation("start-file-changed")
    static let buildHookChanged = Observation("build-hook-changed")
    static let installCodeChanged = Observation("install-code-changed")
    static let installGrewWithFinding = Observation("install-grew-with-finding")

    // D-PATCH-BIG, D-ONLY-ARTIFACT, D-NEWHOST, D-MINIFIED, D-REMOVED, DEP-NEW
    static let patchIsLarge = Observation("patch-is-large")
    static let patchIsLargeAndOdd = Observation("patch-is-large-and-odd")
    static let onlyBuildsChanged = Observation("only-builds-changed")
    static let onlyBuildsGrew = Observation("only-builds-grew")
    static let hostCame = Observation("host-came")
    static let hostCameInPatch = Observation("host-came-in-patch")
    static let hostCameWithCapability = Observation("host-came-with-capability")
    static let readableBecameMinified = Observation("readable-became-minified")
    static let minifiedInLargeStep = Observation("minified-in-large-step")
    static let testsRemoved = Observation("tests-removed")
    static let readmeRemoved = Observation("readme-removed")
    static let signatureRemoved = Observation("signature-removed")
    static let dependencyCame = Observation("dependency-came")
    static let dependencyCameInPatch = Observation("dependency-came-in-patch")
}

extension Capability {
    /// What the package does with it, as the end of a sentence.
    fileprivate var ability: String {
        switch self {
        case .network: "uses the network"
        case .process: "starts other programs"
        case .fileRead: "reads files"
        case .fileWrite: "writes files"
        case .fileDelete: "deletes files"
        case .environment: "reads environment variables"
        case .environmentSecret: "reads environment variables that are named like secrets"
        case .environmentAll: "takes the whole environment"
        case .evaluation: "runs text as code"
        case .dynamicLoad: "loads modules whose names it computes"
        case .native: "holds native code"
        case .foreignCode: "calls native code by name"
        case .crypto: "uses cryptography"
        case .clipboard: "uses the clipboard"
        case .screen: "reads the screen"
        case .keyboard: "listens to the keyboard"
        case .systemFacts: "gathers facts about the machine and its user"
        case .installer: "installs packages"
        }
    }
}
