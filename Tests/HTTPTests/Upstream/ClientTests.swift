import Platform
import TestSupport
import Testing

@testable import HTTP

/// A client of our own server.
private func makeClient(_ environment: [String: String] = [:], connections: Int = 8) -> UpstreamClient {
    UpstreamClient(
        proxyEnvironment: ProcessEnvironment(variables: environment), userAgent: "jurat-test",
        maxConnectionsPerHost: connections)
}

@Suite("Fetching from an upstream", .timeLimit(.minutes(1)))
struct ClientTests {
    @Test("a response has its status, fields, body and final URL")
    func plain() async throws {
        try await withServer { request in
            let fields = ["user-agent", "accept-encoding", "x-a", "host", "expect", "content-type"].map {
                "\($0)=\(request.head.headers[$0] ?? "-")"
            }
            return ServerResponse(
                status: 404, headers: ["ETag": "\"e\"", "Set-Cookie": "1", "set-cookie": "2"],
                body: .bytes(Array((fields.joined(separator: " ")).utf8)))
        } _: { _, port in
            let client = makeClient()
            let url = "http://127.0.0.1:\(port)/a%2fb?c"
            let response = try await client.send(
                UpstreamRequest(url: url, headers: ["X-A": "1\r\nX-B: 2", "Accept-Encoding": "gzip", "Host": "evil"]))
            #expect(response.status == 404 && response.finalURL == url && response.headers["etag"] == "\"e\"")
            #expect(response.headers.all("Set-Cookie") == ["1", "2"])
            let body = String(decoding: try await response.collect(maxBytes: 1000), as: UTF8.self)
            #expect(
                body
                    == "user-agent=jurat-test accept-encoding=- x-a=1  X-B: 2 host=127.0.0.1:\(port) expect=- content-type=-"
            )
            #expect(try await response.next() == nil)
        }
    }

    @Test("every method is sent, with its body where it has one", arguments: HTTP.Method.allCases)
    func methods(_ method: HTTP.Method) async throws {
        try await withServer { request in
            let body = (try? await request.body.collect(maxBytes: 3_000_000)) ?? []
            return ServerResponse(
                status: 200,
                headers: [
                    "X-Seen": "\(request.head.method.rawValue) \(body.count) \(request.body.declaredBytes ?? -1)"
                ])
        } _: { _, port in
            let client = makeClient()
            for size in method == .get || method == .head ? [0] : [0, 1, 2_000_000] {
                var request = UpstreamRequest(method: method, url: "http://127.0.0.1:\(port)/")
                if size > 0 { request.body = [UInt8](repeating: 1, count: size) }
                let response = try await client.send(request)
                #expect(response.headers["x-seen"] == "\(method.rawValue) \(size) \(size)")
                #expect(try await response.collect(maxBytes: 10) == [])
            }
        }
    }

    @Test("connections are used again, and no more are opened than allowed")
    func reuse() async throws {
        try await withServer { _ in
            text("x")
        } _: { server, port in
            let client = makeClient(connections: 3)
            let request = UpstreamRequest(url: "http://127.0.0.1:\(port)/")
            for _ in 0..<20 { _ = try await client.send(request).collect(maxBytes: 10) }
            #expect(server.connectionCount == 1)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<60 {
                    group.addTask { try await client.send(request).collect(maxBytes: 10).count }
                }
                for try await count in group { #expect(count == 1) }
            }
            #expect(server.connectionCount <= 3)
        }
    }

    @Test("gzip is asked for and taken apart only when wanted, and counts by its decompressed size")
    func gzip() async throws {
        // "hello hello hello" as gzip.
        let compressed: [UInt8] = [
            0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0xC8, 0x40,
            0x90, 0x00, 0x80, 0x88, 0xF9, 0xE5, 0x11, 0x00, 0x00, 0x00,
        ]
        try await withServer { request in
            guard request.head.headers["accept-encoding"] == "gzip" else { return text("plain") }
            return ServerResponse(status: 200, headers: ["Content-Encoding": "gzip"], body: .bytes(compressed))
        } _: { _, port in
            let client = makeClient()
            var request = UpstreamRequest(url: "http://127.0.0.1:\(port)/")
            #expect(try await client.send(request).collect(maxBytes: 100) == Array("plain".utf8))
            request.acceptsGzip = true
            let response = try await client.send(request)
            #expect(response.headers["content-encoding"] == nil && response.headers["content-length"] == nil)
            #expect(try await response.collect(maxBytes: 100) == Array("hello hello hello".utf8))
            request.maxBodyBytes = 16
            await #expect(throws: UpstreamError.tooLarge(maxBytes: 16)) {
                try await client.send(request).collect(maxBytes: 100)
            }
        }
    }

    @Test("a request over a socket file reaches the server there")
    func unixSocket() async throws {
        let path = try TemporaryDirectory()
        let server = HTTPServer(
            listeners: [ListenerConfiguration(name: "u", address: .unix(path: path.path("s"), mode: 0o600))], loops: 1,
            handler: ClosureHandler { text($0.head.headers["host"] ?? "-") }, logger: Logger(minimum: .error) { _ in })
        try await server.start()
        let client = makeClient(["http_proxy": "http://127.0.0.1:1"])
        var request = UpstreamRequest(url: "http://registry.example/")
        request.unixSocketPath = path.path("s")
        #expect(try await client.send(request).collect(maxBytes: 100) == Array("registry.example".utf8))
        await server.shutdown(gracePeriod: .zero)
    }

    @Test("a proxy of the environment is used, and keeps the guard on spellings")
    func proxy() async throws {
        try await withServer {
            text("\($0.head.headers["host"] ?? "-")\($0.head.target)")
        } _: { _, port in
            let client = makeClient([
                "http_proxy": "http://127.0.0.1:\(port)", "https_proxy": "http://127.0.0.1:\(port)",
            ])
            let response = try await client.send(UpstreamRequest(url: "http://registry.example/x"))
            #expect(try await response.collect(maxBytes: 100) == Array("registry.example/x".utf8))
            var guarded = UpstreamRequest(url: "https://127.0.0.1/")
            guarded.trustedOrigin = "https://registry.example/"
            await #expect(throws: UpstreamError.self) { try await client.send(guarded) }
        }
    }
}

@Suite("Redirects and retries of a fetch", .timeLimit(.minutes(1)))
struct RedirectTests {
    @Test("redirects are followed on the same host, without credentials on another port")
    func followed() async throws {
        try await withServer { request in
            text("\(request.head.target) \(request.head.headers["authorization"] ?? "-")")
        } _: { _, other in
            try await withServer { request in
                switch request.head.path {
                case "/1": ServerResponse(status: 302, headers: ["Location": "2"], body: .bytes([1, 2, 3]))
                case "/2": ServerResponse(status: 307, headers: ["Location": "http://127.0.0.1:\(other)/3"])
                default: ServerResponse(status: 308, headers: ["Location": "/loop"])
                }
            } _: { _, port in
                let client = makeClient()
                let fields: HeaderFields = ["Authorization": "secret"]
                let response = try await client.send(
                    UpstreamRequest(url: "http://127.0.0.1:\(port)/1", headers: fields))
                #expect(response.finalURL == "http://127.0.0.1:\(other)/3")
                #expect(try await response.collect(maxBytes: 100) == Array("/3 -".utf8))
                await #expect(throws: UpstreamError.self) {
                    try await client.send(UpstreamRequest(url: "http://127.0.0.1:\(port)/loop"))
                }
            }
        }
    }

    @Test("a redirect to plain http elsewhere is refused without a connection")
    func refusedScheme() async throws {
        try await withServer { _ in
            ServerResponse(status: 302, headers: ["Location": "http://localhost:1/"])
        } _: { _, port in
            let error = await #expect(throws: UpstreamError.self) {
                try await makeClient().send(UpstreamRequest(url: "http://127.0.0.1:\(port)/"))
            }
            guard case .redirectRefused = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test("a private address is refused on the connection, unless the trusted origin is private itself")
    func privateAddress() async throws {
        try await withServer { _ in
            text("x")
        } _: { server, port in
            let client = makeClient()
            // Nobody can tell what a name that does not exist stands for: that is not private.
            var request = UpstreamRequest(url: "https://127.0.0.1:\(port)/", retries: 0)
            request.trustedOrigin = "https://registry.invalid/"
            await #expect(throws: UpstreamError.redirectRefused(reason: "\(request.url) leads to a private address")) {
                try await client.send(request)
            }
            #expect(server.connectionCount == 0)
            // The connection is made, and then is not TLS.
            request.trustedOrigin = "http://localhost:1/"
            let error = await #expect(throws: UpstreamError.self) { try await client.send(request) }
            guard case .tlsFailed = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            // A connection that was made for a trusted URL is no way in for an untrusted one.
            var trusted = UpstreamRequest(url: "http://localhost:\(port)/")
            let body = try await client.send(trusted).collect(maxBytes: 9)
            #expect(body == [UInt8(ascii: "x")])
            trusted.url = "http://127.0.0.1:\(port)/"
            trusted.trustedOrigin = "http://registry.invalid/"
            await #expect(throws: UpstreamError.self) { try await client.send(trusted) }
        }
    }

    @Test("an upstream that fails for a moment is asked again, one that goes on failing is reported")
    func retries() async throws {
        let requests = Lock(0)
        try await withServer { request in
            let number = requests.withLock { count in
                count += 1
                return count
            }
            if request.head.path == "/always" || number < 3 { return ServerResponse(status: 503) }
            return text("\(number)")
        } _: { _, port in
            let client = makeClient()
            let url = "http://127.0.0.1:\(port)"
            let body = try await client.send(UpstreamRequest(url: url + "/")).collect(maxBytes: 9)
            #expect(body == [UInt8(ascii: "3")])
            let failing = try await client.send(UpstreamRequest(url: url + "/always", retries: 1))
            #expect(failing.status == 503)
            #expect(requests.withLock { $0 } == 5)
            let posted = try await client.send(UpstreamRequest(method: .post, url: url + "/always"))
            #expect(posted.status == 503)
            #expect(requests.withLock { $0 } == 6)
        }
    }

    @Test("a connection that dies before the answer is made again")
    func lostConnection() async throws {
        struct Trouble: Error {}
        let requests = Lock(0)
        try await withServer { _ in
            let isFirst = requests.withLock { count in
                count += 1
                return count == 1
            }
            // A first write that fails drops the head as well.
            return isFirst
                ? ServerResponse(status: 200, body: .stream { _ in throw Trouble() }) : text("x")
        } _: { _, port in
            let response = try await makeClient().send(UpstreamRequest(url: "http://127.0.0.1:\(port)/"))
            #expect(response.status == 200)
        }
    }

    @Test("nobody at the address is an error that names the host")
    func unreachable() async throws {
        // A port that was free a moment ago.
        var free: UInt16 = 0
        try await withServer { _ in
            text("x")
        } _: { _, port in
            free = port
        }
        let error = await #expect(throws: UpstreamError.self) {
            try await makeClient().send(UpstreamRequest(url: "http://127.0.0.1:\(free)/", retries: 0))
        }
        guard case .couldNotConnect("127.0.0.1", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        await #expect(throws: UpstreamError.couldNotResolve(host: "registry.invalid")) {
            try await makeClient().send(UpstreamRequest(url: "http://registry.invalid/", retries: 0))
        }
    }
}
