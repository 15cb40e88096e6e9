/// An npm version taken apart, ordered as node-semver orders.
///
/// Two grammars are accepted. *Strict* is Semantic Versioning 2.0.0. *Loose* is what the oldest packuments hold and
/// every npm client still reads: leading zeros (`01.2.3`) and a pre-release without its hyphen (`1.0.0beta`); such a
/// text means the strict version that node-semver makes of it (`1.0.0-beta`). What clients also forgive in *user
/// input*, a leading `v` or `=` and blanks around it, is no version here: a listing that has it is malformed, and an
/// address that has it is refused, so no second spelling reaches the same bytes.
///
/// Spec: semver.org 2.0.0 clauses 2, 9–11; node-semver 7 `SemVer(text, {loose: true})`, `compare`.
struct SemanticVersion: Sendable {
    let major: UInt64
    let minor: UInt64
    let patch: UInt64
    /// Dot-separated identifiers in canonical spelling; empty for a release.
    let prerelease: String
    /// Whether the text was valid Semantic Versioning 2.0.0, not only loosely readable.
    let isStrict: Bool

    /// The largest component JavaScript holds exactly: node-semver refuses larger ones, and so do we.
    static let maxComponent: UInt64 = 9_007_199_254_740_991

    /// The version without build metadata; equal versions have equal canonical texts.
    var canonical: String {
        let release = "\(major).\(minor).\(patch)"
        return prerelease.isEmpty ? release : "\(release)-\(prerelease)"
    }

    init(parsing text: String) throws(VersionError) {
        var reader = ByteReader(bytes: Array(text.utf8), text: text, ecosystem: .npm)
        var strict = true
        major = try reader.component(&strict)
        try reader.expectDot()
        minor = try reader.component(&strict)
        try reader.expectDot()
        patch = try reader.component(&strict)
        let rest = reader.remaining
        let buildStart = rest.firstIndex(of: .plus) ?? rest.endIndex
        if buildStart < rest.endIndex {
            try Self.check(identifiers: rest[(buildStart + 1)...], text: text)
        }
        prerelease = try Self.prerelease(rest[..<buildStart], text: text, strict: &strict)
        isStrict = strict
    }

    /// Canonical spelling of everything between the patch number and the build metadata.
    private static func prerelease(
        _ bytes: ArraySlice<UInt8>, text: String, strict: inout Bool
    ) throws(VersionError) -> String {
        guard let first = bytes.first else { return "" }
        var identifiers = bytes
        if first == .hyphen {
            // The loose grammar makes the hyphen optional, so `1.2.3-` is the pre-release "-", as node-semver reads it.
            let behind = bytes.dropFirst()
            if behind.isEmpty || behind.first == .dot { strict = false } else { identifiers = behind }
        } else {
            strict = false
        }
        try check(identifiers: identifiers, text: text)
        var canonical: [UInt8] = []
        for identifier in identifiers.split(separator: .dot, omittingEmptySubsequences: false) {
            if !canonical.isEmpty { canonical.append(.dot) }
            guard identifier.allSatisfy(\.isASCIIDigit), identifier.count > 1, identifier.first == 0x30 else {
                canonical.append(contentsOf: identifier)
                continue
            }
            strict = false
            let significant = identifier.drop { $0 == 0x30 }
            canonical.append(contentsOf: significant.isEmpty ? identifier.suffix(1) : significant)
        }
        return String(decoding: canonical, as: UTF8.self)
    }

    private static func check(identifiers: ArraySlice<UInt8>, text: String) throws(VersionError) {
        for identifier in identifiers.split(separator: .dot, omittingEmptySubsequences: false) {
            let isValid = !identifier.isEmpty && identifier.allSatisfy { $0.isASCIIAlphanumeric || $0 == .hyphen }
            if !isValid { throw VersionError(text: text, ecosystem: .npm, fault: .malformed) }
        }
    }

    /// Order by precedence: components as numbers, then a release above its pre-releases, then identifier by identifier.
    static func isLess(_ left: Self, _ right: Self) -> Bool {
        if left.major != right.major { return left.major < right.major }
        if left.minor != right.minor { return left.minor < right.minor }
        if left.patch != right.patch { return left.patch < right.patch }
        if left.prerelease.isEmpty || right.prerelease.isEmpty {
            return !left.prerelease.isEmpty && right.prerelease.isEmpty
        }
        let leftParts = left.prerelease.utf8.split(separator: .dot)
        let rightParts = right.prerelease.utf8.split(separator: .dot)
        for (leftPart, rightPart) in zip(leftParts, rightParts) {
            switch compareIdentifiers(leftPart, rightPart) {
            case .less: return true
            case .greater: return false
            case .equal: continue
            }
        }
        return leftParts.count < rightParts.count
    }
}

/// The outcome of comparing two parts of a version.
enum PartOrder { case less, equal, greater }

/// Compares two identifiers: numbers by value and below every word, words by their bytes.
///
/// Numbers are compared as digit strings without leading zeros, so none is too large.
func compareIdentifiers(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> PartOrder {
    let leftIsNumber = left.allSatisfy(\.isASCIIDigit)
    let rightIsNumber = right.allSatisfy(\.isASCIIDigit)
    if leftIsNumber != rightIsNumber { return leftIsNumber ? .less : .greater }
    if leftIsNumber && left.count != right.count { return left.count < right.count ? .less : .greater }
    if left.elementsEqual(right) { return .equal }
    return left.lexicographicallyPrecedes(right) ? .less : .greater
}

/// A forward reader over the bytes of one version text.
struct ByteReader {
    let bytes: [UInt8]
    let text: String
    let ecosystem: Ecosystem
    var position = 0

    init(bytes: [UInt8], text: String, ecosystem: Ecosystem) {
        self.bytes = bytes
        self.text = text
        self.ecosystem = ecosystem
    }

    var next: UInt8? { position < bytes.count ? bytes[position] : nil }
    var remaining: ArraySlice<UInt8> { bytes[position...] }

    func malformed() -> VersionError { VersionError(text: text, ecosystem: ecosystem, fault: .malformed) }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    mutating func expectDot() throws(VersionError) {
        if !take(.dot) { throw malformed() }
    }

    /// The digits at the current place as a number; nil when there is none.
    mutating func number(limit: UInt64) throws(VersionError) -> UInt64? {
        guard let first = next, first.isASCIIDigit else { return nil }
        var value: UInt64 = 0
        while let byte = next, byte.isASCIIDigit {
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(UInt64(byte - 0x30))
            if overflowed || carried || sum > limit {
                throw VersionError(text: text, ecosystem: ecosystem, fault: .numberTooLarge)
            }
            value = sum
            position += 1
        }
        return value
    }

    /// One of the three numbers of a semantic version; clears `strict` when it has leading zeros.
    mutating func component(_ strict: inout Bool) throws(VersionError) -> UInt64 {
        let start = position
        guard let value = try number(limit: SemanticVersion.maxComponent) else { throw malformed() }
        if position - start > 1 && bytes[start] == 0x30 { strict = false }
        return value
    }
}
