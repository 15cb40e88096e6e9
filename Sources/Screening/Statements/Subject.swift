public import Cryptography
public import Registry

/// The artifact that a statement is about: its digests and the purl that it was seen as.
///
/// Subjects are matched on `sha512` alone. A hostile signer could write the digests of two different files, and the
/// purl only says where the bytes were met.
public struct Subject: Hashable, Sendable {
    public let purl: PackageURL
    public let sha512: SHA512Digest
    public let sha256: SHA256Digest

    public init(purl: PackageURL, sha512: SHA512Digest, sha256: SHA256Digest) {
        self.purl = purl
        self.sha512 = sha512
        self.sha256 = sha256
    }
}

/// What a verdict is true of.
public enum AppliesTo: Hashable, Sendable {
    /// The bytes, whatever they are called.
    case bytes
    /// The bytes under these names: a `clean` counts for them only.
    case coordinates([PackageURL])

    /// Whether a verdict of this reach speaks about `purl`; a listed purl without a version covers all its versions.
    public func covers(name: PackageName, version: PackageVersion) -> Bool {
        switch self {
        case .bytes: true
        case .coordinates(let purls):
            purls.contains { $0.name == name && ($0.version.map { $0 == version } ?? true) }
        }
    }

    /// Whether everything that `other` speaks about is covered here too.
    public func includes(_ other: AppliesTo) -> Bool {
        switch (self, other) {
        case (.bytes, _): true
        case (.coordinates, .bytes): false
        case (.coordinates(let mine), .coordinates(let theirs)): theirs.allSatisfy(mine.contains)
        }
    }
}

/// What a verdict was reached from.
public enum Basis: Hashable, Sendable {
    /// The whole artifact.
    case full
    /// The difference from an artifact that an earlier statement vouches for, `depth` steps from a full review.
    case diff(base: SHA512Digest, baseStatement: StatementID, anchorStatement: StatementID, depth: Int)
}

/// The name of a statement: SHA-256 of its pre-authentication encoding, so that it does not depend on who signed.
///
/// Spec: verdict-log, section 1, `stmtId`.
public struct StatementID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let digest: SHA256Digest

    public init(digest: SHA256Digest) { self.digest = digest }

    /// - Throws: `StatementError.invalidMember` for anything but 64 lowercase hexadecimal digits.
    public init(hex: String) throws(StatementError) {
        do throws(DigestError) {
            digest = try SHA256Digest(hex: hex)
        } catch {
            throw .invalidMember(path: "statement id", expected: "64 lowercase hexadecimal digits")
        }
        guard digest.hex.utf8.elementsEqual(hex.utf8) else {
            throw .invalidMember(path: "statement id", expected: "64 lowercase hexadecimal digits")
        }
    }

    public var hex: String { digest.hex }
    /// The first four digits, as people see it in tables.
    public var short: String { String(hex.prefix(4)) }
    public var description: String { hex }

    public static func < (left: StatementID, right: StatementID) -> Bool { left.digest < right.digest }
}
