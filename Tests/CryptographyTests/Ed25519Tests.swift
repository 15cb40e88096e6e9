import Cryptography
import TestSupport
import Testing

@Suite("Ed25519")
struct Ed25519Tests {
    private func bytes(_ hex: String) throws -> [UInt8] { try Hex.decode(hex) }

    @Test(
        "keys and signatures match RFC 8032 section 7.1",
        arguments: [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                    + "d25bf5f0595bbe24655141438e7a100b"
            ),
            (
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                    + "4a7c15e9716ed28dc027beceea1ec40a"
            ),
        ])
    func knownAnswers(seed: String, publicKey: String, message: String, signature: String) throws {
        let key = try Ed25519SigningKey(seed: bytes(seed))
        #expect(key.publicKey.bytes == (try bytes(publicKey)))
        #expect(key.sign(try bytes(message)) == (try bytes(signature)))
        #expect(key.publicKey.isValid(signature: try bytes(signature), for: try bytes(message)))
    }

    @Test("a signature holds for its message and key only, whichever bit is changed")
    func tampering() {
        let key = Ed25519SigningKey.generate()
        let message = Array("served".utf8)
        let signature = key.sign(message)
        #expect(key.publicKey.isValid(signature: signature, for: message))
        for bit in 0..<512 {
            var changed = signature
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(!key.publicKey.isValid(signature: changed, for: message))
        }
        for bit in 0..<message.count * 8 {
            var changed = message
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(!key.publicKey.isValid(signature: signature, for: changed))
        }
        #expect(!Ed25519SigningKey.generate().publicKey.isValid(signature: signature, for: message))
        #expect(!key.publicKey.isValid(signature: [], for: message))
        #expect(!key.publicKey.isValid(signature: signature + [0], for: message))
    }

    @Test("a signature whose S is not reduced is refused, so that nobody can make a second one")
    func malleability() throws {
        let key = Ed25519SigningKey.generate()
        var signature = key.sign([1, 2, 3])
        // The group order, little-endian; S + order satisfies the equation and must still be refused.
        let order = try bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        var carry = 0
        for index in 0..<32 {
            let sum = Int(signature[32 + index]) + Int(order[index]) + carry
            signature[32 + index] = UInt8(sum & 255)
            carry = sum >> 8
        }
        #expect(carry == 0)
        #expect(!key.publicKey.isValid(signature: signature, for: [1, 2, 3]))
    }

    @Test(
        "public keys of small order, off the curve or not canonical are refused",
        arguments: [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0200000000000000000000000000000000000000000000000000000000000000",
        ])
    func weakKeys(hex: String) throws {
        #expect(throws: KeyError.weakPublicKey) { try Ed25519PublicKey(bytes: bytes(hex)) }
    }

    @Test("key identifiers are the digest of the DER encoding, and have one text")
    func keyIDs() throws {
        let key = try Ed25519PublicKey(bytes: bytes("c9e80438aa093cc720abbaba47d17344719bd6b09405a58e61d71aa417f4b092"))
        #expect(key.keyID.hex == "7718fc387b1d58e1da5c85983b6b4a5b9af8e43a45322e47244f2802fbbca508")
        #expect(try KeyID(hex: key.keyID.hex) == key.keyID)
        let capitals = key.keyID.hex.uppercased()
        #expect(throws: KeyError.malformedKeyID(text: capitals)) { try KeyID(hex: capitals) }
    }

    @Test("wrong lengths are refused")
    func lengths() {
        #expect(throws: KeyError.wrongLength(byteCount: 31)) {
            try Ed25519SigningKey(seed: [UInt8](repeating: 1, count: 31))
        }
        #expect(throws: KeyError.wrongLength(byteCount: 33)) {
            try Ed25519PublicKey(bytes: [UInt8](repeating: 1, count: 33))
        }
    }

    @Test("the stored seed makes the same key again")
    func seed() throws {
        let key = Ed25519SigningKey.generate()
        let seed = unsafe key.withSeed { unsafe Array($0) }
        #expect(seed.count == 32)
        #expect(try Ed25519SigningKey(seed: seed).publicKey == key.publicKey)
        #expect(!"\(key)".contains(Hex.encode(seed)))
    }

    @Test("secrets compare by value and length")
    func constantTime() {
        #expect(constantTimeEquals([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2]))
        #expect(constantTimeEquals([], []))
    }
}
