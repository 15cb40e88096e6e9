import HTTP
import Platform
import Registry
import Screening
import VerdictStore

/// `/-/why/<reference>`: the page behind the link in every refusal, and the address that speaks for one client.
final class WhyRoute: Sendable {
    private let admission: Admission
    private let records: any RecordKeeping
    private let refusals: RefusalResponder
    private let settings: Settings
    private let adapters: [any EcosystemAdapter]
    private let desk: AnalysisDesk
    private let findings: DecisiveFindings
    private let log: LogReader
    private let differences: DifferenceShelf
    private let logger: Logger

    init(
        admission: Admission, records: any RecordKeeping, refusals: RefusalResponder, settings: Settings,
        adapters: [any EcosystemAdapter], desk: AnalysisDesk, log: LogReader, differences: DifferenceShelf,
        logger: Logger
    ) {
        self.log = log
        self.differences = differences
        self.desk = desk
        findings = DecisiveFindings(log: log)
        self.logger = logger
        self.adapters = adapters
        self.admission = admission
        self.records = records
        self.refusals = refusals
        self.settings = settings
    }

    /// The page as it stands now: what was refused when the link was made may be allowed since.
    func page(_ reference: String) async -> ServerResponse {
        guard let target = await records.refusalTarget(of: reference) else {
            return WhyPage.response(WhyPage.unknown, status: 404)
        }
        switch await look(at: target) {
        case .success(let found):
            // Of advisories the page has the ids; what files contain needs a place and a sentence.
            let sentence = settings.current.configuration.findingSentence
            let findings = places(of: found.judgement, sentence)
            let comparison = await differences.comparison(of: found.judgement, in: log, sentence: sentence)
            return WhyPage.response(
                WhyPage.page(
                    found.judgement, findings: findings, comparison: comparison, alternatives: found.alternatives))
        case .failure(let failure):
            return WhyPage.response(WhyPage.unavailable(failure.description), status: failure.status)
        }
    }

    /// What both analyzers of files found, gravest first; a review in full says again what the static analysis says.
    private func places(of judgement: Judgement, _ sentence: (Finding) -> String) -> [WhyPage.FoundPlace] {
        let own = findings.findings(of: judgement, by: .static_)
        let known = Set(own)
        let all = own + findings.findings(of: judgement, by: .diff).filter { !known.contains($0) }
        return all.enumerated().sorted { left, right in
            left.element.severity == right.element.severity
                ? left.offset < right.offset : left.element.severity > right.element.severity
        }.map { WhyPage.FoundPlace(sentence: sentence($0.element), path: $0.element.path, line: $0.element.line) }
    }

    /// `/-/refused/<reference>/<words>`: the refusal again, or the way back when it has ended.
    func spoken(_ reference: String, _ request: ServerRequest, _ origin: RequestOrigin) async -> ServerResponse {
        guard let target = await records.refusalTarget(of: reference),
            let source = settings.current.topology.definition(named: target.key.source)
        else { return PlainAnswers.failure(404, "no such refusal is known here") }
        let base = "\(origin.publicBase)/~\(source.name)"
        switch await look(at: target) {
        case .failure(let failure): return PlainAnswers.sourceFailure(failure, asking: target.key.name.canonical)
        case .success(let found):
            guard found.judgement.isListed else {
                let context = RequestContext(request: request, origin: origin, registry: source, registryBase: base)
                return refusals.refuse(found.judgement, of: found.view, context)
            }
            let adapter = adapters.first { $0.ecosystem == source.ecosystem }
            let path = adapter?.path(of: found.judgement.artifact, in: target.key.name) ?? ""
            return PlainAnswers.redirect(to: "\(base)/\(path)", isPermanent: false)
        }
    }

    private struct Found {
        let view: PackageView
        let judgement: Judgement
        let alternatives: [String]
    }

    private func look(at target: ReferenceIndex.Target) async -> Result<Found, SourceError> {
        guard let source = settings.current.topology.definition(named: target.key.source) else {
            return .failure(.notFound)
        }
        do throws(SourceError) {
            let view = try await admission.view(of: target.key.name, at: source)
            guard let artifact = view.listing.artifact(named: target.key.filename) else { return .failure(.notFound) }
            let judgement: Judgement
            do throws(JobQueueError) { judgement = try await desk.judgement(of: artifact, in: view) } catch {
                throw SourceError.storage("\(error)", logger)
            }
            let alternatives = judgement.isListed ? [] : view.alternatives(to: artifact)
            return .success(Found(view: view, judgement: judgement, alternatives: alternatives))
        } catch {
            return .failure(error)
        }
    }
}
