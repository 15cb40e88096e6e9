import Cryptography
public import Registry

/// Which artifact of which source was refused.
public struct RefusalSubject: Hashable, Sendable {
    /// The source whose policy refused, not the address that the client used.
    public let registry: RegistryName
    /// With its version.
    public let purl: PackageURL
    public let filename: String

    public init(registry: RegistryName, purl: PackageURL, filename: String) {
        self.registry = registry
        self.purl = purl
        self.filename = filename
    }

    /// The short name of this refusal. The same subject always has the same one, on every machine.
    public var reference: RefusalReference { RefusalReference(of: self) }
}

/// Names a refused artifact in a link or a command that people can type: eight of `a-z2-7`.
public struct RefusalReference: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    /// Eight letters and digits of the digest over source, purl and file name, five bits each from the low end of the
    /// first forty.
    init(of subject: RefusalSubject) {
        let message = "\(subject.registry.text)\n\(subject.purl.text)\n\(subject.filename)"
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
        var bits = SHA256Digest(hashing: Array(message.utf8)).bytes.prefix(5).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        var letters: [UInt8] = []
        for _ in 0..<8 {
            letters.append(alphabet[Int(bits & 31)])
            bits >>= 5
        }
        text = String(decoding: letters, as: UTF8.self)
    }

    /// A reference as somebody wrote it, whole or its first six or seven characters; nil when it cannot be one.
    public init?(parsing text: String) {
        let isPlain = text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x32...0x37).contains($0) }
        guard isPlain, (6...8).contains(text.utf8.count) else { return nil }
        self.text = text
    }

    /// The six characters that tables show.
    public var short: String { String(decoding: Array(text.utf8.prefix(6)), as: UTF8.self) }

    public var description: String { text }

    /// Whether this (perhaps shortened) reference can mean `other`.
    public func isPrefix(of other: RefusalReference) -> Bool { other.text.utf8.starts(with: text.utf8) }

    public static func < (left: RefusalReference, right: RefusalReference) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}
