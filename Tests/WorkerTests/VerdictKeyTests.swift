import Cryptography
import Platform
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Worker

@Suite("The verdict key of a worker")
struct VerdictKeyTests {
    private let temporary: TemporaryDirectory
    private let data: DataDirectory
    private let store: KeyStore
    private let root = Ed25519SigningKey.generate()
    private let log: Ed25519SigningKey
    private let first: Ed25519SigningKey

    init() throws {
        temporary = try TemporaryDirectory()
        data = DataDirectory(path: temporary.path("data"))
        store = KeyStore(directory: data.keysDirectory)
        log = .generate()
        first = .generate()
        try data.create()
        try store.store(first, as: .verdict)
        let keys = VerdictLogGenesis.Keys(root: root, log: log, verdict: first.publicKey, operators: [])
        try VerdictLogGenesis.initialize(data, origin: "test.example/verdicts", keys: keys)
    }

    private var newest: Ed25519SigningKey {
        get throws { try VerdictKey.newest(WorkerConfiguration(dataDirectory: data, executablePath: "/", name: "w")) }
    }

    private func append(_ event: KeyEventKind, _ key: Ed25519PublicKey) async throws {
        let size = try LogReader(data).head().size
        let opened = try await VerdictLog.open(data, signingWith: log, logger: .silent)
        let statement = KeyEventStatement(
            event: event, publicKey: key, role: .verdict, scope: .standard(for: .verdict),
            invalidFromIndex: event == .add ? nil : size, reason: "a test")
        _ = try await opened.append(Envelope.signing(.keyEvent(statement), with: root))
        await opened.close()
    }

    @Test("the newest good key signs; one that the log does not know yet, or ended, does not")
    func newestGood() async throws {
        let second = try store.create(.verdict, .successor)
        #expect(try newest.publicKey == first.publicKey)
        try await append(.add, second.publicKey)
        #expect(try newest.publicKey == second.publicKey)
        try await append(.retire, second.publicKey)
        #expect(try newest.publicKey == first.publicKey)
        #expect(try VerdictKey.isEnded(second.publicKey.keyID, in: data))
        #expect(try !VerdictKey.isEnded(first.publicKey.keyID, in: data))
    }

    @Test("a worker whose only key was ended does not start, and says so")
    func ended() async throws {
        try await append(.add, Ed25519SigningKey.generate().publicKey)
        try await append(.revoke, first.publicKey)
        let error = #expect(throws: WorkerError.self) { try newest }
        guard case .keyEnded(first.publicKey.keyID)? = error else {
            Issue.record("expected an ended key, got \(String(describing: error))")
            return
        }
        #expect(error?.description.contains("retired or revoked") == true)
    }

    @Test("without a log at hand the key in use signs")
    func withoutLog() throws {
        try Files.remove(data.verdictsPath)
        #expect(try newest.publicKey == first.publicKey)
    }

    @Test("who waits for the end of work is woken by the request, and by being cancelled")
    func finishSignal() async {
        let signal = FinishSignal()
        async let woken: Void = signal.wait()
        let cancelled = Task { await signal.wait() }
        cancelled.cancel()
        await cancelled.value
        #expect(!signal.isRequested)
        signal.request()
        await woken
        await signal.wait()
        #expect(signal.isRequested)
    }
}
