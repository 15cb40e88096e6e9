import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// One artifact under one name: what an advisory verdict is about.
struct AdvisorySubject: Hashable, Sendable {
    let sha512: SHA512Digest
    let purl: PackageURL

    init(sha512: SHA512Digest, purl: PackageURL) {
        self.sha512 = sha512
        self.purl = purl
    }

    /// The subject of a job; nil when the job is not for advisories.
    init?(_ request: JobRequest) {
        guard request.key.analyzer == .advisory, let purl = request.key.coordinates else { return nil }
        self.init(sha512: request.key.sha512, purl: purl)
    }

    /// Our own advisory verdicts about it that count, in log order.
    func verdicts(in knowledge: SubjectKnowledge) -> [StandingVerdict] {
        guard let version = purl.version else { return [] }
        return knowledge.verdicts.filter {
            $0.analyzer == .advisory && $0.source == .own && !$0.isVoid
                && $0.appliesTo.covers(name: purl.name, version: version)
        }
    }
}

/// What was said about a subject, and who relied on it.
struct AdvisoryPast: Sendable {
    struct Said: Sendable {
        let standing: StandingVerdict
        let statement: VerdictStatement
        /// How often the bytes were served while it was the newest; 0 for what let nothing through.
        let servedUnder: Int
    }

    /// The newest verdicts that count, oldest first; never empty.
    let said: [Said]
    let served: AccessSummary

    /// The statements under which the bytes were served, newest first: what has to be taken back when it was wrong.
    ///
    /// A statement that called them malicious let nothing through; a person did, in view of it, and goes on doing so.
    var relied: [Said] { said.filter { $0.servedUnder > 0 }.reversed() }
}

/// Why it cannot be told what was said and served before.
struct AdvisoryReviewError: Error, Sendable, CustomStringConvertible {
    let reason: String

    var description: String { "what was said and served before cannot be told: \(reason)" }
}

/// Looks back from an advisory verdict that is made anew: what was said of the artifact before, and who got it since.
struct AdvisoryReview: Sendable {
    let knowledge: KnowledgeIndex
    let reads: LogReads
    let access: AccessLog
    let records: any RecordKeeping

    /// The most earlier statements that are looked at; what is older was replaced many times over.
    static let maxStatements = 16

    /// What counts of earlier advisory verdicts about a subject; nil when there is none.
    ///
    /// - Throws: `AdvisoryReviewError`.
    func past(of subject: AdvisorySubject) async throws(AdvisoryReviewError) -> AdvisoryPast? {
        let standing = subject.verdicts(in: knowledge.about(subject.sha512)).suffix(Self.maxStatements)
        guard !standing.isEmpty else { return nil }
        let statements = try await statements(standing.map(\.logIndex))
        // Whoever was served a moment ago counts, though the record of it is still on its way.
        await records.written()
        do throws(DatabaseError) {
            var said: [AdvisoryPast.Said] = []
            for (offset, (standing, statement)) in zip(standing, statements).enumerated() {
                var filter = AccessFilter(sha512: subject.sha512, purl: subject.purl)
                if offset > 0 { filter.since = statement.createdAt }
                if offset + 1 < statements.count { filter.until = statements[offset + 1].createdAt }
                let count =
                    standing.verdict == .malicious ? 0 : try await access.summary(matching: filter).accesses
                said.append(AdvisoryPast.Said(standing: standing, statement: statement, servedUnder: count))
            }
            let all = AccessFilter(sha512: subject.sha512, purl: subject.purl)
            return AdvisoryPast(said: said, served: try await access.summary(matching: all))
        } catch {
            throw AdvisoryReviewError(reason: "\(error)")
        }
    }

    /// The verdicts at these places of the log, in their order.
    private func statements(_ indices: [UInt64]) async throws(AdvisoryReviewError) -> [VerdictStatement] {
        do throws(LogReads.Failure) {
            return try await reads.run { (reader) throws(LogError) in
                try indices.map { (index) throws(LogError) in try reader.verdict(at: index) }
            }
        } catch {
            switch error {
            case .busy: throw AdvisoryReviewError(reason: "too many reads of the log wait already")
            case .log(let error): throw AdvisoryReviewError(reason: "\(error)")
            }
        }
    }
}

extension LogReader {
    /// The verdict at an index that is known to hold one.
    func verdict(at index: UInt64) throws(LogError) -> VerdictStatement {
        guard let entry = try entry(at: index), case .verdict(let verdict) = entry.logged.statement else {
            throw .damaged(.entry(index: index, reason: "there was a verdict when the log was opened"))
        }
        return verdict
    }
}
