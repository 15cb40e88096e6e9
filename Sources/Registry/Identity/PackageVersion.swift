/// A version that is valid in its ecosystem, with that ecosystem's order and equality.
///
/// Equality is the order's: npm versions that differ in build metadata alone are equal, and so are PyPI's `1.0` and
/// `1.0.0`. `a == b` exactly when `a.canonical == b.canonical` (and the ecosystems agree), so `canonical` can be a key;
/// `text` is for people and for finding the version in the document it came from.
/// Versions of different ecosystems compare by ecosystem; the result has no meaning but is total.
public struct PackageVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let ecosystem: Ecosystem
    /// The version as published or as asked for.
    public let text: String
    /// The same for all equal versions: npm without build metadata; PyPI in PEP 440 normal form without trailing zeros.
    public let canonical: String
    let parts: Parts

    enum Parts: Sendable {
        case semantic(SemanticVersion)
        case python(PythonVersion)
    }

    /// The longest text read, in bytes; node-semver has the same limit.
    public static let maxBytes = 256

    /// Parses a version text.
    /// - Throws: `VersionError` when it is empty, too long, outside the ecosystem's grammar, or has a number too large.
    public init(parsing text: String, ecosystem: Ecosystem) throws(VersionError) {
        if text.isEmpty { throw VersionError(text: text, ecosystem: ecosystem, fault: .empty) }
        if text.utf8.count > Self.maxBytes { throw VersionError(text: text, ecosystem: ecosystem, fault: .tooLong) }
        self.ecosystem = ecosystem
        self.text = text
        switch ecosystem {
        case .npm:
            let version = try SemanticVersion(parsing: text)
            canonical = version.canonical
            parts = .semantic(version)
        case .pypi:
            let version = try PythonVersion(parsing: text)
            canonical = version.canonical
            parts = .python(version)
        }
    }

    /// Whether installers skip it unless asked: npm's pre-releases, PyPI's pre- and development releases.
    public var isPrerelease: Bool {
        switch parts {
        case .semantic(let version): !version.prerelease.isEmpty
        case .python(let version): version.isPrerelease
        }
    }

    /// The normal spelling: npm's canonical text; PyPI's PEP 440 form with the release numbers as written (`1.0.0`).
    public var normalized: String {
        switch parts {
        case .semantic: canonical
        case .python(let version): version.normalized
        }
    }

    /// Whether `text` is the spelling the ecosystem prescribes: strict semver for npm, PEP 440 normal form for PyPI.
    public var isNormalSpelling: Bool {
        switch parts {
        case .semantic(let version): version.isStrict
        case .python(let version): version.normalized == text
        }
    }

    public var description: String { text }

    public static func == (left: Self, right: Self) -> Bool {
        left.ecosystem == right.ecosystem && left.canonical == right.canonical
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(ecosystem)
        hasher.combine(canonical)
    }

    public static func < (left: Self, right: Self) -> Bool {
        switch (left.parts, right.parts) {
        case (.semantic(let left), .semantic(let right)): SemanticVersion.isLess(left, right)
        case (.python(let left), .python(let right)): PythonVersion.isLess(left, right)
        case (.semantic, .python): true
        case (.python, .semantic): false
        }
    }
}

/// Why a text is not a version.
public struct VersionError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Fault: Equatable, Sendable {
        case empty
        case tooLong
        case malformed
        case numberTooLarge
    }

    public let text: String
    public let ecosystem: Ecosystem
    public let fault: Fault

    public var description: String {
        "\(quoted(text)) is not \(ecosystem == .npm ? "an npm" : "a Python") version: \(reason)"
    }

    private var reason: String {
        switch fault {
        case .empty: "it is empty; \(expected)"
        case .tooLong: "it has \(text.utf8.count) bytes and at most \(PackageVersion.maxBytes) are allowed"
        case .malformed: expected
        case .numberTooLarge: "a number in it is too large"
        }
    }

    private var expected: String {
        switch ecosystem {
        case .npm: "expected three numbers, as in 1.2.3 or 1.2.3-beta.1"
        case .pypi: "expected a PEP 440 version, as in 1.2, 1.2rc1 or 1.2.post1"
        }
    }
}
