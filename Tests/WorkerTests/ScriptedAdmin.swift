import HTTP
import JSON
import Platform

/// A gateway's job API in memory: hands out what the test queues, answers as the test says, remembers what came.
final class ScriptedAdmin: UpstreamFetching {
    struct Call: Sendable {
        let verb: String
        let body: JSONValue
    }

    private struct State {
        var waitingJobs: [JSONValue] = []
        var answers: [String: [(status: Int, body: JSONValue)]] = [:]
        var failures: [String: Int] = [:]
        var calls: [Call] = []
        var taken: [String: Int] = [:]
        var waiters: [(verb: String, resume: CheckedContinuation<Call, Never>)] = []
    }

    private let state = Lock(State())

    /// Offers a job to the next request for work.
    func offer(_ job: JSONValue) { state.withLock { $0.waitingJobs.append(job) } }

    /// Answers the next requests of a kind, in order, instead of accepting them.
    func answer(_ verb: String, _ status: Int, _ body: JSONValue = .null) {
        state.withLock { $0.answers[verb, default: []].append((status, body)) }
    }

    /// Lets the connection fail for the next requests of a kind.
    func fail(_ verb: String, times: Int) { state.withLock { $0.failures[verb] = times } }

    var calls: [Call] { state.withLock { $0.calls } }

    /// The next request of a kind that was not taken yet, as soon as it comes.
    func next(_ verb: String) async -> Call {
        await withCheckedContinuation { continuation in
            let found = state.withLock { state -> Call? in
                let taken = state.taken[verb, default: 0]
                let matching = state.calls.filter { $0.verb == verb }
                if taken < matching.count {
                    state.taken[verb] = taken + 1
                    return matching[taken]
                }
                state.waiters.append((verb, continuation))
                return nil
            }
            if let found { continuation.resume(returning: found) }
        }
    }

    func send(_ request: UpstreamRequest) async throws(UpstreamError) -> UpstreamResponse {
        let verb = String(request.url.split(separator: "/").last ?? "")
        let body = (try? JSONText.parse(request.body ?? [])) ?? .null
        let reply = state.withLock { state -> (status: Int, body: JSONValue)? in
            record(Call(verb: verb, body: body), in: &state)
            if let left = state.failures[verb], left > 0 {
                state.failures[verb] = left - 1
                return nil
            }
            if let scripted = state.answers[verb]?.first {
                state.answers[verb]?.removeFirst()
                return scripted
            }
            guard verb == "lease" else { return (200, .null) }
            let place = state.waitingJobs.firstIndex { job in
                body["only"].map { $0 == job["analyzer"] } ?? (body["except"] != job["analyzer"])
            }
            guard let place else { return (204, .null) }
            return (200, ["job": state.waitingJobs.remove(at: place)])
        }
        guard let reply else { throw .connectionLost(reason: "scripted") }
        // As a long poll does: an idle worker must not spin.
        if verb == "lease", reply.status == 204 { try? await Task.sleep(for: .milliseconds(10)) }
        if Task.isCancelled { throw .aborted }
        let bytes = reply.body == .null ? [] : JSONText.serialize(reply.body)
        return UpstreamResponse(status: reply.status, finalURL: request.url, body: bytes)
    }

    private func record(_ call: Call, in state: inout State) {
        // Polls for work come by the hundred and are not waited for.
        if call.verb != "lease" { state.calls.append(call) }
        guard let index = state.waiters.firstIndex(where: { $0.verb == call.verb }) else { return }
        let waiter = state.waiters.remove(at: index)
        state.taken[call.verb, default: 0] += call.verb == "lease" ? 0 : 1
        waiter.resume.resume(returning: call)
    }
}
