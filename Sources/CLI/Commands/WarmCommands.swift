import JSON
import Platform
import Registry

/// `jurat warm`: what the server fetches and analyses before clients ask for it.
///
/// Spec: docs/warming.md.
enum WarmCommands {
    static let all: [Command] = [
        Command(
            ["warm", "add"], "watch packages, or the packages of a lockfile", operands: ["PURL-OR-LOCKFILE…"],
            options: [
                .value(
                    "versions", "N", "how many versions of each package (default: the configuration's warm.versions)"),
                registry,
                .value("name", "NAME", "what the lockfile is called (default: its path as given)"),
                .flag("dry-run", "only say what would change"), OutputFormat.option,
            ],
            example: "jurat warm add package-lock.json pkg:npm/left-pad 'pkg:pypi/django@>=4.2,<5'", run: add),
        Command(
            ["warm", "list"], "list what is watched, and how its versions stand",
            options: [OutputFormat.option], example: "jurat warm list -o wide", run: list),
        Command(
            ["warm", "remove"], "watch packages or a lockfile no more", operands: ["PURL-OR-LOCKFILE…"],
            options: [registry, .flag("dry-run", "only say what would change"), OutputFormat.option],
            example: "jurat warm remove package-lock.json pkg:npm/left-pad", run: remove),
        WarmRunCommand.command,
    ]

    static let registry = CommandOption.value(
        "registry", "NAME", "at this registry (default: each ecosystem's)")
    static let path = "\(AdminClient.api)/warm"

    // MARK: Adding

    private static func add(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let additions = try inputs(invocation).map { (input) throws(CommandFailure) in
            try addition(input, invocation)
        }
        let server = try Deployment.server(invocation)
        let console = invocation.surroundings.console
        var listing = Listing(
            columns: [
                .init("INPUT"), .init("PACKAGES"), .init("ADDED"), .init("CHANGED"), .init("REMOVED"), .init("SKIPPED"),
            ], emptyNote: "nothing was named")
        for (body, shown) in additions {
            let answer = try await server.post("\(path)/add", .object(body))
            for skipped in answer["skipped"]?.arrayValue ?? [] {
                console.note(Logger.printable("not watched: \(skipped.text("input")): \(skipped.text("reason"))"))
            }
            for note in (answer["notes"]?.arrayValue ?? []).compactMap(\.stringValue) {
                console.note(Logger.printable("note: \(note)"))
            }
            let record = Self.record(of: answer, to: shown)
            listing.rows.append(
                (
                    [
                        shown, answer.text("packages"), answer.text("added"), answer.text("changed"),
                        answer.text("removed"), answer.text("skippedCount"),
                    ], record
                ))
        }
        console.text(listing.rendered(as: format, isTerminal: console.isTerminal))
        if invocation.has("dry-run") { console.note("nothing was changed") }
        return .success
    }

    /// Purls of the command line, each checked here so that mistakes are told before anything is changed; and files.
    private static func inputs(_ invocation: Invocation) throws(CommandFailure) -> [CheckedInput] {
        try checkPurls(invocation.operands)
        let purls = invocation.operands.filter { $0.hasPrefix("pkg:") }
        let files = invocation.operands.filter { !$0.hasPrefix("pkg:") }
        if invocation.value("name") != nil, files.count != 1 {
            throw CommandFailure(.usage, "--name names one lockfile; \(files.count) are given")
        }
        var inputs: [CheckedInput] = purls.isEmpty ? [] : [CheckedInput(path: nil, contents: .purls(purls))]
        inputs += try CheckedInput.read(files)
        return inputs
    }

    static func checkPurls(_ operands: [String]) throws(CommandFailure) {
        for purl in operands where purl.hasPrefix("pkg:") {
            do throws(WantedPackageError) { _ = try WantedPackage(parsing: purl) } catch {
                throw CommandFailure(.usage, "\(error)")
            }
        }
    }

    private static func addition(
        _ input: CheckedInput, _ invocation: Invocation
    ) throws(CommandFailure) -> (body: JSONObject, shown: String) {
        var body = try common(invocation)
        switch input.contents {
        case .purls(let purls):
            body.append("purls", .array(purls.map { .string($0) }))
            return (body, input.path ?? purls.joined(separator: " "))
        case .file(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CommandFailure(.failure, "\(input.path ?? "the input") is not UTF-8 text, so it is no lockfile")
            }
            guard let name = invocation.value("name") ?? input.filename else {
                throw CommandFailure(.usage, "a lockfile from standard input needs --name")
            }
            body.append("lockfile", .string(text))
            body.append("name", .string(name))
            if let filename = input.filename { body.append("filename", .string(filename)) }
            return (body, name)
        }
    }

    /// What every change of the watch list may say.
    static func common(_ invocation: Invocation) throws(CommandFailure) -> JSONObject {
        var body: JSONObject = [:]
        if let registry = invocation.value("registry") { body.append("registry", .string(registry)) }
        if invocation.value("versions") != nil {
            let versions = try invocation.number("versions", in: 1...50, default: 1)
            body.append("versions", .integer(Int64(versions)))
        }
        if invocation.has("dry-run") { body.append("dryRun", true) }
        return body
    }

    /// What the server says of one input, beginning with the input.
    private static func record(of answer: JSONValue, to input: String) -> JSONValue {
        var record: JSONObject = ["input": .string(input)]
        for member in answer.objectValue?.members ?? [] { record.append(member.name, member.value) }
        return .object(record)
    }

    // MARK: Listing and removing

    private static func list(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let answer = try await Deployment.server(invocation).get(path)
        let console = invocation.surroundings.console
        let listing = WarmTable.listing(
            answer["packages"]?.arrayValue ?? [], now: invocation.surroundings.clock.now())
        console.text(listing.rendered(as: format, isTerminal: console.isTerminal))
        return .success
    }

    private static func remove(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        try checkPurls(invocation.operands)
        let common = try common(invocation)
        let server = try Deployment.server(invocation)
        let console = invocation.surroundings.console
        var bodies: [(JSONObject, String)] = []
        for operand in invocation.operands {
            var body = common
            if operand.hasPrefix("pkg:") {
                body.append("purls", [.string(operand)])
            } else {
                body.append("name", .string(operand))
            }
            bodies.append((body, operand))
        }
        var listing = Listing(
            columns: [.init("INPUT"), .init("REMOVED"), .init("CHANGED")], emptyNote: "nothing was named")
        for (body, shown) in bodies {
            let answer = try await server.post("\(path)/remove", .object(body))
            listing.rows.append(
                (
                    [shown, answer.text("removed"), answer.text("changed")],
                    record(of: answer, to: shown)
                ))
        }
        console.text(listing.rendered(as: format, isTerminal: console.isTerminal))
        if invocation.has("dry-run") { console.note("nothing was changed") }
        return .success
    }
}
