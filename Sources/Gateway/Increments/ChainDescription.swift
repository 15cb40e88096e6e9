import Cryptography
import JSON
import Registry
import Screening
import VerdictStore

/// What a verdict was reached from, for people who ask why.
struct ChainDescription: Sendable {
    private let basis: Basis
    /// What the base and the artifact of the full review were seen as, where the log says so.
    private let base: PackageURL?
    private let anchor: PackageURL?

    /// - Throws: `LogError` when the log cannot be read.
    init(of verdict: VerdictStatement, in log: LogReader) throws(LogError) {
        basis = verdict.basis
        switch verdict.basis {
        case .full: (base, anchor) = (nil, nil)
        case .diff(_, let baseStatement, let anchorStatement, _):
            base = try Self.purl(of: baseStatement, in: log)
            anchor = try Self.purl(of: anchorStatement, in: log)
        }
    }

    private static func purl(of statement: StatementID, in log: LogReader) throws(LogError) -> PackageURL? {
        do throws(LogError) {
            return try log.statement(withPrefix: statement.hex).logged.statement.subject?.purl
        } catch .noSuchStatement {
            // A forged base; such a verdict does not count, but it may be asked about.
            return nil
        }
    }

    var json: JSONValue {
        switch basis {
        case .full: ["kind": "full"]
        case .diff(let digest, let baseStatement, let anchorStatement, let depth):
            [
                "kind": "diff", "base": base.map { .string($0.text) } ?? .null, "baseSha512": .string(digest.hex),
                "baseStatement": .string(baseStatement.hex), "anchor": anchor.map { .string($0.text) } ?? .null,
                "anchorStatement": .string(anchorStatement.hex), "depth": .integer(Int64(depth)),
            ]
        }
    }
}
