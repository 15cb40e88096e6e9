import Platform
import Screening

/// The report of a scan for people: verdict, findings with their places, what the package can do, what was not read.
struct ScanText: Sendable {
    let console: Console
    /// Everything, instead of the gravest.
    let isWide: Bool

    private static let mostKinds = 12
    private static let mostUnread = 6
    private static let indent = "  "

    func print(_ result: ScanResult) {
        console.text(text(of: result))
    }

    /// All lines about one input.
    func text(of result: ScanResult) -> String {
        let input = Logger.printable(result.input)
        switch result.outcome {
        case .unavailable(let cause, let detail):
            return "\(console.emphasised("unavailable", .red)) \(input)\n"
                + "\(Self.indent)not analysed (\(cause)): \(Logger.printable(detail))\n"
        case .analysed(let artifact):
            var lines = [
                "\(console.emphasised(artifact.verdict.rawValue, artifact.verdict.style)) \(input)"
                    + (artifact.purl.map { " (\($0))" } ?? " (without a usable name)")
                    + (result.against.map { " against \(Logger.printable($0))" } ?? "")
            ]
            if isWide { lines.append(Self.indent + artifact.integrity) }
            // What the package can do has a line of its own.
            let shown = isWide ? artifact.findings : artifact.findings.filter { !$0.isCapability }
            lines += FindingList(console: console, most: isWide ? nil : Self.mostKinds, hint: "-o wide shows all")
                .lines(shown, indent: Self.indent)
            lines += capabilities(artifact.capabilities)
            if !artifact.unanalyzed.isEmpty {
                lines.append(
                    "\(Self.indent)not analysed: \(FindingList.list(artifact.unanalyzed, most: Self.mostUnread))")
            }
            if isWide {
                for analyzer in artifact.analyzers {
                    lines.append(
                        "\(Self.indent)by \(analyzer.id) \(analyzer.version), ruleset \(analyzer.ruleset.prefix(12)): "
                            + analyzer.verdict.rawValue)
                }
            }
            return lines.joined(separator: "\n") + "\n"
        }
    }

    /// In a line of words, or each with its places.
    private func capabilities(_ capabilities: [ScanCapability]) -> [String] {
        guard !capabilities.isEmpty else { return [] }
        guard isWide else { return ["\(Self.indent)can: \(capabilities.map(\.words).joined(separator: ", "))"] }
        return capabilities.map { capability in
            let places = capability.places.map(\.text)
            let more = capability.count > places.count ? " and \(capability.count - places.count) more" : ""
            return "\(Self.indent)can: \(capability.words): \(places.joined(separator: ", "))\(more)"
        }
    }
}
