import Cryptography
import HTTP
import Platform

@testable import Gateway

/// An upstream in memory: answers by URL what the test put there, and remembers every request.
final class ScriptedUpstream: UpstreamFetching {
    enum Answer: Sendable {
        /// 200 with an entity tag over the bytes, 304 when the request names that tag.
        case document([UInt8], contentType: String)
        case status(Int)
        /// A status with header fields.
        case refusal(Int, HeaderFields)
        case failure(UpstreamError)
    }

    private struct State {
        var answers: [String: Answer] = [:]
        var requests: [UpstreamRequest] = []
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
        var outage: UpstreamError?
    }

    private let state = Lock(State())

    /// Puts a document at an address.
    func put(_ bytes: [UInt8], at url: String, contentType: String = "application/json") {
        set(.document(bytes, contentType: contentType), at: url)
    }

    func set(_ answer: Answer, at url: String) {
        state.withLock { $0.answers[url] = answer }
    }

    /// Every request fails so from now on; nil ends the outage.
    func fail(with error: UpstreamError?) {
        state.withLock { $0.outage = error }
    }

    /// Requests are taken and not answered until `release`.
    func hold() {
        state.withLock { $0.isHeld = true }
    }

    func release() {
        let held = state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    /// How many requests are taken and not answered.
    var heldCount: Int { state.withLock { $0.held.count } }

    /// How often an address was asked for.
    func count(_ url: String) -> Int { requests.count { $0.url == url } }

    var requests: [UpstreamRequest] { state.withLock { $0.requests } }

    func send(_ request: UpstreamRequest) async throws(UpstreamError) -> UpstreamResponse {
        state.withLock { $0.requests.append(request) }
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if state.isHeld { state.held.append(continuation) }
                return !state.isHeld
            }
            if goesOn { continuation.resume() }
        }
        let (answer, outage) = state.withLock { ($0.answers[request.url], $0.outage) }
        if let outage { throw outage }
        switch answer {
        case nil: return UpstreamResponse(status: 404, finalURL: request.url, body: [])
        case .failure(let error): throw error
        case .refusal(let status, let headers):
            return UpstreamResponse(status: status, headers: headers, finalURL: request.url, body: [])
        case .status(let status): return UpstreamResponse(status: status, finalURL: request.url, body: [])
        case .document(let bytes, let contentType):
            let tag = "\"\(SHA256Digest(hashing: bytes).hex)\""
            let isKnown = request.headers["If-None-Match"] == tag
            return UpstreamResponse(
                status: isKnown ? 304 : 200, headers: ["ETag": tag, "Content-Type": contentType],
                finalURL: request.url, body: isKnown ? [] : bytes)
        }
    }
}

/// Time for patience and pauses that passes only when the test says so.
final class ManualPause: Pausing {
    private struct Sleeper {
        let wakesAt: Duration
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now: Duration = .zero
        var sleepers: [UInt64: Sleeper] = [:]
        var nextTicket: UInt64 = 0
    }

    private let state = Lock(State())

    /// How many pauses are under way.
    var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    func pause(for duration: Duration) async {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if Task.isCancelled { return true }
                    state.sleepers[ticket] = Sleeper(wakesAt: state.now + duration, continuation: continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: ticket) }?.continuation.resume()
        }
    }

    /// Lets `duration` pass.
    func elapse(_ duration: Duration) {
        let woken = state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.value.wakesAt <= state.now }
            for ticket in due.keys { state.sleepers[ticket] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }
}
