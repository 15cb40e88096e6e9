import Cryptography
import Foundation
import Platform
import Registry
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

@Suite("Verdict bundles")
struct BundleRoundTripTests {
    @Test("a bundle has the exact leaves first, then the checkpoint, then a proof for each")
    func form() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good", "malicious-one")
        let bytes = try fixture.export()
        let lines = BundleText(bytes).lines
        #expect(lines.count == 6 + 1 + 6)
        let leaves = try fixture.leaves(0..<6)
        #expect(Array(lines[..<6]) == leaves)
        #expect(String(decoding: lines[6], as: UTF8.self).hasPrefix(#"{"verdictBundle":{"checkpoint":"test.example"#))
        #expect(lines[7...].allSatisfy { $0.starts(with: Array(#"{"tlogProof":{"hashes":["#.utf8)) })

        let bundle = try fixture.verified(bytes)
        #expect(bundle.counts.clean == 1 && bundle.counts.malicious == 1 && bundle.counts.keyEvents == 4)
        #expect(bundle.checkpoint.checkpoint.size == TreeSize(6))
        #expect(bundle.received.entries.map(\.logIndex) == [0, 1, 2, 3, 4, 5])
        #expect(bundle.keyring.isValidNow(fixture.peer.verdict.publicKey.keyID))
    }

    @Test("the same log and selection give the same bytes, in pieces of any size")
    func deterministic() async throws {
        let fixture = try ExchangeFixture()
        for number in 0..<6 { try await fixture.say("package-\(number)") }
        let selection = BundleSelection(analyzer: .static_, sinceIndex: 5)
        let first = try fixture.export(selection)
        #expect(try fixture.export(selection) == first)
        try await fixture.say("later")
        #expect(try fixture.export(selection) != first)
        let copy = try fixture.peer.copied()
        let again = try ExchangeFixture.export(copy, selection)
        #expect(try fixture.export(selection) == again)
    }

    @Test("a selection narrows to what it names, and key events always travel along")
    func selections() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("alpha", "suspicious-beta", "malicious-gamma")
        try await fixture.append([
            try fixture.peer.dispositionEnvelope("alpha", .deny, sequence: 1),
            try fixture.peer.verdictEnvelope("alpha", .clean, analyzer: .advisory),
        ])
        let alpha = try PackageURL(parsing: "pkg:npm/alpha")
        let exact = try PackageURL(parsing: "pkg:npm/alpha@1.0.0")
        let other = try PackageURL(parsing: "pkg:npm/alpha@2.0.0")
        let cases: [(BundleSelection, [UInt64])] = [
            (BundleSelection(), [4, 5, 6, 7, 8]),
            (BundleSelection(purl: alpha), [4, 7, 8]),
            (BundleSelection(purl: exact), [4, 7, 8]),
            (BundleSelection(purl: other), []),
            (BundleSelection(integrity: LogFixture.sha512("malicious-gamma")), [6]),
            (BundleSelection(analyzer: .advisory), [8]),
            (BundleSelection(verdict: .suspicious), [5]),
            (BundleSelection(verdict: .clean), [4, 8]),
            (BundleSelection(sinceIndex: 6), [6, 7, 8]),
            (BundleSelection(purl: alpha, analyzer: .static_, verdict: .clean, sinceIndex: 4), [4]),
        ]
        for (selection, expected) in cases {
            let bundle = try fixture.verified(try fixture.export(selection))
            #expect(bundle.received.entries.map(\.logIndex) == [0, 1, 2, 3] + expected, "\(selection)")
            #expect(bundle.received.selection == selection)
        }
    }

    @Test("the proofs of a log of many tiles hold, whichever entries are asked for")
    func manyTiles() async throws {
        let fixture = try ExchangeFixture()
        let log = try await fixture.peer.open()
        let envelopes = try (0..<700).map { try fixture.peer.verdictEnvelope("p\($0)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for envelope in envelopes { group.addTask { _ = try await log.append(envelope) } }
            try await group.waitForAll()
        }
        await log.close()
        let reader = try LogReader(fixture.peer.directory)
        let prover = InclusionProver(reader, size: 704)
        for index in stride(from: UInt64(0), to: 704, by: 7) {
            let proof = try prover.proof(of: index)
            #expect(try reader.inclusionProof(of: index, inTreeOf: 704) == proof)
        }
        let older = InclusionProver(reader, size: 511)
        for index in stride(from: UInt64(0), to: 511, by: 13) {
            let proof = try older.proof(of: index)
            #expect(try reader.inclusionProof(of: index, inTreeOf: 511) == proof)
        }
        let bundle = try ReceivedBundle(parsing: try fixture.export(BundleSelection(sinceIndex: 650)))
        #expect(bundle.entries.count == 4 + 54)
        #expect(bundle.consistentSince == 650)
    }

    @Test("the proof of an entry contains the root of the tree that ends with it")
    func olderRoots() throws {
        let leaves = (0..<40).map { MerkleTree.leafHash([UInt8($0)]) }
        for size in 1...40 {
            for index in 0..<size {
                var nodes: [NodeCoordinate: SHA256Digest] = [:]
                var tree = MerkleFrontier()
                for leaf in leaves[..<size] { tree.append(leafHash: leaf) { nodes[$0] = $1 } }
                let proof = try InclusionProof.prove(
                    index: LogIndex(UInt64(index)), size: TreeSize(UInt64(size))
                ) { nodes[$0] }
                #expect(
                    proof.rootUpToEntry(leafHash: leaves[index]) == MerkleTree.root(ofLeafHashes: leaves[...index]))
            }
        }
    }

    @Test("a bundle is read from a file as from memory, and a change in between is noticed")
    func fromFile() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good", "malicious-one")
        let bytes = try fixture.export()
        let path = try fixture.home.temporary.write(bytes, to: "b.intoto.jsonl")
        let received = try ReceivedBundle(file: try OpenFile.openForReading(path))
        #expect(received.digest == SHA256Digest(hashing: bytes))
        _ = try VerifiedBundle(verifying: received, with: try fixture.trust(), at: fixture.clock.now())

        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try handle.seek(toOffset: UInt64(bytes.count - 10))
        try handle.write(contentsOf: [bytes[bytes.count - 10] ^ 1])
        try handle.close()
        #expect(throws: ExchangeFailure.self) {
            try VerifiedBundle(verifying: received, with: try fixture.trust(), at: fixture.clock.now())
        }
    }

    @Test("trust decides: named signers or roots, its end, its witnesses and its log keys")
    func trust() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good")
        let bytes = try fixture.export()
        let signer = fixture.peer.verdict.publicKey.keyID
        _ = try fixture.verified(bytes, fixture.trust { ($0.roots, $0.signers) = ([], [signer]) })

        func refusal(_ change: (inout TrustedLog) -> Void) throws -> String {
            let trust = try fixture.trust(change)
            let error = #expect(throws: ExchangeFailure.self) { try fixture.verified(bytes, trust) }
            return error.map { "\($0)" } ?? ""
        }
        let unknown = Ed25519SigningKey.generate()
        #expect(try refusal { $0.roots = [unknown.publicKey.keyID] }.hasPrefix("line 5: key \(signer.hex) is neither"))
        #expect(try refusal { $0.expiresAt = fixture.clock.now() }.contains("ended at 2026-01-01T00:00:00Z"))
        let otherKey = try NoteVerifier(name: LogFixture.origin, publicKey: unknown.publicKey)
        let strangerKey = try CheckpointVerifier(logKeys: [otherKey])
        #expect(try refusal { $0.verifier = strangerKey }.hasPrefix("line 6: the checkpoint"))
        let otherLog = try NoteVerifier(name: "other.example/log", publicKey: fixture.peer.log.publicKey)
        let strangerLog = try CheckpointVerifier(logKeys: [otherLog])
        #expect(try refusal { $0.verifier = strangerLog }.contains("is not trusted here"))
        let witness = try NoteVerifier(name: "w.example", type: .cosignatureV1, publicKey: unknown.publicKey)
        let quorum = try CheckpointVerifier(
            logKeys: try fixture.trust().verifier.logKeys, witnesses: [witness], quorum: 1)
        #expect(try refusal { $0.verifier = quorum }.contains("0 trusted witnesses"))
    }
}
