import JSON
import Platform
import VerdictStore

/// `jurat fsck`: everything that a deployment has on disk, checked. Needs no server and disturbs none.
enum FsckCommand {
    static let command = Command(
        ["fsck"], "check log, databases, keys, cached artifacts and leftovers",
        options: [
            .flag("quick", "do not read the bytes of artifacts"),
            .flag("repair", "remove what is disposable: damaged cached artifacts, their index, leftovers"),
            .value("part", "PART", "only log, databases, keys, artifacts, hosted or leftovers", isRepeatable: true),
            OutputFormat.option,
        ],
        example: "jurat fsck --quick", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let parts = try parts(invocation.values["part"] ?? [])
        let place = try CheckedPlace(invocation)
        let console = invocation.surroundings.console
        let progress = ProgressLine(console: console, what: "")
        let check = DeploymentCheck(
            data: place.data, cacheDirectory: place.cachePath, now: invocation.surroundings.clock.now(),
            isQuick: invocation.has("quick")
        ) { part, done, all in progress.show(done, of: all, "of \(part.rawValue) checked") }
        let results = parts.map { invocation.has("repair") ? check.repair($0) : check.check($0) }
        progress.finish()
        let isSound = results.allSatisfy(\.isSound)
        switch format {
        case .json, .jsonl: console.line(JSONText.string(record(of: results), pretty: format == .json))
        case .csv: console.text(listing(of: results).rendered(as: .csv, isTerminal: false))
        case .table, .wide: printText(results, format, on: console)
        }
        return isSound ? .success : .verificationFailed
    }

    private static func parts(_ names: [String]) throws(CommandFailure) -> [CheckPart] {
        guard !names.isEmpty else { return CheckPart.allCases }
        var parts: Set<CheckPart> = []
        for name in names {
            guard let part = CheckPart(rawValue: name) else {
                let known = CheckPart.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure(.usage, "--part is \(name); expected one of \(known)")
            }
            parts.insert(part)
        }
        return CheckPart.allCases.filter(parts.contains)
    }

    private static func printText(_ results: [CheckResult], _ format: OutputFormat, on console: Console) {
        for result in results {
            let damages = result.findings.count { $0.weight == .damage && !$0.isRepaired }
            let state =
                damages > 0
                ? console.emphasised("damaged", .red)
                : result.findings.contains { $0.weight == .warning && !$0.isRepaired }
                    ? console.emphasised("warnings", .yellow) : console.emphasised("ok", .green)
            console.line(result.part.rawValue.padded(to: 12) + "\(state) · \(result.summary)")
            for finding in result.findings {
                let mark = finding.isRepaired ? "repaired" : finding.weight.rawValue
                console.line("  \(mark.padded(to: 10))\(finding.place): \(finding.problem)")
                if !finding.isRepaired { console.line("            \(finding.advice)") }
            }
        }
    }

    private static func listing(of results: [CheckResult]) -> Listing {
        var listing = Listing(
            columns: ["PART", "WEIGHT", "PLACE", "PROBLEM", "ADVICE", "REPAIRED"].map { .init($0) },
            emptyNote: "nothing is wrong")
        for finding in results.flatMap(\.findings) {
            listing.rows.append(
                (
                    [
                        finding.part.rawValue, finding.weight.rawValue, finding.place, finding.problem, finding.advice,
                        finding.isRepaired ? "yes" : "no",
                    ], record(of: finding)
                ))
        }
        return listing
    }

    private static func record(of results: [CheckResult]) -> JSONValue {
        [
            "sound": .bool(results.allSatisfy(\.isSound)),
            "parts": .array(
                results.map { result in
                    [
                        "part": .string(result.part.rawValue), "sound": .bool(result.isSound),
                        "summary": .string(result.summary), "findings": .array(result.findings.map(record)),
                    ]
                }),
        ]
    }

    private static func record(of finding: CheckFinding) -> JSONValue {
        [
            "part": .string(finding.part.rawValue), "weight": .string(finding.weight.rawValue),
            "place": .string(finding.place), "problem": .string(finding.problem), "advice": .string(finding.advice),
            "repaired": .bool(finding.isRepaired),
        ]
    }
}
