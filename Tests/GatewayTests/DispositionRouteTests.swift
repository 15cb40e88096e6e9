import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing
import TransparencyLog
import VerdictStore

@testable import Gateway

@Suite("Signed rulings at the operator API")
struct DispositionRouteTests {
    @Test("a good ruling is logged, acts at once, and the same one again gets its first place and nothing else")
    func accepted() async throws {
        try await RulingDesk.with { desk in
            let ruling = desk.leaf(try desk.ruling(.deny))
            let answer = await desk.post(ruling)
            #expect(answer.status == 200)
            #expect(try answer.json()["known"] == false)
            let size = desk.gateway.stores.log.size
            let again = await desk.post(ruling)
            #expect(again.status == 200)
            #expect(try again.json()["logIndex"] == answer.json()["logIndex"])
            #expect(try again.json()["known"] == true)
            #expect(desk.gateway.stores.log.size == size)
            #expect(try await desk.audited().map { $0["outcome"]?.stringValue } == ["logged"])
        }
    }

    @Test("a ruling that is no ruling, or not in its one form, is refused")
    func unreadable() async throws {
        try await RulingDesk.with { desk in
            #expect(await desk.post(.object([:])).status == 400)
            #expect(try await desk.refusal(["leaf": "{}"]).contains("not accepted"))
            let good = try desk.text(desk.ruling(.deny))
            #expect(try await desk.refusal(["leaf": .string(good + " ")]).contains("1 bytes follow the end"))
            let event = KeyEventStatement(
                event: .add, publicKey: desk.stranger.publicKey, role: .operator_, holder: "bo",
                scope: .standard(for: .operator_), reason: "a test")
            let other = try Envelope.signing(.keyEvent(event), with: desk.gateway.keys.root)
            #expect(try await desk.refusal(desk.leaf(other)).contains("no ruling but a"))
        }
    }

    @Test("a reason that is too long is refused, naming the key and the limit")
    func longReason() async throws {
        try await RulingDesk.with { desk in
            // Signed as it would be by a program that does not know the limit.
            let payload = String(decoding: try desk.ruling(.deny, reason: "REASON").payload, as: UTF8.self)
                .replacing("REASON", with: String(repeating: "x", count: 1025))
            let key = desk.gateway.keys.ana
            let message = Envelope.preAuthenticationEncoding(of: Array(payload.utf8))
            let envelope = try Envelope(
                payload: Array(payload.utf8),
                signatures: [EnvelopeSignature(keyID: key.publicKey.keyID, signature: key.sign(message))])
            let sentence = try await desk.refusal(desk.leaf(envelope))
            #expect(sentence.contains("reason") && sentence.contains("1024 bytes"))
            #expect(sentence.contains(String(key.publicKey.keyID.hex.prefix(12))))
        }
    }

    @Test("a key that the log does not know, or that is no operator's, signs nothing")
    func wrongKeys() async throws {
        try await RulingDesk.with { desk in
            let unknown = try await desk.refusal(desk.leaf(desk.ruling(.deny, key: desk.stranger)))
            #expect(unknown.contains(desk.short(desk.stranger)) && unknown.contains("no key event"))
            let verdictKey = desk.gateway.keys.verdict
            let verdict = try await desk.refusal(desk.leaf(desk.ruling(.deny, key: verdictKey)))
            #expect(verdict.contains(desk.short(verdictKey)) && verdict.contains("a verdict key"))
        }
    }

    @Test("a retired key and a revoked one are refused, each by its word, with the index", arguments: [false, true])
    func endedKeys(isRevoked: Bool) async throws {
        try await RulingDesk.with { desk in
            let key = desk.gateway.keys.ana
            let index = desk.gateway.stores.log.size.value
            try await desk.log(
                KeyEventStatement(
                    event: isRevoked ? .revoke : .retire, publicKey: key.publicKey, role: .operator_, holder: "ana",
                    scope: .standard(for: .operator_), invalidFromIndex: index, reason: "a test"))
            let sentence = try await desk.refusal(desk.leaf(desk.ruling(.deny)))
            #expect(sentence.contains("key \(desk.short(key))… of ana"))
            #expect(
                sentence.contains(isRevoked ? "revoked from log index \(index)" : "retired from log index \(index)"))
        }
    }

    @Test("a key that a revocation statement took back is refused, though no key event ended it")
    func revokedByStatement() async throws {
        try await RulingDesk.with { desk in
            let revocation = RevocationStatement(
                target: .key(desk.gateway.keys.ana.publicKey.keyID), reason: "a test",
                createdAt: desk.gateway.clock.now())
            _ = try await desk.gateway.stores.log.append(
                Envelope.signing(.revocation(revocation), with: desk.gateway.keys.root))
            #expect(try await desk.refusal(desk.leaf(desk.ruling(.allow))).contains("which was revoked"))
        }
    }

    @Test("a key with a scope rules on its registries only, and not on all")
    func scopedKey() async throws {
        try await RulingDesk.with { desk in
            let scope = KeyScope(predicateTypes: [.disposition], registries: [try GatewayFixture.registry("pypi")])
            try await desk.log(
                KeyEventStatement(
                    event: .add, publicKey: desk.stranger.publicKey, role: .operator_, holder: "bo", scope: scope,
                    reason: "a test"))
            let everywhere = try await desk.refusal(desk.leaf(desk.ruling(.deny, key: desk.stranger, actor: "bo")))
            #expect(everywhere.contains("of bo rules on pypi only") && everywhere.contains("every registry"))
            let elsewhere = try desk.ruling(.deny, key: desk.stranger, actor: "bo", registries: ["npmjs"])
            #expect(try await desk.refusal(desk.leaf(elsewhere)).contains("for npmjs"))
            let inside = try desk.ruling(.deny, key: desk.stranger, actor: "bo", registries: ["pypi"])
            #expect(await desk.post(desk.leaf(inside)).status == 200)
        }
    }

    @Test("nobody rules in another's name")
    func otherActor() async throws {
        try await RulingDesk.with { desk in
            let sentence = try await desk.refusal(desk.leaf(desk.ruling(.deny, actor: "bo")))
            #expect(sentence.contains("of ana, and names bo"))
        }
    }

    @Test("a ruling that was changed after it was signed is refused")
    func changed() async throws {
        try await RulingDesk.with { desk in
            let good = try desk.ruling(.deny, reason: "read it")
            let text = String(decoding: good.payload, as: UTF8.self).replacing("read it", with: "read me")
            let forged = try Envelope(payload: Array(text.utf8), signatures: good.signatures)
            let sentence = try await desk.refusal(desk.leaf(forged))
            #expect(sentence.contains("does not fit") && sentence.contains(desk.short(desk.gateway.keys.ana)))
        }
    }

    @Test("a sequence that was used, or that skips one, is refused and says which is next")
    func sequence() async throws {
        try await RulingDesk.with { desk in
            #expect(await desk.post(desk.leaf(try desk.ruling(.deny))).status == 200)
            let replayed = try await desk.refusal(desk.leaf(desk.ruling(.allow, sequence: 1)))
            #expect(replayed.contains("sequence 1") && replayed.contains("up to 1"))
            let skipped = try await desk.refusal(desk.leaf(desk.ruling(.allow, sequence: 3)))
            #expect(skipped.contains("sequence 3") && skipped.contains("is 2"))
            #expect(
                try await desk.audited(atLeast: 3).map { $0["outcome"]?.stringValue } == [
                    "logged", "refused", "refused",
                ])
        }
    }

    @Test("a ruling that is over before it begins is refused")
    func expiredAtBirth() async throws {
        try await RulingDesk.with { desk in
            let now = desk.gateway.clock.now()
            #expect(try await desk.refusal(desk.leaf(desk.ruling(.allow, until: now))).contains("never act"))
            let later = try desk.ruling(.allow, until: now.adding(.seconds(60)))
            desk.gateway.clock.advance(by: .seconds(60))
            #expect(try await desk.refusal(desk.leaf(later)).contains("ends at"))
        }
    }

    @Test("statements that nobody made about these bytes, and rulings that are none of theirs, are refused")
    func unknownReferences() async throws {
        try await RulingDesk.with { desk in
            let other = try await desk.gateway.logVerdict(
                .suspicious, of: desk.demo.versions[0].bytes, "pkg:npm/demo@1.0.0")
            let own = try await desk.gateway.logVerdict(.suspicious, of: desk.bytes, "pkg:npm/demo@1.1.0")
            let stranger = try await desk.refusal(desk.leaf(desk.ruling(.allow, inViewOf: [own, other].sorted())))
            #expect(stranger.contains("in view of \(other.hex.prefix(12))"))
            #expect(try await desk.refusal(desk.leaf(desk.ruling(.deny, supersedes: own))).contains("no ruling"))
            #expect(await desk.post(desk.leaf(try desk.ruling(.allow, inViewOf: [own]))).status == 200)
        }
    }

    @Test("bytes that nobody has seen here may be denied beforehand, and not allowed")
    func unseenBytes() async throws {
        try await RulingDesk.with { desk in
            let unseen = Array("never seen".utf8)
            let allow = try await desk.refusal(desk.leaf(desk.ruling(.allow, on: unseen)))
            #expect(allow.contains("has never seen"))
            #expect(await desk.post(desk.leaf(try desk.ruling(.deny, on: unseen))).status == 200)
        }
    }
}
