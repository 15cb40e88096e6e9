import Cryptography
import Platform
import Screening
import VerdictStore

/// `jurat key retire` and `jurat key revoke`: the two ways in which a key ends.
enum KeyEndCommand {
    static let retire = Command(
        ["key", "retire"], "end a key in good order: what it signed before still counts", operands: ["KEYID|NAME"],
        options: KeyCommands.changeOptions, example: "jurat key retire operator-bea --reason \"bea left\"",
        run: { invocation async throws(CommandFailure) in try await end(.retire, invocation) })

    static let revoke = Command(
        ["key", "revoke"], "void everything that a key signed from a log index on", operands: ["KEYID|NAME"],
        options: KeyCommands.changeOptions + [
            .value("from-index", "N", "the first entry that nobody should believe (required)")
        ],
        example: "jurat key revoke verdict --from-index 4711 --reason \"laptop stolen\" --dry-run",
        run: { invocation async throws(CommandFailure) in try await end(.revoke, invocation) })

    private static func end(_ kind: KeyEventKind, _ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let change = try KeyChange(invocation)
        let entry = try KeyReference(invocation.operands[0]).find(in: change)
        let id = entry.publicKey.keyID
        let from = try kind == .revoke ? fromIndex(invocation, change) : change.logSize
        if kind == .retire, let earlier = entry.invalidFrom, earlier <= from {
            throw CommandFailure(.usage, "the key \(id.hex.prefix(16))… was ended already, at index \(earlier)")
        }
        let roots = try change.isDryRun ? [] : change.rootKeys(ending: id)
        let event = KeyEventStatement(
            event: kind, publicKey: entry.publicKey, role: entry.role, holder: entry.holder, scope: entry.scope,
            invalidFromIndex: from, reason: change.reason, threshold: try change.threshold(for: entry.role))
        let after = try change.keyring(after: event, signedBy: roots)
        try checkNotLast(entry, change.keyring, after)
        if kind == .revoke { try sayWhatBecomesVoid(id, from: from, change, after) }
        if change.isDryRun { return try change.rehearse(event) }
        let place = try await change.append(event, signedBy: roots)
        if kind == .revoke, entry.role == .verdict {
            change.say(
                place.isServing
                    ? "artifacts that lost their verdict are analysed again now"
                    : "artifacts that lost their verdict are analysed again when the server starts")
        }
        try setAside(id, change)
        return .success
    }

    private static func setAside(_ id: KeyID, _ change: KeyChange) throws(CommandFailure) {
        do throws(KeyFileError) {
            guard let moved = try change.store.setAside(id) else { return }
            change.say("the file is now \(moved.ended)" + (moved.promoted.map { "; its successor is \($0)" } ?? ""))
        } catch {
            throw CommandFailure(.failure, "the key is ended in the log, but its file could not be set aside: \(error)")
        }
    }

    private static func fromIndex(_ invocation: Invocation, _ change: KeyChange) throws(CommandFailure) -> UInt64 {
        let index = try LogCommands.entryCount("--from-index", try invocation.required("from-index"))
        guard index <= change.logSize else {
            throw CommandFailure(
                .usage,
                "--from-index is \(index), and the log has \(change.logSize) entries: it cannot be in the future")
        }
        return index
    }

    /// The service cannot go on without these, and the log could not record who follows.
    private static func checkNotLast(
        _ entry: KeyringEntry, _ before: Keyring, _ after: Keyring
    ) throws(CommandFailure) {
        func good(_ keyring: Keyring) -> Int {
            keyring.keys.count { $0.role == entry.role && keyring.isValidNow($0.publicKey.keyID) }
        }
        let isNeeded =
            switch entry.role {
            case .root, .log, .verdict: true
            case .operator_, .witness: false
            }
        guard isNeeded, good(before) > 0, good(after) == 0 else { return }
        throw CommandFailure(
            .usage,
            "\(entry.publicKey.keyID.hex.prefix(16))… is the last good \(entry.role.rawValue) key; "
                + "make its successor first: jurat key rotate \(entry.role.rawValue) --reason …")
    }

    private static func sayWhatBecomesVoid(
        _ id: KeyID, from index: UInt64, _ change: KeyChange, _ after: Keyring
    ) throws(CommandFailure) {
        let counts = try LogCommands.reading { () throws(LogError) in
            try change.reader.entries(signedBy: id, from: index)
        }
        let total = counts.reduce(UInt64(0)) { $0 + $1.count }
        let kinds = counts.map { count in
            let type = count.predicateType.rawValue.split(separator: ":").dropLast().last.map(String.init) ?? ""
            return "\(count.count) \(count.verdict ?? type)"
        }
        change.say(
            "\(total) \(total == 1 ? "statement becomes" : "statements become") void"
                + (kinds.isEmpty ? "" : ": " + kinds.joined(separator: ", ")))
        let fallen = change.keyring.keys.map(\.publicKey.keyID).filter {
            $0 != id && change.keyring.isValidNow($0) && !after.isValidNow($0)
        }
        guard !fallen.isEmpty else { return }
        change.say(
            "keys that lose their standing with it: " + fallen.map { String($0.hex.prefix(16)) }.joined(separator: ", ")
        )
    }
}

/// A key as a person names it: the beginning of its identifier, or its name.
struct KeyReference: Sendable {
    private let text: String

    init(_ text: String) { self.text = text }

    private static let minDigits = 4

    /// The key; for a name with several good keys the oldest, which a rotation is to end.
    func find(in change: KeyChange) throws(CommandFailure) -> KeyringEntry {
        let keyring = change.keyring
        if let name = try? KeyName(parsing: text) {
            let named = keyring.keys.filter { $0.role == name.role && $0.holder == name.holder }
            guard let entry = named.first(where: { keyring.isValidNow($0.publicKey.keyID) }) ?? named.last else {
                throw CommandFailure(.notFound, "the log has no key of \(name); see jurat key list")
            }
            return entry
        }
        let digits = text.lowercased()
        let matching = keyring.keys.filter { $0.publicKey.keyID.hex.hasPrefix(digits) }
        guard matching.count == 1, digits.utf8.count >= Self.minDigits else {
            throw CommandFailure(
                matching.count > 1 ? .usage : .notFound,
                matching.count > 1
                    ? "\(matching.count) keys begin with \(digits); give more digits"
                    : "no key begins with \(Logger.printable(text)) (at least \(Self.minDigits) digits), and it is no name "
                        + "of one such as log or operator-ana; see jurat key list")
        }
        return matching[0]
    }
}
