import Cryptography
import HTTP
import Platform
import Registry
import Screening
import VerdictStore

/// Answers with artifacts: whole, in part, or not at all.
final class ArtifactRoute: Sendable {
    private let admission: Admission
    private let gate: ArtifactGate
    private let bodies: SmallArtifacts
    private let refusals: RefusalResponder
    private let records: any RecordKeeping
    private let clock: any WallClock
    private let logger: Logger

    init(
        admission: Admission, gate: ArtifactGate, store: ArtifactStore, refusals: RefusalResponder,
        records: any RecordKeeping, clock: any WallClock, logger: Logger
    ) {
        self.admission = admission
        self.gate = gate
        bodies = SmallArtifacts(store: store)
        self.refusals = refusals
        self.records = records
        self.clock = clock
        self.logger = logger
    }

    func respond(
        _ name: PackageName, _ filename: String, _ addressDigest: SHA256Digest?, at source: RegistryDefinition,
        _ context: RequestContext
    ) async -> ServerResponse {
        // The hot path: everything is in memory, and nothing is awaited.
        if let view = admission.readyView(of: name, at: source),
            let artifact = view.listing.artifact(named: filename),
            addressDigest == nil || artifact.integrity.sha256 == addressDigest, artifact.kind.isServable,
            !admission.wantsLiveAnswer(artifact, in: view), let outcome = gate.readyOutcome(for: artifact, of: view)
        {
            return await answer(outcome, view, context)
        }
        do throws(SourceError) {
            let found = try await admission.find(of: name, at: source) { $0.listing.artifact(named: filename) }
            guard let (listed, artifact) = found else {
                return PlainAnswers.failure(404, "\(name) has no file \(filename)")
            }
            let view = await admission.consulted(artifact, in: listed)
            if let refused = refusalOfAddress(artifact, addressDigest, view, context) { return refused }
            let outcome = await gate.outcome(for: artifact, of: view, patience: context.profile.patience)
            return await answer(outcome, view, context)
        } catch {
            return PlainAnswers.sourceFailure(error, asking: filename)
        }
    }

    /// What is wrong with the address itself. A refused file is refused under every digest, so that a changed claim never
    /// turns a 403 into a 404.
    private func refusalOfAddress(
        _ artifact: ListedArtifact, _ addressDigest: SHA256Digest?, _ view: PackageView, _ context: RequestContext
    ) -> ServerResponse? {
        if let addressDigest, artifact.integrity.sha256 != addressDigest {
            let judgement = view.judge(artifact)
            if !judgement.isListed { return refusals.refuse(judgement, of: view, context) }
            return PlainAnswers.failure(404, "\(artifact.filename) is listed with another digest than in this address")
        }
        guard artifact.kind.isServable else {
            return PlainAnswers.failure(
                403, "Blocked by jurat: \(artifact.filename) is of a kind that is never served; use a wheel or sdist")
        }
        return nil
    }

    /// - Parameter isRepeated: whether the bytes were fetched anew just now, because the copy in the store was gone or
    ///   was not what it had been.
    private func answer(
        _ outcome: ArtifactOutcome, _ view: PackageView, _ context: RequestContext, isRepeated: Bool = false
    ) async -> ServerResponse {
        switch outcome {
        case .refuse(let judgement): return refusals.refuse(judgement, of: view, context)
        case .pending(let judgement, let since): return refusals.pending(judgement, since: since, of: view, context)
        case .failed(let error): return PlainAnswers.sourceFailure(error, asking: view.name.canonical)
        case .serve(let judgement, let digests):
            do throws(ArtifactError) {
                guard let body = try bodies.body(of: digests.sha512) else {
                    if !isRepeated {
                        let again = await gate.outcome(
                            for: judgement.artifact, of: view, patience: context.profile.patience)
                        return await answer(again, view, context, isRepeated: true)
                    }
                    // Pruned once more between the decision and now.
                    return PlainAnswers.failure(
                        429, "\(judgement.artifact.filename) is being fetched again; retry",
                        headers: ["Retry-After": "1"])
                }
                let client = context.client()
                record(judgement, digests, view, client)
                var response = Self.response(body, judgement, context.head.headers)
                response.headers.append("X-Request-Id", client.requestID)
                return response
            } catch {
                return PlainAnswers.sourceFailure(.storage(error, logger), asking: judgement.artifact.filename)
            }
        }
    }

    private func record(
        _ judgement: Judgement, _ digests: ComputedDigests, _ view: PackageView, _ client: ClientFacts
    ) {
        let key = ArtifactKey(source: view.source.name, name: view.name, filename: judgement.artifact.filename)
        records.served(
            AnsweredRequest(client: client, key: key, judgement: judgement, moment: clock.now()), digests)
    }

    /// The file, or the part of it that was asked for, or 304.
    static func response(
        _ artifact: ArtifactBody, _ judgement: Judgement, _ headers: HeaderFields
    ) -> ServerResponse {
        let tag = artifact.tag
        // Always private: a shared cache in front of us would go on serving what was refused since.
        var fields: HeaderFields = [
            "ETag": tag, "Cache-Control": "private, max-age=31536000, immutable", "Accept-Ranges": "bytes",
            "X-Jurat-Decision": judgement.decision.outcome.rawValue,
        ]
        if let code = judgement.decision.wouldRefuse { fields.append("X-Jurat-Would-Refuse", code.rawValue) }
        if EntityTag.isNoneMatch(headers, tag) { return ServerResponse(status: 304, headers: fields) }
        fields.append("Content-Type", "application/octet-stream")
        let size = artifact.sizeBytes
        switch ByteRange(headers, size: size, tag: tag) {
        case .whole:
            return ServerResponse(status: 200, headers: fields, body: artifact.part(offset: 0, count: size))
        case .part(let offset, let count):
            fields.append("Content-Range", "bytes \(offset)-\(offset + count - 1)/\(size)")
            return ServerResponse(status: 206, headers: fields, body: artifact.part(offset: offset, count: count))
        case .unsatisfiable:
            return PlainAnswers.failure(
                416, "the file has \(size) bytes", headers: ["Content-Range": "bytes */\(size)"])
        }
    }
}
