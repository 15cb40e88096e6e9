import Registry
import Screening

/// Rules about what an artifact says of itself and of what else is to be installed.
let metadataRules: [Rule] = [
    Rule(
        "META-MISMATCH", "Says two things about itself",
        rationale: """
            A listing that says one thing and an archive that says another make reviewers and installers look at \
            different packages. Names are compared after normalisation (PEP 503), versions by their order (PEP 440, \
            semantic versioning), so that spelling alone is never a mismatch on PyPI. A different name has no honest \
            explanation and is malicious; a different version may be a slip of the publisher and is suspicious. The \
            archive's own statements are compared too: PKG-INFO with what is static in pyproject.toml, and with what a build left beside \
            it.
            """,
        [
            RuleDetail(.nameMismatch, .malicious, "the archive says it is another package than the registry says"),
            RuleDetail(.nameSpelling, .suspicious, "the archive spells the package's name differently"),
            RuleDetail(.versionMismatch, .suspicious, "the archive says another version than the registry says"),
            RuleDetail(.fileNameMismatch, .suspicious, "the file name says another name or version than the registry"),
            RuleDetail(.folderMismatch, .suspicious, "the .dist-info folder is named for something else"),
            RuleDetail(.projectNameMismatch, .suspicious, "pyproject.toml names another project"),
            RuleDetail(.projectVersionMismatch, .suspicious, "pyproject.toml states another version"),
            RuleDetail(
                .requirementsMismatch, .suspicious, "one part of the metadata requires a project that another does not"),
        ]),
    Rule(
        "META-EMAIL", "Throw-away address",
        rationale: """
            An author or maintainer is reached at a host that gives addresses to anyone for minutes. Some people value \
            that honestly, so it is noted.
            """,
        [RuleDetail(.disposableEmail, .info, "an author's address is at a throw-away mail host")]),
    Rule(
        "DEP-NONREG", "Depends on something outside of the registry",
        rationale: """
            What comes from a repository, a URL or a path was published nowhere, is not screened here, and may change \
            after review. Over plain http or from a bare internet address anyone on the way can change it, which has \
            no honest use; well-known forges redirect to https and are left out of that. An optional dependency on a \
            single commit is how payloads are fetched unnoticed: its failure is ignored and the commit may belong to \
            nobody's branch. Development and peer dependencies and extras are not installed by themselves, so they \
            are judged less.
            """,
        [
            RuleDetail(
                .dependencyUnprotected, .malicious,
                "a dependency is fetched over plain http or from an internet address"),
            RuleDetail(
                .dependencyOptionalCommit, .malicious, "an optional dependency is a single commit of a repository"),
            RuleDetail(.dependencyRepository, .suspicious, "a dependency comes from a source repository"),
            RuleDetail(.dependencyURL, .suspicious, "a dependency comes from a URL"),
            RuleDetail(.dependencyLocal, .suspicious, "a dependency comes from a path of the installing machine"),
            RuleDetail(
                .dependencyUnprotectedAside, .suspicious,
                "a development, peer or extra dependency is fetched over plain http or from an internet address"),
            RuleDetail(
                .dependencyAside, .info, "a development, peer or extra dependency does not come from the registry"),
        ]),
    Rule(
        "DEP-ODD", "Version or dependency that makes no sense", ecosystems: [.npm],
        rationale: """
            Versions such as 99.99.99 win over every version of a package of the same name in another registry, which \
            is what they are chosen for. A package that depends on itself installs another version of itself.
            """,
        [
            RuleDetail(.versionOdd, .suspicious, "the version is one that nobody counts up to"),
            RuleDetail(.dependencyOdd, .suspicious, "a dependency asks for a version that nobody counts up to"),
            RuleDetail(.dependencySelf, .suspicious, "the package depends on itself"),
        ]),
    Rule(
        "AGENT-CFG-SHIP", "Ships instructions for coding agents",
        rationale: """
            Files such as CLAUDE.md, AGENTS.md, .cursor/rules or .vscode/tasks.json steer a coding agent or editor that \
            is opened in the folder. Repositories have them honestly and sdists carry them along, so they are noted. \
            Nothing in a wheel is a repository, and settings that run commands by themselves act on whoever opens the \
            folder: both wait for a person.
            """,
        [
            RuleDetail(.agentConfig, .info, "the package ships instructions for coding agents or editors"),
            RuleDetail(
                .agentConfigInWheel, .suspicious, "the wheel installs instructions for coding agents or editors"),
            RuleDetail(
                .agentConfigCommand, .suspicious, "settings for coding agents or editors run commands by themselves"),
        ]),
]

extension Observation {
    // META-MISMATCH, META-EMAIL
    static let nameMismatch = Observation("name-mismatch")
    static let nameSpelling = Observation("name-spelling")
    static let versionMismatch = Observation("version-mismatch")
    static let fileNameMismatch = Observation("filename-mismatch")
    static let folderMismatch = Observation("dist-info-mismatch")
    static let projectNameMismatch = Observation("pyproject-name-mismatch")
    static let projectVersionMismatch = Observation("pyproject-version-mismatch")
    static let requirementsMismatch = Observation("requirements-mismatch")
    static let disposableEmail = Observation("disposable-email")

    // DEP-NONREG, DEP-ODD
    static let dependencyUnprotected = Observation("dependency-unprotected")
    static let dependencyUnprotectedAside = Observation("dependency-unprotected-aside")
    static let dependencyOptionalCommit = Observation("dependency-optional-commit")
    static let dependencyRepository = Observation("dependency-repository")
    static let dependencyURL = Observation("dependency-url")
    static let dependencyLocal = Observation("dependency-local")
    static let dependencyAside = Observation("dependency-aside")
    static let versionOdd = Observation("version-odd")
    static let dependencyOdd = Observation("dependency-version-odd")
    static let dependencySelf = Observation("dependency-self")

    // AGENT-CFG-SHIP
    static let agentConfig = Observation("agent-config")
    static let agentConfigInWheel = Observation("agent-config-in-wheel")
    static let agentConfigCommand = Observation("agent-config-command")
}
