import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// A known artifact of which the newest advisory verdict does not say what the snapshot says.
struct DifferingVerdict: Sendable {
    let subject: AdvisorySubject
    /// The log's newest verdict about it.
    let statement: VerdictStatement

    /// The analysis to ask for; nobody opens the artifact for it, so what only its bytes or its listing know is left out.
    func request(at ruleset: SHA256Digest) -> JobRequest {
        let name = subject.purl.name
        return JobRequest(
            key: JobKey(sha512: subject.sha512, analyzer: .advisory, ruleset: ruleset, coordinates: subject.purl),
            sha256: statement.subject.sha256, purl: subject.purl, filename: subject.purl.text,
            ecosystem: name.ecosystem,
            registryFacts: RegistryFacts(name: name.canonical, version: subject.purl.version?.text ?? ""),
            priority: .rescan, sizeBytes: 0)
    }
}

/// Compares what the log says by advisories with what a snapshot says now.
///
/// Most artifacts have no advisory and a verdict that says so: those are compared in memory, without a look at the log's
/// entries. Everything else reads one entry. All of it on one thread of its own, some hundred artifacts at a time.
struct SweepComparison: Sendable {
    enum Failure: Error, Sendable, CustomStringConvertible {
        case log(LogError)
        case review(AdvisoryReviewError)

        var description: String {
            switch self {
            case .log(let error): "\(error)"
            case .review(let error): "\(error)"
            }
        }
    }

    let knowledge: KnowledgeIndex
    let reader: LogReader
    let review: AdvisoryReview
    let pool = BlockingPool(name: "advisory-sweep", threads: 1)

    private static let subjectsAtOnce = 512

    init(knowledge: KnowledgeIndex, reader: LogReader, review: AdvisoryReview) {
        self.knowledge = knowledge
        self.reader = reader
        self.review = review
    }

    /// What one look found.
    private struct Found: Sendable {
        var differing: [DifferingVerdict] = []
        /// Those that say the right thing now, after others that did not.
        var corrected: [DifferingVerdict] = []
    }

    /// Everything that differs, by digest and then in log order.
    ///
    /// - Parameters:
    ///   - scope: whose names are compared.
    ///   - since: the place in the log from which on every verdict is compared, whatever its name.
    ///   - isOver: asked between pieces; what was found so far is returned then.
    func differing(
        _ snapshot: any AdvisorySnapshot, within scope: SweepScope, since: UInt64, isOver: () -> Bool
    ) async throws(Failure) -> [DifferingVerdict] {
        let knowledge = knowledge
        let subjects = await pool.run { knowledge.subjects() }
        var found: [DifferingVerdict] = []
        for start in stride(from: 0, to: subjects.count, by: Self.subjectsAtOnce) where !isOver() {
            let piece = Array(subjects[start..<min(start + Self.subjectsAtOnce, subjects.count)])
            found += try await settled(
                try await onPool { () throws(LogError) in
                    var found = Found()
                    for digest in piece {
                        for newest in newest(about: digest)
                        where newest.standing.logIndex >= since || scope.contains(newest.subject.purl.name) {
                            try compare(newest, snapshot, into: &found)
                        }
                    }
                    return found
                }, snapshot)
        }
        return found
    }

    /// Those of `verdicts` that differ as the log is now.
    func stillDiffering(
        _ verdicts: [DifferingVerdict], _ snapshot: any AdvisorySnapshot
    ) async throws(Failure) -> [DifferingVerdict] {
        var found: [DifferingVerdict] = []
        for start in stride(from: 0, to: verdicts.count, by: Self.subjectsAtOnce) {
            let piece = Array(verdicts[start..<min(start + Self.subjectsAtOnce, verdicts.count)])
            found += try await settled(
                try await onPool { () throws(LogError) in
                    var found = Found()
                    for verdict in piece {
                        let known = newest(about: verdict.subject.sha512).filter { $0.subject == verdict.subject }
                        for newest in known { try compare(newest, snapshot, into: &found) }
                    }
                    return found
                }, snapshot)
        }
        return found
    }

    /// With those whose verdict is right but whose revocations are missing: the job went before they were logged.
    private func settled(_ found: Found, _ snapshot: any AdvisorySnapshot) async throws(Failure) -> [DifferingVerdict] {
        var differing = found.differing
        for verdict in found.corrected {
            guard let version = verdict.subject.purl.version,
                let answer = snapshot.answer(about: verdict.subject.purl.name, version)
            else { continue }
            do throws(AdvisoryReviewError) {
                let relied = try await review.past(of: verdict.subject)?.relied ?? []
                if relied.contains(where: { !answer.news(to: $0.statement).isEmpty }) { differing.append(verdict) }
            } catch {
                throw .review(error)
            }
        }
        return differing
    }

    private func onPool(_ body: @escaping @Sendable () throws(LogError) -> Found) async throws(Failure) -> Found {
        do throws(LogError) { return try await pool.run(body) } catch { throw .log(error) }
    }

    // MARK: On the pool

    /// The newest advisory verdict under one name, and whether there is an older one.
    private struct Newest {
        let subject: AdvisorySubject
        let standing: StandingVerdict
        var isAlone = true
    }

    /// The newest advisory verdict about these bytes under each of their names, in log order.
    private func newest(about digest: SHA512Digest) -> [Newest] {
        var found: [Newest] = []
        for verdict in knowledge.about(digest).verdicts.reversed()
        where verdict.analyzer == .advisory && verdict.source == .own && !verdict.isVoid {
            guard case .coordinates(let purls) = verdict.appliesTo else { continue }
            for purl in purls where purl.version != nil {
                if let known = found.firstIndex(where: { $0.subject.purl == purl }) {
                    found[known].isAlone = false
                } else {
                    found.append(Newest(subject: AdvisorySubject(sha512: digest, purl: purl), standing: verdict))
                }
            }
        }
        return found.reversed()
    }

    private func compare(
        _ newest: Newest, _ snapshot: any AdvisorySnapshot, into found: inout Found
    ) throws(LogError) {
        let purl = newest.subject.purl
        guard let version = purl.version, let answer = snapshot.answer(about: purl.name, version),
            !answer.isCertainlySaid(by: newest.standing)
        else { return }
        let verdict = DifferingVerdict(
            subject: newest.subject, statement: try reader.verdict(at: newest.standing.logIndex))
        if !answer.isSaid(by: verdict.statement) {
            found.differing.append(verdict)
        } else if !newest.isAlone {
            found.corrected.append(verdict)
        }
    }
}
