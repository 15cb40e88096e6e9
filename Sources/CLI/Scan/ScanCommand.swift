import Advisories
import Analyzers
import Configuration
import Platform
import Registry
import Screening
import VerdictStore
import Worker

/// `jurat scan`: analyses files of this machine with the workers' engine and sandbox; needs neither server nor
/// configuration.
///
/// Spec: docs/scanning.md.
enum ScanCommand {
    static let command = Command(
        ["scan"], "analyse packages on this machine, without a server", operands: ["FILE-OR-DIRECTORY…"],
        options: [
            ScanFormat.option,
            .value(
                "fail-on", "VERDICT", "exit 3 from this verdict on: suspicious, malicious or never (default suspicious)"
            ),
            .value(
                "min-severity", "SEVERITY", "show findings from this on: info, suspicious or malicious (default info)"),
            .value("ecosystem", "NAME", "npm or pypi (default: by name and content)"),
            .value("purl", "PURL", "what a registry would list the one input as; compared with what is inside"),
            .value("jobs", "N", "analyses at once (default: one a processor)"),
            AnalysisAllowanceOptions.memory, AnalysisAllowanceOptions.time,
            .value("sandbox", "REQUIREMENT", "required or degraded (default required)"),
            .value("rules", "DIRECTORY", "YARA rules of your own beside the built-in ones"),
            .value("against", "OLDER", "judge the one input by what it has otherwise than this older one"),
            .flag("no-advisories", "with --config: leave out what its advisories say of name and version"),
        ],
        example: "jurat scan dist/ -o sarif > jurat.sarif", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let options = try ScanOptions(invocation)
        var search = ScanSearch(ecosystem: options.ecosystem, takesAnyFile: options.ecosystem != nil)
        for operand in invocation.operands { try search.add(operand) }
        let console = invocation.surroundings.console
        for note in search.notes { console.note("note: \(note)") }
        guard options.purl == nil || search.targets.count == 1 else {
            throw CommandFailure(
                .usage, "--purl is for one artifact; there are \(search.targets.count) to analyse")
        }
        let base = try base(of: search.targets, invocation, options, console)
        let run = ScanRun(
            options: options, base: base, executablePath: invocation.surroundings.executablePath,
            progress: ProgressLine(console: console, what: "artifacts analysed"))
        let (results, notes) = await run.results(of: search.targets)
        for note in notes { console.note("note: \(note)") }
        let summary = ScanSummary(results, failingOn: options.threshold)
        options.format.print(results, exitCode: summary.exitCode, on: console)
        console.note(summary.sentence)
        return summary.exitCode
    }

    /// What `--against` names; nil without it.
    private static func base(
        of targets: [ScanTarget], _ invocation: Invocation, _ options: ScanOptions, _ console: Console
    ) throws(CommandFailure) -> ScanTarget? {
        guard let path = invocation.value("against") else { return nil }
        guard targets.count == 1 else {
            throw CommandFailure(.usage, "--against is for one artifact; there are \(targets.count) to analyse")
        }
        guard options.rules == nil else {
            throw CommandFailure(
                .usage, "--rules are for whole artifacts, --against compares two; scan once with each of them")
        }
        return try ScanSearch.only(path, ecosystem: options.ecosystem, of: "--against", console)
    }
}

/// What a scan is told on the command line, checked.
struct ScanOptions: Sendable {
    let format: ScanFormat
    /// The mildest verdict that refuses; nil refuses nothing.
    let threshold: Verdict?
    let least: Severity
    let ecosystem: Ecosystem?
    let purl: PackageURL?
    let jobs: Int
    let allowance: AnalysisAllowance
    let sandbox: SandboxRequirement
    let rules: UserRules?
    /// What is known of names and versions; nil when nothing is, or nobody wants to know.
    let advisories: AdvisoryState?

    /// A configuration is read when the command line names one, and only then: what a scan says must not depend on the
    /// folder that it is started in.
    init(_ invocation: Invocation) throws(CommandFailure) {
        format = try ScanFormat(of: invocation)
        let refusing = [("suspicious", Verdict.suspicious as Verdict?), ("malicious", .malicious), ("never", nil)]
        threshold = try Self.choice("fail-on", of: invocation, refusing) ?? .suspicious
        least = try Self.choice("min-severity", of: invocation, Severity.allCases.map { ($0.rawValue, $0) }) ?? .info
        let named = try Self.choice("ecosystem", of: invocation, Ecosystem.allCases.map { ($0.rawValue, $0) })
        purl = try Self.purl(invocation)
        if let purl, let named, purl.name.ecosystem != named {
            throw CommandFailure(
                .usage, "--purl is of \(purl.name.ecosystem.rawValue), --ecosystem is \(named.rawValue)")
        }
        ecosystem = purl?.name.ecosystem ?? named
        jobs = try invocation.number("jobs", in: 1...256, default: Processors.available)
        allowance = try AnalysisAllowanceOptions.read(invocation)
        let deployment = invocation.value("config") == nil ? nil : try Deployment(invocation)
        let requirements = SandboxRequirement.allCases.map { ($0.rawValue, $0) }
        sandbox =
            try Self.choice("sandbox", of: invocation, requirements) ?? deployment?.configuration.sandbox ?? .required
        rules = try Self.rules(invocation)
        advisories = try Self.advisories(invocation.has("no-advisories") ? nil : deployment)
    }

    private static func advisories(_ deployment: Deployment?) throws(CommandFailure) -> AdvisoryState? {
        guard let deployment else { return nil }
        do throws(AdvisoryError) {
            // As the worker has it: how old they may be is policy, which a scan has none of.
            return try AdvisoryDirectory(directory: deployment.data.advisoriesDirectory)
                .current().map { .current($0) }
        } catch {
            throw CommandFailure(.failure, "the advisory snapshot cannot be read: \(error)")
        }
    }

    private static func rules(_ invocation: Invocation) throws(CommandFailure) -> UserRules? {
        guard let folder = invocation.value("rules") else { return nil }
        guard Files.exists(folder) else { throw CommandFailure(.notFound, "--rules: \(folder) is not there") }
        let found: UserRules?
        do throws(UserRuleError) { found = try UserRules.load(folder: folder) } catch {
            throw CommandFailure(.failure, "\(error)")
        }
        // A folder without rules is a mistake of whoever names it: what they wrote would not be looked for.
        guard let found else { throw CommandFailure(.notFound, "--rules: \(folder) has no rules (*.yar, *.yara)") }
        return found
    }

    static func choice<Value>(
        _ name: String, of invocation: Invocation, _ choices: [(name: String, value: Value)]
    ) throws(CommandFailure) -> Value? {
        guard let text = invocation.value(name) else { return nil }
        guard let choice = choices.first(where: { $0.name == text }) else {
            let names = choices.map(\.name)
            let suggestion = Suggestion.nearest(to: text, among: names).map { "; did you mean \($0)?" } ?? ""
            throw CommandFailure(
                .usage, "--\(name) is \(text); expected one of \(names.joined(separator: ", "))\(suggestion)")
        }
        return choice.value
    }

    private static func purl(_ invocation: Invocation) throws(CommandFailure) -> PackageURL? {
        guard let text = invocation.value("purl") else { return nil }
        let purl: PackageURL
        do { purl = try PackageURL(parsing: text) } catch { throw CommandFailure(.usage, "--purl: \(error)") }
        guard purl.version != nil else {
            throw CommandFailure(.usage, "--purl \(text) names no version; for example \(text)@1.0.0")
        }
        return purl
    }
}
