import Cryptography
import JSON
import Platform
import Screening
import TransparencyLog
import VerdictStore

/// One foreign log as operators see it: what is trusted, what is held, how following goes, what contradicts itself.
struct TrustReport: Sendable {
    let origin: String
    /// Nil for a log that is trusted no more and of which something is held.
    let trust: TrustedLog?
    let state: ForeignLogState?
    let follow: FollowStatus
    let evidence: [ForeignEvidence]
    let now: Timestamp

    /// What an operator should look at, the worst first.
    var problems: [String] {
        var problems: [String] = []
        if let split = evidence.last(where: { $0.kind == .splitView }) {
            problems.append(
                "\(origin) signed two histories (\(split.foundAt.rfc3339): \(split.explanation)); its clean verdicts satisfy "
                    + "nothing any more; ask its operators, and remove the trust or replace its keys")
        }
        if let problem = follow.problem ?? state?.problem, !problems.contains(where: { $0.contains(problem) }) {
            problems.append("\(origin): \(problem)")
        }
        guard let trust else { return problems }
        if let end = trust.expiresAt, !trust.isInForce(at: now) {
            problems.append("the trust in \(origin) ended at \(end.rfc3339); nothing of it counts")
        } else if trust.followURL != nil, let seen = state?.lastVerifiedAt,
            !trust.isFresh(verifiedAt: seen, at: now)
        {
            problems.append(
                "\(origin) was seen last at \(seen.rfc3339), longer ago than maxCheckpointAge; its clean verdicts satisfy "
                    + "nothing until it is seen again")
        }
        return problems
    }

    var json: JSONValue {
        var object: JSONObject = [
            "origin": .string(origin), "trusted": .bool(trust?.isInForce(at: now) ?? false),
            "configured": .bool(trust != nil), "followed": .bool(trust?.followURL != nil),
        ]
        if let trust { append(trust, to: &object) }
        object.append("size", .integer(Int64(clamping: state?.size ?? 0)))
        object.append("followedSize", .integer(Int64(clamping: state?.followedSize ?? 0)))
        object.append("root", state.map { .string($0.root.hex) } ?? .null)
        object.append("note", state?.note.map { .string(String(decoding: $0, as: UTF8.self)) } ?? .null)
        object.append("lastVerifiedAt", state?.lastVerifiedAt.map { .string($0.rfc3339) } ?? .null)
        object.append("statements", .integer(Int64(clamping: state?.statements ?? 0)))
        object.append("bytes", .integer(Int64(clamping: state?.bytes ?? 0)))
        object.append("problems", .array(problems.map { .string($0) }))
        object.append("follow", followJSON)
        object.append("evidence", .array(evidence.map(Self.json)))
        return .object(object)
    }

    private func append(_ trust: TrustedLog, to object: inout JSONObject) {
        object.append("keys", .array(trust.verifier.logKeys.map { .string($0.vkey) }))
        object.append("roots", .array(trust.roots.sorted().map { .string($0.hex) }))
        object.append("signers", .array(trust.signers.sorted().map { .string($0.hex) }))
        object.append("witnesses", .array(trust.verifier.witnesses.map { .string($0.vkey) }))
        object.append("quorum", .integer(Int64(trust.verifier.quorum)))
        object.append(
            "analyzers", trust.analyzers.map { .array($0.sorted().map { .string($0.text) }) } ?? .null)
        object.append("packages", .array(trust.packages.map { .string("\($0)") }))
        object.append(
            "weights",
            [
                "malicious": .string(trust.weights.malicious.rawValue),
                "suspicious": .string(trust.weights.suspicious.rawValue),
                "clean": .string(trust.weights.clean.rawValue),
            ])
        object.append("url", trust.followURL.map { .string($0) } ?? .null)
        object.append("expires", trust.expiresAt.map { .string($0.rfc3339) } ?? .null)
        object.append("maxCheckpointAgeSeconds", .integer(trust.maxCheckpointAge.components.seconds))
        object.append(
            "quota",
            [
                "statements": .integer(Int64(clamping: trust.quota.maxStatements)),
                "bytes": .integer(Int64(clamping: trust.quota.maxBytes)),
            ])
    }

    private var followJSON: JSONValue {
        [
            "rounds": .integer(Int64(clamping: follow.rounds)), "running": .bool(follow.isRunning),
            "taken": .integer(Int64(clamping: follow.taken)), "wanted": .integer(Int64(clamping: follow.wanted)),
            "failures": .integer(Int64(clamping: follow.failures)),
            "lastEndedAt": follow.lastEndedAt.map { .string($0.rfc3339) } ?? .null,
            "lastGoodAt": follow.lastGoodAt.map { .string($0.rfc3339) } ?? .null,
            "nextAt": follow.nextAt.map { .string($0.rfc3339) } ?? .null,
            "problem": follow.problem.map { .string($0) } ?? .null,
            "misbehaviour": .bool(follow.isMisbehaviour),
        ]
    }

    private static func json(_ evidence: ForeignEvidence) -> JSONValue {
        [
            "kind": .string(evidence.kind.rawValue), "foundAt": .string(evidence.foundAt.rfc3339),
            "explanation": .string(evidence.explanation),
            "seenNote": .string(String(decoding: evidence.seenNote, as: UTF8.self)),
            "offeredNote": .string(String(decoding: evidence.offeredNote, as: UTF8.self)),
        ]
    }
}

extension FollowingService {
    /// Every log that is trusted, in the order of the configuration, then those of which something is held.
    ///
    /// - Throws: `ExchangeFailure` when the store cannot be read.
    func reports() async throws(ExchangeFailure) -> [TrustReport] {
        let trust = settings.current.trust
        let states = try await store.states()
        let evidence = try await store.evidence()
        let origins = trust.logs.map(\.origin) + states.map(\.origin).filter { trust[$0] == nil }
        let now = clock.now()
        return origins.map { origin in
            TrustReport(
                origin: origin, trust: trust[origin], state: states.first { $0.origin == origin },
                follow: book.status(of: origin), evidence: evidence.filter { $0.origin == origin }, now: now)
        }
    }

    /// Whether the logs that are trusted are as they should be.
    func health() async -> HealthReport {
        guard !settings.current.trust.isEmpty else { return HealthReport(name: "trust", state: .ok) }
        do throws(ExchangeFailure) {
            let problems = try await reports().filter { $0.trust != nil }.flatMap(\.problems)
            guard !problems.isEmpty else { return HealthReport(name: "trust", state: .ok) }
            return HealthReport(name: "trust", state: .degraded, problem: problems.joined(separator: "; "))
        } catch {
            return HealthReport(name: "trust", state: .degraded, problem: "\(error)")
        }
    }
}
