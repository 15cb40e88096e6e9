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
        ]),
    Rule(
        "PERS-CI", "Writes build pipelines",
        rationale: """
            Whoever writes a workflow or registers a runner gets the secrets of every later build. Scaffolding tools \
            write workflows when they are called, so it is suspicious there and malicious at installation.
            """,
        [
            RuleDetail(.workflowWritten, .suspicious, install: .malicious, "code writes a build pipeline"),
            RuleDetail(.registersRunner, .suspicious, install: .malicious, "a command registers a build runner"),
        ]),
    Rule(
        "AGENT-CFG-WRITE", "Writes settings of coding agents",
        rationale: """
            Settings and instructions of coding agents are commands that run later with the user's rights. Tools for \
            agents write them when they are called, so it is suspicious there and malicious at installation.
            """,
        [
            RuleDetail(
                .agentSettingsWritten, .suspicious, install: .malicious, "code writes settings of a coding agent")
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
    static let workflowWritten = Observation("workflow-written")
    static let registersRunner = Observation("registers-runner")

    // AGENT-CFG-WRITE
    static let agentSettingsWritten = Observation("agent-settings-written")

    // IMP-WIPE, IMP-MINER
    static let commandWipes = Observation("command-wipes")
    static let deletesEverything = Observation("deletes-everything")
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
