import CLinux
import Glibc
import TestSupport
import Testing

@testable import Platform

@Suite("Sandbox")
struct SandboxTests {
    @Test("the report says which layers hold and why others do not")
    func report() {
        let complete = SandboxReport(applied: SandboxLayer.allCases, gaps: [])
        #expect(complete.isComplete)
        #expect(complete.description == "no-new-privileges, not-inspectable, landlock, seccomp")
        let degraded = SandboxReport(
            applied: [.noNewPrivileges], gaps: [SandboxReport.Gap(layer: .landlock, reason: "switched off")])
        #expect(!degraded.isComplete)
        #expect(
            degraded.description == "degraded: landlock is missing (switched off); applied: no-new-privileges")
    }

    @Test("asking what is available changes nothing and accounts for every layer")
    func available() throws {
        let report = Sandbox.available()
        #expect(report.applied.count + report.gaps.count == SandboxLayer.allCases.count)
        #expect(report.applied.contains(.seccomp))
        #expect(try OpenFile.openForReading("/etc/passwd").sizeBytes > 0)
    }

    @Test("a process with several threads does not claim that Landlock covers it")
    func otherThreads() async {
        await #expect(processExitsWith: .exitCode(6)) {
            let thread = BlockingThread(name: "other")
            let report = Sandbox.confine()
            let expected = report.gaps.contains { $0.layer == .landlock } && report.applied.contains(.seccomp)
            withExtendedLifetime(thread) { _exit(expected ? 6 : 1) }
        }
    }

    @Test("Landlock alone keeps every file shut, to root too; open descriptors stay open")
    func landlock() async throws {
        guard Sandbox.available().applied.contains(.landlock) else { return }
        await #expect(processExitsWith: .exitCode(6)) {
            let open = try OpenFile.openForReading("/etc/passwd")
            _ = Sandbox.apply(.noNewPrivileges)
            guard Sandbox.apply(.landlock) == nil else { _exit(1) }
            guard unsafe Glibc.open("/etc/passwd", O_RDONLY) == -1, errno == EACCES else { _exit(2) }
            guard unsafe Glibc.open("/tmp/jurat-new", O_WRONLY | O_CREAT, 0o600) == -1, errno == EACCES else {
                _exit(3)
            }
            guard unsafe opendir("/") == nil, unsafe Glibc.rename("/tmp", "/tmp2") == -1 else { _exit(4) }
            guard let first = try? open.read(at: 0, count: 4), first == Array("root".utf8) else { _exit(5) }
            _exit(6)
        }
    }

    @Test("computing goes on after seccomp: memory, the clock, randomness, open descriptors")
    func seccompAllows() async throws {
        await #expect(processExitsWith: .exitCode(6)) {
            let pair = try SequencedSocketPair()
            let open = try OpenFile.openForReading("/etc/passwd")
            let mapped = try MappedFile(open)
            endAsCopy {
                guard Sandbox.apply(.noNewPrivileges) == nil, Sandbox.apply(.seccomp) == nil else { return 1 }
                var list = (0..<1_000_000).map { $0 }
                list.reverse()
                guard list[0] == 999_999, mapped.count > 0, (try? MappedFile(open).count) == mapped.count else {
                    return 2
                }
                let text = list.prefix(1000).map { "\($0)" }.joined(separator: ",")
                guard text.utf8.count > 1000, SystemWallClock().now() > Timestamp(secondsSinceEpoch: 0) else {
                    return 3
                }
                guard (try? pair.child.send(Array("done".utf8), timeout: .seconds(10))) != nil,
                    (try? pair.parent.receive(timeout: .seconds(10))) == Array("done".utf8)
                else { return 4 }
                return SystemRandom().bytes(8).count == 8 ? 6 : 5
            }
        }
    }

    @Test("everything else is refused without ending the process")
    func seccompRefuses() async {
        await #expect(processExitsWith: .exitCode(6)) {
            endAsCopy {
                guard Sandbox.apply(.noNewPrivileges) == nil, Sandbox.apply(.seccomp) == nil else { return 1 }
                guard unsafe open("/etc/passwd", O_RDONLY) == -1, errno == EPERM else { return 2 }
                guard fork() == -1, errno == EPERM else { return 3 }
                guard kill(getppid(), 0) == -1, errno == EPERM,
                    socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0) == -1, errno == EPERM
                else { return 4 }
                let executable = unsafe mmap(nil, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                guard unsafe executable == MAP_FAILED, unsafe unlink("/tmp/jurat-none") == -1, errno == EPERM else {
                    return 5
                }
                guard fcntl(0, F_SETOWN, getppid()) == -1, errno == EPERM, fcntl(0, F_GETFD) >= 0 else { return 7 }
                var status = stat()
                guard unsafe stat("/etc/passwd", &status) == -1, errno == EPERM else { return 8 }
                return 6
            }
        }
    }

    @Test("no thread can be made any more")
    func noThreads() async {
        await #expect(processExitsWith: .exitCode(6)) {
            endAsCopy {
                guard Sandbox.apply(.noNewPrivileges) == nil, Sandbox.apply(.seccomp) == nil else { return 1 }
                var thread = pthread_t()
                return unsafe pthread_create(&thread, nil, { _ in nil }, nil) == 0 ? 2 : 6
            }
        }
    }

    @Test("what root could do is given up")
    func capabilities() async {
        await #expect(processExitsWith: .exitCode(6)) {
            endAsCopy {
                guard Sandbox.apply(.noNewPrivileges) == nil else { return 1 }
                let text = textOfProcess("/proc/self/status")
                return text.contains("CapEff:\t0000000000000000\n") && text.contains("NoNewPrivs:\t1") ? 6 : 2
            }
        }
    }

    @Test("a network socket ends the process")
    func socketKills() async {
        await #expect(processExitsWith: .signal(SIGSYS)) {
            endAsCopy {
                _ = Sandbox.confine()
                return socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            }
        }
    }

    @Test("another program ends the process")
    func executionKills() async {
        await #expect(processExitsWith: .signal(SIGSYS)) {
            endAsCopy {
                _ = Sandbox.confine()
                var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [strdup("true"), nil]
                return unsafe execv("/bin/true", &arguments)
            }
        }
    }

    @Test("a failed precondition still ends a confined process as a crash")
    func abortStillWorks() async {
        await #expect(processExitsWith: .failure) {
            endAsCopy {
                _ = Sandbox.confine()
                abort()
            }
        }
    }
}

/// Runs `body` in a copy of this process, which has one thread, and ends as the copy did.
private func endAsCopy(_ body: () -> Int32) -> Never {
    do throws(SpawnError) {
        let copy = try ProcessCopy.start(body)
        switch copy.wait() {
        case .exited(let code): _exit(code)
        case .signalled(let number):
            signal(number, SIG_DFL)
            raise(number)
            _exit(101)
        }
    } catch {
        _exit(102)
    }
}
