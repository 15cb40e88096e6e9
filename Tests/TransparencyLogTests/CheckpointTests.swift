import Cryptography
import TestSupport
import Testing
import TransparencyLog

@Suite("Checkpoints and their exchange")
struct CheckpointTests {
    private let tree = ReferenceTree(size: 20)
    private let signer: NoteSigner
    private let witnesses: [Cosigner]
    private let origin = "log.example.com/verdicts"

    init() throws {
        let vectors = try Vectors()
        signer = try NoteSigner(name: origin, key: vectors.key("log"))
        witnesses = [
            try Cosigner(name: "w1.example", key: vectors.key("witness-1")),
            try Cosigner(name: "w2.example", key: vectors.key("witness-2")),
        ]
    }

    private func checkpoint(_ size: Int) throws -> Checkpoint {
        try Checkpoint(origin: origin, size: TreeSize(UInt64(size)), root: tree.root(0, size))
    }

    private func note(_ size: Int, cosigners: [Cosigner] = []) throws -> SignedNote {
        let checkpoint = try checkpoint(size)
        var note = try SignedNote.sign(checkpoint.text, by: signer)
        for cosigner in cosigners { note.add(cosigner.cosign(checkpoint, atSecondsSinceEpoch: 1_767_226_200)) }
        return note
    }

    private func verifier(quorum: Int = 0) throws -> CheckpointVerifier {
        try CheckpointVerifier(
            logKeys: [signer.verifier], witnesses: witnesses.map(\.verifier), quorum: quorum)
    }

    @Test("a checkpoint has three lines and comes back as it was written")
    func roundTrip() throws {
        for size in 0...20 {
            let checkpoint = try checkpoint(size)
            #expect(checkpoint.text == "\(origin)\n\(size)\n\(tree.root(0, size).base64)\n")
            #expect(try Checkpoint(parsing: checkpoint.text) == checkpoint)
        }
    }

    @Test("every other text is refused")
    func malformed() throws {
        let root = tree.root(0, 5).base64
        let texts = [
            "", "\n\n\n", "\(origin)\n5\n", "\(origin)\n5\n\(root)", "\(origin)\n5\n\(root)\nextension\n",
            "\(origin)\n5\n\(root)\n\n", "\n5\n\(root)\n", "\(origin)\n05\n\(root)\n", "\(origin)\n+5\n\(root)\n",
            "\(origin)\n-5\n\(root)\n", "\(origin)\n5 \n\(root)\n", "\(origin)\n\n\(root)\n", "\(origin)\n５\n\(root)\n",
            "\(origin)\n9223372036854775808\n\(root)\n", "\(origin)\n99999999999999999999\n\(root)\n",
            "\(origin)\n5\n\(root.dropLast())\n", "\(origin)\n5\nAAAA\n", "\(origin)\n0\n\(root)\n",
            "two words\n5\n\(root)\n", "\(origin)\n5\n \(root)\n",
        ]
        for text in texts { #expect(throws: CheckpointError.self, "\(text)") { try Checkpoint(parsing: text) } }
        #expect(try Checkpoint(parsing: "\(origin)\n9223372036854775807\n\(root)\n").size.value == UInt64(Int64.max))
        #expect(throws: CheckpointError.malformedOrigin("a b")) {
            try Checkpoint(origin: "a b", size: .zero, root: MerkleTree.emptyRoot)
        }
    }

    @Test("only the log's own signature makes a checkpoint, and the origin must be the log's")
    func logSignature() throws {
        #expect(try verifier().verify(note(5).bytes).checkpoint == checkpoint(5))
        let cosignedOnly = try SignedNote(
            text: checkpoint(5).text, signatures: witnesses.map { $0.cosign(try checkpoint(5), atSecondsSinceEpoch: 1) }
        )
        #expect(throws: CheckpointError.note(.noTrustedSignature(expected: [origin]))) {
            try verifier().verify(cosignedOnly)
        }
        let foreign = try Checkpoint(origin: "other.example", size: TreeSize(5), root: tree.root(0, 5))
        #expect(throws: CheckpointError.wrongOrigin(expected: origin, actual: "other.example")) {
            try verifier().verify(SignedNote.sign(foreign.text, by: signer))
        }
        #expect(throws: CheckpointError.self) {
            try verifier().verify(SignedNote.sign("not a checkpoint\n", by: signer))
        }
    }

    @Test("the quorum counts different trusted witnesses")
    func quorum() throws {
        #expect(try verifier(quorum: 2).verify(note(5, cosigners: witnesses)).cosignatures.count == 2)
        #expect(throws: CheckpointError.tooFewWitnesses(required: 2, present: ["w1.example"])) {
            try verifier(quorum: 2).verify(note(5, cosigners: [witnesses[0], witnesses[0]]))
        }
        let strangers = try Cosigner(name: "w3.example", key: .generate())
        #expect(throws: CheckpointError.tooFewWitnesses(required: 1, present: [])) {
            try verifier(quorum: 1).verify(note(5, cosigners: [strangers]))
        }
    }

    @Test("a cosignature holds for its checkpoint and its time only")
    func cosignatureTampering() throws {
        let good = try note(5, cosigners: [witnesses[0]])
        let cosignature = good.signatures[1]
        #expect(cosignature.bytes.count == 72)
        for position in cosignature.bytes.indices {
            var bytes = cosignature.bytes
            bytes[position] ^= 0x80
            let changed = NoteSignature(name: cosignature.name, keyHash: cosignature.keyHash, bytes: bytes)
            let note = try SignedNote(text: good.text, signatures: [good.signatures[0], changed])
            #expect(throws: CheckpointError.note(.invalidSignature(keyName: "w1.example"))) {
                try verifier().verify(note)
            }
        }
        let moved = try SignedNote(text: checkpoint(6).text, signatures: [note(6).signatures[0], cosignature])
        #expect(throws: CheckpointError.self) { try verifier().verify(moved) }
    }

    @Test("keys and quorum that contradict each other are refused")
    func policies() throws {
        let second = try NoteSigner(name: "other.example", key: .generate())
        let log = signer.verifier
        let witness = witnesses[0].verifier
        let twin = try NoteVerifier(name: "twin.example", type: .cosignatureV1, publicKey: witness.publicKey)
        #expect(throws: CheckpointError.self) { try CheckpointVerifier(logKeys: []) }
        #expect(throws: CheckpointError.self) { try CheckpointVerifier(logKeys: [log, second.verifier]) }
        #expect(throws: CheckpointError.self) { try CheckpointVerifier(logKeys: [witness]) }
        #expect(throws: CheckpointError.self) { try CheckpointVerifier(logKeys: [log], witnesses: [log]) }
        #expect(throws: CheckpointError.self) { try CheckpointVerifier(logKeys: [log], quorum: 1) }
        #expect(throws: CheckpointError.self) {
            try CheckpointVerifier(logKeys: [log], witnesses: [witness, twin], quorum: 2)
        }
    }

    @Test("while a log changes keys, either key's signature is enough")
    func rotation() throws {
        let next = try NoteSigner(name: origin, key: Vectors().key("log-next"))
        let verifier = try CheckpointVerifier(logKeys: [signer.verifier, next.verifier])
        #expect(try verifier.verify(SignedNote.sign(checkpoint(5).text, by: next)).checkpoint.size.value == 5)
        #expect(try verifier.verify(SignedNote.sign(checkpoint(5).text, by: signer, next)).checkpoint.size.value == 5)
    }

    @Test("a proof text comes back as it was written and holds for its entry alone")
    func proofText() throws {
        for extra in [[], Array("context".utf8)] as [[UInt8]] {
            let proof = LogProof(index: LogIndex(7), hashes: tree.path(7, 0, 20), extra: extra, note: try note(20))
            let parsed = try LogProof(parsing: proof.bytes)
            #expect(parsed == proof)
            #expect(parsed.bytes == proof.bytes)
            #expect(try parsed.verify(leafHash: tree.leafHashes[7], by: verifier()).checkpoint.size.value == 20)
            #expect(throws: ExchangeError.proof(.rootMismatch)) {
                try parsed.verify(leafHash: tree.leafHashes[8], by: verifier())
            }
        }
        let single = LogProof(index: LogIndex(0), hashes: [], note: try note(1))
        #expect(try LogProof(parsing: single.bytes) == single)
    }

    @Test("a proof text with any byte changed or cut off never proves the entry, unless it reads the same")
    func proofTextTampering() throws {
        let proof = LogProof(index: LogIndex(7), hashes: tree.path(7, 0, 20), note: try note(20))
        let bytes = proof.bytes
        let verifier = try verifier()
        for position in bytes.indices {
            #expect(throws: ExchangeError.self) {
                try LogProof(parsing: Array(bytes[..<position])).verify(leafHash: tree.leafHashes[7], by: verifier)
            }
            for bit in 0..<8 {
                var changed = bytes
                changed[position] ^= 1 << bit
                guard let parsed = try? LogProof(parsing: changed) else { continue }
                guard (try? parsed.verify(leafHash: tree.leafHashes[7], by: verifier)) == nil else {
                    Issue.record("bit \(bit) of byte \(position) was changed and the proof holds")
                    return
                }
            }
        }
    }

    @Test("a witness accepts the log's growth and refuses rewriting, other logs and too many lines")
    func witnessRequests() throws {
        let request = WitnessRequest(older: TreeSize(5), hashes: tree.consistency(5, 20), note: try note(20))
        #expect(try WitnessRequest(parsing: request.bytes) == request)
        #expect(try request.verify(olderRoot: tree.root(0, 5), by: verifier()).checkpoint.size.value == 20)
        #expect(throws: ExchangeError.proof(.olderRootMismatch)) {
            try request.verify(olderRoot: tree.root(0, 6), by: verifier())
        }
        let first = WitnessRequest(older: .zero, hashes: [], note: try note(20))
        #expect(try WitnessRequest(parsing: first.bytes) == first)
        #expect(try first.verify(olderRoot: MerkleTree.emptyRoot, by: verifier()).checkpoint.size.value == 20)
        let shrinking = WitnessRequest(older: TreeSize(20), hashes: [], note: try note(5))
        #expect(throws: ExchangeError.proof(.sizesReversed(older: TreeSize(20), newer: TreeSize(5)))) {
            try shrinking.verify(olderRoot: tree.root(0, 20), by: verifier())
        }
        let flood = WitnessRequest(
            older: TreeSize(5), hashes: Array(repeating: MerkleTree.emptyRoot, count: 64), note: try note(20))
        #expect(throws: ExchangeError.self) { try WitnessRequest(parsing: flood.bytes) }
        for text in ["", "old 5", "old 5\n", "old 05\n\n", "new 5\n\n", "old 5\nAAAA\n\n", "old 5\n\n"] {
            #expect(throws: ExchangeError.self, "\(text)") { try WitnessRequest(parsing: Array(text.utf8)) }
        }
    }
}
