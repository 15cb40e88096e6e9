import Registry
import Screening

/// Rules about strings and commands.
let indicatorRules: [Rule] =
    indicatorNetworkRules + indicatorCredentialRules + indicatorCommandRules + indicatorSystemRules

/// Rules about what code leaves on a machine or does to it.
let indicatorSystemRules: [Rule] = [
    Rule(
        "PERS-RC", "Starts itself again",
        rationale: """
            Start files of shells, schedulers, services, login items and keys for remote logins make a program run \
            again without being called. Programs that manage services do so openly when they are called, which is \
            suspicious; what does so by itself, as soon as it is imported, is malicious. The names alone are noted, and putting the completion of one's own command into a shell's start file is ordinary.
            """,
        [
            RuleDetail(
                .startPlaceWritten, .malicious, call: .suspicious, "code writes where programs are started from"),
            RuleDetail(
                .commandPersists, .malicious, call: .suspicious, "a command makes a program start again by itself"),
            RuleDetail(
                .scriptFilePersists, .info, install: .suspicious,
                "a shell script makes a program start again by itself"),
            RuleDetail(.namesStartPlace, .info, "code names a place from which programs are started"),
            RuleDetail(
                .hookHostile, .malicious, call: .suspicious,
                "code writes a hook of git that runs what it downloads or decodes"),
            RuleDetail(.hookWritten, .suspicious, call: .info, "code writes a hook or the settings of git"),
            RuleDetail(
                .commandRedirectsGit, .suspicious, call: .info,
                "a command sets programs that git runs in every repository"),
        ]),
    Rule(
        "PERS-PKG", "Changes where packages come from",
        rationale: """
            The settings of package managers say which registry every later installation asks and what runs beside \
            it, and the files of a package that lies beside this one run in its name. Tools that log in to a registry \
            or patch packages do so when they are called. What changes them by itself takes over what comes later.
            """,
        [
            RuleDetail(
                .packageSourceChanged, .malicious, call: .info,
                "code sets the registry or the options of a package manager"),
            RuleDetail(
                .commandChangesSource, .malicious, call: .info,
                "a command sets the registry or the options of a package manager"),
            RuleDetail(
                .environmentReplaced, .malicious,
                "the wheel replaces the settings or the activation of the environment that it is installed in"),
            RuleDetail(.packageSettingsWritten, .suspicious, call: .info, "code writes settings of a package manager"),
            RuleDetail(.otherPackageChanged, .suspicious, call: .info, "code changes the files of another package"),
        ]),
    Rule(
        "PERS-CI", "Writes build pipelines",
        rationale: """
            Whoever writes a workflow or registers a runner gets the secrets of every later build. Scaffolding tools \
            write workflows when they are called, so that is noted; by itself it is suspicious and malicious at \
            installation. A workflow that hands out all secrets or runs what it downloads is held wherever it is written.
            """,
        [
            RuleDetail(
                .workflowWritten, .suspicious, call: .info, install: .malicious, "code writes a build pipeline"),
            RuleDetail(
                .workflowHostile, .malicious, call: .suspicious,
                "code writes a build pipeline that gives secrets away or runs what it downloads"),
            RuleDetail(.registersRunner, .suspicious, install: .malicious, "a command registers a build runner"),
        ]),
    Rule(
        "AGENT-CFG-WRITE", "Writes settings of coding agents",
        rationale: """
            Settings and instructions of coding agents are commands that run later with the user's rights. Tools for \
            agents write them when they are called, so that is noted; by itself it is suspicious and malicious at \
            installation. Settings that run what they download are held wherever they are written.
            """,
        [
            RuleDetail(
                .agentSettingsWritten, .suspicious, call: .info, install: .malicious,
                "code writes settings of a coding agent"),
            RuleDetail(
                .agentSettingsHostile, .malicious, call: .suspicious,
                "code writes settings of a coding agent that run what they download or decode"),
        ]),
    Rule(
        "IMP-WIPE", "Deletes everything",
        rationale: """
            Deleting the root of a system, a disk or a person's home folder has no honest use. Only exact targets \
            count: folders below them are somebody's own business.
            """,
        [
            RuleDetail(
                .commandWipes, .malicious, tests: .suspicious, "a command deletes a system's or person's files"),
            RuleDetail(
                .deletesEverything, .malicious, tests: .suspicious, "code deletes a system's or person's files"),
            RuleDetail(
                .sweepsHome, .malicious, call: .info, "code walks through a person's files and deletes them"),
            RuleDetail(
                .scriptFileWipes, .suspicious, install: .malicious,
                "a shell script deletes a system's or person's files"),
        ]),
    Rule(
        "IMP-MINER", "Mines cryptocurrency",
        rationale: """
            Running a miner on the machine of whoever installs is theft. A pool with its protocol and host is there to \
            be used; the names of miners alone stand in block lists too and are noted.
            """,
        [
            RuleDetail(.runsMiner, .malicious, tests: .suspicious, "a command runs a miner"),
            RuleDetail(.miningPool, .suspicious, install: .malicious, "code names a mining pool's address"),
            RuleDetail(
                .minerNames, .suspicious, install: .malicious, "code names miners and starts other programs"),
            RuleDetail(.namesMiner, .info, "code names a miner or a pool"),
        ]),
    Rule(
        "PROT-LOCALE", "Acts by country",
        rationale: """
            Code that asks for the country or time zone, names a few countries and changes files or starts programs \
            acts against people of those countries, or spares them. Lists of all countries are left out.
            """,
        [
            RuleDetail(
                .countryDecides, .suspicious, "what code changes or runs may depend on the country"),
            RuleDetail(.namesCountries, .info, install: .suspicious, "code compares the country with a few"),
        ]),
    Rule(
        "ANTI-ANALYSIS", "Looks for those who would watch it",
        rationale: """
            Debuggers, monitors and the marks of sandboxes are named by code that behaves differently when it is \
            watched. Tools that describe a machine name virtual hardware, which is not counted; two names are noted, \
            four are suspicious.
            """,
        [
            RuleDetail(.looksForAnalysts, .suspicious, "code looks for tools of analysts"),
            RuleDetail(.namesAnalysisTools, .info, install: .suspicious, "code names tools of analysts"),
        ]),
]

extension Observation {
    // PERS-RC, PERS-CI
    static let startPlaceWritten = Observation("start-place-written")
    static let commandPersists = Observation("command-persists")
    static let scriptFilePersists = Observation("script-file-persists")
    static let namesStartPlace = Observation("names-start-place")
    static let hookHostile = Observation("git-hook-runs-download")
    static let hookWritten = Observation("git-hook-written")
    static let commandRedirectsGit = Observation("command-redirects-git")
    static let workflowWritten = Observation("workflow-written")
    static let workflowHostile = Observation("workflow-gives-secrets")
    static let registersRunner = Observation("registers-runner")

    // AGENT-CFG-WRITE
    static let agentSettingsWritten = Observation("agent-settings-written")
    static let agentSettingsHostile = Observation("agent-settings-run-download")

    // PERS-PKG
    static let packageSourceChanged = Observation("package-source-changed")
    static let commandChangesSource = Observation("command-changes-package-source")
    static let environmentReplaced = Observation("environment-replaced")
    static let packageSettingsWritten = Observation("package-settings-written")
    static let otherPackageChanged = Observation("other-package-changed")

    // IMP-WIPE, IMP-MINER
    static let commandWipes = Observation("command-wipes")
    static let deletesEverything = Observation("deletes-everything")
    static let sweepsHome = Observation("sweeps-home")
    static let scriptFileWipes = Observation("script-file-wipes")
    static let runsMiner = Observation("runs-miner")
    static let miningPool = Observation("mining-pool")
    static let minerNames = Observation("miner-names")
    static let namesMiner = Observation("names-miner")

    // PROT-LOCALE, ANTI-ANALYSIS
    static let countryDecides = Observation("country-decides")
    static let namesCountries = Observation("names-countries")
    static let looksForAnalysts = Observation("looks-for-analysts")
    static let namesAnalysisTools = Observation("names-analysis-tools")
}
