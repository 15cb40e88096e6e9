import Cryptography
import Platform
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

@Suite("A witness's book")
struct WitnessBookTests {
    private static let origin = "log.example/verdicts"

    /// A scripted log, which can show whatever it likes.
    private struct ScriptedLog {
        let signer: NoteSigner
        var leaves: [SHA256Digest]

        init(_ key: Ed25519SigningKey = .generate(), named origin: String = WitnessBookTests.origin) throws {
            signer = try NoteSigner(name: origin, key: key)
            leaves = []
        }

        mutating func grow(to size: Int, _ flavour: String = "") {
            for number in leaves.count..<size { leaves.append(MerkleTree.leafHash(Array("\(number)\(flavour)".utf8))) }
        }

        func note() throws -> SignedNote {
            let checkpoint = try Checkpoint(
                origin: signer.verifier.name, size: TreeSize(UInt64(leaves.count)),
                root: MerkleTree.root(ofLeafHashes: leaves))
            return try SignedNote.sign(checkpoint.text, by: signer)
        }

        func request(from older: Int) throws -> WitnessRequest {
            let proof = try ConsistencyProof.prove(
                older: TreeSize(UInt64(older)), newer: TreeSize(UInt64(leaves.count))
            ) { node in
                MerkleTree.root(
                    ofLeafHashes: leaves[(Int(node.index) << node.level)..<(Int(node.index) + 1) << node.level])
            }
            return WitnessRequest(older: proof.older, hashes: proof.hashes, note: try note())
        }
    }

    private let temporary: TemporaryDirectory
    private let key = Ed25519SigningKey.generate()

    init() throws { temporary = try TemporaryDirectory() }

    private func open(_ log: ScriptedLog) throws -> WitnessBook {
        try WitnessBook(
            directory: temporary.path("witness"), cosigner: Cosigner(name: "witness.example", key: key),
            logs: [CheckpointVerifier(logKeys: [log.signer.verifier])],
            clock: ManualWallClock(Timestamp(secondsSinceEpoch: 1_767_225_600)))
    }

    @Test("each step is cosigned, remembered across a restart, and the cosignature verifies")
    func growth() throws {
        var log = try ScriptedLog()
        var last = 0
        for size in [1, 2, 5, 64, 64, 200] {
            let book = try open(log)
            #expect(try book.latest(of: Self.origin)?.size.value ?? 0 == UInt64(last))
            log.grow(to: size)
            let request = try log.request(from: last)
            var note = request.note
            note.add(try book.add(request))
            let verifier = try CheckpointVerifier(
                logKeys: [log.signer.verifier], witnesses: [book.verifier], quorum: 1)
            #expect(try verifier.verify(note).cosignatures.map(\.secondsSinceEpoch) == [1_767_225_600])
            last = size
        }
    }

    @Test("a split view is refused: at the same size, and at a larger one, with every proof that it might send")
    func splitView() throws {
        var honest = try ScriptedLog()
        honest.grow(to: 10)
        var fork = honest
        let book = try open(honest)
        honest.grow(to: 20)
        _ = try book.add(honest.request(from: 0))
        fork.grow(to: 20, "forked")
        #expect(throws: WitnessRefusal.self) { try book.add(fork.request(from: 20)) }
        fork.grow(to: 31, "forked")
        let proofs = [
            try fork.request(from: 20).hashes, try fork.request(from: 10).hashes, [],
            try honest.request(from: 10).hashes,
        ]
        for hashes in proofs {
            let request = WitnessRequest(older: TreeSize(20), hashes: hashes, note: try fork.note())
            let refusal = #expect(throws: WitnessRefusal.self) { try book.add(request) }
            guard case .inconsistent? = refusal else {
                Issue.record("\(String(describing: refusal))")
                continue
            }
        }
        for older in [0, 10, 19, 21, 31] {
            let refusal = #expect(throws: WitnessRefusal.self) { try book.add(fork.request(from: older)) }
            guard case .conflict(let size)? = refusal, size.value == 20 else {
                Issue.record("\(String(describing: refusal))")
                continue
            }
        }
        #expect(try book.latest(of: Self.origin)?.root == MerkleTree.root(ofLeafHashes: honest.leaves))
    }

    @Test("a log that went back, an unknown log, a foreign key and a larger old size are refused, each in its own way")
    func refusals() throws {
        var log = try ScriptedLog()
        log.grow(to: 9)
        let book = try open(log)
        _ = try book.add(log.request(from: 0))
        var shorter = log
        shorter.leaves.removeLast(3)
        guard
            case .conflict? = #expect(
                throws: WitnessRefusal.self, performing: { try book.add(shorter.request(from: 0)) })
        else {
            Issue.record("a log that went back")
            return
        }
        let beyond = WitnessRequest(older: TreeSize(9), hashes: [], note: try shorter.note())
        guard case .malformed? = #expect(throws: WitnessRefusal.self, performing: { try book.add(beyond) })
        else {
            Issue.record("a larger old size")
            return
        }
        var other = try ScriptedLog(named: "other.example/log")
        other.grow(to: 3)
        guard
            case .unknownLog? = #expect(
                throws: WitnessRefusal.self, performing: { try book.add(other.request(from: 0)) })
        else {
            Issue.record("an unknown log")
            return
        }
        var impostor = try ScriptedLog()
        impostor.grow(to: 9)
        guard
            case .notSigned? = #expect(
                throws: WitnessRefusal.self, performing: { try book.add(impostor.request(from: 9)) })
        else {
            Issue.record("a foreign key")
            return
        }
    }

    @Test("a damaged record is an error and never the beginning of a new one")
    func damagedRecord() throws {
        var log = try ScriptedLog()
        log.grow(to: 4)
        let book = try open(log)
        _ = try book.add(log.request(from: 0))
        let name = try #require(try Files.list(book.directory).first { $0.hasSuffix(".checkpoint") })
        let path = "\(book.directory)/\(name)"
        let good = try Files.readAll(path)
        let foreign = try log.note().bytes
        for bytes in [[], Array(good.dropLast(10)), foreign, Array("x".utf8) + good] {
            try Files.writeDurably(bytes, to: path)
            #expect(throws: WitnessRefusal.self) { try book.add(log.request(from: 0)) }
            #expect(throws: WitnessRefusal.self) { try book.add(log.request(from: 4)) }
        }
        try Files.writeDurably(good, to: path)
        _ = try book.add(log.request(from: 4))
    }

    @Test("two processes do not share a book")
    func exclusive() throws {
        let log = try ScriptedLog()
        let book = try open(log)
        #expect(throws: FileError.self) { try open(log) }
        withExtendedLifetime(book) {}
    }
}
