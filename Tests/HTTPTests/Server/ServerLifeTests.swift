import Platform
import TestSupport
import Testing

@testable import HTTP

private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

@Suite("Clients that are slow or leave", .timeLimit(.minutes(1)))
struct PatienceTests {
    private var shortLimits: ServerLimits {
        var limits = ServerLimits()
        limits.headerTimeout = .milliseconds(80)
        limits.bodyTimeout = .milliseconds(80)
        limits.minBodyBytesPerSecond = 10_000
        return limits
    }

    @Test(
        "a client that leaves cancels its handler",
        arguments: [
            get, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
        ])
    func leaving(_ request: String) async throws {
        let hasBegun = Occasion()
        let isCancelled = Occasion()
        try await withServer { _ in
            hasBegun.happen()
            await waitForCancellation()
            isCancelled.happen()
            return text("x")
        } _: { server, port in
            var client: RawConnection? = try RawConnection.open(port: port)
            try await client?.send(request)
            await hasBegun.wait()
            client = nil
            await isCancelled.wait()
            _ = server
        }
    }

    @Test("a client that only closes its own side still gets its answer")
    func halfClosed() async throws {
        try await withServer { request in
            let body = try? await request.body.collect(maxBytes: 100)
            await waitForCancellation()
            return text(String(decoding: body ?? [], as: UTF8.self))
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na")
            try await client.send("b")
            client.shutdownWriting()
            #expect(try await client.receiveResponse().text == "ab")
            #expect(try await client.receiveAll() == [])
        }
    }

    @Test("a head that does not end in time is answered 408, however steadily it drips")
    func slowHead() async throws {
        try await withServer(limits: shortLimits) { _ in
            text("x")
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ")
            let isAnswered = Occasion()
            async let dripping: Void = {
                // Much slower than the limit on bytes, much faster than the limit on time.
                while !isAnswered.hasHappened, (try? await client.send("x")) != nil {
                    try? await Task.sleep(for: .milliseconds(5))
                }
            }()
            #expect(try await client.receiveResponse().status == 408)
            isAnswered.happen()
            await dripping
            let quiet = try RawConnection.open(port: port)
            try await quiet.send("GET / HT")
            #expect(try await quiet.receiveResponse().status == 408)
        }
    }

    @Test("a connection that says nothing is closed without a word, before the first request and after one")
    func silence() async throws {
        var limits = ServerLimits()
        limits.idleTimeout = .milliseconds(80)
        try await withServer(limits: limits) { _ in
            text("x")
        } _: { server, port in
            let client = try RawConnection.open(port: port)
            #expect(try await client.receiveAll() == [])
            let other = try RawConnection.open(port: port)
            try? await other.send(get)
            let answer = try await other.receiveAll()
            // On a busy machine the time may be up before the request is sent.
            #expect(answer.isEmpty || answer.starts(with: Array("HTTP/1.1 200 OK\r\n".utf8)))
            #expect(server.connectionCount == 0)
        }
    }

    @Test("a body that comes too slowly is an error for the handler", arguments: [0, 20])
    func slowBody(_ bytes: Int) async throws {
        try await withServer(limits: shortLimits) { request in
            do throws(BodyError) {
                return text("\(try await request.body.collect(maxBytes: 1000).count)")
            } catch {
                return ServerResponse(status: error.status, reason: error.description)
            }
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n")
            try await client.send([UInt8](repeating: 1, count: bytes))
            let response = try await client.receiveResponse()
            #expect(response.status == 408 && response.field("connection") == "close")
        }
    }

    @Test("a handler that takes its time with the body is no fault of the client")
    func slowHandler() async throws {
        let mayRead = Occasion()
        try await withServer(limits: shortLimits) { request in
            await mayRead.wait()
            let count = try? await request.body.collect(maxBytes: 1000).count
            return text("\(count ?? -1)")
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde")
            // Other clients are dropped for being slow: the time limit has passed twice.
            for _ in 0..<2 {
                let other = try RawConnection.open(port: port)
                try await other.send("GET")
                #expect(try await other.receiveResponse().status == 408)
            }
            mayRead.happen()
            #expect(try await client.receiveResponse().text == "5")
        }
    }

    @Test("a client that does not take its response is dropped")
    func slowReader() async throws {
        let isOver = Occasion()
        try await withServer(limits: shortLimits) { _ in
            ServerResponse(
                status: 200,
                body: .stream { writer in
                    defer { isOver.happen() }
                    while true { try await writer.write([UInt8](repeating: 7, count: 100_000)) }
                })
        } _: { server, port in
            let client = try RawConnection.open(port: port, receiveBufferBytes: 20_000)
            try await client.send(get)
            await isOver.wait()
            _ = (client, server)
        }
    }
}

@Suite("Listeners and the server's life", .timeLimit(.minutes(1)))
struct ServerLifeTests {
    private func server(
        _ listeners: [ListenerConfiguration], limits: ServerLimits = ServerLimits(), loops: Int = 1,
        _ body: @escaping @Sendable (ServerRequest) async -> ServerResponse = { _ in text("x") }
    ) -> HTTPServer {
        HTTPServer(
            listeners: listeners, limits: limits, loops: loops, handler: ClosureHandler(body: body),
            logger: Logger(minimum: .error) { _ in })
    }

    @Test("several loops share a port, and every connection is served")
    func loops() async throws {
        try await withServer(loops: 3) { _ in
            text("x")
        } _: { _, port in
            for _ in 0..<50 {
                let client = try RawConnection.open(port: port)
                try await client.send(get)
                #expect(try await client.receiveResponse().text == "x")
            }
        }
    }

    @Test("a port that another server has is refused by name")
    func takenPort() async throws {
        try await withServer { _ in
            text("x")
        } _: { _, port in
            let second = server([ListenerConfiguration(name: "admin", address: .tcp(host: "127.0.0.1", port: port))])
            let error = await #expect(throws: ServerError.self) { try await second.start() }
            #expect(error?.description.contains("listener admin cannot listen on 127.0.0.1:\(port)") == true)
        }
    }

    @Test("a socket file has its permissions, replaces a stale one, and goes with the server")
    func unixSocket() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("s")
        for _ in 0..<2 {
            let listener = ListenerConfiguration(name: "u", address: .unix(path: path, mode: 0o660))
            let first = server([listener], loops: 2) { text("\($0.remoteAddress) \($0.listener)") }
            try await first.start()
            #expect(first.address(of: "u") == .unix(path: path))
            #expect(try Files.permissions(path) == 0o660)
            let client = try RawConnection.open(path: path)
            try await client.send(get)
            #expect(try await client.receiveResponse().text == "unix u")
            await #expect(throws: ServerError.self) { try await server([listener]).start() }
            await first.shutdown(gracePeriod: .zero)
            #expect(!Files.exists(path))
            // What a server leaves that was killed.
            _ = try ListeningSocket.openUnix(path: path, mode: 0o600)
        }
        try directory.write([1], to: "plain")
        let plain = ListenerConfiguration(name: "u", address: .unix(path: directory.path("plain"), mode: 0o600))
        await #expect(throws: ServerError.self) { try await server([plain]).start() }
        #expect(Files.exists(directory.path("plain")))
    }

    @Test("a socket file that somebody removed is made again, and open connections go on")
    func restoredSocketFile() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("s")
        let running = server([ListenerConfiguration(name: "u", address: .unix(path: path, mode: 0o600))], loops: 2) {
            text("\($0.listener)")
        }
        try await running.start()
        let old = try RawConnection.open(path: path)
        try await old.send(get)
        #expect(try await old.receiveResponse().text == "u")
        #expect(try running.restoreSocketFiles().isEmpty)
        try Files.remove(path)
        #expect(try running.restoreSocketFiles() == ["u"])
        #expect(try Files.permissions(path) == 0o600)
        for _ in 0..<8 {
            let new = try RawConnection.open(path: path)
            try await new.send(get)
            #expect(try await new.receiveResponse().text == "u")
        }
        try await old.send(get)
        #expect(try await old.receiveResponse().text == "u")
        await running.shutdown(gracePeriod: .zero)
        #expect(!Files.exists(path))
        #expect(try running.restoreSocketFiles().isEmpty)
    }

    @Test("shutdown finishes what runs, ends what is idle, takes nothing new, and answers once all is done")
    func drain() async throws {
        let hasBegun = Occasion()
        let mayEnd = Occasion()
        let running = server([ListenerConfiguration(name: "m", address: .tcp(host: "127.0.0.1", port: 0))]) { request in
            if request.head.path == "/slow" {
                hasBegun.happen()
                await mayEnd.wait()
            }
            return text("done")
        }
        try await running.start()
        guard case .tcp(_, let port) = running.address(of: "m") else { return }
        let idle = try RawConnection.open(port: port)
        try await idle.send(get)
        #expect(try await idle.receiveResponse().text == "done")
        let busy = try RawConnection.open(port: port)
        try await busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        await hasBegun.wait()
        let isDown = Occasion()
        let stopping = Task {
            await running.shutdown(gracePeriod: .seconds(30))
            isDown.happen()
        }
        #expect(try await idle.receiveAll() == [])
        #expect(throws: RawConnection.Failure.self) { try RawConnection.open(port: port) }
        #expect(!isDown.hasHappened)
        mayEnd.happen()
        let response = try await busy.receiveResponse()
        #expect(response.text == "done" && response.field("connection") == "close")
        await stopping.value
    }

    @Test("after the grace period handlers are cancelled and connections closed")
    func graceEnds() async throws {
        let hasBegun = Occasion()
        let running = server([ListenerConfiguration(name: "m", address: .tcp(host: "127.0.0.1", port: 0))]) { _ in
            hasBegun.happen()
            await waitForCancellation()
            return text("x")
        }
        try await running.start()
        guard case .tcp(_, let port) = running.address(of: "m") else { return }
        let client = try RawConnection.open(port: port)
        try await client.send(get)
        await hasBegun.wait()
        await running.shutdown(gracePeriod: .milliseconds(20))
        #expect(await client.receiveUntilGone() == [])
        #expect(running.connectionCount == 0)
    }

    @Test("connections beyond the limit are told so, those within it are served")
    func connectionLimit() async throws {
        var limits = ServerLimits()
        limits.maxConnections = 2
        try await withServer(limits: limits) { _ in
            text("x")
        } _: { server, port in
            let first = try RawConnection.open(port: port)
            let second = try RawConnection.open(port: port)
            for client in [first, second] {
                try await client.send(get)
                #expect(try await client.receiveResponse().text == "x")
            }
            let third = try RawConnection.open(port: port)
            let response = try await third.receiveResponse()
            #expect(response.statusLine == "HTTP/1.1 429 Too many connections")
            #expect(response.field("retry-after") == "1")
            #expect(try await third.receiveAll() == [])
            try await first.send(get)
            #expect(try await first.receiveResponse().text == "x")
        }
    }
}
