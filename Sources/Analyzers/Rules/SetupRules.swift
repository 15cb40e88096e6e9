import Registry
import Screening

/// Rules about what setup scripts and install scripts run.
let setupRules: [Rule] = [
    Rule(
        "INST-SCRIPT-FILE", "Install script runs a file of the package", ecosystems: [.npm],
        rationale: """
            By itself no finding: it says which files run at installation, where every other finding in them and in \
            what they load is graver.
            """,
        [RuleDetail(.scriptFile, .info, "an install script runs this file")]),
    Rule(
        "INST-SETUP-NET", "Setup script uses the network", ecosystems: [.pypi],
        rationale: """
            setup.py runs for everyone who builds the sdist. Some fetch sources of libraries, so the network alone is \
            held. Together with running text, or a program that no build needs, it is malicious.
            """,
        [
            RuleDetail(.setupNetwork, .suspicious, "setup.py uses the network"),
            RuleDetail(
                .setupNetworkRuns, .malicious,
                "setup.py uses the network and runs text or programs that no build needs"),
        ]),
    Rule(
        "INST-SETUP-PROC", "Setup script starts programs", ecosystems: [.pypi],
        rationale: """
            Compilers, pkg-config, git and their kind are what setup scripts start, and computed compiler commands \
            belong to them; that is only noted. A program that no build needs is held, and a command that would be \
            malicious in an install script is so here.
            """,
        [
            RuleDetail(.setupProcess, .info, "setup.py starts a program of the kind that builds need"),
            RuleDetail(.setupProcessUnknown, .suspicious, "setup.py starts a program that is no known build tool"),
            RuleDetail(
                .setupProcessHostile, .malicious, "setup.py starts a command that downloads, decodes or sends data"),
        ]),
    Rule(
        "INST-SETUP-EXEC", "Setup script runs text", ecosystems: [.pypi],
        rationale: """
            Reading the version by running a file of the package is an old habit and is allowed. Text that is \
            decoded, fetched or printed by a program is none of it.
            """,
        [RuleDetail(.setupEvaluates, .suspicious, "setup.py runs text that is no file of the package")]),
    Rule(
        "INST-CMDCLASS", "Setup script replaces commands", ecosystems: [.pypi],
        rationale: """
            Own commands run at installation. Most build something, so the fact is only noted; what they do is judged \
            as code that runs at installation.
            """,
        [RuleDetail(.setupCommands, .info, "setup.py replaces commands of the installer by its own")]),
]

extension Observation {
    static let scriptFile = Observation("script-file")
    static let setupNetwork = Observation("setup-network")
    static let setupNetworkRuns = Observation("setup-network-and-runs")
    static let setupProcess = Observation("setup-process")
    static let setupProcessUnknown = Observation("setup-process-unknown")
    static let setupProcessHostile = Observation("setup-process-hostile")
    static let setupEvaluates = Observation("setup-evaluates")
    static let setupCommands = Observation("setup-commands")
}
