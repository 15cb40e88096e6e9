import Screening

/// Rules about code that runs what it decodes or downloads.
let executionRules: [Rule] = [
    Rule(
        "OBF-DECODE-EXEC", "Runs what it decodes",
        rationale: """
            Text that is decoded, decompressed or decrypted and then run as code has one purpose: that nobody reads \
            it. When the package holds or fetches the text itself there is no honest reading, and it is malicious \
            wherever it stands outside of tests. A loader that runs what its caller gives it (caches of compiled \
            templates, importers) decodes honestly; that is held where it runs by itself, and only noted otherwise.
            """,
        [
            RuleDetail(.decodedCodeRuns, .malicious, "the code runs text that it decodes"),
            RuleDetail(.decodedCommandRuns, .malicious, "the code starts a program whose command it decodes"),
            RuleDetail(
                .decodedValueRuns, .suspicious, call: .info, install: .malicious,
                "the code runs decoded text that comes from elsewhere"),
            RuleDetail(
                .decodedObjectLoads, .suspicious, install: .malicious,
                "the code makes objects of a decoded text, which may run code"),
            RuleDetail(
                .objectRunsProgram, .malicious, call: .suspicious, install: .malicious,
                "a serialised object runs a program or text when it is read"),
        ]),
    Rule(
        "OBF-STEGO", "Runs what a picture or sound holds",
        rationale: "Pixels and samples that become code were put there to be hidden. Nothing honest does that.",
        [RuleDetail(.mediaCodeRuns, .malicious, "the code runs what it takes out of a media file")]),
    Rule(
        "DROP-FETCH-RUN", "Runs what it downloads",
        rationale: """
            Code that arrives over the network was seen by no review. Text that is fetched from an address in the \
            code and run is malicious where it runs by itself. Loaders of modules run what their caller names, and \
            are not held for that. A downloaded file that is run is what installers of prebuilt binaries do as well: \
            those name a protected address of their own and run at the installation of an npm package, where a \
            person looks; with an unprotected, numeric or hidden address it is malicious, and so it is when a Python \
            module does it on import or in a setup script, since wheels carry their binaries.
            """,
        [
            RuleDetail(
                .fetchedCodeRuns, .malicious, call: .suspicious, install: .malicious,
                "the code runs text that it fetches from an address of its own"),
            RuleDetail(
                .fetchedCodeRunsOpen, .suspicious, call: .info, install: .malicious,
                "the code runs text that it fetches from an address given to it"),
            RuleDetail(
                .fetchedCommandRuns, .malicious, call: .suspicious, install: .malicious,
                "the code runs commands that come over the network"),
            RuleDetail(
                .fetchedFileRuns, .suspicious, call: .info, install: .suspicious,
                "the code downloads a file and runs it"),
            RuleDetail(
                .fetchedFileRunsInPython, .malicious, call: .suspicious, install: .malicious,
                "the module downloads a file and runs it"),
            RuleDetail(
                .fetchedFileRunsHidden, .malicious, call: .suspicious, install: .malicious,
                "the code downloads a file from an unprotected or hidden address and runs it"),
        ]),
    Rule(
        "NET-REVSH", "Opens a shell to the network",
        rationale: """
            A shell whose input and output are a connection is what an intruder uses: code that connects out and \
            gives a shell away is malicious. Terminals for a browser wait for connections when they are called, which \
            is noted; a shell that waits for anyone by itself is held.
            """,
        [
            RuleDetail(.reverseShell, .malicious, "the code joins a shell with a network connection"),
            RuleDetail(
                .listeningShell, .suspicious, call: .info, install: .malicious,
                "the code gives a shell to whoever connects"),
        ]),
    Rule(
        "NET-DNS", "Puts data into host names",
        rationale: """
            Asking a name server for a name that is put together of data and a fixed domain carries the data to \
            whoever runs that domain, past most firewalls. Facts about the machine, files, secrets or encoded text in \
            such a name are malicious where that runs by itself. Clients of block lists and of stores that name \
            hosts for their customers put names together as well, when they are called.
            """,
        [
            RuleDetail(
                .nameCarriesData, .malicious, call: .suspicious,
                "the code asks for host names that carry facts, secrets or encoded text"),
            RuleDetail(
                .nameComputed, .suspicious, call: .info,
                "the code asks for host names that it puts together of something and a fixed domain"),
        ]),
    Rule(
        "NET-TLSOFF", "Turns checks of certificates off",
        rationale: """
            Without the check anyone on the way can answer. It is common as an option for private servers, so it is \
            only noted.
            """,
        [RuleDetail(.certificatesUnchecked, .info, "the code turns checks of certificates off")]),
    Rule(
        "IMP-RANSOM", "Encrypts folders of files",
        rationale: """
            Walking through folders, encrypting what is there and replacing it is what extortion does, and what a \
            tool for encrypting one's own files does when it is asked. Only the former begins by itself.
            """,
        [
            RuleDetail(
                .encryptsTree, .malicious, call: .suspicious, install: .malicious,
                "the code walks through folders, encrypts files and replaces them")
        ]),
    Rule(
        "IMP-INJECT", "Writes into other processes",
        rationale: """
            Writing memory and starting a thread in it runs code where it does not belong. Debuggers and test tools \
            do it when they are told to, so it is held; by itself at import or installation it is malicious.
            """,
        [
            RuleDetail(
                .injectsCode, .malicious, call: .suspicious, install: .malicious,
                "the code writes memory of a process and starts a thread in it")
        ]),
]

extension Observation {
    // OBF-DECODE-EXEC, OBF-STEGO
    static let decodedCodeRuns = Observation("decoded-code-runs")
    static let decodedCommandRuns = Observation("decoded-command-runs")
    static let decodedValueRuns = Observation("decoded-value-runs")
    static let decodedObjectLoads = Observation("decoded-object-loads")
    static let objectRunsProgram = Observation("object-runs-program")
    static let mediaCodeRuns = Observation("media-code-runs")

    // DROP-FETCH-RUN
    static let fetchedCodeRuns = Observation("fetched-code-runs")
    static let fetchedCodeRunsOpen = Observation("fetched-code-runs-open-address")
    static let fetchedCommandRuns = Observation("fetched-command-runs")
    static let fetchedFileRuns = Observation("fetched-file-runs")
    static let fetchedFileRunsInPython = Observation("fetched-file-runs-in-module")
    static let fetchedFileRunsHidden = Observation("fetched-file-runs-odd-address")

    // NET-REVSH, NET-DNS, NET-TLSOFF, IMP-RANSOM, IMP-INJECT
    static let reverseShell = Observation("reverse-shell")
    static let listeningShell = Observation("listening-shell")
    static let nameCarriesData = Observation("host-name-carries-data")
    static let nameComputed = Observation("host-name-computed")
    static let certificatesUnchecked = Observation("certificates-unchecked")
    static let encryptsTree = Observation("encrypts-folders")
    static let injectsCode = Observation("injects-code")
}
