import Cryptography
import JSON
import Registry

/// What listings said of releases, each thing that was said stored once under its digest: most releases of a package say
/// the same but for their time. For one reading of one listing, on the history's thread.
struct ReleaseClaims {
    private let connection: Connection
    /// A package of a thousand versions says a few different things.
    private var digests: [Said: SHA256Digest] = [:]
    private var kept: Set<SHA256Digest> = []

    init(_ connection: Connection) { self.connection = connection }

    static func prepare(_ connection: Connection) throws(DatabaseError) {
        try connection.run(
            "CREATE TABLE IF NOT EXISTS releaseClaims(sha256 BLOB PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID"
        )
    }

    /// The digest of what is said, but for the time.
    mutating func digest(of facts: ReleaseFacts) -> SHA256Digest {
        let said = Said(facts: facts)
        if let known = digests[said] { return known }
        let digest = SHA256Digest(hashing: Self.text(of: facts))
        digests[said] = digest
        return digest
    }

    /// Stores what is said, but for the time.
    mutating func keep(_ facts: ReleaseFacts) throws(DatabaseError) -> SHA256Digest {
        let digest = digest(of: facts)
        if kept.contains(digest) { return digest }
        try connection.run(
            "INSERT OR IGNORE INTO releaseClaims(sha256, text) VALUES (?, ?)", .blob(digest.bytes),
            .text(String(decoding: Self.text(of: facts), as: UTF8.self)))
        kept.insert(digest)
        return digest
    }

    /// What is stored under a digest.
    ///
    /// - Throws: `DatabaseError`, of the kind `unexpectedRow` when nothing is.
    func facts(_ claim: SHA256Digest) throws(DatabaseError) -> ReleaseFacts {
        let facts = try connection.first(
            "SELECT text FROM releaseClaims WHERE sha256 = ?", .blob(claim.bytes)
        ) { (row) throws(DatabaseError) in try row.releaseFacts(0) }
        guard let facts else {
            throw DatabaseError(
                kind: .unexpectedRow, path: connection.path, operation: "read a release",
                detail: "its claim \(claim.hex) is missing")
        }
        return facts
    }

    /// Its members are in one order and its lists sorted, so equal facts have equal texts.
    private static func text(of facts: ReleaseFacts) -> [UInt8] { JSONText.serialize(facts.withoutTime.record) }
}

/// Facts without their time, compared by their bytes: two spellings that Swift calls equal are two claims.
private struct Said: Hashable {
    let facts: ReleaseFacts

    static func == (left: Said, right: Said) -> Bool {
        let (left, right) = (left.facts, right.facts)
        return left.hasProvenance == right.hasProvenance
            && optional(left.publisher, right.publisher) && optional(left.repository, right.repository)
            && lists(left.maintainers, right.maintainers) && lists(left.dependencies, right.dependencies)
    }

    /// Releases that follow each other share their lists where they are the same.
    private static func lists(_ left: [String], _ right: [String]) -> Bool {
        guard left.count == right.count else { return false }
        let isShared = unsafe left.withUnsafeBufferPointer { left in
            unsafe right.withUnsafeBufferPointer { right in unsafe left.baseAddress == right.baseAddress }
        }
        return isShared || left.elementsEqual(right, by: same)
    }

    private static func same(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

    private static func optional(_ left: String?, _ right: String?) -> Bool {
        switch (left, right) {
        case (nil, nil): true
        case (let left?, let right?): same(left, right)
        case (nil, _), (_, nil): false
        }
    }

    /// What Swift calls equal has one hash; that is enough.
    func hash(into hasher: inout Hasher) {
        hasher.combine(facts.publisher)
        hasher.combine(facts.repository)
        hasher.combine(facts.hasProvenance)
        hasher.combine(facts.maintainers)
        hasher.combine(facts.dependencies)
    }
}

extension Row {
    /// Facts of a release as they are stored.
    func releaseFacts(_ column: Int32) throws(DatabaseError) -> ReleaseFacts {
        let text = try text(column)
        guard let record = try? JSONText.parse(Array(text.utf8)), let facts = ReleaseFacts(reading: record) else {
            throw unexpected("column \(column): the facts of a release")
        }
        return facts
    }
}
