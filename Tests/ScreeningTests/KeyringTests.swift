import Cryptography
import Registry
import Testing

@testable import Screening

/// A log in memory that applies what it accepts, as the sequencer does.
struct MemoryLog {
    var keyring = Keyring()
    var next: UInt64 = 0

    @discardableResult
    mutating func append(_ statement: Statement, by keys: Ed25519SigningKey...) throws -> VerifiedEnvelope {
        let envelope = try Envelope.signing(statement, withAll: keys)
        let verified = try keyring.read(envelope.leafBytes, at: next)
        next += 1
        return verified
    }
}

@Suite("Keys and who may sign what")
struct KeyringTests {
    private let root = Samples.key("root")
    private let worker = Samples.key("verdict")
    private let ana = Samples.key("ana")
    private let stranger = Samples.key("stranger")

    private func log() throws -> MemoryLog {
        var log = MemoryLog()
        try log.append(.keyEvent(Samples.keyEvent(root, .root)), by: root)
        try log.append(.keyEvent(Samples.keyEvent(worker, .verdict)), by: root)
        try log.append(.keyEvent(Samples.keyEvent(ana, .operator_, holder: "ana")), by: root)
        return log
    }

    private func fails(_ log: MemoryLog, _ statement: Statement, by key: Ed25519SigningKey) -> StatementError? {
        var log = log
        return #expect(throws: StatementError.self) { try log.append(statement, by: key) }
    }

    @Test("a log begins with a root key that signs itself, and with nothing else")
    func genesis() throws {
        let empty = MemoryLog()
        #expect(fails(empty, .keyEvent(Samples.keyEvent(root, .root)), by: stranger) != nil)
        #expect(fails(empty, .keyEvent(Samples.keyEvent(worker, .verdict)), by: worker) != nil)
        #expect(fails(empty, .verdict(Samples.verdict()), by: worker) != nil)
        var log = empty
        let first = try log.append(.keyEvent(Samples.keyEvent(root, .root)), by: root)
        #expect(first.signer == root.publicKey.keyID)
        #expect(log.keyring.key(root.publicKey.keyID)?.role == .root)
    }

    @Test("each role signs its own kind of statement and no other")
    func roles() throws {
        let log = try log()
        let key = Samples.key("new")
        let statements: [Statement] = [
            .verdict(Samples.verdict()), .disposition(Samples.disposition()),
            .keyEvent(Samples.keyEvent(key, .verdict)),
        ]
        for (signer, allowed) in [(worker, 0), (ana, 1), (root, 2)] {
            for (position, statement) in statements.enumerated() {
                if position == allowed {
                    var accepted = log
                    #expect(try accepted.append(statement, by: signer).statement == statement)
                } else {
                    guard case .keyNotAllowed = fails(log, statement, by: signer) else {
                        Issue.record("\(statement.predicateType) by key \(allowed)")
                        continue
                    }
                }
            }
        }
        #expect(fails(log, statements[0], by: stranger) == .unknownKey(stranger.publicKey.keyID))
    }

    @Test("a signature that does not match the payload is refused")
    func badSignature() throws {
        let log = try log()
        let good = try Envelope.signing(.verdict(Samples.verdict()), with: worker)
        let payload = try Statement.verdict(Samples.verdict(.malicious)).canonicalBytes()
        let forged = try Envelope(payload: payload, signatures: good.signatures)
        #expect(throws: StatementError.badSignature(worker.publicKey.keyID)) {
            try VerifiedEnvelope.verify(forged, with: log.keyring)
        }
        #expect(throws: StatementError.self) {
            let notCanonical = try Envelope(payload: payload + [0x20], signatures: good.signatures)
            return try VerifiedEnvelope.verify(notCanonical, with: log.keyring)
        }
    }

    @Test("verdicts and dispositions have one signature, key events may have several")
    func signatureCount() throws {
        var log = try log()
        let second = Samples.key("verdict 2")
        try log.append(.keyEvent(Samples.keyEvent(second, .verdict)), by: root)
        let envelope = try Envelope.signing(.verdict(Samples.verdict()), withAll: [worker, second])
        #expect(throws: StatementError.self) { try VerifiedEnvelope.verify(envelope, with: log.keyring) }
        let root2 = Samples.key("root 2")
        try log.append(.keyEvent(Samples.keyEvent(root2, .root)), by: root)
        try log.append(.keyEvent(Samples.keyEvent(stranger, .witness)), by: root, root2)
    }

    @Test("a disposition is signed by the person that it names")
    func actorIsHolder() throws {
        let log = try log()
        guard case .keyNotAllowed = fails(log, .disposition(Samples.disposition(actor: "bo")), by: ana) else {
            Issue.record("a disposition under another name")
            return
        }
    }

    @Test("a narrow scope is kept to")
    func scopes() throws {
        var log = try log()
        let narrow = Samples.key("narrow")
        let scope = KeyScope(predicateTypes: [.verdict], analyzers: [.advisory])
        try log.append(.keyEvent(Samples.keyEvent(narrow, .verdict, scope: scope)), by: root)
        #expect(fails(log, .verdict(Samples.verdict(by: .static_)), by: narrow) != nil)
        try log.append(.verdict(Samples.verdict(by: .advisory)), by: narrow)

        let bo = Samples.key("bo")
        let team = KeyScope(predicateTypes: [.disposition], registries: [Samples.registry("acme")])
        try log.append(.keyEvent(Samples.keyEvent(bo, .operator_, holder: "bo", scope: team)), by: root)
        func ruling(_ registries: [RegistryName]) -> Statement {
            .disposition(Samples.disposition(scope: DispositionScope(registries: registries), actor: "bo"))
        }
        try log.append(ruling([Samples.registry("acme")]), by: bo)
        #expect(fails(log, ruling([]), by: bo) != nil)
        #expect(fails(log, ruling([Samples.registry("acme"), Samples.registry("npmjs")]), by: bo) != nil)
    }

    @Test("a retired key is valid before and void after")
    func retire() throws {
        var log = try log()
        let id = worker.publicKey.keyID
        try log.append(.verdict(Samples.verdict()), by: worker)
        try log.append(.keyEvent(Samples.keyEvent(.retire, worker, .verdict, from: 4)), by: root)
        #expect(log.keyring.isValid(id, at: 3))
        #expect(!log.keyring.isValid(id, at: 4))
        #expect(!log.keyring.isValidNow(id))
        #expect(log.keyring.key(id)?.isRevoked == false)
        #expect(
            fails(log, .verdict(Samples.verdict(.suspicious)), by: worker)
                == .keyNotValid(id, invalidFromIndex: 4))
    }

    @Test("a revocation reaches back, and a later event cannot narrow it")
    func revoke() throws {
        var log = try log()
        let id = worker.publicKey.keyID
        try log.append(.verdict(Samples.verdict()), by: worker)
        try log.append(.keyEvent(Samples.keyEvent(.revoke, worker, .verdict, from: 3)), by: root)
        #expect(!log.keyring.isValid(id, at: 3))
        #expect(log.keyring.key(id)?.isRevoked == true)
        try log.append(.keyEvent(Samples.keyEvent(.retire, worker, .verdict, from: 5)), by: root)
        #expect(!log.keyring.isValid(id, at: 3))
    }

    @Test("what a revoked root key added is void, and what it ended stays ended")
    func revokedRoot() throws {
        var log = try log()
        let root2 = Samples.key("root 2")
        try log.append(.keyEvent(Samples.keyEvent(root2, .root)), by: root)
        let good = log.next
        try log.append(.keyEvent(Samples.keyEvent(stranger, .verdict)), by: root2)
        try log.append(.keyEvent(Samples.keyEvent(.retire, ana, .operator_, holder: "ana", from: 5)), by: root2)
        #expect(log.keyring.isValidNow(stranger.publicKey.keyID))
        try log.append(.keyEvent(Samples.keyEvent(.revoke, root2, .root, from: good)), by: root)
        #expect(!log.keyring.isValidNow(stranger.publicKey.keyID))
        #expect(!log.keyring.isValid(stranger.publicKey.keyID, at: good + 1))
        #expect(!log.keyring.isValidNow(ana.publicKey.keyID))
        #expect(log.keyring.isValidNow(worker.publicKey.keyID))
        #expect(fails(log, .verdict(Samples.verdict()), by: stranger) != nil)
    }

    @Test("events that contradict what is known are refused")
    func contradictions() throws {
        let log = try log()
        let wide = KeyScope(predicateTypes: [.verdict, .disposition])
        let events = [
            Samples.keyEvent(worker, .verdict), Samples.keyEvent(worker, .witness),
            Samples.keyEvent(.retire, stranger, .verdict, from: 0),
            Samples.keyEvent(.retire, worker, .verdict, from: 99),
            Samples.keyEvent(.retire, worker, .witness, from: 1), Samples.keyEvent(.retire, root, .root, from: 1),
            Samples.keyEvent(.retire, ana, .operator_, holder: "bo", from: 1),
            Samples.keyEvent(stranger, .verdict, scope: wide),
        ]
        for event in events { #expect(fails(log, .keyEvent(event), by: root) != nil, "\(event)") }
        var keyring = log.keyring
        #expect(throws: StatementError.self) {
            try keyring.apply(
                Samples.keyEvent(stranger, .verdict), at: log.next - 1, signedBy: [root.publicKey.keyID])
        }
        #expect(keyring == log.keyring)
    }

    @Test("keys are listed in the order in which they were added")
    func listing() throws {
        #expect(try log().keyring.keys.map(\.role) == [.root, .verdict, .operator_])
    }
}
