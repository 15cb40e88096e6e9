import JSON
import Platform
import Screening

/// How the results of a scan are printed.
enum ScanFormat: String, CaseIterable, Sendable {
    case table, wide, json, jsonl, csv, sarif

    static let option = CommandOption.value(
        "output", "FORMAT", "table, wide, json, jsonl, csv or sarif (default table)", letter: "o")

    init(of invocation: Invocation) throws(CommandFailure) {
        let formats = ScanFormat.allCases.map { ($0.rawValue, $0) }
        self = try ScanOptions.choice("output", of: invocation, formats) ?? .table
    }

    /// Prints everything; the exit code stands in SARIF too.
    func print(_ results: [ScanResult], exitCode: ExitCode, on console: Console) {
        switch self {
        case .table, .wide:
            let text = ScanText(console: console, isWide: self == .wide)
            for result in results { text.print(result) }
        case .json: console.line(JSONText.string(.array(results.map(\.record)), pretty: true))
        case .jsonl: for result in results { console.line(JSONText.string(result.record)) }
        case .csv: console.text(Self.listing(results).rendered(as: .csv, isTerminal: false))
        case .sarif: console.line(JSONText.string(ScanSARIF(results, exitCode: exitCode).document, pretty: true))
        }
    }

    /// One row a finding, and one for an input without any.
    static func listing(_ results: [ScanResult]) -> Listing {
        var listing = Listing(
            columns: [
                .init("INPUT"), .init("PURL"), .init("VERDICT"), .init("SEVERITY"), .init("RULE"), .init("PATH"),
                .init("LINE"), .init("COUNT"), .init("MESSAGE"),
            ], emptyNote: "nothing was scanned")
        for result in results {
            let input = Logger.printable(result.input)
            switch result.outcome {
            case .unavailable(let cause, let detail):
                let message = "\(cause): \(Logger.printable(detail))"
                listing.rows.append(([input, "", "unavailable", "", "", "", "", "", message], result.record))
            case .analysed(let artifact):
                let start = [input, artifact.purl ?? "", artifact.verdict.rawValue]
                for finding in artifact.findings {
                    listing.rows.append(
                        (
                            start + [
                                finding.severity.rawValue, finding.rule, finding.path ?? "",
                                finding.line.map(String.init) ?? "", String(finding.count), finding.message,
                            ], finding.record
                        ))
                }
                if artifact.findings.isEmpty { listing.rows.append((start + ["", "", "", "", "", ""], result.record)) }
            }
        }
        return listing
    }
}

/// How many inputs of each verdict there are, and what the process ends with.
struct ScanSummary: Sendable {
    private let counts: [String: Int]
    private let total: Int
    private let refused: Int

    /// - Parameter threshold: the mildest verdict that refuses; nil refuses nothing.
    init(_ results: [ScanResult], failingOn threshold: Verdict?) {
        total = results.count
        counts = Dictionary(results.map { ($0.verdictText, 1) }, uniquingKeysWith: +)
        refused = results.count { result in
            guard case .analysed(let artifact) = result.outcome, let threshold else { return false }
            return artifact.verdict >= threshold
        }
    }

    /// Refused before unavailable: what was found stands, whatever else could not be looked at.
    var exitCode: ExitCode {
        if refused > 0 { return .refused }
        return counts["unavailable"] != nil ? .failure : .success
    }

    var sentence: String {
        let words = ["malicious", "suspicious", "unavailable", "clean"]
        let parts = words.compactMap { word in counts[word].map { "\($0) \(word)" } }
        return "\(total) input\(total == 1 ? "" : "s"): " + parts.joined(separator: ", ")
    }
}
