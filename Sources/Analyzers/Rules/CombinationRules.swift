import Screening

/// Rules over facts that mean little alone.
let combinationRules: [Rule] = [
    Rule(
        "COMB-INSTALL", "Installation does what no installation needs",
        rationale: """
            Code that runs at installation runs on every developer's and build machine, unasked. Downloading a \
            prebuilt binary is the one honest use of the network there, so the network alone is only held for a \
            person. Reading credentials or sending who and where one is has no honest use at installation, and is \
            malicious together with the network in one file.
            """,
        [
            RuleDetail(
                .secretsAtInstall, .malicious, "code that runs at installation reads credentials and uses the network"),
            RuleDetail(
                .hostFactsAtInstall, .malicious,
                "code that runs at installation sends facts about the machine and its user"),
            RuleDetail(.networkAtInstall, .suspicious, "code that runs at installation uses the network"),
        ]),
    Rule(
        "COMB-EXFIL", "Secrets beside the network",
        rationale: """
            A file that names stores of credentials and also talks to the network can send what it reads. Clients of \
            a service do both for their own service, so where it waits to be called it is only noted; where it runs \
            by itself a person looks. A host that collects data for anyone is no service of an honest package: with \
            facts about the machine or with secrets it is malicious where it runs by itself. So is a file of credentials \
            whose content is followed into a request.
            """,
        [
            RuleDetail(
                .secretsBesideNetwork, .suspicious, call: .info, install: .malicious,
                "one file names stores of credentials and uses the network"),
            RuleDetail(
                .credentialSent, .malicious, call: .suspicious, install: .malicious,
                "the code reads a file of credentials and sends it to a host that it names"),
            RuleDetail(
                .homeFilesSent, .suspicious, call: .info, install: .malicious,
                "the code goes through the home folder, reads files and sends data"),
            RuleDetail(
                .collectsForDropHost, .malicious, call: .suspicious,
                "one file gathers facts or secrets and names a host that collects data for anyone"),
            RuleDetail(
                .watchesAndSends, .suspicious, call: .info, install: .malicious,
                "one file watches the keyboard or the screen and sends data"),
        ]),
    Rule(
        "COMB-DECODE-EXEC", "Runs hidden code beside the network or credentials",
        rationale: """
            Whoever hides what runs, and can send or has secrets to send, is hiding exactly that.
            """,
        [
            RuleDetail(
                .decodedCodeBesideNetwork, .malicious,
                "one file runs what it decodes and uses the network or names stores of credentials")
        ]),
    Rule(
        "COMB-HIDDEN-EXEC", "Invisible text beside execution",
        rationale: """
            Text that people cannot see has one use in a file that runs text as code or starts programs: it is what \
            is run.
            """,
        [
            RuleDetail(
                .hiddenTextBesideExecution, .malicious, "one file holds invisible text and runs text or programs")
        ]),
    Rule(
        "COMB-REVIEWER", "Talks to the reviewer and has something to hide",
        rationale: """
            Text for a reviewing machine may be a joke or a test. Beside anything that is held by itself it is not: \
            an author who talks to the reviewer is the finding.
            """,
        [
            RuleDetail(
                .reviewerTextBesideFinding, .malicious,
                "the package talks to its reviewer and has another suspicious finding")
        ]),
    Rule(
        "COMB-UNREAD", "Runs what could not be read",
        rationale: "What an installation or an import leads to and could not be read may do anything.",
        [RuleDetail(.unreadFileRuns, .suspicious, "a file that could not be read is run or loaded")]),
]

extension Observation {
    static let secretsAtInstall = Observation("secrets-and-network-at-install")
    static let hostFactsAtInstall = Observation("host-facts-sent-at-install")
    static let networkAtInstall = Observation("network-at-install")
    static let secretsBesideNetwork = Observation("secrets-beside-network")
    static let homeFilesSent = Observation("home-files-sent")
    static let credentialSent = Observation("credential-sent")
    static let collectsForDropHost = Observation("collects-for-drop-host")
    static let watchesAndSends = Observation("watches-input-and-sends")
    static let decodedCodeBesideNetwork = Observation("decoded-code-beside-network")
    static let hiddenTextBesideExecution = Observation("hidden-text-beside-execution")
    static let reviewerTextBesideFinding = Observation("reviewer-text-beside-finding")
    static let unreadFileRuns = Observation("unread-file-runs")
}
