import Advisories
import HTTP
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// Tells operators who fetched a package, some bytes or whatever an advisory affects, and whether it is refused now.
struct WhoRoute: Sendable {
    let access: AccessLog
    let records: any RecordKeeping
    let advisories: any AdvisorySource
    let admission: Admission
    let settings: Settings

    static let defaultLimit = 100
    static let maxLimit = 100_000
    /// Decisions are made from listings that are at most this old: what is asked about may be gone from its source.
    private static let tolerance = Duration.seconds(7 * 86_400)
    /// The most packages whose present decision is looked up: each may need its listing fetched.
    private static let maxPackages = 32

    func answer(_ query: QueryFields) async -> ServerResponse {
        let question: AccessQuestion
        let index = advisories.current().records
        do throws(RequestFault) {
            question = AccessQuestion(
                try Self.subject(query["what"], index), since: try Self.moment(query["since"], "since"),
                until: try Self.moment(query["until"], "until"), limit: try Self.limit(query["limit"]))
        } catch {
            return PlainAnswers.failure(error.status, error.sentence)
        }
        // Whoever was served a moment ago is told of too.
        await records.written()
        do throws(DatabaseError) {
            var answer = WhoAnswer(try await access.find(question), index: index)
            answer.present = await present(answer.fetched)
            return PlainAnswers.json(answer.json)
        } catch {
            return PlainAnswers.failure(500, "\(error)")
        }
    }

    /// The decisions of now; without those that nobody can make, such as of files that are not listed any more.
    private func present(_ fetched: [WhoAnswer.Fetched]) async -> [WhoAnswer.Fetched: WhoAnswer.Present] {
        struct Package: Hashable {
            let registry: RegistryName
            let name: PackageName
        }
        var present: [WhoAnswer.Fetched: WhoAnswer.Present] = [:]
        var views: [Package: PackageView?] = [:]
        for file in fetched {
            let package = Package(registry: file.registry, name: file.purl.name)
            if views[package] == nil {
                guard views.count < Self.maxPackages else { continue }
                views[package] = .some(await view(of: package.name, at: package.registry))
            }
            guard let view = views[package] ?? nil,
                let artifact = view.listing.artifact(named: file.filename),
                view.sha512(of: artifact) == file.sha512
            else { continue }
            let judgement = view.judge(artifact)
            // What only waits for an analysis is not refused: whoever asks now gets the answer to that.
            present[file] = WhoAnswer.Present(
                isRefused: !judgement.isListed, code: judgement.decision.code?.rawValue)
        }
        return present
    }

    private func view(of name: PackageName, at registry: RegistryName) async -> PackageView? {
        guard let source = settings.current.topology.definition(named: registry) else { return nil }
        return try? await admission.view(of: name, at: source, maxAge: Self.tolerance)
    }

    // MARK: Reading the question

    private static func subject(
        _ text: String?, _ index: AdvisoryIndex?
    ) throws(RequestFault) -> AccessQuestion.Subject {
        guard let text else {
            throw RequestFault(status: 400, sentence: "name a purl, an integrity or an advisory as what")
        }
        let subject: WhoSubject
        do throws(WhoSubject.Problem) { subject = try WhoSubject(parsing: text) } catch {
            throw RequestFault(status: 400, sentence: error.description)
        }
        do throws(WhoSubject.Problem) { return try subject.resolved(with: index) } catch {
            throw RequestFault(status: 404, sentence: error.description)
        }
    }

    private static func moment(_ text: String?, _ name: String) throws(RequestFault) -> Timestamp? {
        guard let text else { return nil }
        do throws(TimestampError) { return try Timestamp(parsing: text) } catch {
            throw RequestFault(status: 400, sentence: "\(name): \(error)")
        }
    }

    private static func limit(_ text: String?) throws(RequestFault) -> Int {
        guard let text else { return defaultLimit }
        guard let limit = Int(text), (1...maxLimit).contains(limit) else {
            throw RequestFault(status: 400, sentence: "limit is no whole number from 1 to \(maxLimit)")
        }
        return limit
    }
}
