import Platform
import TestSupport
import Testing

@testable import HTTP

private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

@Suite("Requests and responses over a connection", .timeLimit(.minutes(1)))
struct ExchangeTests {
    @Test("a response has its status line, a date, its length and its fields, in one piece")
    func plainResponse() async throws {
        try await withServer { _ in
            ServerResponse(status: 200, headers: ["ETag": "\"x\"", "X-A": "1"], body: .bytes(Array("hello".utf8)))
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            try await client.send(get)
            let bytes = try await client.receive()
            let text = String(decoding: bytes, as: UTF8.self)
            let date = try #require(text.split(separator: "\r\n").first { $0.hasPrefix("Date: ") })
            #expect(date.hasSuffix(" GMT") && date.utf8.count == 35)
            #expect(
                text.replacing("\(date)\r\n", with: "")
                    == "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"x\"\r\nX-A: 1\r\n\r\nhello")
        }
    }

    @Test("a handler's own reason phrase and values cannot break their lines")
    func injection() async throws {
        try await withServer { _ in
            var headers: HeaderFields = ["X-A": "1\r\nX-B: 2\0\u{7f}\t3", "X C": "no", "Content-Length": "99"]
            headers.append("Transfer-Encoding", "chunked")
            headers.append("Connection", "upgrade")
            return ServerResponse(status: 403, reason: "Held\r\nX-D: 4 é", headers: headers, body: .none)
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            try await client.send(get)
            let response = try await client.receiveResponse()
            #expect(response.statusLine == "HTTP/1.1 403 Held??X-D: 4 ??")
            #expect(response.field("x-a") == "1  X-B: 2  \t3")
            #expect(response.field("x-b") == nil && response.field("x c") == nil && response.field("x-d") == nil)
            #expect(response.field("content-length") == "0" && response.field("transfer-encoding") == nil)
            #expect(response.field("connection") == nil)
        }
    }

    @Test("pipelined requests are answered in their order, however slow the earlier ones are")
    func pipelining() async throws {
        try await withServer { request in
            if request.head.path.hasSuffix("slow") { await Task.yield() }
            return text(request.head.target)
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            let targets = (0..<200).map { "/\($0)\($0 % 3 == 0 ? "slow" : "")" }
            try await client.send(targets.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            for target in targets { #expect(try await client.receiveResponse().text == target) }
        }
    }

    @Test("requests cut at every byte are answered alike")
    func splitRequests() async throws {
        let request = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
        try await withServer { request in
            guard let body = try? await request.body.collect(maxBytes: 10) else { return ServerResponse(status: 400) }
            return text(String(decoding: body, as: UTF8.self))
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            let bytes = Array(request.utf8)
            for cut in 1..<bytes.count {
                try await client.send(Array(bytes[..<cut]))
                try await client.send(Array(bytes[cut...]))
                #expect(try await client.receiveResponse().text == "abc")
            }
        }
    }

    @Test("HEAD gets the fields of GET and no body, with every kind of body")
    func headRequests() async throws {
        let directory = try TemporaryDirectory()
        let file = try OpenFile.openForReading(directory.write([1, 2, 3, 4], to: "f"))
        try await withServer { request in
            switch request.head.path {
            case "/bytes": text("hello")
            case "/file": ServerResponse(status: 200, body: .file(file, offset: 1, count: 2))
            case "/stream": ServerResponse(status: 200, body: .stream { try await $0.write([1]) })
            default: ServerResponse(status: 304, headers: ["ETag": "\"x\""], body: .bytes([1]))
            }
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            for (path, length) in [("/bytes", "5"), ("/file", "2"), ("/stream", nil), ("/304", nil)] {
                try await client.send("HEAD \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(RawResponse(head: try await client.receiveHead(), body: []).field("content-length") == length)
            }
            try await client.send("GET /304 HTTP/1.1\r\nHost: a\r\n\r\n" + get.replacing(" / ", with: " /bytes "))
            #expect(RawResponse(head: try await client.receiveHead(), body: []).status == 304)
            #expect(try await client.receiveResponse().text == "hello")
        }
    }

    @Test("ranges of files are sent byte for byte, also when the client reads slowly")
    func files() async throws {
        let directory = try TemporaryDirectory()
        var random = SeededRandom()
        let content = random.bytes(3_000_000)
        let file = try OpenFile.openForReading(directory.write(content, to: "f"))
        try await withServer { request in
            let parts = (request.head.query ?? "").split(separator: "-").map { Int64($0) ?? 0 }
            return ServerResponse(status: 206, body: .file(file, offset: parts[0], count: parts[1] - parts[0]))
        } _: { _, port in
            let client = try RawConnection.open(port: port, receiveBufferBytes: 20_000)
            for (start, end) in [(0, 3_000_000), (5, 6), (0, 0), (1_999_999, 3_000_000), (3_000_000, 3_000_000)] {
                try await client.send("GET /?\(start)-\(end) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.receiveResponse().body == Array(content[start..<end]))
            }
        }
    }

    @Test("a file that became shorter ends the connection instead of a response that looks whole")
    func shortenedFile() async throws {
        let directory = try TemporaryDirectory()
        let file = try OpenFile.openForReading(directory.write([1, 2, 3], to: "f"))
        try await withServer { _ in
            ServerResponse(status: 200, body: .file(file, offset: 0, count: 10))
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            try await client.send(get)
            await #expect(throws: (any Error).self) { try await client.receiveResponse() }
        }
    }

    @Test(
        "the connection ends after a response where client, version or handler want it",
        arguments: [
            ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "close", true),
            ("GET / HTTP/1.0\r\n\r\n", "close", true),
            ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive", false),
            ("GET /close HTTP/1.1\r\nHost: a\r\n\r\n", "close", true),
            (get, nil, false),
        ])
    func persistence(_ request: String, _ option: String?, _ ends: Bool) async throws {
        try await withServer { request in
            var response = text("x")
            response.closesConnection = request.head.path == "/close"
            return response
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            try await client.send(request)
            #expect(try await client.receiveResponse().field("connection") == option)
            if ends {
                #expect(try await client.receiveAll() == [])
            } else {
                try await client.send(get)
                #expect(try await client.receiveResponse().status == 200)
            }
        }
    }

    @Test("a malformed request is told why, and the client can read it although it goes on sending")
    func refusal() async throws {
        try await withServer { _ in
            text("x")
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            try await client.send("GET / HTTP/1.1\r\nHost : a\r\n\r\n" + String(repeating: "x", count: 300_000))
            let response = try await client.receiveResponse()
            #expect(response.status == 400 && response.field("connection") == "close")
            #expect(response.text == RequestRefusal.malformedFieldName.sentence + "\n")
            #expect(try await client.receiveAll() == [])
        }
    }

    @Test("handlers see the peer's address and the listener's name")
    func identity() async throws {
        try await withServer { request in
            text("\(request.remoteAddress) \(request.listener)")
        } _: { _, port in
            let client = try RawConnection.open(port: port)
            try await client.send(get)
            #expect(try await client.receiveResponse().text == "127.0.0.1 main")
        }
    }
}
