import Cryptography
import JSON
import Registry
import Screening
import VerdictStore

/// What a verdict was reached from, for people who ask why.
struct ChainDescription: Sendable {
    private let basis: Basis
    /// What the base and the artifact of the full review were seen as, where the log says so.
    private let base: Place?
    private let anchor: Place?

    private struct Place: Sendable {
        let purl: PackageURL
        let logIndex: UInt64
    }

    /// - Throws: `LogError` when the log cannot be read.
    init(of verdict: VerdictStatement, in log: LogReader) throws(LogError) {
        basis = verdict.basis
        switch verdict.basis {
        case .full: (base, anchor) = (nil, nil)
        case .diff(_, let baseStatement, let anchorStatement, _):
            base = try Self.place(of: baseStatement, in: log)
            anchor = try Self.place(of: anchorStatement, in: log)
        }
    }

    private static func place(of statement: StatementID, in log: LogReader) throws(LogError) -> Place? {
        do throws(LogError) {
            let logged = try log.statement(withPrefix: statement.hex).logged
            return logged.statement.subject.map { Place(purl: $0.purl, logIndex: logged.logIndex) }
        } catch .noSuchStatement {
            // A forged base; such a verdict does not count, but it may be asked about.
            return nil
        }
    }

    /// `demo@1.0.0`; nil for a full review.
    var basePlace: String? { depth > 0 ? Self.name(base) : nil }
    var anchorPlace: String? { depth > 0 ? Self.name(anchor) : nil }
    var baseIndex: UInt64? { base?.logIndex }
    var anchorIndex: UInt64? { anchor?.logIndex }
    /// How many differences lie between the verdict and its full review; 0 for such a review.
    var depth: Int {
        guard case .diff(_, _, _, let depth) = basis else { return 0 }
        return depth
    }

    private static func name(_ place: Place?) -> String {
        guard let purl = place?.purl else { return "bytes that the log does not know" }
        return purl.name.canonical + (purl.version.map { "@\($0)" } ?? "")
    }

    var json: JSONValue {
        switch basis {
        case .full: ["kind": "full"]
        case .diff(let digest, let baseStatement, let anchorStatement, let depth):
            [
                "kind": "diff", "base": base.map { .string($0.purl.text) } ?? .null, "baseSha512": .string(digest.hex),
                "baseStatement": .string(baseStatement.hex), "baseLogIndex": Self.index(base),
                "anchor": anchor.map { .string($0.purl.text) } ?? .null,
                "anchorStatement": .string(anchorStatement.hex), "anchorLogIndex": Self.index(anchor),
                "depth": .integer(Int64(depth)),
            ]
        }
    }

    private static func index(_ place: Place?) -> JSONValue {
        place.map { .integer(Int64(clamping: $0.logIndex)) } ?? .null
    }
}
