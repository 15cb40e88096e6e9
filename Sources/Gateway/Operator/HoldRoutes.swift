import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// What is refused now, one held artifact, and what an operator needs to rule on it.
struct HoldRoutes: Sendable {
    let lookup: ArtifactLookup
    let refusals: RefusalRegister
    let gate: ArtifactGate
    let differences: DifferenceShelf

    /// How long `resolve` waits for missing verdicts.
    private static let analysisPatience = Duration.seconds(120)
    private static let listLimit = 1000
    /// For so many of them the log's entries are read.
    private static let explainedLimit = 200

    /// Refusals that clients ran into and that would be refused again now, newest first.
    func list() async -> ServerResponse {
        let rows = refusals.list().prefix(Self.listLimit)
        var holds: [JSONValue] = []
        for row in rows {
            let subject = row.subject
            let key = ArtifactKey(source: subject.registry, name: subject.purl.name, filename: subject.filename)
            // The canary is refused by design; it is nothing to rule on.
            guard let version = subject.purl.version, !Canary.isCanary(subject.purl.name) else { continue }
            let found: ArtifactLookup.Found
            do { found = try await lookup.find(ReferenceIndex.Target(key: key, version: version)) } catch {
                // What cannot be judged now stays listed with what was last decided: hiding it would look like a release.
                holds.append(Self.row(row, code: row.code, why: error.sentence, until: nil))
                continue
            }
            let judgement = found.judgement
            guard !judgement.decision.isServed else { continue }
            let refusal = Self.refusal(judgement)
            holds.append(
                Self.row(
                    row, code: refusal.code, why: Self.cause(judgement),
                    until: judgement.decision.until?.rfc3339,
                    findings: holds.count < Self.explainedLimit
                        ? DecisiveFindings(log: lookup.log).findings(of: judgement) : []))
        }
        return PlainAnswers.json(["holds": .array(holds)])
    }

    private static func row(
        _ row: RefusalRecord, code: RefusalCode, why: String, until: String?, findings: [Finding] = []
    ) -> JSONValue {
        [
            "id": .string(row.reference.text), "purl": .string(row.subject.purl.text),
            "registry": .string(row.subject.registry.text), "filename": .string(row.subject.filename),
            "code": .string(code.rawValue), "decision": .string(code.outcome.rawValue), "why": .string(why),
            "until": until.map { .string($0) } ?? .null, "firstSeen": .string(row.firstHitAt.rfc3339),
            "lastSeen": .string(row.lastHitAt.rfc3339), "waiting": .integer(Int64(row.waitingClients)),
            "ci": .integer(Int64(row.waitingCIClients)),
            "finding": findings.first.map(DecisionDescription.finding) ?? .null,
            "findings": .integer(Int64(findings.count)),
        ]
    }

    /// The cause in a few words: rule and advisory names rather than a sentence.
    private static func cause(_ judgement: Judgement) -> String {
        var words: [String] = []
        for verdict in judgement.input.statements where judgement.decision.standsOn.contains(verdict.statement) {
            let origin = [verdict.source.origin].compactMap { $0.map { "\($0):" } }
            // What two analyzers of ours found is one cause.
            words += origin + verdict.rules.filter { !origin.isEmpty || !words.contains($0) }
        }
        if judgement.decision.rule == .advisory { words += judgement.input.advisories.map(\.id) }
        return words.isEmpty ? refusal(judgement).code.sentence : words.prefix(6).joined(separator: " ")
    }

    /// The refusal's sentence without the link, which would be this very answer.
    private static func sentence(of judgement: Judgement) -> String {
        var text = refusal(judgement).sentence[...]
        while text.hasSuffix(" ") { text = text.dropLast() }
        return String(text)
    }

    private static func refusal(_ judgement: Judgement) -> Refusal {
        Refusal(
            decision: judgement.decision, of: judgement.input, integrity: judgement.integrityText, alternatives: [],
            whyURL: "", requestID: "")
    }

    /// The decision now, with everything that it stands on.
    func show(_ text: String, registry: String?) async -> ServerResponse {
        do {
            let found = try await lookup.find(text, registry: registry)
            // Of several files of one version: the refused one is asked about, then the one that was served; a file
            // that nobody ever fetched says least.
            let judged = found.map { (found: $0, judgement: $0.judgement) }
            let refused = judged.first { !$0.judgement.decision.isServed && !$0.judgement.isAwaitingAnalysis }
            guard let shown = (refused ?? judged.first { $0.judgement.decision.isServed } ?? judged.first)?.found else {
                return PlainAnswers.failure(404, "nothing was found for \(Logger.printable(text))")
            }
            return PlainAnswers.json(try await description(of: shown))
        } catch {
            return PlainAnswers.failure(error.status, error.sentence)
        }
    }

    /// - Throws: when the log cannot be read: damage must not look like statements without findings.
    func description(of found: ArtifactLookup.Found) async throws(ArtifactLookup.Failure) -> JSONValue {
        let judgement = found.judgement
        let isRefused = !judgement.decision.isServed
        let alternatives = isRefused ? found.view.alternatives(to: found.artifact) : []
        let digests = judgement.sha512.flatMap { lookup.store.digests(of: $0) }
        let logged = try logged(judgement)
        var compared: [StatementID: ComparedDifference] = [:]
        for (statement, verdict) in logged where verdict.analyzer.id == .diff {
            compared[statement] = await differences.difference(of: statement)
        }
        return DecisionDescription(
            purl: judgement.purl, registry: found.key.source, decision: judgement.decision, input: judgement.input,
            sentence: isRefused ? Self.sentence(of: judgement) : "", alternatives: alternatives,
            sha512: judgement.sha512?.hex, sha256: digests?.sha256.hex, logged: logged,
            chains: try chains(logged), differences: compared, opinions: judgement.opinions
        ).json
    }

    private func logged(
        _ judgement: Judgement
    ) throws(ArtifactLookup.Failure) -> [StatementID: VerdictStatement] {
        var found: [StatementID: VerdictStatement] = [:]
        for standing in judgement.input.statements where standing.source == .own {
            let entry: LogEntry?
            do { entry = try lookup.log.entry(at: standing.logIndex) } catch {
                throw ArtifactLookup.Failure(status: 500, sentence: "\(error)")
            }
            if case .verdict(let verdict) = entry?.logged.statement { found[standing.statement] = verdict }
        }
        return found
    }

    private func chains(
        _ logged: [StatementID: VerdictStatement]
    ) throws(ArtifactLookup.Failure) -> [StatementID: ChainDescription] {
        do throws(LogError) {
            var chains: [StatementID: ChainDescription] = [:]
            for (statement, verdict) in logged {
                chains[statement] = try ChainDescription(of: verdict, in: lookup.log)
            }
            return chains
        } catch {
            throw ArtifactLookup.Failure(status: 500, sentence: "\(error)")
        }
    }

    /// Makes sure that the bytes are here and analysed, so that a ruling is in view of everything that can be known.
    func resolve(_ text: String, body: JSONValue) async -> ServerResponse {
        do {
            let candidates = try await lookup.find(text, registry: body["registry"]?.stringValue)
            guard candidates.count == 1, let found = candidates.first else {
                let ids = candidates.map { "\($0.reference) (\($0.artifact.filename))" }.joined(separator: ", ")
                return PlainAnswers.failure(
                    409, "\(text) has \(candidates.count) files; rule on one of them by its id: \(ids)")
            }
            let (judgement, bytes) = try await analysed(found)
            let signer = body["operator"]?.stringValue.flatMap { try? KeyID(hex: $0) }
            let last = signer.map { lookup.knowledge.lastSequence(of: $0, about: bytes.sha512) } ?? 0
            return PlainAnswers.json([
                "ref": .string(found.reference.text), "purl": .string(judgement.purl.text),
                "registry": .string(found.key.source.text),
                "code": judgement.decision.code.map { .string($0.rawValue) } ?? .null,
                "subject": [
                    "purl": .string(judgement.purl.text), "sha512": .string(bytes.sha512.hex),
                    "sha256": .string(bytes.sha256.hex),
                ],
                "statements": .array(
                    judgement.input.statements.map {
                        [
                            "statement": .string($0.statement.hex), "analyzer": .string($0.analyzer.text),
                            "verdict": .string($0.verdict.rawValue),
                            "origin": $0.source.origin.map { .string($0) } ?? .null,
                        ]
                    }),
                // A ruling replaces the one that stands: otherwise an allow could never lift an earlier deny.
                "supersedes": judgement.input.dispositions.last.map { .string($0.statement.hex) } ?? .null,
                "nextSequence": .integer(Int64(clamping: last + 1)),
            ])
        } catch {
            return PlainAnswers.failure(error.status, error.sentence)
        }
    }

    /// The bytes, and the decision once every wanted verdict is there or unavailable, or `analysisPatience` is over.
    private func analysed(
        _ found: ArtifactLookup.Found
    ) async throws(ArtifactLookup.Failure) -> (Judgement, ComputedDigests) {
        do throws(ArtifactGate.ResolutionError) {
            return try await gate.resolve(found.artifact, of: found.view, patience: Self.analysisPatience)
        } catch {
            switch error {
            case .fetch(let cause):
                throw ArtifactLookup.Failure(
                    status: 502, sentence: "the artifact cannot be fetched, so there are no bytes to rule on: \(cause)")
            case .analysis(let cause):
                throw ArtifactLookup.Failure(status: 503, sentence: "the analysis cannot be asked for: \(cause)")
            }
        }
    }
}
