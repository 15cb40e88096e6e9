import Analyzers
import Glibc
import Platform

/// What a child does instead of an analysis, as hostile bytes might make it.
struct Misbehaviour {
    private let verb: String
    private let detail: String
    /// Read before the process is confined.
    private let prepared: [UInt8]

    /// Reads `exit:3`, `signal:11`, `answer:/path` and single words.
    init(_ text: String) {
        let words = text.split(separator: ":", maxSplits: 1).map(String.init)
        verb = words[0]
        detail = words.count > 1 ? words[1] : ""
        prepared = verb == "answer" ? (try? Files.readAll(detail)) ?? [] : []
    }

    func act(_ order: AnalysisOrder, _ artifact: OpenFile, _ socket: SequencedSocket) -> Int32 {
        switch verb {
        case "exit": return Int32(detail) ?? 99
        case "signal":
            raise(Int32(detail) ?? 0)
            return 98
        case "answer": return send(prepared, times: 1, over: socket)
        case "hang": hang()
        case "close":
            close(socket.descriptor)
            hang()
        case "spin":
            while true {}
        case "allocate": return allocate(bytes: 10 << 30)
        case "flood": return send(finding, times: (100 << 20) / finding.count, over: socket)
        case "processes": return multiply()
        case "descriptors": return openDescriptors()
        case "try":
            guard let attempt = SandboxAttempt(rawValue: detail) else { return 97 }
            return attempt.perform() == 0 ? 96 : 0
        default: return 95
        }
    }

    private let finding = Array(
        repeating: Array(#"{"code":"script-url","count":1,"path":"package/package.json"},"#.utf8), count: 900
    ).flatMap { $0 }

    private func send(_ bytes: [UInt8], times: Int, over socket: SequencedSocket) -> Int32 {
        do throws(MessageError) {
            for _ in 0..<times {
                var rest = bytes[...]
                while !rest.isEmpty {
                    try socket.send(Array(rest.prefix(60_000)), timeout: .seconds(60))
                    rest = rest.dropFirst(60_000)
                }
            }
            return 0
        } catch {
            return 94
        }
    }

    private func hang() -> Never {
        while true { _ = poll(nil, 0, -1) }
    }

    /// In pieces as an analysis would, every page used.
    private func allocate(bytes: Int) -> Int32 {
        var pieces: [[UInt8]] = []
        while pieces.count * (64 << 20) < bytes { pieces.append([UInt8](repeating: 1, count: 64 << 20)) }
        return Int32(pieces.last?.last ?? 0)
    }

    /// The number of processes that it could make.
    private func multiply() -> Int32 {
        var made: Int32 = 0
        for _ in 0..<1000 {
            let child = fork()
            if child == 0 { hang() }
            if child > 0 { made = 1 }
        }
        return made
    }

    /// 0 when it has the two that it was given, the standard ones, and no other.
    private func openDescriptors() -> Int32 {
        let open = (0..<Int32(64)).filter { fcntl($0, F_GETFD) >= 0 }
        return open == [0, 1, 2, 3, 4] ? 0 : 93
    }
}
