public import HTTP
public import Platform
import TransparencyLog
public import VerdictStore

/// A witness over HTTP: `POST <prefix>/add-checkpoint`.
///
/// Spec: C2SP tlog-witness, "add-checkpoint", with the statuses that it lays down.
public struct WitnessHandler: RequestHandler {
    private static let maxBodyBytes = 64 << 10

    private let book: WitnessBook
    private let thread = BlockingThread(name: "witness")
    private let logger: Logger

    public init(book: WitnessBook, logger: Logger) {
        self.book = book
        self.logger = logger
    }

    public func respond(to request: ServerRequest) async -> ServerResponse {
        guard request.head.path == "/add-checkpoint" else {
            return PlainAnswers.failure(404, "a witness has one address: POST /add-checkpoint")
        }
        guard request.head.method == .post else {
            return PlainAnswers.wrongMethod("checkpoints are posted to a witness", allowed: "POST")
        }
        let parsed: WitnessRequest
        do {
            parsed = try WitnessRequest(parsing: try await request.body.collect(maxBytes: Self.maxBodyBytes))
        } catch let error as BodyError {
            return PlainAnswers.failure(error.status, "\(error)")
        } catch {
            return PlainAnswers.failure(400, "\(error)")
        }
        do throws(WitnessRefusal) {
            let line = try await thread.run { [book] () throws(WitnessRefusal) in try book.add(parsed).line }
            return PlainAnswers.text(line, contentType: "text/plain; charset=utf-8")
        } catch {
            logger.warning("not cosigned: \(error)")
            return answer(error)
        }
    }

    private func answer(_ refusal: WitnessRefusal) -> ServerResponse {
        switch refusal {
        case .malformed: return PlainAnswers.failure(400, "\(refusal)")
        case .notSigned: return PlainAnswers.failure(403, "\(refusal)")
        case .unknownLog: return PlainAnswers.failure(404, "\(refusal)")
        case .inconsistent: return PlainAnswers.failure(422, "\(refusal)")
        case .storage: return PlainAnswers.failure(500, "the witness cannot keep its record")
        case .conflict(let size):
            return ServerResponse(
                status: 409, headers: ["Content-Type": "text/x.tlog.size", "Cache-Control": "no-store"],
                body: .bytes(Array("\(size)\n".utf8)))
        }
    }
}
