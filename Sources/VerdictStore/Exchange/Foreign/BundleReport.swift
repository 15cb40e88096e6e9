public import JSON
import Screening
import TransparencyLog

/// What importing a bundle did, or would do: the answer of the operator API and of `jurat bundle import`.
public struct BundleReport: Sendable, Equatable {
    public let origin: String
    public let treeSize: UInt64
    public let counts: BundleCounts
    public let newStatements: UInt64
    public let knownStatements: UInt64
    /// The receipt in the own log; nil when nothing was taken over.
    public let receipt: LoggedStatement?
    public let isDryRun: Bool

    public var record: JSONValue {
        var members: JSONObject = [
            "origin": .string(origin), "treeSize": .integer(Int64(clamping: treeSize)),
            "newStatements": .integer(Int64(clamping: newStatements)),
            "knownStatements": .integer(Int64(clamping: knownStatements)),
            "verdicts": .integer(Int64(clamping: counts.verdicts)),
            "malicious": .integer(Int64(clamping: counts.malicious)), "dryRun": .bool(isDryRun),
        ]
        if let receipt {
            members.set("receipt", .string(receipt.statementID.hex))
            members.set("logIndex", .integer(Int64(clamping: receipt.logIndex)))
        }
        return .object(members)
    }
}

extension ForeignStore {
    /// Imports a verified bundle, or says what importing it would do.
    ///
    /// - Throws: as `importBundle` and `outlook`.
    public func take(
        _ bundle: VerifiedBundle, trust: TrustedLog, isDryRun: Bool
    ) async throws(ExchangeFailure) -> BundleReport {
        if isDryRun {
            let outlook = try await outlook(of: bundle, trust: trust)
            return report(of: bundle, new: outlook.newStatements, receipt: nil, isDryRun: true)
        }
        switch try await importBundle(bundle, trust: trust) {
        case .imported(let receipt, let statements):
            return report(of: bundle, new: statements, receipt: receipt, isDryRun: false)
        case .alreadyImported: return report(of: bundle, new: 0, receipt: nil, isDryRun: false)
        }
    }

    private func report(
        of bundle: VerifiedBundle, new: UInt64, receipt: LoggedStatement?, isDryRun: Bool
    ) -> BundleReport {
        BundleReport(
            origin: bundle.origin, treeSize: bundle.checkpoint.checkpoint.size.value, counts: bundle.counts,
            newStatements: new, knownStatements: bundle.received.statements - new, receipt: receipt,
            isDryRun: isDryRun)
    }
}
