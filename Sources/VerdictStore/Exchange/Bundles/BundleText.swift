import Cryptography
import JSON
import TransparencyLog

/// Why a line of ours in a bundle is not accepted; the reader adds which line.
struct BundleTextError: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// The line after the envelopes: whose log they are from, and the signed state of it that the proofs lead to.
///
/// Spec: verdict-log.md, section 4; docs/verdict-log.md, "Bundles".
struct BundleHeader: Equatable {
    static let version: Int64 = 1
    static let opening = Array(#"{"verdictBundle":"#.utf8)

    let origin: String
    /// The checkpoint note as the log signed it.
    let note: SignedNote
    /// What the note says. Not verified.
    let checkpoint: Checkpoint
    let selection: BundleSelection
    /// How many envelopes, and as many proofs, the bundle has.
    let statements: UInt64
    /// That the checkpoint extends an earlier one.
    let consistency: ConsistencyProof?

    init(
        note: SignedNote, checkpoint: Checkpoint, selection: BundleSelection, statements: UInt64,
        consistency: ConsistencyProof?
    ) {
        origin = checkpoint.origin
        self.note = note
        self.checkpoint = checkpoint
        self.selection = selection
        self.statements = statements
        self.consistency = consistency
    }

    var line: [UInt8] {
        var members: JSONObject = [
            "checkpoint": .string(String(decoding: note.bytes, as: UTF8.self)), "origin": .string(origin),
            "selection": selection.record, "statements": .integer(Int64(clamping: statements)),
            "version": .integer(BundleHeader.version),
        ]
        if let consistency {
            members.set(
                "consistency",
                ["hashes": hashList(consistency.hashes), "size": .integer(Int64(clamping: consistency.older.value))])
        }
        return canonicalLine(["verdictBundle": .object(members)])
    }

    init(parsing line: [UInt8]) throws(BundleTextError) {
        var outer = try ExactMembers(try canonicalValue(line), named: "the line")
        var members = try ExactMembers(try outer.value("verdictBundle"), named: "verdictBundle")
        try outer.finish()
        guard try members.count("version") == UInt64(BundleHeader.version) else {
            throw BundleTextError(
                "the bundle has another version than \(BundleHeader.version), the only one that is read here")
        }
        let noteBytes = Array(try members.string("checkpoint").utf8)
        do {
            note = try SignedNote(parsing: noteBytes)
            checkpoint = try Checkpoint(parsing: note.text)
        } catch {
            throw BundleTextError("the checkpoint cannot be read: \(error)")
        }
        guard note.bytes == noteBytes else { throw BundleTextError("the checkpoint is not in its one spelling") }
        origin = try members.string("origin")
        guard origin.utf8.elementsEqual(checkpoint.origin.utf8) else {
            throw BundleTextError("the origin is not the one that the checkpoint is of")
        }
        selection = try BundleSelection(reading: try members.value("selection"))
        statements = try members.count("statements")
        if let value = try members.optionalValue("consistency") {
            var proof = try ExactMembers(value, named: "consistency")
            let older = TreeSize(try proof.count("size"))
            consistency = ConsistencyProof(
                older: older, newer: checkpoint.size, hashes: try proof.hashes("hashes", atMost: 65))
            try proof.finish()
        } else {
            consistency = nil
        }
        try members.finish()
    }
}

/// One line for each envelope, in their order: where it stands in the log, and the hashes that show it.
struct BundleProof: Equatable {
    static let opening = Array(#"{"tlogProof":"#.utf8)

    let index: LogIndex
    let hashes: [SHA256Digest]

    var line: [UInt8] {
        canonicalLine(["tlogProof": ["hashes": hashList(hashes), "index": .integer(Int64(clamping: index.value))]])
    }

    init(index: LogIndex, hashes: [SHA256Digest]) {
        self.index = index
        self.hashes = hashes
    }

    init(parsing line: [UInt8]) throws(BundleTextError) {
        var outer = try ExactMembers(try canonicalValue(line), named: "the line")
        var members = try ExactMembers(try outer.value("tlogProof"), named: "tlogProof")
        try outer.finish()
        hashes = try members.hashes("hashes", atMost: 64)
        index = LogIndex(try members.count("index"))
        try members.finish()
    }
}

private func canonicalLine(_ value: JSONValue) -> [UInt8] {
    do throws(CanonicalJSONError) {
        return try CanonicalJSON.encode(value)
    } catch {
        preconditionFailure("a line of a bundle has no canonical form: \(error)")
    }
}

private func canonicalValue(_ line: [UInt8]) throws(BundleTextError) -> JSONValue {
    do throws(CanonicalJSONError) {
        return try CanonicalJSON.parse(line, maxDepth: 4)
    } catch {
        throw BundleTextError("\(error)")
    }
}

private func hashList(_ hashes: [SHA256Digest]) -> JSONValue { .array(hashes.map { .string($0.base64) }) }

/// Reads the members of an object, each once, and refuses what is left over.
struct ExactMembers {
    private let name: String
    private let object: JSONObject
    private var taken: Set<String> = []

    init(_ value: JSONValue?, named name: String) throws(BundleTextError) {
        guard case .object(let object)? = value else { throw BundleTextError("\(name) is not an object") }
        self.object = object
        self.name = name
    }

    mutating func optionalValue(_ member: String) throws(BundleTextError) -> JSONValue? {
        guard let value = object[member] else { return nil }
        taken.insert(member)
        return value
    }

    mutating func value(_ member: String) throws(BundleTextError) -> JSONValue {
        guard let value = try optionalValue(member) else { throw BundleTextError("\(name) lacks \(member)") }
        return value
    }

    mutating func optionalString(_ member: String) throws(BundleTextError) -> String? {
        guard let value = try optionalValue(member) else { return nil }
        guard case .string(let text) = value else { throw BundleTextError("\(name).\(member) is not a string") }
        return text
    }

    mutating func string(_ member: String) throws(BundleTextError) -> String {
        guard let text = try optionalString(member) else { throw BundleTextError("\(name) lacks \(member)") }
        return text
    }

    mutating func optionalCount(_ member: String) throws(BundleTextError) -> UInt64? {
        guard let value = try optionalValue(member) else { return nil }
        guard case .integer(let number) = value, number >= 0 else {
            throw BundleTextError("\(name).\(member) is not a count")
        }
        return UInt64(number)
    }

    mutating func count(_ member: String) throws(BundleTextError) -> UInt64 {
        guard let number = try optionalCount(member) else { throw BundleTextError("\(name) lacks \(member)") }
        return number
    }

    mutating func hashes(_ member: String, atMost limit: Int) throws(BundleTextError) -> [SHA256Digest] {
        guard case .array(let values) = try value(member), values.count <= limit else {
            throw BundleTextError("\(name).\(member) is not a list of at most \(limit) hashes")
        }
        var hashes: [SHA256Digest] = []
        for value in values {
            guard case .string(let text) = value, let bytes = try? Base64.decode(text),
                let hash = try? SHA256Digest(bytes: bytes)
            else { throw BundleTextError("\(name).\(member) has an element that is not 32 bytes in strict Base64") }
            hashes.append(hash)
        }
        return hashes
    }

    /// - Throws: when there is a member that nobody asked for.
    func finish() throws(BundleTextError) {
        for member in object.members where !taken.contains(where: { $0.utf8.elementsEqual(member.name.utf8) }) {
            throw BundleTextError("\(name) has a member that is not defined: \(member.name.prefix(40))")
        }
    }
}
