public import Cryptography
import Platform
public import Screening

/// How many entries of one kind a key signed.
public struct SignedCount: Hashable, Sendable {
    public let predicateType: PredicateType
    /// What was said, for verdicts: `clean`, `suspicious`, `malicious`.
    public let verdict: String?
    public let count: UInt64
}

extension LogReader {
    /// What a key signed first in the entries from an index on, by kind.
    ///
    /// - Throws: `LogError.database`.
    public func entries(signedBy key: KeyID, from index: UInt64) throws(LogError) -> [SignedCount] {
        try reading { (log) throws(LogError) in
            try inLog { () throws(DatabaseError) in
                try log.connection.rows(
                    """
                    SELECT predicate, coalesce(verdict, ''), count(*) FROM statements WHERE signer = ? AND logIndex >= ?
                    GROUP BY predicate, verdict ORDER BY predicate, verdict
                    """,
                    .blob(keyBytes(key)), .index(index)
                ) { (row) throws(DatabaseError) in
                    let verdict = try row.text(1)
                    guard let type = PredicateType(rawValue: try row.text(0)) else {
                        throw row.unexpected("the predicate type of a statement")
                    }
                    return SignedCount(
                        predicateType: type, verdict: verdict.isEmpty ? nil : verdict, count: try row.index(2))
                }
            }
        }
    }
}

/// The 32 bytes of an identifier, as the statement index has them.
private func keyBytes(_ key: KeyID) -> [UInt8] {
    do throws(EncodingError) {
        return try Hex.decode(key.hex)
    } catch {
        preconditionFailure("a key identifier is not hexadecimal: \(error)")
    }
}
