import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// The names that the log knows artifacts by, read on a thread of its own.
struct KnownNames: Sendable {
    let reader: LogReader
    let logger: Logger
    private let pool: BlockingPool

    /// The most statements of one artifact that are looked through.
    private static let statementsOfOne = 256

    init(reader: LogReader, thread: StaticString, logger: Logger) {
        self.reader = reader
        self.logger = logger
        pool = BlockingPool(name: "\(thread)", threads: 1)
    }

    /// Each name once; none, and a line in the log, when they cannot be read.
    func names(of digest: SHA512Digest) async -> [PackageURL] {
        do throws(LogError) {
            let reader = reader
            let entries = try await pool.run { () throws(LogError) in
                try reader.statements(matching: StatementFilter(sha512: digest), limit: Self.statementsOfOne)
            }
            var names: [PackageURL] = []
            for purl in entries.compactMap(\.logged.statement.subject?.purl) where !names.contains(purl) {
                names.append(purl)
            }
            return names
        } catch {
            logger.warning("the names of sha512 \(digest.hex.prefix(16))… cannot be read from the log: \(error)")
            return []
        }
    }

    /// The artifacts that an analyzer judged under a name, or one version of it.
    ///
    /// - Throws: `LogError` when the log cannot be read.
    func artifacts(named purl: PackageURL, by analyzer: AnalyzerID) async throws(LogError) -> Set<SHA512Digest> {
        let reader = reader
        let filter = StatementFilter(predicateType: .verdict, purl: purl, analyzer: analyzer)
        let entries = try await pool.run { () throws(LogError) in
            try reader.statements(matching: filter, limit: .max)
        }
        return Set(entries.compactMap(\.logged.statement.subject?.sha512))
    }
}
