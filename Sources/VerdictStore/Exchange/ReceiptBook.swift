import Cryptography
import Screening

/// Where receipts of imports are kept: the own log. A seam, so that tests can make it fail.
protocol ReceiptBook: Sendable {
    /// Signs a receipt and returns once it is durable.
    func append(_ receipt: ImportReceiptStatement) async throws(LogError) -> LoggedStatement
    /// The entry of a receipt; nil when the log does not have it. Blocks.
    func find(_ receipt: ImportReceiptStatement) throws(LogError) -> LoggedStatement?
    /// Every receipt of the log, oldest first. Blocks.
    func all() throws(LogError) -> [LoggedStatement]
}

/// Receipts in the log of this data directory.
struct LogReceiptBook: ReceiptBook {
    let log: VerdictLog
    let reader: LogReader

    func append(_ receipt: ImportReceiptStatement) async throws(LogError) -> LoggedStatement {
        try await log.append(receipt: receipt)
    }

    func find(_ receipt: ImportReceiptStatement) throws(LogError) -> LoggedStatement? {
        let id: StatementID
        do throws(StatementError) {
            let payload = try Statement.importReceipt(receipt).canonicalBytes()
            id = StatementID(digest: SHA256Digest(hashing: Envelope.preAuthenticationEncoding(of: payload)))
        } catch {
            throw .refused(error)
        }
        do throws(LogError) {
            return try reader.statement(withPrefix: id.hex).logged
        } catch {
            if case .noSuchStatement = error { return nil }
            throw error
        }
    }

    func all() throws(LogError) -> [LoggedStatement] {
        try reader.statements(matching: StatementFilter(predicateType: .importReceipt), limit: .max)
            .reversed().map(\.logged)
    }
}
