import Cryptography
import TestSupport
import Testing

@testable import Screening

@Suite("Leaves of the log")
struct LeafTests {
    private let envelope: Envelope
    private let leaf: String

    init() throws {
        let event = Samples.keyEvent(Samples.key("verdict"), .verdict)
        envelope = try Envelope.signing(.keyEvent(event), withAll: [Samples.key("root 1"), Samples.key("root 2")])
        leaf = String(decoding: envelope.leafBytes, as: UTF8.self)
    }

    private func refuses(_ changed: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(changed != leaf, "the case changes nothing", sourceLocation: sourceLocation)
        #expect(throws: StatementError.self, sourceLocation: sourceLocation) {
            try Envelope(parsingLeaf: Array(changed.utf8))
        }
    }

    @Test("a leaf reads back as the envelope that wrote it, whoever signs")
    func roundTrip() throws {
        #expect(try Envelope(parsingLeaf: envelope.leafBytes) == envelope)
        let single = try Envelope.signing(.verdict(Samples.verdict()), with: Samples.key("verdict"))
        #expect(try Envelope(parsingLeaf: single.leafBytes) == single)
        #expect(single.signatures.count == 1)
    }

    @Test("the statement id does not depend on who signed")
    func nameIsIndependent() throws {
        let one = try Envelope.signing(.verdict(Samples.verdict()), with: Samples.key("a"))
        let other = try Envelope.signing(.verdict(Samples.verdict()), with: Samples.key("b"))
        #expect(one.statementID == other.statementID)
        #expect(one.leafBytes != other.leafBytes)
    }

    @Test("signatures stand in ascending order of key ids, and no other order is read")
    func signatureOrder() throws {
        #expect(envelope.signatures[0].keyID < envelope.signatures[1].keyID)
        #expect(throws: StatementError.self) {
            try Envelope(payload: envelope.payload, signatures: envelope.signatures.reversed())
        }
        #expect(throws: StatementError.self) {
            try Envelope(payload: envelope.payload, signatures: [envelope.signatures[0], envelope.signatures[0]])
        }
        #expect(throws: StatementError.self) { try Envelope(payload: envelope.payload, signatures: []) }
    }

    @Test("whitespace, other orders, extra members and other types are refused")
    func otherForms() {
        refuses(" " + leaf)
        refuses(leaf + "\n")
        refuses(leaf.replacing("{\"payload\":", with: "{ \"payload\":"))
        refuses(leaf.replacing(",\"signatures\"", with: ",\"x\":1,\"signatures\""))
        refuses(leaf.replacing("in-toto+json", with: "in-toto"))
        refuses(leaf.replacing("\"sig\"", with: "\"signature\""))
        refuses(leaf.replacing("}]}", with: "},]}"))
        refuses(leaf.replacing("}]}", with: "}]}]}"))
        let id = envelope.signatures[0].keyID.hex
        refuses(leaf.replacing(id, with: id.uppercased()))
        refuses(leaf.replacing(id, with: String(id.dropLast())))
        let payloadFirst = leaf.dropFirst(1).prefix { $0 != "," }
        refuses("{\"payloadType\":\"application/vnd.in-toto+json\",\(payloadFirst),\"signatures\":[]}")
        refuses("{\(payloadFirst),\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[]}")
    }

    @Test("base64 with other padding, alphabet or trailing bits is refused")
    func base64() {
        let signature = Base64.encode(envelope.signatures[0].signature)
        refuses(leaf.replacing(signature, with: String(signature.dropLast(2))))
        refuses(leaf.replacing(signature, with: signature + "="))
        refuses(leaf.replacing(signature, with: "*" + signature.dropFirst()))
        // 64 bytes leave four unused bits in the last letter before "==".
        let last = signature[signature.index(signature.endIndex, offsetBy: -3)]
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let other = alphabet[(alphabet.firstIndex(of: last) ?? 0) + 1]
        refuses(leaf.replacing(signature, with: signature.dropLast(3) + "\(other)=="))
        refuses(leaf.replacing(signature, with: Base64.encode([UInt8](repeating: 1, count: 63))))
    }

    @Test("no cut of a leaf is accepted, and no change of one byte reads as the same envelope")
    func cutsAndFlips() throws {
        let bytes = envelope.leafBytes
        for position in bytes.indices {
            #expect(throws: StatementError.self) { try Envelope(parsingLeaf: Array(bytes[..<position])) }
            var flipped = bytes
            flipped[position] ^= 0x01
            if let read = try? Envelope(parsingLeaf: flipped) {
                #expect(read != envelope)
                #expect(read.leafBytes == flipped)
            }
        }
    }

    @Test("a leaf over 32 KiB is refused before it is read, and cannot be made")
    func tooLarge() throws {
        let size = 33 * 1024
        #expect(throws: StatementError.tooLarge(bytes: size, limit: 32 * 1024)) {
            try Envelope(parsingLeaf: [UInt8](repeating: 0x20, count: size))
        }
        let signatures = [envelope.signatures[0]]
        func leafSize(_ payload: Int) -> Int? {
            try? Envelope(payload: [UInt8](repeating: 1, count: payload), signatures: signatures).leafBytes.count
        }
        // The size worked out beforehand is the size of the leaf, and the limit is exact.
        var largest = 0
        for payload in 24_300...24_600 where leafSize(payload) != nil { largest = payload }
        let atLimit = try #require(leafSize(largest))
        #expect(atLimit <= 32 * 1024 && atLimit > 32 * 1024 - 4)
        #expect(leafSize(largest + 1) == nil)
    }

    @Test("random bytes never trap the reader")
    func randomBytes() {
        var random = SeededRandom()
        for _ in 0..<2000 {
            var bytes = envelope.leafBytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if let read = try? Envelope(parsingLeaf: bytes) { #expect(read.leafBytes == bytes) }
        }
    }
}
