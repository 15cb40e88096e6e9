import Cryptography
import JSON
import Platform
import Registry

/// Reads the members of one object of a statement, each exactly once, and refuses what is left over.
///
/// Every reader method names the member's full path in its error, so that a refused record can be mended by whoever
/// wrote it.
struct MemberReader {
    let path: String
    private let object: JSONObject
    private var names: [String] = []

    init(_ value: JSONValue, at path: String) throws(StatementError) {
        guard case .object(let object) = value else {
            throw .invalidMember(path: path.isEmpty ? "the statement" : path, expected: "an object")
        }
        self.object = object
        self.path = path
    }

    func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func invalid(_ name: String, _ expected: String) -> StatementError {
        .invalidMember(path: path(of: name), expected: expected)
    }

    /// - Throws: `unexpectedMember` for the first member that nobody asked for.
    func finish() throws(StatementError) {
        guard object.members.count != names.count else { return }
        for member in object.members where !names.contains(where: { $0.utf8.elementsEqual(member.name.utf8) }) {
            throw .unexpectedMember(path: path(of: member.name))
        }
    }

    /// Reads a subject that must be exactly this, because another member says the same.
    func finish(naming name: String, digest: String, what: String) throws(StatementError) {
        var subject = self
        let isNamed = try subject.string("name").utf8.elementsEqual(name.utf8)
        guard isNamed, try subject.digest("digest", "sha256", as: SHA256Digest.self).hex == digest else {
            throw invalid("name", "\(what): \(name) with its digest")
        }
        try subject.finish()
    }

    mutating func optionalValue(_ name: String) -> JSONValue? {
        guard let value = object[name] else { return nil }
        names.append(name)
        return value
    }

    mutating func value(_ name: String) throws(StatementError) -> JSONValue {
        guard let value = optionalValue(name) else { throw .missingMember(path: path(of: name)) }
        return value
    }

    // MARK: Strings

    mutating func optionalString(_ name: String, as form: TextForm? = nil) throws(StatementError) -> String? {
        guard let value = optionalValue(name) else { return nil }
        guard case .string(let text) = value else { throw invalid(name, "a string") }
        if let form, !form.accepts(text) { throw invalid(name, form.expectation) }
        return text
    }

    mutating func string(_ name: String, as form: TextForm? = nil) throws(StatementError) -> String {
        guard let text = try optionalString(name, as: form) else { throw .missingMember(path: path(of: name)) }
        return text
    }

    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, of type: Word.Type
    ) throws(StatementError) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: try string(name)) else {
            throw invalid(name, "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    mutating func optionalTimestamp(_ name: String) throws(StatementError) -> Timestamp? {
        guard let text = try optionalString(name) else { return nil }
        return try Self.timestamp(text, else: invalid(name, "a time such as 2026-11-24T03:00:00Z, whole seconds"))
    }

    mutating func timestamp(_ name: String) throws(StatementError) -> Timestamp {
        guard let timestamp = try optionalTimestamp(name) else { throw .missingMember(path: path(of: name)) }
        return timestamp
    }

    private static func timestamp(_ text: String, else failure: StatementError) throws(StatementError) -> Timestamp {
        // Other offsets and fractions name the same second; the record has one spelling.
        guard let timestamp = try? Timestamp(parsing: text), timestamp.rfc3339.utf8.elementsEqual(text.utf8) else {
            throw failure
        }
        return timestamp
    }

    mutating func optionalStatementID(_ name: String) throws(StatementError) -> StatementID? {
        guard let text = try optionalString(name) else { return nil }
        return try Self.statementID(text, at: path(of: name))
    }

    mutating func statementID(_ name: String) throws(StatementError) -> StatementID {
        guard let id = try optionalStatementID(name) else { throw .missingMember(path: path(of: name)) }
        return id
    }

    private static func statementID(_ text: String, at path: String) throws(StatementError) -> StatementID {
        do throws(StatementError) {
            return try StatementID(hex: text)
        } catch {
            throw .invalidMember(path: path, expected: "64 lowercase hexadecimal digits")
        }
    }

    mutating func optionalPackageURL(_ name: String) throws(StatementError) -> PackageURL? {
        guard let text = try optionalString(name) else { return nil }
        return try Self.packageURL(text, at: path(of: name))
    }

    static func packageURL(_ text: String, at path: String) throws(StatementError) -> PackageURL {
        guard let url = try? PackageURL(parsing: text), url.text.utf8.elementsEqual(text.utf8) else {
            throw .invalidMember(path: path, expected: "a purl in its canonical spelling")
        }
        return url
    }

    mutating func keyID(_ name: String) throws(StatementError) -> KeyID {
        let text = try string(name)
        guard let id = try? KeyID(hex: text) else {
            throw invalid(name, "64 lowercase hexadecimal digits")
        }
        return id
    }

    mutating func publicKey(_ name: String) throws(StatementError) -> Ed25519PublicKey {
        guard let bytes = try? Base64.decode(try string(name)), let key = try? Ed25519PublicKey(bytes: bytes) else {
            throw invalid(name, "an Ed25519 public key, 32 bytes in base64")
        }
        return key
    }

    mutating func analyzerID(_ name: String) throws(StatementError) -> AnalyzerID {
        do throws(StatementError) {
            return try AnalyzerID(parsing: try string(name))
        } catch {
            throw invalid(name, "1 to 64 lowercase letters, digits and hyphens")
        }
    }

    // MARK: Integers

    mutating func optionalInteger(_ name: String, from least: Int64) throws(StatementError) -> Int64? {
        guard let value = optionalValue(name) else { return nil }
        guard case .integer(let number) = value, number >= least else {
            throw invalid(name, "an integer from \(least)")
        }
        return number
    }

    mutating func integer(_ name: String, from least: Int64) throws(StatementError) -> Int64 {
        guard let number = try optionalInteger(name, from: least) else { throw .missingMember(path: path(of: name)) }
        return number
    }

    // MARK: Objects and lists

    mutating func optionalObject(_ name: String) throws(StatementError) -> MemberReader? {
        guard let value = optionalValue(name) else { return nil }
        return try MemberReader(value, at: path(of: name))
    }

    mutating func object(_ name: String) throws(StatementError) -> MemberReader {
        try MemberReader(try value(name), at: path(of: name))
    }

    mutating func list(_ name: String) throws(StatementError) -> [JSONValue] {
        guard case .array(let values) = try value(name) else { throw invalid(name, "a list") }
        return values
    }

    /// A list that is left out when it is empty, so that every statement has one form.
    mutating func optionalList(_ name: String) throws(StatementError) -> [JSONValue]? {
        guard let value = optionalValue(name) else { return nil }
        guard case .array(let values) = value, !values.isEmpty else { throw invalid(name, "a list that is not empty") }
        return values
    }

    /// The object in a list of exactly one.
    mutating func onlyElement(_ name: String) throws(StatementError) -> MemberReader {
        let values = try list(name)
        guard values.count == 1 else { throw invalid(name, "a list of exactly one object") }
        return try MemberReader(values[0], at: "\(path(of: name))[0]")
    }

    /// The strings of a list, each read by `read` and none twice.
    func elements<Element: Hashable>(
        _ values: [JSONValue], of name: String, _ read: (String) throws -> Element
    ) throws(StatementError) -> [Element] {
        var elements: [Element] = []
        var seen: Set<Element> = []
        for (position, value) in values.enumerated() {
            let place = "\(path(of: name))[\(position)]"
            guard case .string(let text) = value, let element = try? read(text) else {
                throw .invalidMember(path: place, expected: "a well-formed string")
            }
            guard seen.insert(element).inserted else { throw .invalidMember(path: place, expected: "no repetition") }
            elements.append(element)
        }
        return elements
    }

    /// A digest set with exactly one algorithm: `{"sha256": "…"}`.
    mutating func digest<Value: Digest>(_ name: String, _ algorithm: String, as type: Value.Type) throws(StatementError)
        -> Value
    {
        var set = try object(name)
        let value = try set.hexDigest(algorithm, as: type)
        try set.finish()
        return value
    }

    mutating func hexDigest<Value: Digest>(_ name: String, as type: Value.Type) throws(StatementError) -> Value {
        let text = try string(name)
        let digits = 2 * Value.algorithm().byteCount
        guard let digest = try? Value(hex: text) else {
            throw invalid(name, "\(digits) lowercase hexadecimal digits")
        }
        return digest
    }
}
