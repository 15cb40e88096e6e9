import Platform
import Testing

@Suite("Lines that a child writes")
struct OutputPipeTests {
    private func lines(_ script: String) throws -> [String] {
        let pipe = try OutputPipe()
        let child = try ChildProcess.spawn(
            executable: "/bin/sh", arguments: ["-c", script],
            inheriting: [(descriptor: pipe.writeEnd, as: 1), (descriptor: pipe.writeEnd, as: 2)])
        pipe.closeWriteEnd()
        var lines: [String] = []
        pipe.forEachLine { lines.append($0) }
        #expect(child.wait().isSuccess)
        return lines
    }

    @Test("come whole, from both streams, empty ones left out, the last one also without its end")
    func whole() throws {
        #expect(try lines("echo one; echo; echo two >&2; printf three") == ["one", "two", "three"])
        #expect(try lines(":") == [])
    }

    @Test("come in pieces when they never end, so that nobody fills our memory")
    func long() throws {
        let pieces = try lines("head -c 10000 /dev/zero | tr '\\0' x; echo y")
        #expect(pieces.map(\.utf8.count) == [4096, 4096, 1809])
        #expect(pieces.joined() == String(repeating: "x", count: 10_000) + "y")
    }
}
