import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// `/-/why?purl=…` and `/-/why?integrity=…`: the decisions on a package or on bytes, as JSON, or as a page for browsers.
///
/// Spec: wire.md §7. Like the page behind a reference it needs no login and names nothing of the installation.
struct PackageWhyRoute: SystemRouteExtension {
    let admission: Admission
    let settings: Settings
    let knowledge: KnowledgeIndex
    let log: LogReader

    private static let maxVersions = 500

    func respond(to request: ServerRequest, segments: [String], origin: RequestOrigin) async -> ServerResponse? {
        guard segments == ["why"] else { return nil }
        guard request.head.method == .get || request.head.method == .head else {
            return PlainAnswers.wrongMethod("This address can only be read", allowed: "GET, HEAD")
        }
        let query = QueryFields(request.head.query)
        guard let purl = purl(query) else {
            if let text = query["integrity"], (try? ClaimedIntegrity(sri: text))?.sha512 != nil {
                return PlainAnswers.failure(404, "nothing is known of these bytes here")
            }
            return PlainAnswers.failure(400, "name a package: ?purl=pkg:npm/name@1.0.0 or ?integrity=sha512-…")
        }
        guard let source = source(of: purl.name) else {
            return PlainAnswers.failure(404, "\(purl.name) is not served here")
        }
        let view: PackageView
        do { view = try await admission.view(of: purl.name, at: source) } catch {
            return PlainAnswers.sourceFailure(error, asking: purl.name.canonical)
        }
        let judgements = view.judgeAll().filter { purl.version == nil || $0.artifact.version == purl.version }
        guard purl.version == nil || !judgements.isEmpty else {
            return PlainAnswers.failure(404, "\(purl.text) is not listed at its source")
        }
        let wantsPage = request.head.headers["Accept"]?.contains("text/html") ?? false
        return wantsPage ? page(purl, judgements, view, origin) : document(purl, judgements, view, origin)
    }

    /// The package asked about: by name, or by bytes under the name that an analyzer judged them as.
    private func purl(_ query: QueryFields) -> PackageURL? {
        if let text = query["purl"] { return try? PackageURL(parsing: text) }
        guard let text = query["integrity"], let sha512 = try? ClaimedIntegrity(sri: text).sha512 else { return nil }
        for verdict in knowledge.about(sha512).verdicts {
            if case .coordinates(let purls) = verdict.appliesTo, let first = purls.first { return first }
        }
        return nil
    }

    private func source(of name: PackageName) -> RegistryDefinition? {
        guard let registry = settings.current.topology.defaultRegistry(for: name.ecosystem) else { return nil }
        switch admission.lookUp(name, at: registry) {
        case .source(let source), .canary(let source): return source
        case .reserved, .notDeclared: return nil
        }
    }

    private func whyURL(_ judgement: Judgement, _ view: PackageView, _ origin: RequestOrigin) -> String {
        let key = ArtifactKey(source: view.source.name, name: view.name, filename: judgement.artifact.filename)
        return RefusalWriter(publicBase: origin.publicBase, requestID: "").whyURL(key, judgement.artifact.version)
    }

    private func document(
        _ purl: PackageURL, _ judgements: [Judgement], _ view: PackageView, _ origin: RequestOrigin
    ) -> ServerResponse {
        let shown = judgements.suffix(Self.maxVersions)
        let artifacts = shown.map { judgement -> JSONValue in
            [
                "purl": .string(judgement.purl.text), "file": .string(judgement.artifact.filename),
                "integrity": judgement.integrityText.map { .string($0) } ?? .null,
                "decision": .string(judgement.decision.outcome.rawValue),
                "code": judgement.decision.code.map { .string($0.rawValue) } ?? .null,
                "until": judgement.decision.until.map { .string($0.rfc3339) } ?? .null,
                "verdicts": .array(
                    judgement.input.statements.filter { $0.source == .own }.map {
                        verdict($0, origin, showsBasis: purl.version != nil)
                    }),
                "foreign": .array(judgement.opinions.map(\.publicJSON)),
                "dispositions": .array(judgement.input.dispositions.map { disposition($0, origin) }),
                "advisories": .array(judgement.input.advisories.map { .string($0.id) }),
                "why": .string(whyURL(judgement, view, origin)),
            ]
        }
        return PlainAnswers.json([
            "purl": .string(purl.text), "policyRevision": .string("sha256:\(view.policy.revision.hex)"),
            "artifacts": .array(artifacts), "omitted": .integer(Int64(judgements.count - shown.count)),
        ])
    }

    /// - Parameter showsBasis: reads the log, so for one version at a time.
    private func verdict(_ standing: StandingVerdict, _ origin: RequestOrigin, showsBasis: Bool) -> JSONValue {
        var record: JSONObject = [
            "analyzer": .string(standing.analyzer.text), "verdict": .string(standing.verdict.rawValue),
            "statement": .string(standing.statement.hex), "logIndex": .integer(Int64(clamping: standing.logIndex)),
            "proof": proofURL(standing.logIndex, origin),
        ]
        if showsBasis, let basis = basis(of: standing) { record.append("basis", basis) }
        return .object(record)
    }

    /// What a verdict about a difference stands on; nil for others, and when the log cannot be read.
    private func basis(of standing: StandingVerdict) -> JSONValue? {
        guard standing.analyzer == .diff, let entry = try? log.entry(at: standing.logIndex),
            case .verdict(let verdict) = entry.logged.statement
        else { return nil }
        return (try? ChainDescription(of: verdict, in: log))?.json
    }

    /// What a person ruled; who it was and why is not for everybody.
    private func disposition(_ standing: StandingDisposition, _ origin: RequestOrigin) -> JSONValue {
        [
            "decision": .string(standing.decision.rawValue), "statement": .string(standing.statement.hex),
            "logIndex": .integer(Int64(clamping: standing.logIndex)), "proof": proofURL(standing.logIndex, origin),
        ]
    }

    private func proofURL(_ logIndex: UInt64, _ origin: RequestOrigin) -> JSONValue {
        .string("\(origin.publicBase)/-/log/proof?index=\(logIndex)")
    }

    private func page(
        _ purl: PackageURL, _ judgements: [Judgement], _ view: PackageView, _ origin: RequestOrigin
    ) -> ServerResponse {
        let refused = judgements.filter { !$0.isListed }.suffix(Self.maxVersions).map { judgement in
            WhyPage.RefusedVersion(
                versionText: judgement.artifact.versionText, sentence: judgement.decision.code?.sentence ?? "",
                until: judgement.decision.until?.rfc3339, link: whyURL(judgement, view, origin))
        }
        let available = judgements.count { $0.isListed }
        return WhyPage.response(WhyPage.package(purl.text, refused: refused, available: available))
    }
}
