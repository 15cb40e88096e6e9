import CLinux
import Glibc
import Platform
import TestSupport
import Testing

@Suite("Messages between processes")
struct SequencedSocketTests {
    @Test("messages keep their borders and their order, in both directions")
    func borders() throws {
        let pair = try SequencedSocketPair()
        let messages: [[UInt8]] = [[1], [2, 3], Array(repeating: 4, count: SequencedSocket.maxMessageBytes), [5]]
        for message in messages {
            try pair.parent.send(message, timeout: .seconds(10))
            #expect(try pair.child.receive(timeout: .seconds(10)) == message)
            try pair.child.send(message, timeout: .seconds(10))
        }
        #expect(fcntl(pair.parent.descriptor, F_GETFD) & FD_CLOEXEC != 0)
        #expect(fcntl(pair.child.descriptor, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test("a silent peer is waited for only as long as said")
    func timeouts() throws {
        let pair = try SequencedSocketPair()
        #expect(throws: MessageError.timedOut) { try pair.parent.receive(timeout: .zero) }
        #expect(throws: MessageError.timedOut) { try pair.parent.receive(timeout: .milliseconds(3)) }
        let message = [UInt8](repeating: 1, count: SequencedSocket.maxMessageBytes)
        #expect(throws: MessageError.timedOut) {
            for _ in 0..<1000 { try pair.parent.send(message, timeout: .milliseconds(3)) }
        }
        // Nothing of the refused message arrives.
        while let next = try? pair.child.receive(timeout: .zero) { #expect(next == message) }
    }

    @Test("messages that are too long are refused on both sides")
    func limits() throws {
        let pair = try SequencedSocketPair()
        let limit = SequencedSocket.maxMessageBytes
        #expect(throws: MessageError.tooLong(byteCount: limit + 1, limit: limit)) {
            try pair.parent.send([UInt8](repeating: 0, count: limit + 1), timeout: .zero)
        }
        try pair.parent.send([1, 2, 3, 4], timeout: .zero)
        #expect(throws: MessageError.tooLong(byteCount: 4, limit: 3)) {
            try pair.child.receive(maxBytes: 3, timeout: .zero)
        }
    }

    @Test("what was sent before the end is received, then the end is seen")
    func end() throws {
        let pair = try SequencedSocketPair()
        try pair.parent.send([1], timeout: .zero)
        pair.parent.finishSending()
        #expect(try pair.child.receive(timeout: .zero) == [1])
        #expect(try pair.child.receive(timeout: .zero) == nil)
        #expect(throws: MessageError.peerClosed) { try pair.parent.send([1], timeout: .zero) }
    }

    @Test("a child answers over the socket, and its death is seen as the end")
    func acrossProcesses() throws {
        let parent: SequencedSocket
        let child: ChildProcess
        do {
            let pair = try SequencedSocketPair()
            parent = pair.parent
            child = try ChildProcess.spawn(
                executable: "/bin/sh", arguments: ["-c", "head -c 4 <&3 >&3; exec sleep 1000"],
                inheriting: [(descriptor: pair.child.descriptor, as: 3)])
        }
        try parent.send(Array("ping".utf8), timeout: .seconds(30))
        #expect(try parent.receive(timeout: .seconds(30)) == Array("ping".utf8))
        child.kill()
        #expect(try parent.receive(timeout: .seconds(30)) == nil)
        let status = child.wait()
        #expect(status == .signalled(SIGKILL))
    }
}

@Suite("Signals and terminals")
struct SignalTests {
    @Test("watched signals reach the closure instead of ending the process, and unwatched ones end it again")
    func watching() async {
        await #expect(processExitsWith: .signal(SIGTERM)) {
            let received = Lock<[Int32]>([])
            let shared = Box(received)
            let arrived = try SequencedSocketPair()
            var watcher: SignalWatcher? = SignalWatcher(signals: [SIGTERM, SIGHUP]) { number in
                shared.lock.withLock { $0.append(number) }
                try? arrived.child.send([UInt8(number)], timeout: .seconds(10))
            }
            kill(getpid(), SIGTERM)
            let first = try arrived.parent.receive(timeout: .seconds(30))
            kill(getpid(), SIGHUP)
            let second = try arrived.parent.receive(timeout: .seconds(30))
            guard first == [UInt8(SIGTERM)], second == [UInt8(SIGHUP)],
                shared.lock.withLock({ $0 }) == [SIGTERM, SIGHUP], watcher != nil
            else { exit(1) }
            watcher = nil
            kill(getpid(), SIGTERM)
            // The signal may reach another thread a moment later.
            while true { pause() }
        }
    }

    private final class Box: Sendable {
        let lock: Lock<[Int32]>

        init(_ lock: consuming Lock<[Int32]>) { self.lock = lock }
    }

    @Test("two watchers at a time stop the process")
    func exclusive() async {
        await #expect(processExitsWith: .failure) {
            let first = SignalWatcher(signals: [SIGHUP]) { _ in }
            let second = SignalWatcher(signals: [SIGUSR1]) { _ in }
            withExtendedLifetime((first, second)) {}
        }
    }

    @Test("a file is no terminal; a pseudo-terminal is one and has its width")
    func terminal() throws {
        let directory = try TemporaryDirectory()
        let file = try OpenFile.openForReading(directory.write([1], to: "file"))
        #expect(TerminalInformation(of: file.descriptor) == TerminalInformation(isTerminal: false, width: nil))
        var size = winsize(ws_row: 24, ws_col: 97, ws_xpixel: 0, ws_ypixel: 0)
        var (main, replica): (Int32, Int32) = (-1, -1)
        try #require(unsafe openpty(&main, &replica, nil, nil, &size) == 0)
        defer {
            close(main)
            close(replica)
        }
        #expect(TerminalInformation(of: replica) == TerminalInformation(isTerminal: true, width: 97))
    }
}
