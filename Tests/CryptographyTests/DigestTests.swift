import Cryptography
import TestSupport
import Testing

@Suite("Digests")
struct DigestTests {
    private let abc = Array("abc".utf8)

    @Test("each function gives its published test value")
    func knownAnswers() {
        #expect(MD5Digest(hashing: abc).hex == "900150983cd24fb0d6963f7d28e17f72")
        #expect(SHA1Digest(hashing: abc).hex == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(
            SHA256Digest(hashing: abc).hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            SHA512Digest(hashing: abc).hex
                == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
        #expect(
            SHA256Digest(hashing: []).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test("pieces of any size give the digests of the whole")
    func streaming() {
        var random = SeededRandom()
        let message = random.bytes(100_000)
        let whole = ComputedDigests(of: message)
        #expect(whole.sha512 == SHA512Digest(hashing: message))
        #expect(whole.sha256 == SHA256Digest(hashing: message))
        #expect(whole.sha1 == SHA1Digest(hashing: message))
        #expect(whole.md5 == MD5Digest(hashing: message))
        #expect(whole.sizeBytes == 100_000)
        for _ in 0..<20 {
            var hasher = StreamingHasher()
            var start = 0
            while start < message.count {
                let end = min(message.count, start + Int.random(in: 0...40_000, using: &random))
                hasher.update(Array(message[start..<end]))
                start = end
            }
            #expect(hasher.finish() == whole)
        }
    }

    @Test("bytes and text come back as they went in")
    func roundTrip() throws {
        var random = SeededRandom()
        for _ in 0..<50 {
            let bytes = random.bytes(64)
            #expect(try SHA512Digest(bytes: bytes).bytes == bytes)
            #expect(try SHA256Digest(bytes: Array(bytes.prefix(32))).bytes == Array(bytes.prefix(32)))
            #expect(try SHA1Digest(bytes: Array(bytes.prefix(20))).bytes == Array(bytes.prefix(20)))
            #expect(try MD5Digest(bytes: Array(bytes.prefix(16))).bytes == Array(bytes.prefix(16)))
            let digest = try SHA1Digest(bytes: Array(bytes.prefix(20)))
            #expect(try SHA1Digest(hex: digest.hex) == digest)
            #expect(try Base64.decode(digest.base64) == digest.bytes)
        }
    }

    @Test("digests are equal, ordered and hashed by all of their bytes")
    func comparison() throws {
        var random = SeededRandom()
        for _ in 0..<200 {
            let left = random.bytes(20)
            var right = left
            let position = Int.random(in: 0..<20, using: &random)
            right[position] = UInt8.random(in: 0...255, using: &random)
            let (leftDigest, rightDigest) = (try SHA1Digest(bytes: left), try SHA1Digest(bytes: right))
            #expect((leftDigest == rightDigest) == (left == right))
            #expect((leftDigest < rightDigest) == left.lexicographicallyPrecedes(right))
            #expect(Set([leftDigest, rightDigest]).count == (left == right ? 1 : 2))
        }
    }

    @Test("other lengths and other texts are refused")
    func refusals() throws {
        #expect(throws: DigestError.wrongLength(algorithm: .sha256, byteCount: 31)) {
            try SHA256Digest(bytes: [UInt8](repeating: 0, count: 31))
        }
        let good = SHA256Digest(hashing: []).hex
        for text in ["", String(good.dropLast()), good + "00", good.uppercased(), "g" + good.dropFirst(), " " + good] {
            #expect(throws: DigestError.malformedHex(algorithm: .sha256, text: text)) { try SHA256Digest(hex: text) }
        }
    }

    @Test("a hasher of parts agrees with the digest of the whole")
    func parts() {
        let (left, right) = (SHA256Digest(hashing: [1]), SHA256Digest(hashing: [2]))
        let hasher = SHA256Hasher()
        hasher.update(byte: 1)
        hasher.update(left)
        hasher.update(right)
        hasher.update([7, 8])
        #expect(hasher.finish() == SHA256Digest(hashing: [1] + left.bytes + right.bytes + [7, 8]))
    }
}
