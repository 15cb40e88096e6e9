import Platform
import TestSupport
import Testing

@testable import HTTP

private func makeClient() -> UpstreamClient {
    UpstreamClient(
        proxyEnvironment: ProcessEnvironment(variables: [:]), userAgent: "jurat-test", maxConnectionsPerHost: 8)
}

@Suite("Limits of a fetch", .timeLimit(.minutes(1)))
struct TransferLimitTests {
    @Test("a body over the cap is an error, before its first byte where its size is declared")
    func sizeCap() async throws {
        try await withServer { request in
            if request.head.path == "/declared" { return text("0123456789") }
            return ServerResponse(
                status: 200,
                body: .stream { writer in
                    for _ in 0..<10 { try await writer.write([1]) }
                })
        } _: { _, port in
            let client = makeClient()
            var request = UpstreamRequest(url: "http://127.0.0.1:\(port)/declared")
            request.maxBodyBytes = 10
            let whole = try await client.send(request).collect(maxBytes: 10)
            #expect(whole.count == 10)
            request.maxBodyBytes = 9
            await #expect(throws: UpstreamError.tooLarge(maxBytes: 9)) { try await client.send(request) }
            request.method = .head
            let head = try await client.send(request)
            #expect(head.headers["content-length"] == "10")
            request.method = .get
            request.url = "http://127.0.0.1:\(port)/chunked"
            let response = try? await client.send(request)
            await #expect(throws: UpstreamError.tooLarge(maxBytes: 9)) {
                guard let response else { throw UpstreamError.tooLarge(maxBytes: 9) }
                while try await response.next() != nil {}
            }
            request.maxBodyBytes = 10
            await #expect(throws: UpstreamError.tooLarge(maxBytes: 5)) {
                try await client.send(request).collect(maxBytes: 5)
            }
        }
    }

    @Test("an upstream that falls silent is given up, before the head and within the body")
    func stall() async throws {
        try await withServer { request in
            if request.head.path == "/head" { await waitForCancellation() }
            return ServerResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write([1])
                    await waitForCancellation()
                })
        } _: { _, port in
            let client = makeClient()
            var request = UpstreamRequest(url: "http://127.0.0.1:\(port)/head", retries: 0)
            request.stallTimeout = .milliseconds(100)
            await #expect(throws: UpstreamError.timedOut(.stall)) { try await client.send(request) }
            request.url = "http://127.0.0.1:\(port)/body"
            let response = try await client.send(request)
            #expect(try await response.next() == [1])
            await #expect(throws: UpstreamError.timedOut(.stall)) { try await response.next() }
        }
    }

    @Test("the total time covers retries and a body that never ends")
    func total() async throws {
        try await withServer { request in
            if request.head.path == "/busy" { return ServerResponse(status: 503) }
            return ServerResponse(
                status: 200,
                body: .stream { writer in
                    while true {
                        try await writer.write([1])
                        try await Task.sleep(for: .milliseconds(1))
                    }
                })
        } _: { _, port in
            let client = makeClient()
            var request = UpstreamRequest(url: "http://127.0.0.1:\(port)/busy", retries: 1000)
            request.totalTimeout = .milliseconds(300)
            await #expect(throws: UpstreamError.timedOut(.total)) { try await client.send(request) }
            request.url = "http://127.0.0.1:\(port)/endless"
            let response = try await client.send(request)
            await #expect(throws: UpstreamError.timedOut(.total)) {
                while try await response.next() != nil {}
            }
        }
    }

    @Test("a handshake that does not come about is given up")
    func connectTimeout() async throws {
        // A plain server waits for a request line and answers nothing to the first bytes of TLS that it takes for silence.
        let silent = try ListeningSocket.openShared(host: "127.0.0.1", port: 0, count: 1)[0]
        var request = UpstreamRequest(url: "https://127.0.0.1:\(silent.port)/", retries: 0)
        request.connectTimeout = .milliseconds(200)
        await #expect(throws: UpstreamError.timedOut(.connect)) { try await makeClient().send(request) }
    }

    @Test("a body that ends early is lost, not complete")
    func truncated() async throws {
        struct Trouble: Error {}
        try await withServer { request in
            let headers: HeaderFields = request.head.path == "/declared" ? ["Content-Length": "5"] : [:]
            return ServerResponse(
                status: 200, headers: headers,
                body: .stream { writer in
                    try await writer.write([1, 2, 3])
                    // The client has read these bytes before the connection is reset.
                    await waitForCancellation()
                })
        } _: { server, port in
            for path in ["/declared", "/chunked"] {
                let response = try await makeClient().send(UpstreamRequest(url: "http://127.0.0.1:\(port)\(path)"))
                #expect(try await response.next() == [1, 2, 3])
                await server.shutdown(gracePeriod: .zero)
                let error = await #expect(throws: UpstreamError.self) { try await response.next() }
                guard case .connectionLost = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                break
            }
        }
    }

    @Test("a consumer that takes its time holds the upstream back, without time limit and without memory")
    func backPressure() async throws {
        let chunkBytes = 64 * 1024
        let chunks = 500
        let written = Lock(0)
        try await withServer { request in
            if request.head.path == "/other" { return text("x") }
            return ServerResponse(
                status: 200, headers: ["Content-Length": "\(chunkBytes * chunks)"],
                body: .stream { writer in
                    for index in 0..<chunks {
                        try await writer.write([UInt8](repeating: UInt8(index % 251), count: chunkBytes))
                        written.withLock { $0 += 1 }
                    }
                })
        } _: { _, port in
            let client = makeClient()
            var request = UpstreamRequest(url: "http://127.0.0.1:\(port)/")
            request.stallTimeout = .milliseconds(150)
            let response = try await client.send(request)
            var seen = -1
            // Two fetches that stall show that the time limit has passed while this one waits for us.
            let silent = try ListeningSocket.openShared(host: "127.0.0.1", port: 0, count: 1)[0]
            while seen != written.withLock({ $0 }) {
                seen = written.withLock { $0 }
                var stalling = UpstreamRequest(url: "http://127.0.0.1:\(silent.port)/", retries: 0)
                stalling.stallTimeout = .milliseconds(150)
                await #expect(throws: UpstreamError.timedOut(.stall)) { try await client.send(stalling) }
            }
            #expect(seen < chunks)
            var total = 0
            while let bytes = try await response.next() {
                // Every byte is in its place: pausing neither repeats nor drops any.
                for (offset, byte) in bytes.enumerated() where offset % 1009 == 0 {
                    #expect(byte == UInt8((total + offset) / chunkBytes % 251))
                }
                total += bytes.count
            }
            #expect(total == chunkBytes * chunks)
        }
    }
}

@Suite("Fetches that are given up", .timeLimit(.minutes(1)))
struct AbandonedFetchTests {
    @Test("cancelling the task ends the wait for the head, and the upstream sees the client leave")
    func cancelledBeforeHead() async throws {
        let hasBegun = Occasion()
        let isCancelled = Occasion()
        try await withServer { _ in
            hasBegun.happen()
            await waitForCancellation()
            isCancelled.happen()
            return text("x")
        } _: { _, port in
            let client = makeClient()
            let fetch = Task { try await client.send(UpstreamRequest(url: "http://127.0.0.1:\(port)/")) }
            await hasBegun.wait()
            fetch.cancel()
            await #expect(throws: UpstreamError.aborted) { try await fetch.value }
            await isCancelled.wait()
        }
    }

    @Test("cancelling the task ends the wait for body bytes; dropping the response ends the transfer")
    func cancelledWithinBody() async throws {
        let isOver = Occasion()
        try await withServer { _ in
            ServerResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write([1])
                    await waitForCancellation()
                    isOver.happen()
                })
        } _: { _, port in
            let client = makeClient()
            let isReading = Occasion()
            let fetch = Task {
                let response = try await client.send(UpstreamRequest(url: "http://127.0.0.1:\(port)/"))
                #expect(try await response.next() == [1])
                isReading.happen()
                _ = try await response.next()
            }
            await isReading.wait()
            fetch.cancel()
            await #expect(throws: UpstreamError.aborted) { try await fetch.value }
            await isOver.wait()
        }
    }

    @Test("a client that is shut down aborts what is under way and what is sent later")
    func shutDown() async throws {
        let hasBegun = Occasion()
        try await withServer { _ in
            hasBegun.happen()
            await waitForCancellation()
            return text("x")
        } _: { _, port in
            let client = makeClient()
            let request = UpstreamRequest(url: "http://127.0.0.1:\(port)/")
            let fetch = Task { try await client.send(request) }
            await hasBegun.wait()
            client.shutDown()
            await #expect(throws: UpstreamError.aborted) { try await fetch.value }
            await #expect(throws: UpstreamError.aborted) { try await client.send(request) }
        }
    }
}
