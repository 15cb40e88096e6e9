import Cryptography
import Registry
import Testing

@Suite("Integrity claims")
struct ClaimedIntegrityTests {
    private let computed = ComputedDigests(of: Array("bytes".utf8))

    @Test("every algorithm of an SRI text is read, options and unknown algorithms passed over")
    func reading() throws {
        let text = " sha512-\(computed.sha512.base64)?x  sha384-AAAA\tsha1-\(computed.sha1.base64)\nfuture-xyz "
        let claimed = try ClaimedIntegrity(sri: text)
        #expect(claimed == ClaimedIntegrity(sha512: computed.sha512, sha1: computed.sha1))
        #expect(claimed.strongestText == "sha512-\(computed.sha512.base64)" && claimed.isCollisionResistant)
        #expect(claimed.mismatch(with: computed) == nil)
        #expect(!ClaimedIntegrity(sha1: computed.sha1, md5: computed.md5).isCollisionResistant)
    }

    @Test(
        "what claims nothing that could be checked is refused",
        arguments: [
            "", " ", "sha512", "sha512-", "sha512-AAAA", "sha384-AAAA", "sha512-!!!!", "SHA512-AAAA",
            "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAB=", "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA", "x",
        ])
    func refused(text: String) {
        #expect(throws: IntegrityError.self) { try ClaimedIntegrity(sri: text) }
    }

    @Test("two values of one algorithm are a contradiction, the same value twice is not")
    func contradictory() throws {
        let other = ComputedDigests(of: [0]).sha256.base64
        let mine = computed.sha256.base64
        #expect(throws: IntegrityError.self) { try ClaimedIntegrity(sri: "sha256-\(mine) sha256-\(other)") }
        #expect(try ClaimedIntegrity(sri: "sha256-\(mine) sha256-\(mine)").sha256 == computed.sha256)
    }

    @Test("every claim must hold, the strongest failing one is told")
    func mismatch() throws {
        let other = ComputedDigests(of: [0])
        let wrong = ClaimedIntegrity(sha512: computed.sha512, sha256: other.sha256, sha1: other.sha1)
        #expect(
            wrong.mismatch(with: computed)
                == IntegrityMismatch(algorithm: .sha256, claimed: other.sha256.hex, computed: computed.sha256.hex))
        for claim in [
            ClaimedIntegrity(sha512: other.sha512), ClaimedIntegrity(sha1: other.sha1),
            ClaimedIntegrity(md5: other.md5),
        ] { #expect(claim.mismatch(with: computed) != nil) }
        #expect(ClaimedIntegrity().isEmpty && ClaimedIntegrity().mismatch(with: computed) == nil)
        #expect(ClaimedIntegrity(sha1: other.sha1).merged(with: ClaimedIntegrity(sha1: computed.sha1)) == nil)
    }
}
