import Foundation
import Platform
import TestSupport
import Testing

@testable import HTTP

/// The Python of the tests' tools.
enum TestPython {
    /// The interpreter to run, with the packages of `Tests/requirements.txt`.
    static func path() throws -> String { try OtherProgram.pythonPath() }

    /// The path of a script beside the calling file.
    static func script(_ name: String, sourceFile: String = #filePath) -> String {
        URL(fileURLWithPath: sourceFile).deletingLastPathComponent().appendingPathComponent(name).path
    }

    /// Runs a script to its end; its output and whether it succeeded.
    static func run(_ script: String, _ arguments: [String]) async throws -> (output: String, succeeded: Bool) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try path())
        process.arguments = [script] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = await withCheckedContinuation { done in
            DispatchQueue.global().async {
                let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                done.resume(returning: String(decoding: bytes, as: UTF8.self))
            }
        }
        return (output, process.terminationStatus == 0)
    }
}

@Suite("Beside another implementation", .timeLimit(.minutes(2)))
struct DifferentialTests {
    /// One line that says exactly what the server understood: bytes in hexadecimal.
    private static func describe(_ request: ServerRequest, _ body: [UInt8]) -> String {
        func hex(_ bytes: some Sequence<UInt8>) -> String {
            bytes.map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }.joined()
        }
        let storage = request.head.headers.storage
        let fields = request.head.headers.entries.map { "\(hex(storage[$0.name]))=\(hex(storage[$0.value]))," }
        return [
            request.head.method.rawValue, request.head.target, "1.\(request.head.minorVersion)", fields.joined(),
            "." + hex(body),
        ].joined(separator: " ")
    }

    @Test("generated requests are understood as h11 understands them, or refused for a named reason")
    func againstH11() async throws {
        var random = SeededRandom()
        let seed = UInt32.random(in: 0...UInt32.max, using: &random)
        try await withServer(loops: 2) { request in
            guard let body = try? await request.body.collect(maxBytes: 100_000) else {
                return ServerResponse(status: 400, headers: ["X-Refused": "The chunked body is malformed."])
            }
            return ServerResponse(status: 200, headers: ["X-Seen": DifferentialTests.describe(request, body)])
        } _: { _, port in
            let script = TestPython.script("compare_with_h11.py")
            let (output, succeeded) = try await TestPython.run(script, ["\(port)", "\(seed)", "3000"])
            #expect(succeeded, "\(output)")
        }
    }
}
