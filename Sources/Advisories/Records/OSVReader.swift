import JSON
import Platform

/// Reads one record in a single pass over its bytes; members it does not know are checked and skipped.
///
/// A member that is read must not occur twice: two readers would disagree on which one counts.
@safe
struct OSVReader {
    var scanner: JSONScanner
    private var record = OSVRecord(id: "")
    /// Decoded only when there is no summary: most of a bundle's bytes are descriptions.
    private var details: JSONStringToken?

    /// - Throws: `OSVError` when the record cannot be used.
    static func read(_ bytes: [UInt8]) throws(OSVError) -> OSVRecord {
        unsafe try bytes.withUnsafeBufferPointer { buffer throws(OSVError) in
            // Long descriptions are cut by their authors anywhere, even inside an escaped surrogate pair.
            var reader = unsafe OSVReader(
                scanner: JSONScanner(UnsafeRawBufferPointer(buffer), maxDepth: 64, acceptsUnpairedSurrogates: true))
            let outcome: Result<OSVRecord, OSVError>
            do throws(JSONError) {
                outcome = try reader.readRecord()
            } catch {
                throw .json(error.description)
            }
            return try outcome.get()
        }
    }

    private init(scanner: JSONScanner) {
        self.scanner = scanner
    }

    /// The outer error is the text's, the inner the record's.
    private mutating func readRecord() throws(JSONError) -> Result<OSVRecord, OSVError> {
        var seen = Members()
        var fault: OSVError?
        guard try scanner.peekKind() == .object else {
            return .failure(.wrongKind(member: "record", expected: "an object"))
        }
        try scanner.enterObject()
        while let token = try scanner.nextMember() {
            guard let member = Member.allCases.first(where: { scanner.matches(token, $0.name) }) else { continue }
            if !seen.insert(member) { fault = fault ?? .duplicateMember("\(member.name)") }
            if let found = try readMember(member) { fault = fault ?? found }
        }
        try scanner.finish()
        if let fault { return .failure(fault) }
        if !seen.contains(.id) { return .failure(.missing("id")) }
        if record.summary.isEmpty, let details, let text = try? scanner.text(of: details) {
            record.summary = DisplayText.line(text)
        }
        return .success(record)
    }

    private mutating func readMember(_ member: Member) throws(JSONError) -> OSVError? {
        switch member {
        case .id:
            guard let id = try string(), Self.isIdentifier(id) else { return .badID }
            record.id = id
        case .schemaVersion:
            guard let version = try string(), version.hasPrefix("1.") else { return .unknownSchema("that is given") }
        case .modified: record.modified = try time()
        case .withdrawn:
            if try scanner.peekKind() == .null { return nil }
            guard try time() != nil else { return .badWithdrawnTime }
            record.isWithdrawn = true
        case .aliases:
            guard let aliases = try strings() else {
                return .wrongKind(member: "aliases", expected: "a list of strings")
            }
            record.aliases = aliases.filter(Self.isIdentifier)
        case .summary: record.summary = DisplayText.line(try string() ?? "")
        case .details: if try scanner.peekKind() == .string { details = try scanner.readStringToken() }
        case .severity: record.severities = try severities()
        case .affected:
            guard let affected = try affectedPackages() else {
                return .wrongKind(member: "affected", expected: "a list of packages with versions and ranges")
            }
            record.affected = affected
        }
        return nil
    }
}

extension OSVReader {
    private enum Member: UInt8, CaseIterable {
        case id, schemaVersion, modified, withdrawn, aliases, summary, details, severity, affected

        var name: StaticString {
            switch self {
            case .id: "id"
            case .schemaVersion: "schema_version"
            case .modified: "modified"
            case .withdrawn: "withdrawn"
            case .aliases: "aliases"
            case .summary: "summary"
            case .details: "details"
            case .severity: "severity"
            case .affected: "affected"
            }
        }
    }

    private struct Members {
        private var bits: UInt16 = 0

        func contains(_ member: Member) -> Bool { bits & 1 << UInt16(member.rawValue) != 0 }

        /// False when it was there already.
        mutating func insert(_ member: Member) -> Bool {
            if contains(member) { return false }
            bits |= 1 << UInt16(member.rawValue)
            return true
        }
    }

    /// Names of advisories are printed, linked and compared: plain visible ASCII only.
    private static func isIdentifier(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }
}

// Values of a kind that is not expected are skipped and read as nil, so that one bad member names itself and the rest
// of the text is still checked.
extension OSVReader {
    mutating func string() throws(JSONError) -> String? {
        guard try scanner.peekKind() == .string else { return nil }
        return try scanner.readString()
    }

    private mutating func time() throws(JSONError) -> Timestamp? {
        guard let text = try string() else { return nil }
        return try? Timestamp(parsing: text)
    }

    mutating func strings() throws(JSONError) -> [String]? {
        guard try enterList() else { return [] }
        var values: [String]? = []
        while try scanner.nextElement() {
            if let value = try string() { values?.append(value) } else { values = nil }
        }
        return values
    }

    /// Steps into an array. False for null, which counts as an empty one; anything else fails as the text would.
    mutating func enterList() throws(JSONError) -> Bool {
        if try scanner.peekKind() == .null {
            try scanner.readNull()
            return false
        }
        try scanner.enterArray()
        return true
    }

    /// The vectors; entries of an unknown shape say nothing.
    mutating func severities() throws(JSONError) -> [String] {
        guard try scanner.peekKind() == .array else { return [] }
        var vectors: [String] = []
        try scanner.enterArray()
        while try scanner.nextElement() {
            guard try scanner.peekKind() == .object else { continue }
            var isCVSS = false
            var score: String?
            try scanner.enterObject()
            while let name = try scanner.nextMember() {
                if scanner.matches(name, "type") { isCVSS = try string()?.hasPrefix("CVSS_V") ?? false }
                if scanner.matches(name, "score") { score = try string() }
            }
            if isCVSS, let score { vectors.append(score) }
        }
        return vectors
    }
}
