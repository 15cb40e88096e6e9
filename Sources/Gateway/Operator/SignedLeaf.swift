import HTTP
import JSON
import Screening
import VerdictStore

/// A signed statement as it is handed in: the exact bytes of a log entry, read and not yet checked by anybody.
struct SignedLeaf: Sendable {
    let envelope: Envelope
    let statement: Statement

    /// - Throws: `StatementError` when it is no leaf, or holds no statement in the one form that the log takes.
    init(parsing text: String) throws(StatementError) {
        envelope = try Envelope(parsingLeaf: Array(text.utf8))
        statement = try Statement(parsingCanonical: envelope.payload)
    }
}

extension PlainAnswers {
    /// Where a statement stands in the log; sent only once it is durable there.
    ///
    /// - Parameter isKnown: whether the log had it already, for routes that say so.
    static func logged(_ logged: LoggedStatement, isKnown: Bool? = nil) -> ServerResponse {
        var place: JSONObject = [
            "statement": .string(logged.statementID.hex), "logIndex": .integer(Int64(clamping: logged.logIndex)),
        ]
        if let isKnown { place.append("known", .bool(isKnown)) }
        return json(.object(place))
    }
}
