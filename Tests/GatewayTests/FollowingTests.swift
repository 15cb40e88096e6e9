import Cryptography
import HTTP
import JSON
import Platform
import Screening
import TestSupport
import Testing
import TransparencyLog
import VerdictStore

@testable import Gateway

@Suite("Following the logs of peers")
struct FollowingTests {
    @Test("what a peer has more is taken over with a receipt, across bundles; an unchanged log only counts as seen")
    func growth() async throws {
        let peer = try await PeerFixture()
        try await peer.grow(by: 260)
        try await GatewayFixture.with { (gateway) async throws in
            try peer.publish(on: gateway.upstream)
            gateway.trust(try peer.trust())
            let first = await gateway.look()
            #expect(first.problem == nil)
            let state = try #require(try await gateway.held())
            #expect(state.size == peer.size && state.followedSize == peer.size)
            #expect(state.note == (try peer.note))
            let own = gateway.stores.log.size.value
            guard case .importReceipt(let receipt)? = try gateway.stores.logReader.entry(at: own - 1)?.logged.statement
            else {
                Issue.record("no receipt in the own log")
                return
            }
            #expect(receipt.origin == PeerFixture.origin && receipt.source == .followed)
            #expect(receipt.treeSize == peer.size)

            gateway.clock.advance(by: .seconds(3600))
            await gateway.look()
            #expect(gateway.stores.log.size.value == own)
            #expect(try await gateway.held()?.lastVerifiedAt == gateway.clock.now())

            try await peer.grow(by: 1)
            try peer.publish(on: gateway.upstream)
            await gateway.look()
            #expect(try await gateway.held()?.size == peer.size)
            // The bundles before the one that grew are not fetched again.
            #expect(gateway.upstream.count("\(PeerFixture.url)/tile/entries/000") == 1)
        }
    }

    @Test("a wider bundle stands in for a narrower one that is gone")
    func widerBundle() async throws {
        let peer = try await PeerFixture()
        try await peer.grow(by: 5)
        let early = try peer.note
        let path = peer.lastBundle
        try await peer.grow(by: 256)
        try await GatewayFixture.with { (gateway) async throws in
            try peer.publish(on: gateway.upstream)
            gateway.upstream.put(early, at: PeerFixture.url + "/checkpoint")
            gateway.upstream.set(.status(404), at: "\(PeerFixture.url)/\(path)")
            gateway.trust(try peer.trust())
            #expect(await gateway.look().problem == nil)
            #expect(try await gateway.held()?.size == UInt64(path.width))
        }
    }

    @Test("a peer that went back is reported, kept as evidence, and moves nothing")
    func rollback() async throws {
        let peer = try await PeerFixture()
        let early = try peer.note
        try await peer.grow(by: 3)
        try await GatewayFixture.with { (gateway) async throws in
            try peer.publish(on: gateway.upstream)
            gateway.trust(try peer.trust())
            await gateway.look()
            let before = try await gateway.held()
            gateway.upstream.put(early, at: PeerFixture.url + "/checkpoint")
            let status = await gateway.look()
            #expect(status.isMisbehaviour)
            #expect(status.problem?.contains("went back") == true)
            let after = try await gateway.held()
            #expect(after?.size == before?.size && after?.root == before?.root && after?.note == before?.note)
            #expect(after?.lastVerifiedAt == before?.lastVerifiedAt)
            let evidence = try await gateway.stores.foreign.evidence()
            #expect(evidence.map(\.kind) == [.rollback])
            #expect(evidence.first?.offeredNote == early)
            let check = await gateway.service.readiness.reports().first { $0.name == "trust" }
            #expect(check?.state == .degraded)
            #expect(gateway.logged.all.contains { $0.contains("went back") })
            // The same again is not another line.
            let lines = gateway.logged.all.count
            await gateway.look()
            #expect(gateway.logged.all.count == lines)
            // Honest again: all is well again.
            try peer.publish(on: gateway.upstream)
            #expect(await gateway.look().problem == nil)
            #expect(await gateway.service.readiness.reports().first { $0.name == "trust" }?.state == .ok)
        }
    }

    @Test("another history is caught, whether it is as long, longer, or shown to somebody else")
    func splitView() async throws {
        let keys = PeerFixture.Keys()
        let peer = try await PeerFixture(keys: keys)
        let twin = try await PeerFixture(keys: keys)
        try await peer.say(.clean, of: [1], "pkg:npm/a@1.0.0")
        try await twin.say(.clean, of: [2], "pkg:npm/b@1.0.0")
        for isLonger in [false, true] {
            if isLonger { try await twin.grow(by: 2) }
            try await GatewayFixture.with { (gateway) async throws in
                try peer.publish(on: gateway.upstream)
                gateway.trust(try peer.trust())
                await gateway.look()
                try twin.publish(on: gateway.upstream)
                let status = await gateway.look()
                #expect(status.isMisbehaviour, "\(isLonger)")
                #expect(status.problem?.contains("two histories") == true)
                #expect(try await gateway.held()?.note == (try peer.note))
                #expect(try await gateway.stores.foreign.evidence().map(\.kind) == [.splitView])
            }
        }
        try await GatewayFixture.with { (gateway) async throws in
            try peer.publish(on: gateway.upstream)
            gateway.trust(try peer.trust())
            await gateway.look()
            let following = gateway.service.parts.following
            let trust = try peer.trust()
            #expect(try await following.compare(trust, with: try peer.note) == .same(size: peer.size))
            // A later state that the log, as it answers us, cannot explain.
            await #expect(throws: FollowRound.Failure.self) { try await following.compare(trust, with: try twin.note) }
            try await peer.grow(by: 4)
            try peer.publish(on: gateway.upstream)
            let later = try peer.note
            #expect(try await following.compare(trust, with: later) == .same(size: peer.size))
            // A shorter state of the other history, which only entries that are held can refute.
            let shorter = try await PeerFixture(keys: keys)
            try await shorter.say(.clean, of: [3], "pkg:npm/c@1.0.0")
            await #expect(throws: FollowRound.Failure.self) {
                try await following.compare(trust, with: try shorter.note)
            }
            #expect(try await gateway.held()?.note == later)
            let reports = try await following.reports()
            #expect(reports.first?.problems.first?.contains("two histories") == true)
        }
    }

    @Test("whatever a peer answers, nothing of it is taken, nothing moves, and the next honest answer is")
    func lies() async throws {
        let peer = try await PeerFixture()
        try await peer.grow(by: 2)
        let stranger = try await PeerFixture()
        try await GatewayFixture.with { (gateway) async throws in
            let checkpoint = PeerFixture.url + "/checkpoint"
            let bundle = "\(PeerFixture.url)/\(peer.lastBundle)"
            let good = try peer.bytes(peer.lastBundle)
            var flipped = good
            flipped[good.count / 2] ^= 1
            func document(_ bytes: [UInt8]) -> ScriptedUpstream.Answer { .document(bytes, contentType: "text/plain") }
            let lies: [(String, ScriptedUpstream.Answer)] = [
                (checkpoint, document([])), (checkpoint, document(Array("no note".utf8))),
                (checkpoint, document(try stranger.note)), (checkpoint, document(try peer.note + [0x0A])),
                (checkpoint, .status(404)), (checkpoint, .status(503)), (checkpoint, .status(302)),
                (checkpoint, .failure(.tooLarge(maxBytes: 65536))), (checkpoint, .failure(.timedOut(.stall))),
                (checkpoint, .failure(.redirectRefused(reason: "more than 3 redirects"))),
                (checkpoint, .failure(.protocolViolation("not gzip"))),
                (bundle, .status(404)), (bundle, document([])), (bundle, document(flipped)),
                (bundle, document(Array(good.dropLast()))), (bundle, document(good + [0])),
                (bundle, document(try stranger.bytes(stranger.lastBundle))),
                (bundle, .failure(.connectionLost(reason: "reset"))), (bundle, .failure(.tooLarge(maxBytes: 1))),
            ]
            gateway.upstream.fail(with: .couldNotResolve(host: "peer.test"))
            gateway.trust(try peer.trust())
            #expect(await gateway.look().problem?.contains("peer.test") == true)
            gateway.upstream.fail(with: nil)
            for (position, (url, answer)) in lies.enumerated() {
                try peer.publish(on: gateway.upstream)
                gateway.upstream.set(answer, at: url)
                let status = await gateway.look()
                #expect(status.problem != nil, "lie \(position)")
                #expect(try await gateway.held()?.size ?? 0 == 0, "lie \(position)")
                #expect(status.failures == UInt64(position) + 2)
            }
            try peer.publish(on: gateway.upstream)
            #expect(await gateway.look().problem == nil)
            #expect(try await gateway.held()?.size == peer.size)
            #expect(gateway.service.parts.following.book.status(of: PeerFixture.origin).failures == 0)
        }
    }

    @Test("a log over its quota and one without its witnesses are refused")
    func policy() async throws {
        let peer = try await PeerFixture()
        try await peer.grow(by: 2)
        let witness = try NoteVerifier(
            name: "w.test", type: .cosignatureV1, publicKey: Ed25519SigningKey.generate().publicKey)
        try await GatewayFixture.with { (gateway) async throws in
            try peer.publish(on: gateway.upstream)
            gateway.trust(try peer.trust(quota: ForeignQuota(maxStatements: 3)))
            #expect(await gateway.look().problem?.contains("quota") == true)
            gateway.trust(try peer.trust(witnesses: [witness]))
            #expect(await gateway.look().problem?.contains("cosigned by 0") == true)
            gateway.trust(try peer.trust())
            #expect(await gateway.look().problem == nil)
        }
    }

    @Test("a reload starts and ends following; a look comes when its time has come")
    func reload() async throws {
        let peer = try await PeerFixture()
        try await GatewayFixture.with { (gateway) async throws in
            try peer.publish(on: gateway.upstream)
            let book = gateway.service.parts.following.book
            let url = PeerFixture.url + "/checkpoint"
            gateway.trust(try peer.trust())
            await eventually { book.status(of: PeerFixture.origin).rounds == 1 }
            gateway.clock.advance(by: .seconds(120))
            await eventually { gateway.pause.sleeperCount > 0 }
            gateway.pause.elapse(.seconds(120))
            await eventually { book.status(of: PeerFixture.origin).rounds == 2 }
            let asked = gateway.upstream.count(url)
            gateway.trust(try peer.trust(isFollowed: false))
            await eventually { book.status(of: PeerFixture.origin).rounds == 0 }
            gateway.clock.advance(by: .seconds(3600))
            gateway.pause.elapse(.seconds(3600))
            #expect(gateway.upstream.count(url) == asked)
            gateway.trust(try peer.trust())
            await eventually { gateway.upstream.count(url) == asked + 1 }
        }
    }

    @Test("a log that is switched off and on again at once is followed all the same")
    func flicker() async throws {
        let peer = try await PeerFixture()
        try await GatewayFixture.with { (gateway) async throws in
            try peer.publish(on: gateway.upstream)
            let book = gateway.service.parts.following.book
            let url = PeerFixture.url + "/checkpoint"
            gateway.trust(try peer.trust())
            await eventually { book.status(of: PeerFixture.origin).rounds == 1 }
            for turn in 0..<12 {
                let asked = gateway.upstream.count(url)
                gateway.trust(try peer.trust(isFollowed: false))
                // The follower ends somewhere here; sometimes before the next line, sometimes after it.
                for _ in 0..<(turn % 6) { await Task.yield() }
                gateway.trust(try peer.trust())
                // A look that began before ends at a later time than this: so time goes on until there is another.
                await eventually {
                    gateway.clock.advance(by: .seconds(1))
                    gateway.pause.elapse(.seconds(1))
                    return gateway.upstream.count(url) > asked
                }
            }
        }
    }

    @Test("a peer is left alone for a minute, and ever longer while it brings nothing, never more than a quarter over")
    func schedule() {
        #expect(FollowSchedule.pause(afterFailures: 0, chance: 0.5) == .seconds(60))
        #expect(FollowSchedule.pause(afterFailures: 0, chance: 0) == .seconds(51))
        #expect(FollowSchedule.pause(afterFailures: 0, chance: 1) == .seconds(69))
        #expect(FollowSchedule.pause(afterFailures: 2, chance: 0.5) == .seconds(240))
        for failures in [UInt64(4), 9, 64, .max] {
            #expect(FollowSchedule.pause(afterFailures: failures, chance: 0.5) == .seconds(900))
        }
    }
}
