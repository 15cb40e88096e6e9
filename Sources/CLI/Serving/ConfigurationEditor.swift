import Configuration
import Platform

/// Changes the configuration file of an invocation in place: checked before it is written, written whole or not at all.
struct ConfigurationEditor: Sendable {
    let file: ConfigurationFile
    let bytes: [UInt8]
    /// The configuration before the edit.
    let configuration: ServiceConfiguration

    init(_ invocation: Invocation) throws(CommandFailure) {
        file = ConfigurationFile(
            path: invocation.configurationPath, environment: invocation.surroundings.environment)
        bytes = try file.read()
        configuration = try file.load(bytes)
    }

    /// Makes an edit and checks what it comes to; with `isDryRun` the changed lines are printed and nothing is written.
    ///
    /// - Returns: the configuration after the edit.
    func apply(
        isDryRun: Bool, on console: Console, _ edit: ([UInt8]) throws(TrustEditRefusal) -> [UInt8]
    ) throws(CommandFailure) -> ServiceConfiguration {
        let edited: [UInt8]
        do throws(TrustEditRefusal) { edited = try edit(bytes) } catch {
            guard !error.advice.isEmpty else { throw CommandFailure(.failure, error.reason) }
            throw CommandFailure(
                .failure,
                "\(file.path) was not changed: \(error.reason). Put these lines in yourself:\n"
                    + error.advice.joined(separator: "\n"))
        }
        let after: ServiceConfiguration
        do throws(CommandFailure) { after = try file.load(edited) } catch {
            throw CommandFailure(
                error.code, "nothing was written, because the result would not be right: \(error.message)")
        }
        guard !isDryRun else {
            for line in Self.difference(bytes, edited) { console.line(line) }
            return after
        }
        try write(edited)
        return after
    }

    /// The lines that went, with `-`, and those that came, with `+`.
    static func difference(_ before: [UInt8], _ after: [UInt8]) -> [String] {
        let old = lines(before)
        let new = lines(after)
        let head = zip(old, new).prefix { $0 == $1 }.count
        let tail = zip(old.dropFirst(head).reversed(), new.dropFirst(head).reversed()).prefix { $0 == $1 }.count
        return old.dropFirst(head).dropLast(tail).map { "-\($0)" } + new.dropFirst(head).dropLast(tail).map { "+\($0)" }
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private func write(_ edited: [UInt8]) throws(CommandFailure) {
        // A link would be replaced by a file of its own, and what it pointed to would stay as it was.
        guard try Self.inFiles({ () throws(FileError) in try Files.kind(file.path) }) == .regularFile else {
            throw CommandFailure(
                .failure, "\(file.path) is not a regular file; name the file itself with --config, or edit it by hand")
        }
        guard try file.read() == bytes else {
            throw CommandFailure(.failure, "\(file.path) was changed meanwhile; nothing was written, try again")
        }
        try Self.inFiles { () throws(FileError) in
            try Files.writeDurably(edited, to: file.path, mode: try Files.permissions(file.path))
        }
    }

    private static func inFiles<Value>(_ body: () throws(FileError) -> Value) throws(CommandFailure) -> Value {
        do throws(FileError) { return try body() } catch { throw CommandFailure(.failure, "\(error)") }
    }
}
