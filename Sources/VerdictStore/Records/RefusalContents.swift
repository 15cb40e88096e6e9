import Cryptography
import Platform
import Registry
import Screening

/// A refusal with the hashes of the clients that wait for it.
struct RefusalEntry {
    var record: RefusalRecord
    /// The first eight bytes of a digest each; enough to count, too little to find anybody.
    var clients: Set<UInt64>
    var ciClients: Set<UInt64>
}

/// What is to be written about one reference.
enum RefusalChange {
    case store(RefusalEntry)
    case remove(RefusalReference)

    var reference: RefusalReference {
        switch self {
        case .store(let entry): entry.record.reference
        case .remove(let reference): reference
        }
    }
}

/// The register in memory. A value behind the register's lock.
struct RefusalContents {
    private let maxEntries: Int
    private var entries: [RefusalReference: RefusalEntry] = [:]
    private var changed: Set<RefusalReference> = []

    init(maxEntries: Int) {
        precondition(maxEntries > 0, "a register needs room")
        self.maxEntries = maxEntries
    }

    var records: [RefusalRecord] { entries.values.map(\.record) }

    mutating func load(_ entry: RefusalEntry) {
        entries[entry.record.reference] = entry
    }

    mutating func record(_ hit: RefusalHit) -> RefusalRecord {
        let reference = hit.subject.reference
        let cause = String(decoding: Array(hit.cause.utf8.prefix(512)), as: UTF8.self)
        var entry =
            entries[reference]
            ?? RefusalEntry(
                record: RefusalRecord(
                    reference: reference, subject: hit.subject, sha512: hit.sha512, code: hit.code, cause: cause,
                    until: hit.until, firstHitAt: hit.at, lastHitAt: hit.at, hits: 0, waitingClients: 0,
                    waitingCIClients: 0),
                clients: [], ciClients: [])
        let client = SHA256Digest(hashing: Array(hit.client.utf8)).bytes.prefix(8).reduce(UInt64(0)) {
            $0 << 8 | UInt64($1)
        }
        if entry.clients.count < RefusalRegister.maxClients { entry.clients.insert(client) }
        if hit.isCI, entry.clients.contains(client) { entry.ciClients.insert(client) }
        entry.record.sha512 = hit.sha512 ?? entry.record.sha512
        entry.record.code = hit.code
        entry.record.cause = cause
        entry.record.until = hit.until
        entry.record.lastHitAt = max(hit.at, entry.record.lastHitAt)
        entry.record.hits += 1
        entry.record.waitingClients = entry.clients.count
        entry.record.waitingCIClients = entry.ciClients.count
        entries[reference] = entry
        changed.insert(reference)
        if entries.count > maxEntries { removeOldest() }
        return entry.record
    }

    mutating func remove(_ reference: RefusalReference) {
        if entries.removeValue(forKey: reference) != nil { changed.insert(reference) }
    }

    func find(_ reference: RefusalReference) -> [RefusalRecord] {
        if let entry = entries[reference] { return [entry.record] }
        return records.filter { reference.isPrefix(of: $0.reference) }.sorted { $0.reference < $1.reference }
    }

    /// What changed since the last call, ascending by reference.
    mutating func takeChanges() -> [RefusalChange] {
        defer { changed = [] }
        return changed.sorted().map { reference in
            entries[reference].map(RefusalChange.store) ?? .remove(reference)
        }
    }

    mutating func putBack(_ changes: [RefusalChange]) {
        changed.formUnion(changes.map(\.reference))
    }

    /// Makes room for a tenth, so that a full register does not search for its oldest at every hit.
    private mutating func removeOldest() {
        let oldest = records.sorted { ($0.lastHitAt, $0.reference) < ($1.lastHitAt, $1.reference) }
        for record in oldest.prefix(max(1, maxEntries / 10)) { remove(record.reference) }
    }
}

/// The table of refusals.
enum RefusalTable {
    static func prepare(_ connection: Connection) throws(DatabaseError) {
        try connection.prepareForRepeatableWork()
        try connection.run(
            """
            CREATE TABLE IF NOT EXISTS refusals(
                reference TEXT PRIMARY KEY,
                registry TEXT NOT NULL,
                purl TEXT NOT NULL,
                filename TEXT NOT NULL,
                sha512 BLOB,
                code TEXT NOT NULL,
                cause TEXT NOT NULL,
                until INTEGER,
                firstHitAt INTEGER NOT NULL,
                lastHitAt INTEGER NOT NULL,
                hits INTEGER NOT NULL,
                clients BLOB NOT NULL,
                ciClients BLOB NOT NULL
            ) STRICT, WITHOUT ROWID
            """)
    }

    static func apply(_ change: RefusalChange, _ connection: Connection) throws(DatabaseError) {
        switch change {
        case .remove(let reference):
            try connection.run("DELETE FROM refusals WHERE reference = ?", .text(reference.text))
        case .store(let entry):
            let record = entry.record
            try connection.run(
                """
                INSERT OR REPLACE INTO refusals(reference, registry, purl, filename, sha512, code, cause, until,
                    firstHitAt, lastHitAt, hits, clients, ciClients)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                .text(record.reference.text), .text(record.subject.registry.text), .text(record.subject.purl.text),
                .text(record.subject.filename), .optional(record.sha512?.bytes), .text(record.code.rawValue),
                .text(record.cause), .optional(record.until?.secondsSinceEpoch),
                .integer(record.firstHitAt.secondsSinceEpoch), .integer(record.lastHitAt.secondsSinceEpoch),
                .integer(Int64(record.hits)), .blob(bytes(of: entry.clients)), .blob(bytes(of: entry.ciClients)))
        }
    }

    static func all(_ connection: Connection) throws(DatabaseError) -> [RefusalEntry] {
        try connection.rows(
            """
            SELECT registry, purl, filename, sha512, code, cause, until, firstHitAt, lastHitAt, hits, clients, ciClients
            FROM refusals ORDER BY reference
            """
        ) { (row) throws(DatabaseError) in
            let codeText = try row.text(4)
            guard let code = RefusalCode(rawValue: codeText) else { throw row.unexpected("refusal code \(codeText)") }
            let subject = RefusalSubject(
                registry: try row.registry(0), purl: try row.packageURL(1), filename: try row.text(2))
            let clients = hashes(in: try row.blob(10))
            let ciClients = hashes(in: try row.blob(11))
            let record = RefusalRecord(
                reference: subject.reference, subject: subject, sha512: try row.optionalDigest(3), code: code,
                cause: try row.text(5), until: try row.optionalTimestamp(6), firstHitAt: try row.timestamp(7),
                lastHitAt: try row.timestamp(8), hits: Int(try row.integer(9)), waitingClients: clients.count,
                waitingCIClients: ciClients.count)
            return RefusalEntry(record: record, clients: clients, ciClients: ciClients)
        }
    }

    private static func bytes(of clients: Set<UInt64>) -> [UInt8] {
        clients.sorted().flatMap { client in
            (0..<8).map { UInt8(truncatingIfNeeded: client >> UInt64(56 - 8 * $0)) }
        }
    }

    private static func hashes(in bytes: [UInt8]) -> Set<UInt64> {
        Set(
            stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
                bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            })
    }
}
