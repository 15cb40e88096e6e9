/// The way of one request over its attempts and redirects: decides after each attempt what comes next.
///
/// Pure: time and chance are given to it.
struct FetchCourse: Sendable {
    enum Step: Sendable {
        /// The head of the last attempt is the answer.
        case deliver(UpstreamHead)
        case fail(UpstreamError)
        /// Try the current URL once more after a pause.
        case retry(after: Duration)
        /// Fetch what is now the current URL.
        case follow
        /// Find out what the trusted host's address is like, then try again.
        case resolveTrustedHost
    }

    private let request: UpstreamRequest
    let trusted: UpstreamURL
    private(set) var url: UpstreamURL
    private(set) var method: Method
    private(set) var headers: HeaderFields
    private(set) var body: [UInt8]?
    private var redirectsLeft: Int
    private var retriesLeft: Int
    private var attempts = 0
    private var hasAskedForTrustedHost = false

    init(_ request: UpstreamRequest) throws(UpstreamError) {
        self.request = request
        url = try UpstreamURL(parsing: request.url)
        trusted = if let origin = request.trustedOrigin { try UpstreamURL(parsing: origin) } else { url }
        method = request.method
        headers = request.headers
        body = request.body
        retriesLeft = request.method == .get || request.method == .head ? request.retries : 0
        switch request.redirects {
        case .refuse: redirectsLeft = -1
        case .follow(let limit): redirectsLeft = limit
        }
    }

    /// Decides what follows from an attempt's outcome.
    ///
    /// - Parameter chance: 0 up to but not 1, spreads the pauses of clients that failed together.
    mutating func step(after outcome: Transfer.Outcome, chance: Double) -> Step {
        switch outcome {
        case .failure(let failure):
            if failure.needsTrustedAddress, !hasAskedForTrustedHost {
                hasAskedForTrustedHost = true
                return .resolveTrustedHost
            }
            guard isTransient(failure.error), retriesLeft > 0 else { return .fail(failure.error) }
            return retry(chance: chance, atLeast: nil)
        case .success(let head):
            if isRedirect(head.status), redirectsLeft >= 0, let location = head.headers["location"] {
                do throws(UpstreamError) {
                    return try follow(location, head.status)
                } catch {
                    return .fail(error)
                }
            }
            guard isOverload(head.status), retriesLeft > 0, let pause = acceptablePause(head.headers) else {
                return .deliver(head)
            }
            return retry(chance: chance, atLeast: pause)
        }
    }

    private mutating func retry(chance: Double, atLeast minimum: Duration?) -> Step {
        retriesLeft -= 1
        attempts += 1
        // 100, 200, 400 … milliseconds, up to half as much again.
        let pause = Duration.milliseconds(100 << min(attempts - 1, 6)) * (1 + chance / 2)
        return .retry(after: max(pause, minimum ?? .zero))
    }

    private mutating func follow(_ location: String, _ status: Int) throws(UpstreamError) -> Step {
        guard redirectsLeft > 0 else {
            throw .redirectRefused(reason: "\(request.url) redirects more often than is followed")
        }
        redirectsLeft -= 1
        let next = try url.resolving(location)
        if !next.hasSameOrigin(as: url) {
            for name in ["authorization", "cookie", "proxy-authorization"] { headers.remove(name) }
        }
        // RFC 9110 section 15.4: 303 asks for GET; 301 and 302 turn POST into it, as every client does.
        if status == 303 && method != .head || (status == 301 || status == 302) && method == .post {
            method = .get
            body = nil
            headers.remove("content-type")
        }
        url = next
        return .follow
    }

    private func isRedirect(_ status: Int) -> Bool {
        [301, 302, 303, 307, 308].contains(status)
    }

    private func isOverload(_ status: Int) -> Bool {
        [429, 502, 503, 504].contains(status)
    }

    /// How long the upstream asks to wait; nil when that is longer than a retry within one request is worth.
    private func acceptablePause(_ headers: HeaderFields) -> Duration? {
        guard let text = headers["retry-after"] else { return .zero }
        guard let seconds = Int64(text), (0...5).contains(seconds) else { return nil }
        return .seconds(seconds)
    }

    /// Whether the same attempt may go better a moment later.
    private func isTransient(_ error: UpstreamError) -> Bool {
        switch error {
        case .couldNotResolve, .couldNotConnect, .connectionLost, .timedOut(.connect), .timedOut(.stall): true
        case .invalidURL, .tlsFailed, .timedOut(.total), .tooLarge, .redirectRefused, .protocolViolation, .aborted:
            false
        }
    }
}
