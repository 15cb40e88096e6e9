import Cryptography
import Registry
import Testing

@testable import Screening

@Suite("Whose signature a statement needs")
struct AuthorityTests {
    private let roots = ["root", "root 2", "root 3"].map(Samples.key)
    private let worker = Samples.key("verdict")
    private let ana = Samples.key("ana")
    private let sequencer = Samples.key("log")
    private let witness = Samples.key("witness")

    /// A log with one key of each role, and as many root keys.
    private func log(roots count: Int = 1, threshold: Int? = nil) throws -> MemoryLog {
        var log = MemoryLog()
        try log.append(.keyEvent(Samples.keyEvent(roots[0], .root)), by: roots[0])
        try log.append(.keyEvent(Samples.keyEvent(worker, .verdict)), by: roots[0])
        try log.append(.keyEvent(Samples.keyEvent(ana, .operator_, holder: "ana")), by: roots[0])
        try log.append(.keyEvent(Samples.keyEvent(sequencer, .log)), by: roots[0])
        try log.append(.keyEvent(Samples.keyEvent(witness, .witness)), by: roots[0])
        for number in 1..<max(count, 1) {
            let last = number == count - 1
            try log.append(
                .keyEvent(Samples.keyEvent(roots[number], .root, threshold: last ? threshold : nil)), by: roots[0])
        }
        return log
    }

    private func fails(_ log: MemoryLog, _ statement: Statement, by keys: Ed25519SigningKey...) -> StatementError? {
        #expect(throws: StatementError.self) {
            let envelope = try Envelope.signing(statement, withAll: keys)
            return try VerifiedEnvelope.verify(envelope, with: log.keyring)
        }
    }

    private func revocation(_ target: RevocationTarget) -> Statement {
        .revocation(LogStatementSamples.revocation(target))
    }

    @Test("each kind of statement is made by the roles of the table and by no other")
    func roles() throws {
        let log = try log()
        let table: [(Statement, Set<KeyRole>)] = [
            (.verdict(Samples.verdict()), [.verdict]), (.disposition(Samples.disposition()), [.operator_]),
            (.keyEvent(Samples.keyEvent(Samples.key("new"), .verdict)), [.root]),
            (revocation(LogStatementSamples.targets[0]), [.root, .verdict]),
            (revocation(LogStatementSamples.targets[1]), [.root]),
            (revocation(LogStatementSamples.targets[2]), [.root]),
            (revocation(LogStatementSamples.targets[3]), [.root]),
            (.importReceipt(LogStatementSamples.receipt()), [.log]),
            (.logSuccession(LogStatementSamples.succession(.ends)), [.root]),
            (.logSuccession(LogStatementSamples.succession(.begins)), [.root]),
        ]
        let signers: [(KeyRole, Ed25519SigningKey)] = [
            (.root, roots[0]), (.verdict, worker), (.operator_, ana), (.log, sequencer), (.witness, witness),
        ]
        for (statement, allowed) in table {
            for (role, key) in signers {
                if allowed.contains(role) {
                    var accepted = log
                    #expect(try accepted.append(statement, by: key).statement == statement)
                } else {
                    guard case .keyNotAllowed = fails(log, statement, by: key) else {
                        Issue.record("\(statement.predicateType) by \(role)")
                        continue
                    }
                }
            }
        }
    }

    @Test("a key whose scope leaves revocations out makes none")
    func narrowScope() throws {
        var log = try log()
        let narrow = Samples.key("narrow")
        try log.append(
            .keyEvent(Samples.keyEvent(narrow, .verdict, scope: KeyScope(predicateTypes: [.verdict]))), by: roots[0])
        #expect(fails(log, revocation(LogStatementSamples.targets[0]), by: narrow) != nil)
        try log.append(.verdict(Samples.verdict()), by: narrow)
    }

    @Test("one key speaks for itself; only root keys sign together")
    func signatureCounts() throws {
        var log = try log(roots: 2)
        let second = Samples.key("verdict 2")
        try log.append(.keyEvent(Samples.keyEvent(second, .verdict)), by: roots[0])
        let single = revocation(LogStatementSamples.targets[0])
        #expect(fails(log, single, by: worker, second) != nil)
        #expect(fails(log, single, by: worker, roots[0]) != nil)
        for statement in [single, .logSuccession(LogStatementSamples.succession(.ends))] {
            var accepted = log
            try accepted.append(statement, by: roots[0], roots[1])
            try accepted.append(statement, by: roots[0])
        }
    }

    @Test("from the threshold's next entry on, whatever root keys say needs so many of them")
    func threshold() throws {
        var log = try log(roots: 3, threshold: 2)
        #expect(log.keyring.requiredRootSignatures == 2)
        #expect(log.keyring.requiredRootSignatures(at: log.next - 1) == 1)
        let statements: [Statement] = [
            .keyEvent(Samples.keyEvent(Samples.key("new"), .verdict)), revocation(LogStatementSamples.targets[1]),
            revocation(LogStatementSamples.targets[0]), .logSuccession(LogStatementSamples.succession(.begins)),
        ]
        for statement in statements {
            guard case .keyNotAllowed = fails(log, statement, by: roots[2]) else {
                Issue.record("\(statement.predicateType) by one root key of two")
                continue
            }
            try log.append(statement, by: roots[0], roots[2])
        }
        // A verdict key needs no company for what it may say alone.
        try log.append(revocation(.statement(Samples.statementID(2))), by: worker)
        // What stood before the threshold still verifies at its own index.
        let early = try Envelope.signing(.keyEvent(Samples.keyEvent(worker, .verdict)), with: roots[0])
        _ = try VerifiedEnvelope.verify(early, with: log.keyring, at: 1)
    }

    @Test("a threshold is between one and the number of good root keys, and only root key events set it")
    func thresholdBounds() throws {
        var log = try log(roots: 2)
        #expect(fails(log, .keyEvent(Samples.keyEvent(Samples.key("v"), .verdict, threshold: 1)), by: roots[0]) != nil)
        func refused(_ event: KeyEventStatement) -> String? {
            var keyring = log.keyring
            let before = keyring
            let error = #expect(throws: StatementError.self) {
                try keyring.apply(event, at: log.next, signedBy: [roots[0].publicKey.keyID])
            }
            #expect(keyring == before)
            guard case .keyEventRefused(_, let reason) = error else { return nil }
            return reason
        }
        #expect(refused(Samples.keyEvent(roots[2], .root, threshold: 4))?.contains("3 good root keys") == true)
        #expect(throws: StatementError.self) {
            try Statement.keyEvent(Samples.keyEvent(roots[2], .root, threshold: 0)).canonicalBytes()
        }
        try log.append(.keyEvent(Samples.keyEvent(roots[2], .root, threshold: 3)), by: roots[0])
        // Ending one of three while three must sign would end everything.
        #expect(refused(Samples.keyEvent(.retire, roots[1], .root, from: 3))?.contains("lower the threshold") == true)
        try log.append(
            .keyEvent(Samples.keyEvent(.retire, roots[1], .root, from: 3, threshold: 2)), by: roots[0], roots[1],
            roots[2])
        #expect(log.keyring.requiredRootSignatures == 2)
        try log.append(
            .keyEvent(Samples.keyEvent(.retire, roots[2], .root, from: 3, threshold: 1)), by: roots[0], roots[2])
        #expect(refused(Samples.keyEvent(.retire, roots[0], .root, from: 3))?.contains("no good root key") == true)
    }

    @Test("a root key is not ended when that would void the root keys that it added")
    func lastRoot() throws {
        var log = try log(roots: 2)
        // The second root was added by the first at index 5: revoked from before, the first takes it along.
        let reaching = Samples.keyEvent(.revoke, roots[0], .root, from: 5)
        var keyring = log.keyring
        #expect(throws: StatementError.self) {
            try keyring.apply(reaching, at: log.next, signedBy: [roots[1].publicKey.keyID])
        }
        let later = Samples.keyEvent(.revoke, roots[0], .root, from: 6)
        try log.append(.keyEvent(later), by: roots[1])
        #expect(log.keyring.isValidNow(roots[1].publicKey.keyID))
    }

    @Test("what was signed by as many roots as needed falls when one of them was void by then")
    func voidVoters() throws {
        var log = try log(roots: 3, threshold: 2)
        let voidFrom = log.next
        let added = Samples.key("added")
        try log.append(.keyEvent(Samples.keyEvent(added, .verdict)), by: roots[0], roots[1])
        let index = log.next
        try log.append(revocation(LogStatementSamples.targets[1]), by: roots[0], roots[1])
        // Lowered by two, one of whom turns out to be void: it never was lower.
        let fourth = Samples.key("root 4")
        try log.append(.keyEvent(Samples.keyEvent(fourth, .root, threshold: 1)), by: roots[0], roots[1])
        let signers = [roots[0], roots[1]].map(\.publicKey.keyID)
        #expect(log.keyring.isAuthorized(signers, at: index))
        #expect(log.keyring.isValidNow(added.publicKey.keyID))
        #expect(log.keyring.requiredRootSignatures == 1)
        try log.append(.keyEvent(Samples.keyEvent(.revoke, roots[1], .root, from: voidFrom)), by: roots[0])
        #expect(!log.keyring.isAuthorized(signers, at: index))
        #expect(!log.keyring.isValidNow(added.publicKey.keyID))
        #expect(!log.keyring.isValidNow(fourth.publicKey.keyID))
        #expect(log.keyring.requiredRootSignatures == 2)
    }

    @Test("the threshold is a member of the record only where it is set")
    func thresholdText() throws {
        let event = Samples.keyEvent(roots[1], .root, threshold: 2)
        let text = String(decoding: try Statement.keyEvent(event).canonicalBytes(), as: UTF8.self)
        #expect(text.contains(#"]},"threshold":2},"predicateType":"#))
        #expect(try Statement(parsingCanonical: Array(text.utf8)) == .keyEvent(event))
        for other in [#""threshold":0"#, #""threshold":"2""#, #""threshold":2.0"#, #""threshold":-1"#] {
            #expect(throws: StatementError.self, "\(other)") {
                try Statement(parsingCanonical: Array(text.replacing(#""threshold":2"#, with: other).utf8))
            }
        }
    }
}
