import Cryptography
import Platform
import Registry

// Counting accesses, and questions about several things at once.
extension AccessTable {
    /// Who is counted as one client.
    private struct Caller: Hashable {
        let principal: String?
        let address: String
    }

    /// What one caller did.
    private struct Tally {
        let caller: Caller
        let accesses: Int
        let first: Timestamp
        let last: Timestamp
    }

    static func summary(_ filter: AccessFilter, _ connection: Connection) throws(DatabaseError) -> AccessSummary {
        let tallies = try tallies(filter, connection)
        return AccessSummary(
            accesses: tallies.reduce(0) { $0 + $1.accesses }, clients: tallies.count,
            first: tallies.map(\.first).min(), last: tallies.map(\.last).max())
    }

    static func find(_ question: AccessQuestion, _ connection: Connection) throws(DatabaseError) -> AccessFindings {
        var found: [AccessRecord] = []
        var callers: Set<Caller> = []
        var total = 0
        for filter in try filters(question, connection) {
            for tally in try tallies(filter, connection) {
                callers.insert(tally.caller)
                total += tally.accesses
            }
            found += try select(filter, limit: question.limit, connection)
        }
        // Each filter's own are in order already; equal moments keep the order of the filters.
        let newest = found.enumerated().sorted { left, right in
            (right.element.at, left.offset) < (left.element.at, right.offset)
        }
        return AccessFindings(
            accesses: newest.prefix(question.limit).map(\.element), total: total, clients: callers.count,
            recordsBegin: try oldest(connection))
    }

    /// The question as filters of which no access fits two.
    private static func filters(
        _ question: AccessQuestion, _ connection: Connection
    ) throws(DatabaseError) -> [AccessFilter] {
        let (since, until) = (question.since, question.until)
        switch question.subject {
        case .bytes(let digest): return [AccessFilter(sha512: digest, since: since, until: until)]
        case .purl(let purl): return [AccessFilter(purl: purl, since: since, until: until)]
        case .versions(let names, let includes):
            var filters: [AccessFilter] = []
            for name in names {
                let purls = try connection.rows(
                    "SELECT DISTINCT purl FROM accesses WHERE package = ? ORDER BY purl",
                    .text(PackageURL(name).text)
                ) { (row) throws(DatabaseError) in try row.packageURL(0) }
                filters += purls.filter(includes).map { AccessFilter(purl: $0, since: since, until: until) }
            }
            return filters
        }
    }

    /// The moment of the oldest access on record.
    private static func oldest(_ connection: Connection) throws(DatabaseError) -> Timestamp? {
        try connection.first("SELECT min(at) FROM accesses") { (row) throws(DatabaseError) in
            try row.optionalTimestamp(0)
        } ?? nil
    }

    private static func tallies(_ filter: AccessFilter, _ connection: Connection) throws(DatabaseError) -> [Tally] {
        try connection.rows(
            countingQuery(for: filter), .optional(filter.sha512?.bytes),
            .optional(filter.purl.map { PackageURL($0.name).text }),
            .optional(filter.purl.flatMap { $0.version == nil ? nil : $0.text }),
            .integer(filter.since?.secondsSinceEpoch ?? .min), .integer(filter.until?.secondsSinceEpoch ?? .max)
        ) { (row) throws(DatabaseError) in
            Tally(
                caller: Caller(principal: try row.optionalText(0), address: try row.text(1)),
                accesses: Int(try row.integer(2)), first: try row.timestamp(3), last: try row.timestamp(4))
        }
    }

    /// One statement with the same parameters for each way to begin: an index is used only for a plain equality.
    private static func countingQuery(for filter: AccessFilter) -> StaticString {
        if filter.sha512 != nil {
            return """
                SELECT principal, address, count(*), min(at), max(at) FROM accesses
                WHERE sha512 = ?1 AND (?2 IS NULL OR package = ?2) AND (?3 IS NULL OR purl = ?3)
                    AND at BETWEEN ?4 AND ?5
                GROUP BY principal, address
                """
        }
        if filter.purl != nil {
            return """
                SELECT principal, address, count(*), min(at), max(at) FROM accesses
                WHERE package = ?2 AND (?1 IS NULL OR sha512 = ?1) AND (?3 IS NULL OR purl = ?3)
                    AND at BETWEEN ?4 AND ?5
                GROUP BY principal, address
                """
        }
        return """
            SELECT principal, address, count(*), min(at), max(at) FROM accesses
            WHERE at BETWEEN ?4 AND ?5 AND (?1 IS NULL OR sha512 = ?1) AND (?2 IS NULL OR package = ?2)
                AND (?3 IS NULL OR purl = ?3)
            GROUP BY principal, address
            """
    }
}
