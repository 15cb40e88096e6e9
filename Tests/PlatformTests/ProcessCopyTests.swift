import Glibc
import TestSupport
import Testing

@testable import Platform

@Suite("Copies of a process")
struct ProcessCopyTests {
    @Test("two descriptors travel with a message")
    func passing() throws {
        let directory = try TemporaryDirectory()
        let first = try OpenFile.openForReading(directory.write(Array("first".utf8), to: "1"))
        let second = try OpenFile.openForReading(directory.write(Array("second".utf8), to: "2"))
        let pair = try SequencedSocketPair()
        try pair.parent.send([1, 2, 3], passing: first.descriptor, second.descriptor)
        let passed = try #require(pair.child.receivePassed(maxBytes: 8))
        #expect(passed.message == [1, 2, 3])
        #expect(try OpenFile(adopting: passed.first, path: "1").read(at: 0, count: 9) == Array("first".utf8))
        #expect(fcntl(passed.second, F_GETFD) & FD_CLOEXEC != 0)
        #expect(try OpenFile(adopting: passed.second, path: "2").read(at: 0, count: 9) == Array("second".utf8))
    }

    @Test("a message without descriptors and the end of the connection are told apart from one with two")
    func notPassed() throws {
        let pair = try SequencedSocketPair()
        try pair.parent.send([1], timeout: .seconds(1))
        #expect(pair.child.receivePassed(maxBytes: 8) == nil)
        pair.parent.finishSending()
        #expect(pair.child.receivePassed(maxBytes: 8) == nil)
    }

    @Test("a message may come with one descriptor or with none, and with no more")
    func oneDescriptor() throws {
        let directory = try TemporaryDirectory()
        let file = try OpenFile.openForReading(directory.write(Array("first".utf8), to: "1"))
        let pair = try SequencedSocketPair()
        let child = pair.child
        try pair.parent.send([1, 2], passing: file.descriptor)
        let with = try #require(try child.receiveWithDescriptor(maxBytes: 2, timeout: .seconds(1)))
        #expect(with.message == [1, 2])
        let descriptor = try #require(with.descriptor)
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
        #expect(try OpenFile(adopting: descriptor, path: "1").read(at: 0, count: 9) == Array("first".utf8))
        try pair.parent.send([3], timeout: .seconds(1))
        let without = try #require(try child.receiveWithDescriptor(maxBytes: 2, timeout: .seconds(1)))
        #expect(without.message == [3])
        #expect(without.descriptor == nil)
        #expect(throws: MessageError.timedOut) { try child.receiveWithDescriptor(maxBytes: 2, timeout: .zero) }
        try pair.parent.send([1, 2, 3], passing: file.descriptor)
        #expect(throws: MessageError.tooLong(byteCount: 3, limit: 2)) {
            try child.receiveWithDescriptor(maxBytes: 2, timeout: .seconds(1))
        }
        try pair.parent.send([1], passing: file.descriptor, file.descriptor)
        #expect(throws: MessageError.self) { try child.receiveWithDescriptor(maxBytes: 2, timeout: .seconds(1)) }
        pair.parent.finishSending()
        #expect(try child.receiveWithDescriptor(maxBytes: 2, timeout: .seconds(1)) == nil)
    }

    @Test("a copy ends with what its body returns, or with the signal that ended it")
    func ends() async throws {
        await #expect(processExitsWith: .exitCode(6)) {
            let ended = try ProcessCopy.start { 7 }.wait()
            let killed = try ProcessCopy.start { raise(SIGKILL) }.wait()
            _exit(ended == .exited(7) && killed == .signalled(SIGKILL) ? 6 : 1)
        }
    }

    @Test("a copy keeps the descriptors that it names, under new numbers, and no other")
    func descriptors() async throws {
        await #expect(processExitsWith: .exitCode(6)) {
            let directory = try TemporaryDirectory()
            let files = try (0..<4).map { number in
                try OpenFile.openForReading(directory.write([UInt8(number)], to: "\(number)"))
            }
            let status = try ProcessCopy.start {
                // The hardest order: what is to be 3 may well be 4, and the other way round.
                guard OwnDescriptors.keepOnly([files[1].descriptor, files[0].descriptor]) else { return 1 }
                var byte: UInt8 = 9
                guard unsafe pread(3, &byte, 1, 0) == 1, byte == 1, unsafe pread(4, &byte, 1, 0) == 1, byte == 0 else {
                    return 2
                }
                return (5..<200).allSatisfy { fcntl($0, F_GETFD) < 0 } ? 0 : 3
            }.wait()
            _exit(status == .exited(0) ? 6 : 1)
        }
    }

    @Test("limits that a process sets on itself hold")
    func limits() async throws {
        await #expect(processExitsWith: .exitCode(6)) {
            let limits = ResourceLimits(
                addressSpaceBytes: 8 << 30, cpuSeconds: 5, fileSizeBytes: 4096, openFiles: 20, processes: 77)
            let status = try ProcessCopy.start {
                guard limits.applyToThisProcess() else { return 1 }
                let lines = textOfProcess("/proc/self/limits").split(separator: "\n")
                    .map { $0.split(separator: " ").joined(separator: " ") }
                let expected = [
                    "Max address space 8589934592 8589934592", "Max cpu time 5 6", "Max file size 4096 4096",
                    "Max open files 20 20", "Max core file size 0 0", "Max processes 77 77",
                ]
                return expected.allSatisfy { text in lines.contains { $0.hasPrefix(text) } } ? 0 : 2
            }.wait()
            _exit(status == .exited(0) ? 6 : 1)
        }
    }

    @Test("a whole group of processes can be ended")
    func group() throws {
        // The shell's child would go on for ever.
        let child = try ChildProcess.spawn(
            executable: "/bin/sh", arguments: ["-c", "/bin/sleep 1000 & echo $! >&3; wait"], inheriting: [])
        child.groupKiller.kill()
        #expect(child.wait() == .signalled(SIGKILL))
    }
}

/// A file that the kernel makes up while it is read, and so has no size.
func textOfProcess(_ path: String) -> String {
    let descriptor = unsafe open(path, O_RDONLY)
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = unsafe read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
}
