import Registry
import Screening

/// Rules about secrets that code looks for.
let indicatorCredentialRules: [Rule] = [
    Rule(
        "CRED-FILE", "Reads where secrets are kept",
        rationale: """
            Honest programs read their own credentials: a cloud's library its file, a registry's client its own. So \
            one kind is noted, and counts only at installation or together with the network. The files of several \
            unrelated programs in one file of code, a browser's stored passwords, a chat program's sessions or several \
            wallets are what thieves collect; beside the network, in code that runs by itself, that is malicious.
            """,
        [
            RuleDetail(
                .credentialCollection, .suspicious, install: .malicious,
                "code names where four or more programs keep their secrets"),
            RuleDetail(
                .severalCredentials, .suspicious, install: .malicious,
                "code reads the secrets of two programs, or names those of three"),
            RuleDetail(
                .browserSecrets, .suspicious, install: .malicious, "code names the files of browsers' stored passwords"),
            RuleDetail(
                .storedSecretsSent, .malicious, call: .suspicious,
                "code names stored passwords, sessions or wallets and uses the network"),
            RuleDetail(.chatTokens, .suspicious, install: .malicious, "code looks for the sessions of a chat program"),
            RuleDetail(.walletFiles, .suspicious, install: .malicious, "code names the files of several wallets"),
            RuleDetail(.credentialRead, .info, install: .suspicious, "code reads a file that holds credentials"),
            RuleDetail(.credentialPath, .info, "code names a file that holds credentials"),
            RuleDetail(.browserPasswordFile, .info, install: .suspicious, "code names a file of stored passwords"),
            RuleDetail(.walletPath, .info, install: .suspicious, "code names the files of a wallet"),
        ]),
    Rule(
        "CRED-SCAN", "Searches for secrets",
        rationale: """
            Programs that search for other people's secrets are run by worms to spread. Tools that redact or check \
            logs know the shapes of secrets too, so the shapes are noted, and are suspicious in a file that also \
            talks to the network or starts programs.
            """,
        [
            RuleDetail(.runsSecretScanner, .suspicious, install: .malicious, "a command runs a scanner for secrets"),
            RuleDetail(
                .secretShapesSent, .suspicious, install: .malicious,
                "code knows the shapes of several providers' secrets and uses the network or programs"),
            RuleDetail(.secretShapes, .info, "code knows the shapes of several providers' secrets"),
        ]),
    Rule(
        "CRED-WALLET", "Changes where payments go",
        rationale: """
            Code that replaces what pages use to talk to wallets or servers and holds addresses of several currencies \
            swaps the addresses of payments: no honest code needs a table of addresses of its own there. Addresses \
            beside the clipboard, or a few of them beside such a hook, are suspicious.
            """,
        [
            RuleDetail(.paymentHook, .malicious, "code replaces a page's requests and holds many payment addresses"),
            RuleDetail(
                .paymentAsked, .suspicious, call: .info,
                "code asks wallets for a payment to an address of its own"),
            RuleDetail(
                .paymentAddresses, .suspicious, "code holds payment addresses beside the clipboard or replaced requests"
            ),
        ]),
    Rule(
        "CRED-PAGE", "Takes what a page or browser knows",
        rationale: """
            Cookies are the sessions of a person, and forms hold what they type. Scripts that send a page's cookies or \
            stored data, or what is typed into any of its forms, to an address of their own are what is put into \
            shops to steal; tools of measurement do it when they are set up by a call, which is noted. A Python module \
            that takes the cookies of the machine's browsers and uses the network as soon as it is imported is a thief.
            """,
        [
            RuleDetail(
                .browserCookiesTaken, .malicious, call: .info,
                "code takes the cookies of browsers and uses the network"),
            RuleDetail(
                .pageSecretsSent, .suspicious, call: .info,
                "code sends a page's cookies or stored data to an address of its own"),
            RuleDetail(
                .formsSent, .suspicious, call: .info,
                "code sends what is typed into a page's forms to an address of its own"),
        ]),
    Rule(
        "CRED-MEM", "Reads the memory of other programs",
        rationale: """
            The memory of a build runner or of Windows' security service holds every secret of the machine; no package \
            has an honest use for it. Debuggers and profilers read the memory of processes, so that alone is noted.
            """,
        [
            RuleDetail(.runnerMemory, .malicious, tests: .suspicious, "code reads the memory of a build runner"),
            RuleDetail(
                .securityServiceMemory, .suspicious, install: .malicious,
                "code names the memory of Windows' security service"),
            RuleDetail(
                .namesRunnerProcess, .suspicious, install: .malicious, "code looks for the process of a build runner"),
            RuleDetail(.processMemoryFile, .info, install: .suspicious, "code names the memory file of processes"),
        ]),
]

extension Observation {
    // CRED-FILE
    static let credentialCollection = Observation("credential-collection")
    static let severalCredentials = Observation("several-credentials")
    static let browserSecrets = Observation("browser-secrets")
    static let storedSecretsSent = Observation("stored-secrets-sent")
    static let chatTokens = Observation("chat-tokens")
    static let walletFiles = Observation("wallet-files")
    static let credentialRead = Observation("credential-read")
    static let credentialPath = Observation("credential-path")
    static let browserPasswordFile = Observation("browser-password-file")
    static let walletPath = Observation("wallet-path")

    // CRED-SCAN
    static let runsSecretScanner = Observation("runs-secret-scanner")
    static let secretShapesSent = Observation("secret-shapes-sent")
    static let secretShapes = Observation("secret-shapes")

    // CRED-WALLET
    static let paymentHook = Observation("payment-hook")
    static let paymentAsked = Observation("payment-asked")
    static let paymentAddresses = Observation("payment-addresses")

    // CRED-PAGE
    static let browserCookiesTaken = Observation("browser-cookies-taken")
    static let pageSecretsSent = Observation("page-secrets-sent")
    static let formsSent = Observation("forms-sent")

    // CRED-MEM
    static let runnerMemory = Observation("runner-memory")
    static let securityServiceMemory = Observation("security-service-memory")
    static let namesRunnerProcess = Observation("names-runner-process")
    static let processMemoryFile = Observation("process-memory-file")
}
