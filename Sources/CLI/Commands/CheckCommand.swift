import JSON
import Platform

/// `jurat check`: the running server's decision about every package of a lockfile.
///
/// Spec: docs/checking.md.
enum CheckCommand {
    static let command = Command(
        ["check"], "say what the server decides about every package of a lockfile", operands: ["LOCKFILE-OR-PURL…"],
        options: [
            OutputFormat.option, .value("registry", "NAME", "decide for this registry (default: each ecosystem's)"),
            .flag("warm", "have missing analyses made ahead, and do not wait for them"),
            .flag("wait", "have missing analyses made, and wait until they are"),
            .value("timeout", "SECONDS", "how long --wait may take (default 600)"),
            .flag("strict", "exit 3 also when something comes from no registry and is not screened"),
        ],
        example: "jurat check package-lock.json --wait", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let timeout = try invocation.number("timeout", in: 1...86_400, default: 600)
        let inputs = try CheckedInput.read(invocation.operands)
        let server = try Deployment.server(invocation)
        let console = invocation.surroundings.console
        var results = CheckResults()
        for input in inputs {
            let answer = try await answer(to: input, server, invocation, timeout: timeout)
            results.add(answer, of: input.path, whichIsOneOf: inputs.compactMap(\.path))
        }
        console.text(results.listing(as: format).rendered(as: format, isTerminal: console.isTerminal))
        for note in results.notes { console.note("note: \(note)") }
        console.note(results.sentence(shownAs: format))
        return results.exitCode(isStrict: invocation.has("strict"))
    }

    private static func answer(
        to input: CheckedInput, _ server: AdminClient, _ invocation: Invocation, timeout: Int
    ) async throws(CommandFailure) -> JSONValue {
        var body: JSONObject = [:]
        switch input.contents {
        case .purls(let purls): body.append("purls", .array(purls.map { .string($0) }))
        case .file(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CommandFailure(.failure, "\(input.path ?? "the input") is not UTF-8 text, so it is no lockfile")
            }
            body.append("lockfile", .string(text))
            if let name = input.filename { body.append("filename", .string(name)) }
        }
        if let registry = invocation.value("registry") { body.append("registry", .string(registry)) }
        let waits = invocation.has("wait")
        if waits || invocation.has("warm") { body.append("warm", true) }
        do {
            var answer = try await server.post("\(AdminClient.api)/check", .object(body))
            if waits { answer = try await settled(answer, body, server, invocation, timeout: timeout) }
            return answer
        } catch {
            guard let path = input.path, error.code == .failure || error.code == .verificationFailed else {
                throw error
            }
            throw CommandFailure(.failure, "\(path): \(error.message)")
        }
    }

    /// Asks again until nothing waits for an analysis, or the time is over.
    private static func settled(
        _ first: JSONValue, _ body: JSONObject, _ server: AdminClient, _ invocation: Invocation, timeout: Int
    ) async throws(CommandFailure) -> JSONValue {
        let progress = ProgressLine(console: invocation.surroundings.console, what: "packages settled")
        defer { progress.finish() }
        let end = ContinuousClock.now + .seconds(timeout)
        var answer = first
        var pause = Duration.milliseconds(200)
        while let pending = answer["summary"]?["pending"]?.integerValue, pending > 0, ContinuousClock.now < end {
            let all = answer["summary"]?["entries"]?.integerValue ?? pending
            progress.show(UInt64(clamping: all - pending), of: UInt64(clamping: all))
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(3))
            answer = try await server.post("\(AdminClient.api)/check", .object(body))
        }
        return answer
    }
}
