import CLinux
import Glibc
import Platform
import TestSupport
import Testing

private typealias ExitStatus = Platform.ExitStatus

/// Starts a shell script with its standard output on a pipe, and returns what it wrote and how it ended.
private func runShell(
    _ script: String, arguments: [String] = [], environment: [String] = [], limits: ResourceLimits? = nil,
    inheriting: [(descriptor: Int32, as: Int32)] = [], workingDirectory: String? = "/"
) throws -> (output: String, status: ExitStatus) {
    var ends: [Int32] = [0, 0]
    try #require(unsafe pipe(&ends) == 0)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let child = try ChildProcess.spawn(
        executable: "/bin/sh", arguments: ["-c", script, "sh"] + arguments, environment: environment,
        inheriting: [(descriptor: ends[1], as: 1)] + inheriting, limits: limits, workingDirectory: workingDirectory)
    close(ends[1])
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = unsafe read(ends[0], &buffer, buffer.count)
        guard count > 0 else { break }
        output += buffer[..<count]
    }
    close(ends[0])
    return (String(decoding: output, as: UTF8.self), child.wait())
}

@Suite("Child processes")
struct ChildProcessTests {
    @Test("the exit code and the ending signal come back")
    func exitStatus() throws {
        #expect(try runShell("exit 0").status.isSuccess)
        #expect(try runShell("exit 7").status == .exited(7))
        #expect(try runShell("kill -TERM $$").status == .signalled(SIGTERM))
        #expect(ExitStatus.signalled(9).description == "ended by signal 9")
    }

    @Test("the child has the arguments and the environment that it was given, and no others")
    func argumentsAndEnvironment() throws {
        let run = try runShell(
            #"printf '%s|' "$@"; /usr/bin/env | grep -vE '^(_|PWD|SHLVL)='"#, arguments: ["a b", "", "é$(x)"],
            environment: ["ONE=1", "EMPTY="])
        #expect(run.output == "a b||é$(x)|ONE=1\nEMPTY=\n" || run.output == "a b||é$(x)|EMPTY=\nONE=1\n")
    }

    @Test("the child has the descriptors that it was given, under the numbers that it was given, and no others")
    func descriptors() throws {
        let directory = try TemporaryDirectory()
        let first = try OpenFile.openForReading(directory.write(Array("first".utf8), to: "1"))
        let second = try OpenFile.openForReading(directory.write(Array("second".utf8), to: "2"))
        // Open without close-on-exec, as a careless library would: it must not leak either.
        let careless = unsafe open(directory.path("2"), O_RDONLY)
        defer { close(careless) }
        // The numbers are exchanged with each other, the hardest order to arrange.
        let run = try runShell(
            "cat <&5; cat <&9; for f in /proc/$$/fd/*; do printf ' %s' ${f##*/}; done",
            inheriting: [(descriptor: first.descriptor, as: 9), (descriptor: second.descriptor, as: 5)])
        // 3 is the directory that the shell itself is reading.
        #expect(run.output == "secondfirst 0 1 2 3 5 9")
        let swapped = try runShell(
            "cat /proc/self/fd/\(first.descriptor) /proc/self/fd/\(second.descriptor)",
            inheriting: [
                (descriptor: first.descriptor, as: second.descriptor),
                (descriptor: second.descriptor, as: first.descriptor),
            ])
        #expect(swapped.output == "secondfirst")
    }

    @Test("standard descriptors that are not given are /dev/null")
    func standardDescriptors() throws {
        #expect(try runShell("readlink /proc/$$/fd/0 /proc/$$/fd/2; cat").output == "/dev/null\n/dev/null\n")
    }

    @Test("the child begins with default signals, its own group, no new privileges, and in its directory")
    func cleanState() throws {
        SignalWatcher.ignoreBrokenPipes()
        let run = try runShell(
            "grep -E '^(SigBlk|SigIgn|NoNewPrivs)' /proc/self/status; pwd; [ $(ps -o pgid= -p $$) = $$ ] && echo leader"
        )
        #expect(
            run.output == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nNoNewPrivs:\t1\n/\nleader\n")
        let directory = try TemporaryDirectory()
        #expect(try runShell("pwd", workingDirectory: directory.path).output == directory.path + "\n")
    }

    @Test("limits hold in the child")
    func limits() throws {
        let limits = ResourceLimits(
            addressSpaceBytes: 1 << 30, cpuSeconds: 5, fileSizeBytes: 4096, openFiles: 20, processes: 77)
        let run = try runShell("ulimit -v -t -f -n -c -p 2>&1 || cat /proc/$$/limits", limits: limits)
        let text = try runShell("cat /proc/$$/limits", limits: limits).output
        for expected in [
            "Max address space 1073741824 1073741824", "Max cpu time 5 6", "Max file size 4096 4096",
            "Max open files 20 20", "Max core file size 0 0", "Max processes 77 77",
        ] {
            let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
            #expect(lines.contains { $0.hasPrefix(expected) }, "\(expected) in \(run.output) \(text)")
        }
        #expect(
            try runShell("while :; do :; done", limits: ResourceLimits(cpuSeconds: 0)).status == .signalled(SIGXCPU)
                || runShell("while :; do :; done", limits: ResourceLimits(cpuSeconds: 0)).status == .signalled(SIGKILL))
    }

    @Test("a program that cannot be started leaves a reason and no child")
    func failures() throws {
        func failure(_ executable: String, directory: String? = "/") -> SpawnError? {
            do throws(SpawnError) {
                _ = try ChildProcess.spawn(executable: executable, arguments: [], workingDirectory: directory)
                return nil
            } catch {
                return error
            }
        }
        #expect(failure("/no/such") == .refused(executable: "/no/such", step: .execute, code: ENOENT))
        #expect(failure("/etc/passwd") == .refused(executable: "/etc/passwd", step: .execute, code: EACCES))
        #expect(
            failure("/bin/sh", directory: "/no/such")
                == .refused(executable: "/bin/sh", step: .changeDirectory, code: ENOENT))
        #expect(
            failure("/no/such")?.description
                == "cannot start /no/such: executing the program failed: No such file or directory")
        for executable in ["sh", "", "/bin/sh\0x"] {
            guard case .malformedRequest = failure(executable) else {
                Issue.record("\(executable) was not refused")
                continue
            }
        }
        #expect(throws: SpawnError.self) {
            try ChildProcess.spawn(executable: "/bin/sh", arguments: [], environment: ["NOVALUE"]).wait()
        }
        #expect(throws: SpawnError.self) {
            try ChildProcess.spawn(
                executable: "/bin/sh", arguments: [], inheriting: [(descriptor: 1, as: 4), (descriptor: 2, as: 4)]
            ).wait()
        }
        #expect(throws: SpawnError.self) {
            try ChildProcess.spawn(executable: "/bin/sh", arguments: [], inheriting: [(descriptor: 999, as: 4)]).wait()
        }
    }

    @Test("a child can be killed while a thread waits for it, and its end is seen on the pidfd")
    func killing() async throws {
        let thread = BlockingThread(name: "waiter")
        let child = try ChildProcess.spawn(executable: "/bin/sleep", arguments: ["1000"])
        let (hasEnded, pidfd) = (child.hasEnded(), child.pidfd)
        #expect(!hasEnded)
        #expect(fcntl(pidfd, F_GETFD) & FD_CLOEXEC != 0)
        let killer = child.killer
        async let killing: Void = killer.kill()
        let status = await child.wait(on: thread)
        await killing
        #expect(status == .signalled(SIGKILL))
        // Nothing to hit any more, and nothing else is hit.
        killer.kill()
        thread.stop()
    }

    @Test("waiting for a while sees a child that ends and one that does not")
    func bounded() throws {
        let short = try ChildProcess.spawn(executable: "/bin/sh", arguments: ["-c", "exit 3"])
        let shortEnded = short.hasEnded(within: .seconds(60))
        #expect(shortEnded)
        let shortStatus = short.wait()
        #expect(shortStatus == .exited(3))
        let long = try ChildProcess.spawn(executable: "/bin/sleep", arguments: ["1000"])
        let longEnded = long.hasEnded(within: .milliseconds(5))
        #expect(!longEnded)
        long.kill(SIGTERM)
        let longStatus = long.wait()
        #expect(longStatus == .signalled(SIGTERM))
    }

    @Test("a dropped child is ended and collected")
    func dropped() throws {
        var pid: Int32 = 0
        do {
            let child = try ChildProcess.spawn(executable: "/bin/sleep", arguments: ["1000"])
            pid = child.pid
        }
        #expect(kill(pid, 0) == -1)
    }

    @Test("starting without blocking gives the same child, or the same refusal")
    func suspending() async throws {
        let child = try await ChildProcess.start(executable: "/bin/sh", arguments: ["-c", "exit 4"])
        let childStatus = child.wait()
        #expect(childStatus == .exited(4))
        await #expect(throws: SpawnError.refused(executable: "/no/such", step: .execute, code: ENOENT)) {
            try await ChildProcess.start(executable: "/no/such", arguments: []).wait()
        }
    }

    @Test("a child outlives the thread that asked for it")
    func outlivesThread() async throws {
        let thread = BlockingThread(name: "short-lived")
        let keeper = try await thread.run { () throws(SpawnError) in
            Keeper(try ChildProcess.spawn(executable: "/bin/sleep", arguments: ["1000"]))
        }
        thread.stop()
        let hasEnded = keeper.child.hasEnded(within: .milliseconds(100))
        #expect(!hasEnded)
    }

    private final class Keeper: Sendable {
        let child: ChildProcess

        init(_ child: consuming ChildProcess) { self.child = child }
    }

    @Test("children tied to us die with us")
    func diesWithParent() async throws {
        let directory = try TemporaryDirectory()
        let fifo = directory.path("held by the child")
        try #require(unsafe mkfifo(fifo, 0o600) == 0)
        let reader = unsafe open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        defer { close(reader) }
        unsafe setenv("JURAT_TEST_FIFO", fifo, 1)
        await #expect(processExitsWith: .exitCode(5)) {
            let fifo = try #require(ProcessEnvironment.system()["JURAT_TEST_FIFO"])
            let thread = BlockingThread(name: "short-lived")
            let ended = try await thread.run { () throws(SpawnError) in
                let child = try ChildProcess.spawn(
                    executable: "/bin/sh", arguments: ["-c", "exec 3>\"$1\"; echo up >&3; exec sleep 1000", "sh", fifo])
                defer { exit(5) }
                // Long enough for the shell to open the FIFO; the parent's end must find a child that runs.
                return child.hasEnded(within: .milliseconds(300))
            }
            #expect(!ended)
        }
        var request = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        #expect(unsafe poll(&request, 1, 60_000) == 1)
        var line = [UInt8](repeating: 0, count: 16)
        #expect(unsafe read(reader, &line, line.count) == 3, "the child never ran")
        // The end of the file comes when the last process that holds the FIFO has ended.
        #expect(unsafe poll(&request, 1, 60_000) == 1, "the child outlived its parent")
        #expect(unsafe read(reader, &line, line.count) == 0)
    }
}
