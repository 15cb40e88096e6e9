import Foundation
import Glibc
import Platform
import Testing

@testable import HTTP

/// What they cost in memory is measured on the real program, in a process of its own (EndToEndTests).
@Suite("Many connections at once", .timeLimit(.minutes(5)))
struct IdleConnectionTests {
    private let count = 10_000

    /// Lets this process have a descriptor for every connection.
    private func raiseDescriptorLimit() throws {
        var limit = rlimit()
        try #require(unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        let wanted = rlim_t(count + 1000)
        try #require(
            limit.rlim_max >= wanted,
            "\(wanted) open files are needed, the hard limit is \(limit.rlim_max): raise it (ulimit -Hn)")
        if limit.rlim_cur < wanted { limit.rlim_cur = wanted }
        try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
    }

    @Test("ten thousand idle and half-said connections stay, and others are served meanwhile")
    func idleConnections() async throws {
        try raiseDescriptorLimit()
        // On a busy machine opening them all takes longer than the usual patience with the first.
        var limits = ServerLimits()
        limits.headerTimeout = .seconds(300)
        limits.idleTimeout = .seconds(300)
        try await withServer(limits: limits, loops: 2) { _ in
            text("x")
        } _: { server, port in
            let clients = Process()
            clients.executableURL = URL(fileURLWithPath: try TestPython.path())
            clients.arguments = [TestPython.script("idle_clients.py"), "\(port)", "\(count)"]
            let input = Pipe()
            let output = Pipe()
            clients.standardInput = input
            clients.standardOutput = output
            try clients.run()
            let word = await withCheckedContinuation { done in
                DispatchQueue.global().async { done.resume(returning: output.fileHandleForReading.availableData) }
            }
            try #require(String(decoding: word, as: UTF8.self).hasPrefix("ready"))
            let client = try RawConnection.open(port: port)
            for _ in 0..<500 {
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.receiveResponse().text == "x")
            }
            // Requests on a connection of each loop came after all the others: those have been taken in.
            #expect(server.connectionCount >= count)
            try input.fileHandleForWriting.close()
            clients.waitUntilExit()
            while server.connectionCount > 1 { await Task.yield() }
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.receiveResponse().text == "x")
        }
    }
}
