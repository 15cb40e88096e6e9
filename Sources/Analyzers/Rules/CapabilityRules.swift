import Screening

private func capability(_ id: String, _ title: String, _ rationale: String, _ code: String, _ sentence: String) -> Rule
{
    Rule(id, title, rationale: rationale, [RuleDetail(Observation(code), .info, sentence)])
}

private let ordinary = """
    A fact, not a fault: most packages do something of the kind. It is written down because other findings are judged \
    by what stands beside them, and because a version that suddenly can do more is worth a look.
    """

/// Facts about what code can do: one finding each, at the first place, with the number of places.
let capabilityRules: [Rule] = [
    capability("CAP-NET", "Uses the network", ordinary, "can-network", "the code uses the network"),
    capability("CAP-PROC", "Starts programs", ordinary, "can-process", "the code starts other programs"),
    capability("CAP-FS-R", "Reads files", ordinary, "can-file-read", "the code reads files"),
    capability("CAP-FS-W", "Writes files", ordinary, "can-file-write", "the code writes files"),
    capability("CAP-FS-DEL", "Deletes files", ordinary, "can-file-delete", "the code deletes files"),
    capability("CAP-ENV", "Reads the environment", ordinary, "can-environment", "the code reads environment variables"),
    capability(
        "CAP-ENV-SECRET", "Reads secrets from the environment",
        """
        A variable whose name says token, secret, password or key is read. Clients of services do that honestly; \
        whether what is read leaves the machine is for other rules.
        """, "can-environment-secret", "the code reads environment variables that are named like secrets"),
    Rule(
        "CAP-ENV-ALL", "Takes the whole environment",
        rationale: """
            The environment of a build holds tokens. Passing a copy of it to a child process is ordinary. Turning all \
            of it into text is done by crash reporters and by thieves, and waits for a person where it happens \
            without being asked for. Giving it to the network is malicious at installation, and suspicious otherwise.
            """,
        [
            RuleDetail(Observation("can-environment-all"), .info, "the code takes the whole environment"),
            RuleDetail(
                .environmentSerialised, .info, install: .suspicious, "the code turns the whole environment into text"),
            RuleDetail(
                .environmentSent, .suspicious, install: .malicious,
                "the code gives the whole environment to the network"),
            RuleDetail(
                .wholeEnvironmentSent, .malicious, call: .suspicious, install: .malicious,
                "the code turns the whole environment into text and sends it to a host of its own"),
        ]),
    capability(
        "CAP-EVAL", "Runs text as code",
        """
        eval, exec, Function, vm and compile are how templates and tools work. Where the text comes from is what \
        matters: see OBF-DECODE-EXEC and DROP-FETCH-RUN.
        """, "can-evaluation", "the code runs text as code"),
    capability(
        "CAP-DYNLOAD", "Loads modules by computed names",
        """
        A module whose name is computed cannot be followed, so what the package reaches is not all that is known of \
        it. Plugins need that.
        """, "can-dynamic-load", "the code loads modules whose names it computes"),
    capability(
        "CAP-FFI", "Calls native code by name", ordinary, "can-foreign-code", "the code calls native code by name"),
    capability("CAP-CRYPTO", "Uses cryptography", ordinary, "can-crypto", "the code uses cryptography"),
    capability("CAP-CLIP", "Uses the clipboard", ordinary, "can-clipboard", "the code uses the clipboard"),
    capability("CAP-SCREEN", "Reads the screen", ordinary, "can-screen", "the code reads the screen"),
    capability("CAP-KEYS", "Listens to the keyboard", ordinary, "can-keyboard", "the code listens to the keyboard"),
    Rule(
        "CAP-SYSINFO", "Gathers facts about the machine",
        rationale: """
            Three or more of host name, user name, platform and network interfaces in one file are what crash reports \
            have, and what an attacker asks first; that is only noted. Names of host or user that go into a request \
            are how a stolen machine reports in: held where that happens by itself, malicious at installation.
            """,
        [
            RuleDetail(
                Observation("can-system-facts"), .info, "the code gathers facts about the machine and its user"),
            RuleDetail(
                .hostFactsSent, .suspicious, call: .info, install: .malicious,
                "the code sends the name of the host or user over the network"),
        ]),
]

extension Observation {
    static let hostFactsSent = Observation("host-facts-sent")

    // CAP-ENV-ALL; those of the capabilities themselves are made of their words.
    static let environmentSerialised = Observation("environment-serialised")
    static let wholeEnvironmentSent = Observation("whole-environment-sent")
    static let environmentSent = Observation("environment-sent")
}
