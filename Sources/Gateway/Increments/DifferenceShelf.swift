import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// Keeps what workers hand in of differences, for people who ask why.
///
/// Nothing of it decides anything: what cannot be read, or cannot be kept, is missed by nobody but the reader of a page.
struct DifferenceShelf: Sendable {
    let book: DifferenceBook
    let logger: Logger

    /// Takes the `difference` of a worker's report, if there is one and it is in its form.
    func keep(_ report: JSONValue?, of statement: StatementID, about name: PackageName) async {
        guard let record = report?["difference"] else { return }
        do {
            let compared = try ComparedDifference(reading: record)
            guard compared.base.purl.name == name else {
                return logger.warning("a worker compared \(name) with another package; what it shows is not kept")
            }
            let bytes = try CanonicalJSON.encode(compared.record)
            guard bytes.count <= ShownDifference.Extent.summary.maxBytes else {
                return logger.warning("what a worker shows of \(name) is too long and not kept: \(bytes.count) bytes")
            }
            try await book.keep(bytes, of: statement)
        } catch {
            logger.warning("what a worker shows of a difference of \(name) is not kept: \(error)")
        }
    }

    /// What was kept of a statement; nil when nothing was, or it cannot be read any more.
    func difference(of statement: StatementID) async -> ComparedDifference? {
        do {
            guard let bytes = try await book.record(of: statement) else { return nil }
            return try ComparedDifference(parsing: bytes)
        } catch {
            logger.warning("the difference that was kept of \(statement.short) cannot be read: \(error)")
            return nil
        }
    }
}

/// What the verdict about a release's difference stands on, and what changed, for people.
struct ReleaseComparison: Sendable {
    let chain: ChainDescription
    /// Why the whole release was reviewed, in sentences; empty for a review of the difference.
    let reasons: [String]
    /// What changed; nil when it was not kept.
    let compared: ComparedDifference?
    /// The log index of the verdict.
    let logIndex: UInt64
}

extension DifferenceShelf {
    /// Of the newest of our own statements by `diff` that a decision knows; nil when there is none, or the log cannot be
    /// read.
    func comparison(
        of judgement: Judgement, in log: LogReader, sentence: (Finding) -> String
    ) async -> ReleaseComparison? {
        let standing = judgement.input.statements.filter { $0.source == .own && $0.analyzer == .diff }
            .max { $0.logIndex < $1.logIndex }
        guard let standing, let entry = try? log.entry(at: standing.logIndex),
            case .verdict(let verdict) = entry.logged.statement,
            let chain = try? ChainDescription(of: verdict, in: log)
        else { return nil }
        let reasons = verdict.findings.filter { $0.rule.hasPrefix("ESC-") }.map(sentence)
        return ReleaseComparison(
            chain: chain, reasons: reasons, compared: await difference(of: standing.statement),
            logIndex: standing.logIndex)
    }
}
