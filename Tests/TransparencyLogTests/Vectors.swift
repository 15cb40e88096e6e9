import Cryptography
import JSON
import TestSupport
import Testing
import TransparencyLog

/// The independent test vectors in `Tests/Fixtures/tlog/vectors.json`.
struct Vectors {
    private let document: JSONValue

    init() throws {
        document = try JSONText.parse(Fixtures.bytes("tlog/vectors.json"))
    }

    /// The value at a path of member names.
    func value(_ path: String...) throws -> JSONValue {
        var value = document
        for name in path { value = try #require(value[name], "the vectors have no \(path)") }
        return value
    }

    func key(_ label: String) throws -> Ed25519SigningKey {
        try Ed25519SigningKey(seed: Hex.decode(text(value("keys", label, "seed"))))
    }
}

func text(_ value: JSONValue?) throws -> String {
    try #require(value?.stringValue)
}

func number(_ value: JSONValue?) throws -> UInt64 {
    UInt64(try #require(value?.integerValue))
}

func digest(_ value: JSONValue?) throws -> SHA256Digest {
    try SHA256Digest(hex: text(value))
}

func digests(_ value: JSONValue?) throws -> [SHA256Digest] {
    try #require(value?.arrayValue).map { try digest($0) }
}
