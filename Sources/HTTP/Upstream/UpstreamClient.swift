public import Platform

/// Fetches from other servers over HTTP/1.1 or HTTP/2, on one event loop of its own.
///
/// Connections are kept and shared by all requests. `shutDown` aborts what is under way; a response keeps its client.
public final class UpstreamClient: UpstreamFetching {
    private let engine: Result<TransferEngine, EventLoopError>
    private let proxies: ProxySettings
    private let userAgent: String
    private let certificateAuthorities: String?
    private let resolver = BlockingThread(name: "resolver")

    /// Makes a client that keeps at most `maxConnectionsPerHost` connections to one host.
    ///
    /// Proxies are taken from `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` (also in capitals, but for
    /// `HTTP_PROXY`) of the given environment.
    ///
    /// - Parameter certificateAuthorities: a PEM file to trust in place of the system's authorities.
    public init(
        proxyEnvironment: ProcessEnvironment, userAgent: String, maxConnectionsPerHost: Int,
        certificateAuthorities: String? = nil
    ) {
        engine = Result { () throws(EventLoopError) in
            try TransferEngine(maxConnectionsPerHost: maxConnectionsPerHost)
        }
        proxies = ProxySettings(proxyEnvironment)
        self.userAgent = userAgent
        self.certificateAuthorities = certificateAuthorities
    }

    deinit {
        shutDown()
    }

    /// Aborts what is under way and ends the client's loop. Requests that are sent later fail with `aborted`.
    public func shutDown() {
        if case .success(let engine) = engine { engine.shutDown() }
    }

    public func send(_ request: UpstreamRequest) async throws(UpstreamError) -> UpstreamResponse {
        let engine: TransferEngine
        switch self.engine {
        case .success(let running): engine = running
        case .failure(let error): throw .couldNotConnect(host: request.url, reason: error.description)
        }
        var course = try FetchCourse(request)
        let deadline = monotonicNanoseconds().addingSaturated(request.totalTimeout.wholeNanoseconds)
        var trustedIsPrivate: Bool?
        var random = SystemRandom()
        while true {
            let plan = try plan(for: course, of: request, deadline, trustedIsPrivate)
            let transfer = Transfer(plan, engine: engine)
            let outcome = await transfer.start()
            let step = course.step(after: outcome, chance: Double.random(in: 0..<1, using: &random))
            if case .deliver(let head) = step {
                return UpstreamResponse(
                    status: head.status, headers: head.headers, finalURL: plan.url.text, body: transfer.body,
                    onDrop: {
                        transfer.cancel()
                        // The response keeps its client, which would abort the transfer if it were dropped first.
                        withExtendedLifetime(self) {}
                    })
            }
            transfer.cancel()
            switch step {
            case .deliver, .follow: break
            case .fail(let error): throw error
            case .retry(let pause): try await self.pause(for: pause, until: deadline)
            case .resolveTrustedHost: trustedIsPrivate = await isPrivate(host: course.trusted.host)
            }
        }
    }

    /// What the next attempt is to do, after checking where it leads.
    private func plan(
        for course: FetchCourse, of request: UpstreamRequest, _ deadline: Int64, _ trustedIsPrivate: Bool?
    ) throws(UpstreamError) -> TransferPlan {
        let proxy = request.unixSocketPath == nil ? proxies.proxy(for: course.url) : nil
        let addressGuard = AddressGuard(trusted: course.trusted, trustedIsPrivate: trustedIsPrivate)
        try addressGuard.check(course.url, isProxied: proxy != nil)
        return TransferPlan(
            method: course.method, url: course.url, headers: course.headers, body: course.body,
            connectTimeout: request.connectTimeout, stallTimeout: request.stallTimeout,
            deadlineNanoseconds: deadline, maxBodyBytes: request.maxBodyBytes, acceptsGzip: request.acceptsGzip,
            unixSocketPath: request.unixSocketPath, proxy: proxy, addressGuard: addressGuard, userAgent: userAgent,
            certificateAuthorities: certificateAuthorities)
    }

    private func pause(for duration: Duration, until deadline: Int64) async throws(UpstreamError) {
        if monotonicNanoseconds().addingSaturated(duration.wholeNanoseconds) >= deadline { throw .timedOut(.total) }
        do {
            try await Task.sleep(for: duration)
        } catch {
            throw .aborted
        }
    }

    /// Whether a configured host has a private address; false when that cannot be found out.
    private func isPrivate(host: String) async -> Bool {
        let addresses = await resolver.run { () throws(Never) -> [IPAddress] in
            do throws(SocketError) {
                return try resolveAddresses(ofHost: host)
            } catch {
                return []
            }
        }
        return addresses.contains { !$0.isPublic }
    }
}
