import Cryptography
import Gateway
import HTTP
import JSON
import Platform
import TransparencyLog
import VerdictStore

/// `jurat log witness`: be a witness for the logs of others, as a service or once. Needs no configuration.
enum LogWitnessCommands {
    private static let options: [CommandOption] = [
        .value("log", "VKEY", "a log to look after, by its key (<name>+<hash>+<base64>)", isRepeatable: true),
        .value("state", "DIR", "where the witness keeps its key and what it has seen (default witness)"),
        .value("name", "NAME", "the witness's name in its signatures (default jurat.local/witness)"),
        .value(PassphraseOption.name, "FILE", "encrypts the witness's key, and opens it"),
    ]

    static let all: [Command] = [
        Command(
            ["log", "witness", "serve"], "answer add-checkpoint for the logs that are named",
            options: options + [
                .value("listen", "HOST:PORT", "where to listen (default 127.0.0.1:7678)")
            ],
            example: "jurat log witness serve --listen 0.0.0.0:7678 --log packages.example.com/verdicts+9f3c2a10+AQi…",
            run: serve),
        Command(
            ["log", "witness"], "fetch a log's checkpoint, check it against what was seen, cosign it",
            operands: ["URL"], options: options + [OutputFormat.option],
            example: "jurat log witness https://packages.example.com/-/log --log packages.example.com/verdicts+9f3c…",
            run: once),
    ]

    /// Opens the witness's state; its key is made at the first use.
    private static func book(_ invocation: Invocation) throws(CommandFailure) -> WitnessBook {
        let texts = invocation.values["log"] ?? []
        guard !texts.isEmpty else {
            throw CommandFailure(.usage, "name the logs to look after with --log; see jurat log witness --help")
        }
        let directory = invocation.value("state") ?? "witness"
        let keys = try PassphraseOption.store(directory, passphrasePath: invocation.value(PassphraseOption.name))
        do {
            let logs = try texts.map { try CheckpointVerifier(logKeys: [NoteVerifier(vkey: $0)]) }
            try Files.createDirectory(directory)
            let key = try keys.contains(.witness) ? keys.load(.witness) : keys.create(.witness)
            return try WitnessBook(
                directory: directory,
                cosigner: Cosigner(name: invocation.value("name") ?? "jurat.local/witness", key: key), logs: logs,
                clock: invocation.surroundings.clock)
        } catch let error as FileError {
            throw CommandFailure(.failure, "\(error)")
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }

    // MARK: The service

    private static func serve(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let text = invocation.value("listen") ?? "127.0.0.1:7678"
        guard let address = ListenAddress(parsing: text) else {
            throw CommandFailure(.usage, "--listen is \(Logger.printable(text)); expected HOST:PORT")
        }
        let book = try book(invocation)
        let logger = Logger.standardError(minimum: .info)
        let signals = SignalInbox()
        let watcher = signals.watch()
        let server = HTTPServer(
            listeners: [
                ListenerConfiguration(name: "witness", address: .tcp(host: address.host, port: address.port))
            ],
            loops: 1, handler: WitnessHandler(book: book, logger: logger), logger: logger)
        do { try await server.start() } catch { throw CommandFailure(.failure, "\(error)") }
        invocation.surroundings.console.line("witness \(book.verifier.vkey) listens on \(text)")
        for await signal in signals.received where !signal.isReload { break }
        await server.shutdown(gracePeriod: .seconds(5))
        withExtendedLifetime(watcher) {}
        return .success
    }

    // MARK: Once

    private static func once(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        let book = try book(invocation)
        let peer = FetchedLog(url: invocation.operands[0], environment: invocation.surroundings.environment)
        let note = try await peer.checkpoint()
        let cosigned: (signature: NoteSignature, older: TreeSize)
        do throws(WitnessRefusal) {
            let stated: Checkpoint
            do throws(CheckpointError) { stated = try Checkpoint(parsing: note.text) } catch {
                throw .malformed(reason: "\(error)")
            }
            let older = try book.latest(of: stated.origin)?.size ?? .zero
            guard older <= stated.size else { throw .conflict(lastSize: older) }
            let proof = await peer.consistency(from: older, to: stated.size)
            switch proof {
            case .failure(let failure): throw .malformed(reason: failure.message)
            case .success(let hashes):
                let request = WitnessRequest(older: older, hashes: hashes, note: note)
                cosigned = (signature: try book.add(request), older: older)
            }
        } catch {
            throw CommandFailure(.verificationFailed, "not cosigned: \(error)")
        }
        var signed = note
        signed.add(cosigned.signature)
        let console = invocation.surroundings.console
        guard format == .json || format == .jsonl else {
            console.text(String(decoding: signed.bytes, as: UTF8.self))
            console.note("it extends the \(cosigned.older) entries that this witness had seen")
            return .success
        }
        let record: JSONValue = [
            "witness": .string(book.verifier.vkey), "from": .integer(Int64(clamping: cosigned.older.value)),
            "cosignature": .string(cosigned.signature.line),
            "note": .string(String(decoding: signed.bytes, as: UTF8.self)),
        ]
        console.line(JSONText.string(record, pretty: format == .json))
        return .success
    }
}

/// `HOST:PORT` of the command line.
private struct ListenAddress {
    let host: String
    let port: UInt16

    init?(parsing text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { return nil }
        self.host = host
        self.port = port
    }
}
