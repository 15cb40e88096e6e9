import Registry
import Screening

/// Rules about hosts and addresses that code names.
let indicatorNetworkRules: [Rule] = [
    Rule(
        "NET-EXFIL-HOST", "Names a host that takes data from anyone",
        rationale: """
            Chat webhooks, request collectors, tunnels, paste and upload services let data leave, and programs come in, \
            without an address of one's own. Client libraries name these services too, but a webhook with its secret, \
            a collector or tunnel with its own label, or a paste with its identifier belongs to somebody: published \
            code has no use for one, so it is suspicious, and malicious in what runs at installation. The bare name \
            of a service is only noted, and so is asking for one's own address; together with credentials or facts \
            about the machine they count.
            """,
        [
            RuleDetail(
                .webhookWithSecret, .suspicious, install: .malicious, "code holds a chat webhook or bot with its secret"
            ),
            RuleDetail(
                .collectorHost, .suspicious, install: .malicious,
                "code names an endpoint that records what is sent to it"),
            RuleDetail(
                .tunnelHost, .suspicious, install: .malicious,
                "code names a host behind a public tunnel or dynamic name"),
            RuleDetail(.pasteText, .suspicious, install: .malicious, "code names a text on a public paste service"),
            RuleDetail(
                .uploadHost, .suspicious, install: .malicious, "code uses a service that takes files from anyone"),
            RuleDetail(.namesWebhookService, .info, "code names a chat service's address for webhooks or bots"),
            RuleDetail(.namesAnonymousHost, .info, "code mentions a collector, tunnel, paste or upload service"),
            RuleDetail(.asksOwnAddress, .info, "code asks a service for the machine's own address"),
        ]),
    Rule(
        "NET-IP", "Names a bare Internet address",
        rationale: """
            A service that people stand behind has a name. Local, private, documentation and example addresses and \
            the well-known resolvers are left out. A public address in a URL or a connection is suspicious, at \
            installation malicious. Addresses written as one number, in octal or hexadecimal, or inside IPv6 are \
            written so to be overlooked.
            """,
        [
            RuleDetail(.addressURL, .suspicious, install: .malicious, "code names a URL with a bare public address"),
            RuleDetail(
                .disguisedAddress, .suspicious, install: .malicious, "code names an address in a disguised form"),
            RuleDetail(
                .addressConnection, .suspicious, install: .malicious, "code connects to a bare public address"),
            RuleDetail(.namesAddress, .info, "a text mentions a URL with a bare public address"),
        ]),
    Rule(
        "NET-SHORT", "Names a shortened link",
        rationale: """
            A shortened link hides where it leads and can be changed later. Messages to people contain them, so the \
            fact is only noted.
            """,
        [RuleDetail(.shortLink, .info, install: .info, "code names a shortened link")]),
    Rule(
        "NET-METADATA", "Asks a cloud's metadata service",
        rationale: """
            The metadata service of a cloud hands out the credentials of the machine. The libraries of the clouds use \
            it, so it is noted; what runs at installation has no business there, and is malicious.
            """,
        [RuleDetail(.metadataAddress, .info, install: .malicious, "code names a cloud's metadata service")]),
    Rule(
        "NET-BRAND", "Names a host that looks like a well-known one",
        rationale: """
            Hosts that contain the name of a package registry or of a public file service and do not belong to it are \
            made to be overlooked. Mirrors are named so too, hence only a note; at installation it is suspicious.
            """,
        [RuleDetail(.imitatedHost, .info, install: .suspicious, "code names a host that imitates a well-known one")]),
    Rule(
        "DROP-RUNTIME", "Fetches another language's runtime", ecosystems: [.npm, .pypi],
        rationale: """
            Malicious installers fetch a second runtime to run what the first one's tools would show. Build tools and \
            version managers name such downloads honestly, so it counts only at installation.
            """,
        [
            RuleDetail(.runtimeSource, .info, install: .suspicious, "code names the download of another runtime"),
            RuleDetail(.fetchesRuntime, .info, install: .malicious, "a command downloads another runtime"),
        ]),
]

extension Observation {
    // NET-EXFIL-HOST
    static let webhookWithSecret = Observation("webhook-with-secret")
    static let collectorHost = Observation("collector-host")
    static let tunnelHost = Observation("tunnel-host")
    static let pasteText = Observation("paste-text")
    static let uploadHost = Observation("upload-host")
    static let namesWebhookService = Observation("names-webhook-service")
    static let namesAnonymousHost = Observation("names-anonymous-host")
    static let asksOwnAddress = Observation("asks-own-address")

    // NET-IP
    static let addressURL = Observation("address-url")
    static let disguisedAddress = Observation("disguised-address")
    static let addressConnection = Observation("address-connection")
    static let namesAddress = Observation("names-address")

    // NET-SHORT, NET-METADATA, NET-BRAND
    static let shortLink = Observation("short-link")
    static let metadataAddress = Observation("metadata-address")
    static let imitatedHost = Observation("imitated-host")

    // DROP-RUNTIME
    static let runtimeSource = Observation("runtime-source")
    static let fetchesRuntime = Observation("fetches-runtime")
}
