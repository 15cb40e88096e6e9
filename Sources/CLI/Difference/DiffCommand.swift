import Configuration
import Platform
import Registry
import Screening
import Worker

/// `jurat diff`: what a release has otherwise than the one before it, or one file than another.
///
/// The gateway only hands out bytes that it has; they are opened here, in the same confined child as those of a scan.
/// Spec: docs/differences.md, rfcs/0027.
enum DiffCommand {
    static let command = Command(
        ["diff"], "show what a release has otherwise than an older one, or one file than another",
        operands: ["PURL-OR-OLDER", "[NEWER]"],
        options: [
            .value("output", "FORMAT", "text, json or jsonl (default text)", letter: "o"),
            .flag("stat", "one line a file instead of its lines"),
            .value(
                "against", "VERSION", "with a purl: compare with this version (default: what its verdict stands on)"),
            .value("file", "NAME", "with a purl: this file of the release (default: the source distribution)"),
            .value("registry", "NAME", "with a purl: as this registry has it (default: the ecosystem's)"),
            .flag("fetch", "with a purl: have the server fetch what is not in its cache"),
            .value("ecosystem", "NAME", "with files: npm or pypi (default: by name and content)"),
            AnalysisAllowanceOptions.memory, AnalysisAllowanceOptions.time,
            .value("sandbox", "REQUIREMENT", "required or degraded (default required)"),
        ],
        example: "jurat diff pkg:npm/left-pad@1.3.0 --against 1.2.0", run: run)

    enum Form: String, CaseIterable {
        case text, json, jsonl
    }

    private static let onlyWithPurl = ["against", "file", "registry", "fetch"]

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let form = try ScanOptions.choice("output", of: invocation, Form.allCases.map { ($0.rawValue, $0) }) ?? .text
        let isStat = invocation.has("stat")
        guard form == .text || !isStat else {
            throw CommandFailure(.usage, "--stat is a form of the text; -o \(form.rawValue) has all of it already")
        }
        let pair = try await pair(invocation)
        let console = invocation.surroundings.console
        for note in pair.notes { console.note("note: \(note)") }
        let comparison: LocalAnalysis.Comparison
        switch try await analysis(invocation).compare(
            pair.new.opened.input, with: pair.base.opened.input, showing: .whole)
        {
        case .success(let found): comparison = found
        case .failure(let failure):
            throw CommandFailure(
                .failure, "they cannot be compared (\(failure.word)): \(Logger.printable(failure.detail))")
        }
        try pair.check(comparison)
        guard let output = DifferenceOutput(comparison, of: pair) else {
            throw CommandFailure(.failure, "the comparison shows nothing")
        }
        output.print(form, isStat: isStat, on: console)
        return .success
    }

    private static func pair(_ invocation: Invocation) async throws(CommandFailure) -> ComparedPair {
        let operands = invocation.operands
        guard operands[0].hasPrefix("pkg:") else {
            for option in onlyWithPurl where invocation.has(option) || invocation.value(option) != nil {
                throw CommandFailure(.usage, "--\(option) goes with a purl, such as pkg:npm/left-pad@1.3.0")
            }
            guard operands.count == 2 else { throw complaint(about: operands[0]) }
            return try await ComparedPair(files: operands, invocation)
        }
        guard operands.count == 1 else {
            throw CommandFailure(
                .usage, "a purl is compared with another version of the same package: use --against VERSION")
        }
        guard invocation.value("ecosystem") == nil else {
            throw CommandFailure(.usage, "--ecosystem goes with files; a purl says what it is")
        }
        try Reference.check(operands[0])
        return try await ComparedPair(purl: operands[0], invocation)
    }

    /// What is wrong with one operand that is no purl.
    private static func complaint(about operand: String) -> CommandFailure {
        let shown = Logger.printable(operand)
        if Files.exists(operand) {
            return CommandFailure(.usage, "\(shown) is a file: name the newer one after it (jurat diff OLDER NEWER)")
        }
        if operand.contains("@"), !operand.hasPrefix("/"), !operand.hasPrefix(".") {
            return CommandFailure(
                .usage, "\(shown) is no purl; did you mean pkg:npm/\(shown) or pkg:pypi/\(shown)?")
        }
        return CommandFailure(.usage, "\(shown) is neither a purl, such as pkg:npm/left-pad@1.3.0, nor a file")
    }

    private static func analysis(_ invocation: Invocation) throws(CommandFailure) -> LocalAnalysis {
        let requirements = SandboxRequirement.allCases.map { ($0.rawValue, $0) }
        let sandbox = try ScanOptions.choice("sandbox", of: invocation, requirements) ?? .required
        return LocalAnalysis(
            executablePath: invocation.surroundings.executablePath, jobs: 1,
            allowance: try AnalysisAllowanceOptions.read(invocation), isSandboxRequired: sandbox == .required)
    }
}
