import Platform
import TestSupport
import Testing

@testable import HTTP

private let chunkedHead = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

@Suite("Request bodies over a connection", .timeLimit(.minutes(1)))
struct RequestBodyTests {
    @Test("a chunked body arrives joined")
    func chunked() async throws {
        try await withServer { request in
            guard let body = try? await request.body.collect(maxBytes: 100) else { return ServerResponse(status: 400) }
            return text(
                "\(request.body.declaredBytes.map(String.init) ?? "unknown") \(String(decoding: body, as: UTF8.self))")
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            for _ in 0..<3 {
                try await client.send(chunkedHead + "3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: u\r\n\r\n")
                #expect(try await client.receiveResponse().text == "unknown abcde")
            }
        }
    }

    @Test("a client that waits for 100 Continue gets it when the handler reads, and only once")
    func continuing() async throws {
        try await withServer { request in
            var sizes: [Int] = []
            while let bytes = try? await request.body.next() { sizes.append(bytes.count) }
            return text("\(sizes.reduce(0, +))")
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            try await client.send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
            #expect(try await client.receiveHead() == "HTTP/1.1 100 Continue\r\n\r\n")
            try await client.send("ab")
            try await client.send("cd")
            #expect(try await client.receiveResponse().text == "4")
            // The connection goes on.
            try await client.send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx")
            #expect(try await client.receiveResponse().text == "1")
        }
    }

    @Test("a handler refuses before the body: no 100 Continue, the final status, then the end")
    func refusalBeforeBody() async throws {
        try await withServer { _ in
            ServerResponse(status: 401)
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            try await client.send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
            let response = try await client.receiveResponse()
            #expect(response.status == 401 && response.field("connection") == "close")
            #expect(try await client.receiveAll() == [])
        }
    }

    @Test("a client whose upload is refused can read why although it never stops sending")
    func refusalDuringUpload() async throws {
        try await withServer { _ in
            ServerResponse(status: 403, reason: "No")
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            try await client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n")
            async let upload: Void? = try? client.send([UInt8](repeating: 1, count: 4_000_000))
            let response = try await client.receiveResponse()
            #expect(response.statusLine == "HTTP/1.1 403 No")
            _ = await upload
        }
    }

    @Test("a small body that nobody read does not end the connection")
    func unreadSmallBody() async throws {
        try await withServer { _ in
            text("x")
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            for _ in 0..<3 {
                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd")
                #expect(try await client.receiveResponse().field("connection") == nil)
            }
        }
    }

    @Test("no byte of a body is taken off the connection before the handler asks, and no more than it asks for")
    func backPressure() async throws {
        let mayRead = Occasion()
        let total = 32 << 20
        try await withServer { request in
            await mayRead.wait()
            var count = 0
            while let bytes = try? await request.body.next() { count += bytes.count }
            return text("\(count)")
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            try await client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: \(total)\r\n\r\n")
            let isSent = Occasion()
            async let upload: Void = {
                try await client.send([UInt8](repeating: 7, count: total))
                isSent.happen()
            }()
            // The kernel's buffers take a few megabytes; the rest must wait, however long. Another request on the same
            // loop shows that the server has had its turn.
            for _ in 0..<20 {
                let other = try RawConnection.open(port: port)
                try await other.send("HEAD / HTTP/1.1\r\n\r\n")
                #expect(try await other.receiveResponse().status == 400)
            }
            #expect(!isSent.hasHappened)
            mayRead.happen()
            try await upload
            #expect(try await client.receiveResponse().text == "\(total)")
        }
    }

    @Test("a body over a cap is an error, before its first byte where its size is declared")
    func caps() async throws {
        var limits = ServerLimits()
        limits.maxBodyBytes = 10
        try await withServer(limits: limits) { request in
            do throws(BodyError) {
                return text("\(try await request.body.collect(maxBytes: 4).count)")
            } catch {
                return ServerResponse(status: error.status, reason: error.description)
            }
        } _: { _, port in
            for (request, status) in [
                ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd", 200),
                ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", 413),
                ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", 413),
                (chunkedHead + "5\r\nabcde\r\n", 413), (chunkedHead + "b\r\n", 413), (chunkedHead + "4\r\nabcdX", 400),
            ] {
                let client = try RawConnection.open(port: port)
                try await client.send(request)
                #expect(try await client.receiveResponse().status == status, "\(request)")
            }
        }
    }

    @Test("a body that is cut off is clientLeft, and the handler is cancelled")
    func cutOff() async throws {
        let outcome = Lock<BodyError?>(nil)
        let isCancelled = Occasion()
        try await withServer { request in
            do throws(BodyError) {
                _ = try await request.body.collect(maxBytes: 100)
            } catch {
                outcome.withLock { $0 = error }
                await waitForCancellation()
                isCancelled.happen()
            }
            return text("x")
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc")
            client.shutdownWriting()
            await isCancelled.wait()
            #expect(outcome.withLock { $0 } == .clientLeft)
        }
    }
}

@Suite("Streamed responses", .timeLimit(.minutes(1)))
struct StreamedResponseTests {
    @Test("a stream is chunked for HTTP/1.1 and ends with the connection for HTTP/1.0")
    func framing() async throws {
        try await withServer { _ in
            ServerResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write(Array("hello".utf8))
                    try await writer.write([])
                    try await writer.write(Array("0123456789abcdefg".utf8))
                })
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            for _ in 0..<2 {
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.receiveHead().contains("\r\nTransfer-Encoding: chunked\r\n"))
                let body = "5\r\nhello\r\n11\r\n0123456789abcdefg\r\n0\r\n\r\n"
                #expect(try await client.receive(exactly: body.utf8.count) == Array(body.utf8))
            }
            try await client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let head = try await client.receiveHead()
            #expect(head.contains("\r\nConnection: close\r\n") && !head.contains("Transfer-Encoding"))
            #expect(try await client.receiveAll() == Array("hello0123456789abcdefg".utf8))
        }
    }

    @Test("a declared length is kept: too few or too many bytes end the connection early")
    func declaredLength() async throws {
        let outcome = Lock<BodyWriteError?>(nil)
        try await withServer { request in
            ServerResponse(
                status: 200, headers: ["Content-Length": "4"],
                body: .stream { writer in
                    do throws(BodyWriteError) {
                        try await writer.write(Array("abc".utf8))
                        if request.head.path == "/exact" { try await writer.write(Array("d".utf8)) }
                        if request.head.path == "/more" { try await writer.write(Array("de".utf8)) }
                    } catch {
                        outcome.withLock { $0 = error }
                        throw error
                    }
                })
        } _: { _, port in
            var client = try RawConnection.open(port: port)
            try await client.send("GET /exact HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.receiveResponse().text == "abcd")
            for path in ["/fewer", "/more"] {
                client = try RawConnection.open(port: port)
                try await client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                await #expect(throws: (any Error).self) { try await client.receiveResponse() }
            }
            #expect(outcome.withLock { $0 } == .tooManyBytes(declared: 4))
        }
    }

    @Test("a writer that fails leaves a body that is visibly cut off")
    func failingWriter() async throws {
        struct Trouble: Error {}
        try await withServer { _ in
            ServerResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write(Array("abc".utf8))
                    throw Trouble()
                })
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let all = String(decoding: await client.receiveUntilGone(), as: UTF8.self)
            #expect(!all.hasSuffix("0\r\n\r\n"))
        }
    }

    @Test("a writer waits for a client that does not read, and goes on when it does")
    func backPressure() async throws {
        let chunkBytes = 64 * 1024
        let chunks = 250
        let written = Lock(0)
        try await withServer { request in
            if request.head.path == "/other" { return text("x") }
            return ServerResponse(
                status: 200, headers: ["Content-Length": "\(chunkBytes * chunks)"],
                body: .stream { writer in
                    for _ in 0..<chunks {
                        try await writer.write([UInt8](repeating: 7, count: chunkBytes))
                        written.withLock { $0 += 1 }
                    }
                })
        } _: { _, port in
            let client = try RawConnection.open(port: port, receiveBufferBytes: 200_000)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await client.receiveHead()
            var seen = -1
            // Once the writer stands still over many turns of the loop it is waiting, not slow.
            while seen != written.withLock({ $0 }) {
                seen = written.withLock { $0 }
                for _ in 0..<20 {
                    let other = try RawConnection.open(port: port)
                    try await other.send("GET /other HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try await other.receiveResponse().text == "x")
                }
            }
            #expect(seen < chunks)
            #expect(try await client.receive(exactly: chunkBytes * chunks).count == chunkBytes * chunks)
        }
    }

    @Test("a writer whose client leaves is told so")
    func leavingClient() async throws {
        let outcome = Lock<BodyWriteError?>(nil)
        let isOver = Occasion()
        try await withServer { _ in
            ServerResponse(
                status: 200,
                body: .stream { writer in
                    defer { isOver.happen() }
                    do throws(BodyWriteError) {
                        while true { try await writer.write([UInt8](repeating: 7, count: 100_000)) }
                    } catch {
                        outcome.withLock { $0 = error }
                    }
                })
        } _: { _, port in
            var client: RawConnection? = try RawConnection.open(port: port)
            try await client?.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await client?.receiveHead()
            client = nil
            await isOver.wait()
            #expect(outcome.withLock { $0 } == .clientLeft)
        }
    }

    @Test("a body is streamed back while it comes in")
    func echo() async throws {
        try await withServer { request in
            ServerResponse(
                status: 200,
                body: .stream { writer in
                    while let bytes = try await request.body.next() { try await writer.write(bytes) }
                })
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            _ = try await client.receiveHead()
            for round in 0..<50 {
                let chunk = "4\r\n\(1000 + round)\r\n"
                try await client.send(chunk)
                #expect(try await client.receive(exactly: 9) == Array(chunk.utf8))
            }
            try await client.send("0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.receive(exactly: 5) == Array("0\r\n\r\n".utf8))
            #expect(try await client.receiveHead().hasPrefix("HTTP/1.1 200"))
        }
    }
}
