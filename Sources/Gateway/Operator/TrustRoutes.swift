import HTTP
import JSON
import Platform
import TransparencyLog
import VerdictStore

/// The foreign logs that are trusted: how they are, a look at one right now, and comparing a checkpoint seen elsewhere.
struct TrustRoutes: Sendable {
    let following: FollowingService

    func list() async -> ServerResponse {
        do throws(ExchangeFailure) {
            return PlainAnswers.json(["logs": .array(try await following.reports().map(\.json))])
        } catch {
            return PlainAnswers.failure(500, "\(error)")
        }
    }

    /// Asks for a look at a followed log; how it ends is seen in `list` when as many looks have ended as this says.
    func follow(_ body: JSONValue) -> ServerResponse {
        guard let origin = body["origin"]?.stringValue else { return PlainAnswers.failure(400, "name the origin") }
        guard following.followed(origin) != nil else {
            return PlainAnswers.failure(
                409,
                "\(Logger.printable(origin)) is not followed by the configuration in force (follow: true, url, expires)"
            )
        }
        return PlainAnswers.json(["rounds": .integer(Int64(clamping: following.book.request(origin)))])
    }

    /// Compares a checkpoint with what this deployment was shown.
    func check(_ body: JSONValue) async -> ServerResponse {
        guard let text = body["note"]?.stringValue else { return PlainAnswers.failure(400, "note is missing") }
        let note = Array(text.utf8)
        guard let origin = text.split(separator: "\n", maxSplits: 1).first.map(String.init),
            let trust = following.settings.current.trust[origin]
        else {
            return PlainAnswers.failure(
                404, "the note is of no log that is trusted here; its first line is the log's origin")
        }
        do throws(FollowRound.Failure) {
            let comparison = try await following.compare(trust, with: note)
            return PlainAnswers.json(Self.json(comparison, origin))
        } catch {
            return PlainAnswers.failure(error.isMisbehaviour || error.isBadNote ? 422 : 502, error.description)
        }
    }

    private static func json(_ comparison: NoteComparison, _ origin: String) -> JSONValue {
        let (result, size, held, sentence): (String, UInt64, UInt64, String) =
            switch comparison {
            case .same(let size): ("same", size, size, "the very state that is held here")
            case .earlier(let size, let held):
                ("earlier", size, held, "an earlier state of the history that is held here")
            case .later(let size, let held):
                (
                    "later", size, held,
                    "a later state than the one held here; compare again when its entries have been followed"
                )
            case .incomparable(let size, let held):
                (
                    "incomparable", size, held,
                    "an earlier state, and not every entry before it is held here; follow the log to compare"
                )
            case .unseen(let size): ("unseen", size, 0, "nothing of this log was taken over yet")
            }
        return [
            "origin": .string(origin), "result": .string(result), "size": .integer(Int64(clamping: size)),
            "held": .integer(Int64(clamping: held)), "sentence": .string(sentence),
        ]
    }
}
