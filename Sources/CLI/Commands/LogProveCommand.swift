import Cryptography
import JSON
import Platform
import Screening
import TransparencyLog
import VerdictStore

/// `jurat log prove`: what convinces somebody else that an entry is in the log, or that the log only grew.
enum LogProveCommand {
    static let command = Command(
        ["log", "prove"], "prove that an entry is in the log, or that the log only grew", operands: ["[STATEMENT]"],
        options: [
            .value("index", "N", "the entry at this log index instead of a statement"),
            .value("consistency", "SIZE", "prove growth from this size, to the operand or the newest"),
            .value("to", "FILE", "write the proof there (by convention *.tlog-proof)"), OutputFormat.option,
        ],
        example: "jurat log prove 61f2 --to 61f2.tlog-proof", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        let reader = try LogCommands.reader(invocation)
        let head = try PublishedHead.note(of: reader, invocation)
        if invocation.value("consistency") != nil { return try consistency(reader, head, format, invocation) }
        let entry = try entry(reader, invocation)
        let proof = try LogCommands.reading { () throws(LogError) in try reader.proof(of: entry, under: head) }
        guard let proof else {
            throw CommandFailure(
                .notReady, "the entry is not under the newest published checkpoint yet; try again soon")
        }
        let console = invocation.surroundings.console
        let logged = entry.logged
        let size = try LogCommands.size(of: head)
        if format == .json || format == .jsonl {
            let record: JSONValue = [
                "statement": .string(logged.statementID.hex), "logIndex": .integer(Int64(clamping: logged.logIndex)),
                "leafHash": .string(logged.leafHash.hex), "treeSize": .integer(Int64(clamping: size)),
                "hashes": .array(proof.hashes.map { .string($0.base64) }),
                "proof": .string(String(decoding: proof.bytes, as: UTF8.self)),
            ]
            try emit(Array((JSONText.string(record, pretty: format == .json) + "\n").utf8), invocation)
            return .success
        }
        try emit(proof.bytes, invocation)
        console.note(
            "entry \(logged.logIndex) of \(size), statement \(logged.statementID.hex.prefix(12)): \(proof.hashes.count) "
                + "hashes to the checkpoint's root; check it with jurat verdict verify FILE.tlog-proof")
        return .success
    }

    private static func entry(_ reader: LogReader, _ invocation: Invocation) throws(CommandFailure) -> LogEntry {
        let statement = invocation.operands.first
        guard (statement == nil) != (invocation.value("index") == nil) else {
            throw CommandFailure(.usage, "name one entry: a STATEMENT or --index N; see jurat log prove --help")
        }
        if let statement {
            return try LogCommands.reading { () throws(LogError) in
                try reader.statement(withPrefix: statement.lowercased())
            }
        }
        let index = try LogCommands.entryCount("--index", invocation.value("index") ?? "")
        let entry = try LogCommands.reading { () throws(LogError) in try reader.entry(at: index) }
        guard let entry else { throw CommandFailure(.notFound, "the log has no entry \(index)") }
        return entry
    }

    private static func consistency(
        _ reader: LogReader, _ head: SignedNote, _ format: OutputFormat, _ invocation: Invocation
    ) throws(CommandFailure) -> ExitCode {
        guard invocation.value("index") == nil else {
            throw CommandFailure(.usage, "--index does not go with --consistency")
        }
        let older = try LogCommands.entryCount("--consistency", invocation.value("consistency") ?? "")
        let size = try LogCommands.size(of: head)
        let newer =
            try invocation.operands.first.map { (text) throws(CommandFailure) in
                try LogCommands.entryCount("the newer size", text)
            } ?? size
        guard older <= newer else {
            throw CommandFailure(.usage, "\(older) entries are more than \(newer): name the older size first")
        }
        let record = try LogCommands.reading { () throws(LogError) in
            try reader.consistency(from: older, to: newer, note: head)
        }
        guard let record else { throw CommandFailure(.notFound, "the log has \(size) entries, not \(newer)") }
        // The text is the record itself: no other form of it is in use anywhere.
        try emit(Array((JSONText.string(record.json, pretty: format != .jsonl) + "\n").utf8), invocation)
        invocation.surroundings.console.note(
            "the tree of \(newer) entries extends that of \(older): \(record.proof.hashes.count) hashes")
        return .success
    }

    /// Prints the result, or writes it to the file that was named.
    private static func emit(_ bytes: [UInt8], _ invocation: Invocation) throws(CommandFailure) {
        guard let path = invocation.value("to") else {
            return invocation.surroundings.console.text(String(decoding: bytes, as: UTF8.self))
        }
        do { try Files.writeDurably(bytes, to: path, mode: 0o644) } catch { throw CommandFailure(.failure, "\(error)") }
    }
}
