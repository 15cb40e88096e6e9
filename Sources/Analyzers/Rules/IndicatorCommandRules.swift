import Registry
import Screening

/// Rules about commands that code hands to processes and shells, and about scripts of shells in the package.
let indicatorCommandRules: [Rule] = [
    Rule(
        "DROP-SHELL", "Runs what a command downloads or decodes",
        rationale: """
            A command that pipes a download into an interpreter, decodes text and runs it, opens a shell to elsewhere \
            or sends local data away is malicious where it runs by itself, at installation or import. In code that \
            somebody calls it may be the purpose of a tool, so it is suspicious there. Scripts of shells that nothing leads to are their \
            developers' own and only noted.
            """,
        [
            RuleDetail(
                .commandPipesDownload, .malicious, call: .suspicious,
                "a command hands what it downloads to an interpreter"),
            RuleDetail(
                .commandRunsDownload, .malicious, call: .suspicious, "a command downloads a file and runs it"),
            RuleDetail(.commandDecodesAndRuns, .malicious, call: .suspicious, "a command decodes text and runs it"),
            RuleDetail(
                .commandReverseShell, .malicious, tests: .suspicious, "a command connects a shell to the network"),
            RuleDetail(
                .commandSendsData, .suspicious, install: .malicious,
                "a command sends data of this machine over the network"),
            RuleDetail(
                .hiddenCommand, .suspicious, install: .malicious, "an encoded text is a command that downloads and runs"
            ),
            RuleDetail(
                .preparedCommand, .suspicious, install: .malicious,
                "a text beside unknown commands is one that downloads and runs"),
            RuleDetail(
                .plantedCommand, .suspicious, call: .info,
                "a text that is handed to a call is a command that downloads and runs"),
            RuleDetail(
                .scriptFileRunsDownload, .info, install: .malicious, "a shell script runs what it downloads"),
            RuleDetail(.scriptFileDecodes, .info, install: .malicious, "a shell script runs what it decodes"),
            RuleDetail(
                .scriptFileReverseShell, .suspicious, install: .malicious,
                "a shell script connects a shell to the network"),
            RuleDetail(
                .scriptFileSendsData, .info, install: .malicious, "a shell script sends data of this machine away"),
        ]),
    Rule(
        "CAP-INSTALLER", "Installs packages",
        rationale: """
            Package managers, test runners and scaffolding tools install packages when they are called. Doing so at \
            installation or import evades whoever reviewed the dependencies; from an address or index of its own even more.
            """,
        [
            RuleDetail(.installsPackages, .suspicious, call: .info, "code installs packages"),
            RuleDetail(
                .installsFromElsewhere, .suspicious, call: .info,
                "code installs packages from an address or index that it names"),
        ]),
    Rule(
        "AGENT-CLI", "Runs a coding agent without supervision",
        rationale: """
            Options that let an agent act without asking are used to make it search the machine for secrets. Programs \
            built around agents use them too when they are called, so it is suspicious; nothing at installation may.
            """,
        [
            RuleDetail(
                .agentUnattended, .suspicious, install: .malicious, "a command runs a coding agent that asks nobody")
        ]),
    Rule(
        "PROP-PUBLISH", "Publishes packages",
        rationale: """
            Release tools publish packages when they are called, so the command is noted. At import it is held, at \
            installation it is a worm, and so is what reads the registry's credentials for it by itself. Finding out who is logged in, searching for all of a maintainer's packages, reading tokens and \
            publishing together are what worms do and release tools do not.
            """,
        [
            RuleDetail(
                .commandPublishes, .suspicious, call: .info, install: .malicious, "a command publishes a package"),
            RuleDetail(
                .publishesWithToken, .malicious, call: .info,
                "code reads the credentials of a registry and publishes a package"),
            RuleDetail(
                .spreadsItself, .suspicious, install: .malicious,
                "code finds a maintainer's packages and publishes them"),
        ]),
    Rule(
        "PROP-GIT", "Pushes to repositories",
        rationale: """
            Release tools push when they are called, so it is noted; at installation it is suspicious. Creating a \
            repository is how stolen data is kept in the victim's own account.
            """,
        [
            RuleDetail(.commandPushes, .info, install: .suspicious, "a command pushes to a repository"),
            RuleDetail(.createsRepository, .info, install: .malicious, "code creates a repository"),
        ]),
]

extension Observation {
    // DROP-SHELL
    static let commandPipesDownload = Observation("command-pipes-download")
    static let commandRunsDownload = Observation("command-runs-download")
    static let commandDecodesAndRuns = Observation("command-decodes-and-runs")
    static let commandReverseShell = Observation("command-reverse-shell")
    static let commandSendsData = Observation("command-sends-data")
    static let hiddenCommand = Observation("hidden-command")
    static let preparedCommand = Observation("prepared-command")
    static let plantedCommand = Observation("planted-command")
    static let scriptFileRunsDownload = Observation("script-file-runs-download")
    static let scriptFileDecodes = Observation("script-file-decodes")
    static let scriptFileReverseShell = Observation("script-file-reverse-shell")
    static let scriptFileSendsData = Observation("script-file-sends-data")

    // CAP-INSTALLER
    static let installsPackages = Observation("installs-packages")
    static let installsFromElsewhere = Observation("installs-from-elsewhere")

    // AGENT-CLI
    static let agentUnattended = Observation("agent-unattended")

    // PROP-PUBLISH, PROP-GIT
    static let publishesWithToken = Observation("publishes-with-taken-token")
    static let commandPublishes = Observation("command-publishes")
    static let spreadsItself = Observation("spreads-itself")
    static let commandPushes = Observation("command-pushes")
    static let createsRepository = Observation("creates-repository")
}
