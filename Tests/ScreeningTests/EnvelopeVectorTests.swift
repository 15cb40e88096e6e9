import Cryptography
import JSON
import TestSupport
import Testing

@testable import Screening

/// The DSSE vector was computed by an independent program; see the file's own comment.
@Suite("Envelope against the independent vector")
struct EnvelopeVectorTests {
    private let vector: JSONValue
    private let signingKey: Ed25519SigningKey

    init() throws {
        let file = try JSONText.parse(try Fixtures.bytes("tlog/vectors.json"))
        vector = try #require(file["dsse"])
        let seed = try #require(file["keys"]?["verdict"]?["seed"]?.stringValue)
        signingKey = try Ed25519SigningKey(seed: try Hex.decode(seed))
    }

    private func text(_ name: String) throws -> String { try #require(vector[name]?.stringValue) }

    @Test("the pre-authentication encoding and the statement id are the vector's")
    func encodingAndName() throws {
        let payload = Array(try text("payload").utf8)
        let encoding = Envelope.preAuthenticationEncoding(of: payload)
        #expect(Hex.encode(encoding).hasPrefix(try text("pae_hex_prefix")))
        let envelope = try Envelope(parsingLeaf: Array(try text("envelope").utf8))
        #expect(envelope.payload == payload)
        #expect(envelope.statementID.hex == (try text("pae_sha256 (statementId)")))
    }

    @Test("signing gives the vector's leaf, byte for byte")
    func leaf() throws {
        let payload = Array(try text("payload").utf8)
        let signature = signingKey.sign(Envelope.preAuthenticationEncoding(of: payload))
        let envelope = try Envelope(
            payload: payload,
            signatures: [EnvelopeSignature(keyID: signingKey.publicKey.keyID, signature: signature)])
        #expect(String(decoding: envelope.leafBytes, as: UTF8.self) == (try text("envelope")))
        #expect(envelope.leafBytes.count == vector["leafBytes"]?.integerValue.map { Int($0) })
        #expect(SHA256Digest(hashing: [0] + envelope.leafBytes).hex == (try text("leafHash")))
    }

    @Test("a statement with a foreign predicate type is refused by its name")
    func foreignPredicate() throws {
        #expect(throws: StatementError.unknownPredicateType("https://pnpr.example/attestation/verdict/v1")) {
            try Statement(parsingCanonical: Array(try text("payload").utf8))
        }
    }
}
