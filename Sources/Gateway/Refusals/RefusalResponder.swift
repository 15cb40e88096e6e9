import HTTP
import JSON
import Platform
import Registry
import Screening

/// Answers with refusals: the reason phrase, the problem body, the records, and for one client the address that speaks.
final class RefusalResponder: Sendable {
    private let records: any RecordKeeping
    private let references: ReferenceIndex
    private let clock: any WallClock

    init(records: any RecordKeeping, references: ReferenceIndex, clock: any WallClock) {
        self.records = records
        self.references = references
        self.clock = clock
    }

    /// The 403 for an artifact, its manifest or its metadata, recorded as an event.
    func refuse(_ judgement: Judgement, of view: PackageView, _ context: RequestContext) -> ServerResponse {
        let client = context.client()
        let key = ArtifactKey(source: view.source.name, name: view.name, filename: judgement.artifact.filename)
        references.add(ReferenceIndex.Target(key: key, version: judgement.artifact.version))
        let writer = RefusalWriter(publicBase: context.origin.publicBase, requestID: client.requestID)
        let refusal = writer.refusal(judgement, key: key, alternatives: view.alternatives(to: judgement.artifact))
        // Readiness asks for the canary all the time: nobody waits for it, and it would fill the records.
        if !Canary.isCanary(view.name) {
            records.refused(
                AnsweredRequest(client: client, key: key, judgement: judgement, moment: clock.now()), refusal)
        }
        if !context.head.path.contains(Self.spokenPrefix), let location = spokenLocation(refusal, context, client) {
            return PlainAnswers.redirect(to: location, isPermanent: false)
        }
        return Self.response(refusal)
    }

    /// An address that spells the reason, for clients that print nothing else of a refusal; it answers the same 403.
    private func spokenLocation(_ refusal: Refusal, _ context: RequestContext, _ client: ClientFacts) -> String? {
        let base = context.origin.publicBase
        let (reference, words) = Self.spoken(refusal)
        switch client.profile.kind {
        case .bun:
            // It prints the address that it ended at.
            return "\(base)\(Self.spokenPrefix)\(reference)/\(words)"
        case .yarnClassic where context.head.path.hasSuffix(".tgz"):
            // It prints the address that it asked for, except when it cannot follow a redirect: then the one that it
            // was sent to. Without "//" this one is an address for the URL standard, and none for this client.
            let scheme = base.hasPrefix("https:") ? "https:" : "http:"
            return "\(scheme)\(Self.spokenPrefix)\(reference)/\(refusal.code.status)-\(words)"
        case .yarnClassic, .pip, .poetry, .uv, .yarnBerry, .pnpm, .npm, .deno, .unknown: return nil
        }
    }

    /// The 403 for a name that belongs to another registry here.
    func refuseReserved(_ name: PackageName, policy: ScreeningPolicy, _ context: RequestContext) -> ServerResponse {
        let client = context.client()
        let refusal = Refusal(
            decision: .nameReserved(policyRevision: policy.revision), purl: PackageURL(name),
            registry: context.registry.name,
            whyURL: "\(context.origin.publicBase)/-/why?purl=\(PackageURL(name).text)", requestID: client.requestID)
        records.noted(AuditLines.reserved(refusal, client, at: clock.now()))
        return Self.response(refusal)
    }

    /// The 429 for a client whose patience ended first: a decision too, so it is in the audit log.
    func pending(
        _ judgement: Judgement, since: Timestamp, of view: PackageView, _ context: RequestContext
    ) -> ServerResponse {
        let key = ArtifactKey(source: view.source.name, name: view.name, filename: judgement.artifact.filename)
        let client = context.client()
        let request = AnsweredRequest(client: client, key: key, judgement: judgement, moment: clock.now())
        records.noted(AuditLines.decision(request, refusal: nil))
        let elapsed = max(0, since.distance(to: clock.now()).components.seconds)
        let notice = PendingNotice(
            purl: judgement.purl, missing: judgement.decision.missing, elapsedSeconds: elapsed)
        let headers: HeaderFields = [
            "Content-Type": "application/json", "Cache-Control": "no-store", "X-Jurat-Decision": "hold",
            "Retry-After": "\(PendingNotice.retryAfterSeconds)", "X-Request-Id": client.requestID,
        ]
        let body = JSONText.serialize(["error": .string(notice.reasonPhrase)])
        return ServerResponse(
            status: PendingNotice.status, reason: notice.reasonPhrase, headers: headers, body: .bytes(body))
    }

    static func response(_ refusal: Refusal) -> ServerResponse {
        ServerResponse(
            status: refusal.code.status, reason: refusal.reasonPhrase,
            headers: [
                "Content-Type": "application/problem+json", "Cache-Control": "no-store",
                "X-Jurat-Decision": refusal.code.outcome.rawValue, "X-Request-Id": refusal.requestID,
            ], body: .bytes(refusal.problemBody()))
    }

    // MARK: The address that speaks

    /// Below it: a reference, a slash, and the reason in words.
    static let spokenPrefix = "/-/refused/"

    /// The reference and `Held-by-jurat-demo@1.1.0-in-cooldown-until-…`, in characters that need no escapes.
    private static func spoken(_ refusal: Refusal) -> (reference: String, words: String) {
        let sentence = refusal.reasonPhrase.prefix { $0 != ";" }
        var words: [UInt8] = []
        for byte in sentence.utf8 {
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == UInt8(ascii: "@") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            if isPlain {
                words.append(byte)
            } else if words.last != UInt8(ascii: "-") {
                words.append(UInt8(ascii: "-"))
            }
        }
        let reference = refusal.whyURL.split(separator: "/").last.map(String.init) ?? ""
        return (reference, String(decoding: words, as: UTF8.self))
    }
}
