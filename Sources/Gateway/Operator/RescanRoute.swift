import HTTP
import JSON
import Platform
import Registry
import Screening

/// Asks for artifacts to be analysed again, and tells how far that is.
///
/// Spec: docs/operator-api.md.
struct RescanRoute: Sendable {
    let rescan: Rescan

    private static let leastDigits = 6

    func progress() -> ServerResponse {
        let progress = rescan.progress
        return PlainAnswers.json([
            "running": .bool(progress.isRunning), "total": .integer(Int64(progress.total)),
            "done": .integer(Int64(progress.done)), "failed": .integer(Int64(progress.failed)),
            "absent": .integer(Int64(progress.absent)),
            "worse": .array(progress.worse.map { .string($0) }),
            "orders": .array(rescan.orders.map(\.json)),
        ])
    }

    func ask(_ body: JSONValue) async -> ServerResponse {
        do throws(Rescan.Refusal) {
            let (selection, analyzer) = (try selection(body), try analyzer(body))
            guard body["dryRun"]?.boolValue != true else {
                let (matching, here) = try await rescan.preview(selection, by: analyzer)
                return PlainAnswers.json([
                    "matching": .integer(Int64(matching)), "here": .integer(Int64(here)), "dryRun": true,
                ])
            }
            let matching = try await rescan.ask(selection, by: analyzer)
            return PlainAnswers.json(["matching": .integer(Int64(matching)), "dryRun": false])
        } catch {
            switch error {
            case .nothingMatches(let what):
                return PlainAnswers.failure(404, "the analyzers of files have judged nothing for \(what)")
            case .malformed(let sentence): return PlainAnswers.failure(400, sentence)
            case .tooMany:
                return PlainAnswers.failure(409, "\(RescanBook.maxOrders) rescans wait already; ask for all instead")
            case .failed(let reason): return PlainAnswers.failure(503, reason)
            }
        }
    }

    /// Nil stands for all of them.
    private func analyzer(_ body: JSONValue) throws(Rescan.Refusal) -> AnalyzerID? {
        guard let named = body["analyzer"], named != .null else { return nil }
        guard let analyzer = Rescan.analyzers.first(where: { $0.text == named.stringValue }) else {
            let known = Rescan.analyzers.map(\.text).joined(separator: " or ")
            throw .malformed("analyzer is unknown; expected \(known), or leave it out for all")
        }
        return analyzer
    }

    /// Nil stands for everything that was judged by other rules than those of now.
    private func selection(_ body: JSONValue) throws(Rescan.Refusal) -> RescanSelection? {
        switch body["selection"]?.stringValue {
        case "outdated": return nil
        case "all": return .all
        case "purl":
            do throws(PackageURLError) {
                return .package(try PackageURL(parsing: body["value"]?.stringValue ?? ""))
            } catch {
                throw .malformed("\(error)")
            }
        case "ruleset":
            let digits = body["value"]?.stringValue ?? ""
            let isHex = digits.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
            guard isHex, (Self.leastDigits...64).contains(digits.utf8.count) else {
                throw .malformed(
                    "value is no digest of a ruleset: \(Self.leastDigits) to 64 lower-case hexadecimal digits")
            }
            return .ruleset(try rescan.ruleset(beginningWith: digits))
        default: throw .malformed("selection is missing: outdated, all, purl or ruleset")
        }
    }
}
