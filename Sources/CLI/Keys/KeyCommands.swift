import Cryptography
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// `jurat key`: who may sign what, and how that changes. Every change is a key event in the log, signed by root keys.
enum KeyCommands {
    static let all: [Command] = [
        Command(
            ["key", "list"], "list the log's keys: role, standing, and whether the file is here",
            options: [OutputFormat.option, .value("keys", "DIR", "where key files are (default: the data folder's)")],
            example: "jurat key list -o wide", run: list),
        KeyGenerateCommand.command, KeyRotateCommand.command, KeyEndCommand.retire, KeyEndCommand.revoke,
        KeyEncryptCommand.command,
    ]

    /// What all changes take.
    static let changeOptions: [CommandOption] = [
        ReasonOption.option,
        .value("root-key", "FILE", "a root key that signs (default: those in the key folder)", isRepeatable: true),
        .value("threshold", "N", "from now on N root keys must sign; changes of root keys only"),
        .value("keys", "DIR", "where key files are (default: the data folder's)"),
        PassphraseOption.option,
        .flag("dry-run", "print the record, write and append nothing"),
    ]

    private static func list(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let deployment = try Deployment(invocation)
        let reader = try LogCommands.reader(invocation)
        let keyring = try LogCommands.reading { () throws(LogError) in try reader.keyring() }
        let files: [KeyStore.Entry]
        do {
            files = try KeyStore(directory: invocation.value("keys") ?? deployment.data.keysDirectory).list()
        } catch {
            throw CommandFailure(.failure, "\(error)")
        }
        var listing = Listing(
            columns: [
                .init("KEY"), .init("ROLE"), .init("HOLDER"), .init("STATE"), .init("ADDED"), .init("ENDED"),
                .init("FILE"), .init("ENCRYPTED"), .init("SCOPE", wide: true), .init("KEY ID", wide: true),
                .init("PUBLIC KEY", wide: true),
            ], emptyNote: "no keys")
        for entry in keyring.keys {
            let file = files.first { $0.publicKey == entry.publicKey }
            listing.rows.append(KeyRow(entry, keyring, file: file).cellsAndRecord)
        }
        for file in files where keyring.key(file.publicKey.keyID) == nil {
            listing.rows.append(KeyRow(unknown: file).cellsAndRecord)
        }
        let console = invocation.surroundings.console
        console.text(listing.rendered(as: format, isTerminal: console.isTerminal))
        if format == .table || format == .wide {
            let roots = keyring.keys.count { $0.role == .root && keyring.isValidNow($0.publicKey.keyID) }
            console.note("key changes need \(keyring.requiredRootSignatures) of \(roots) root keys")
        }
        return .success
    }
}

/// One key as `jurat key list` shows it.
private struct KeyRow {
    private let publicKey: Ed25519PublicKey
    private let role: String
    private let entry: KeyringEntry?
    private let state: String
    private let file: KeyStore.Entry?
    private let threshold: Int?

    init(_ entry: KeyringEntry, _ keyring: Keyring, file: KeyStore.Entry?) {
        publicKey = entry.publicKey
        role = entry.role.rawValue
        self.entry = entry
        self.file = file
        threshold = entry.role == .root ? keyring.requiredRootSignatures : nil
        if keyring.isValidNow(entry.publicKey.keyID) {
            state = "good"
        } else if entry.invalidFrom != nil {
            state = entry.isRevoked ? "revoked" : "retired"
        } else {
            // The root keys that added it were void then.
            state = "void"
        }
    }

    init(unknown file: KeyStore.Entry) {
        publicKey = file.publicKey
        role = file.name.role.rawValue
        entry = nil
        self.file = file
        state = "not in the log"
        threshold = nil
    }

    var cellsAndRecord: (cells: [String], record: JSONValue) {
        let id = publicKey.keyID.hex
        let holder = entry?.holder ?? file?.name.holder
        let ended = entry?.invalidFrom
        let cells: [String] = [
            String(id.prefix(16)), role, holder ?? "–", state, Self.text(entry?.addedAt), Self.text(ended),
            file?.file.text ?? "–", file.map { $0.isEncrypted ? "yes" : "no" } ?? "–",
            scope.joined(separator: " "), id, Base64.encode(publicKey.bytes),
        ]
        var record: JSONObject = ["keyid": .string(id), "role": .string(role), "state": .string(state)]
        record.append("holder", holder.map { .string($0) } ?? .null)
        record.append("addedAt", Self.number(entry?.addedAt))
        record.append("invalidFromIndex", Self.number(ended))
        record.append("file", file.map { .string($0.path) } ?? .null)
        record.append("isEncrypted", file.map { .bool($0.isEncrypted) } ?? .null)
        record.append("analyzers", Self.list(entry?.scope.analyzers?.map(\.text)))
        record.append("registries", Self.list(entry?.scope.registries?.map(\.text)))
        record.append("publicKey", .string(Base64.encode(publicKey.bytes)))
        record.append("requiredRootSignatures", threshold.map { .integer(Int64($0)) } ?? .null)
        return (cells, .object(record))
    }

    private static func text(_ index: UInt64?) -> String { index.map { "\($0)" } ?? "–" }

    private static func number(_ index: UInt64?) -> JSONValue { index.map { .integer(Int64(clamping: $0)) } ?? .null }

    private static func list(_ names: [String]?) -> JSONValue {
        names.map { .array($0.map { .string($0) }) } ?? .null
    }

    private var scope: [String] {
        guard let scope = entry?.scope else { return ["–"] }
        let narrowed = (scope.analyzers?.map(\.text) ?? []) + (scope.registries?.map(\.text) ?? [])
        return narrowed.isEmpty ? ["all"] : narrowed
    }
}

extension KeyName {
    var role: KeyRole {
        switch self {
        case .root: .root
        case .log: .log
        case .verdict: .verdict
        case .operator: .operator_
        case .witness: .witness
        }
    }

    /// Whose key it is; operators only.
    var holder: String? {
        switch self {
        case .operator(let user): user
        case .root, .log, .verdict, .witness: nil
        }
    }
}
