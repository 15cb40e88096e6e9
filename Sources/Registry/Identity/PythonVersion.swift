/// A Python version taken apart and normalised, ordered as PEP 440 orders.
///
/// Every spelling PEP 440 permits is read: case, alternative words (`alpha`, `c`, `preview`, `rev`), separators, implicit
/// numbers, `1.0-1` post-releases, a leading `v`. Blanks around the text are not: they occur in user input alone.
/// Numbers above `UInt64.max` are refused; local segments may be longer, they are compared as digit strings.
///
/// Spec: PEP 440 "Public version identifiers", "Normalization", appendix B.
struct PythonVersion: Sendable {
    enum Phase: String, Sendable {
        case alpha = "a"
        case beta = "b"
        case candidate = "rc"
    }

    let epoch: UInt64
    /// The release numbers as written, trailing zeros included.
    let release: [UInt64]
    let pre: (phase: Phase, number: UInt64)?
    let post: UInt64?
    let dev: UInt64?
    /// Lower-case segments joined by dots, numbers without leading zeros; empty when there is none.
    let local: String

    var isPrerelease: Bool { pre != nil || dev != nil }

    /// The normal form for people: `1!2.0.post1`, release numbers kept as written.
    var normalized: String { text(of: release) }

    /// The normal form without trailing zeros in the release: equal versions have equal canonical texts.
    var canonical: String { text(of: Array(significantRelease)) }

    /// The release numbers that take part in comparison, never empty.
    var significantRelease: ArraySlice<UInt64> {
        let end = release.lastIndex { $0 != 0 } ?? 0
        return release[...end]
    }

    private func text(of numbers: [UInt64]) -> String {
        var text = epoch == 0 ? "" : "\(epoch)!"
        text += numbers.map { String($0) }.joined(separator: ".")
        if let pre { text += "\(pre.phase.rawValue)\(pre.number)" }
        if let post { text += ".post\(post)" }
        if let dev { text += ".dev\(dev)" }
        return local.isEmpty ? text : "\(text)+\(local)"
    }
}

extension PythonVersion {
    init(parsing text: String) throws(VersionError) {
        var reader = ByteReader(bytes: text.utf8.map(\.asciiLowercased), text: text, ecosystem: .pypi)
        _ = reader.take(UInt8(ascii: "v"))
        guard let first = try reader.number(limit: .max) else { throw reader.malformed() }
        var numbers = [first]
        var epoch: UInt64 = 0
        if reader.take(UInt8(ascii: "!")) {
            epoch = first
            guard let major = try reader.number(limit: .max) else { throw reader.malformed() }
            numbers = [major]
        }
        while reader.next == .dot {
            let mark = reader.position
            reader.position += 1
            guard let number = try reader.number(limit: .max) else {
                reader.position = mark
                break
            }
            numbers.append(number)
        }
        self.epoch = epoch
        release = numbers
        pre = try reader.preRelease()
        post = try reader.postRelease()
        dev = try reader.tagged(["dev"])
        local = try reader.local()
        if reader.next != nil { throw reader.malformed() }
    }
}

extension ByteReader {
    private static let preWords: [(word: String, phase: PythonVersion.Phase)] = [
        // Longer words first: "preview" begins with "pre", "alpha" with "a", "beta" with "b".
        ("preview", .candidate), ("alpha", .alpha), ("beta", .beta), ("pre", .candidate), ("rc", .candidate),
        ("a", .alpha), ("b", .beta), ("c", .candidate),
    ]

    /// Takes one of `words` with its optional separators and number; an absent number is 0.
    mutating func tagged(_ words: [String]) throws(VersionError) -> UInt64? {
        let mark = position
        skipSeparator()
        for word in words where remaining.starts(with: word.utf8) {
            position += word.utf8.count
            // Appendix B's expression takes the separator even when no number follows: "1.0a-" is 1.0a0.
            skipSeparator()
            return try number(limit: .max) ?? 0
        }
        position = mark
        return nil
    }

    mutating func preRelease() throws(VersionError) -> (phase: PythonVersion.Phase, number: UInt64)? {
        for (word, phase) in Self.preWords {
            if let number = try tagged([word]) { return (phase, number) }
        }
        return nil
    }

    mutating func postRelease() throws(VersionError) -> UInt64? {
        let mark = position
        if take(.hyphen) {
            if let number = try number(limit: .max) { return number }
            position = mark
        }
        return try tagged(["post", "rev", "r"])
    }

    /// The local part behind `+`, normalised; empty when there is none.
    mutating func local() throws(VersionError) -> String {
        guard take(.plus) else { return "" }
        var canonical: [UInt8] = []
        let segments = remaining.split(omittingEmptySubsequences: false) {
            $0 == .dot || $0 == .hyphen || $0 == .underscore
        }
        for segment in segments {
            guard !segment.isEmpty, segment.allSatisfy(\.isASCIIAlphanumeric) else { throw malformed() }
            if !canonical.isEmpty { canonical.append(.dot) }
            let isNumber = segment.allSatisfy(\.isASCIIDigit)
            let significant = isNumber ? segment.drop { $0 == 0x30 } : segment
            canonical.append(contentsOf: significant.isEmpty ? segment.suffix(1) : significant)
        }
        position = bytes.count
        return String(decoding: canonical, as: UTF8.self)
    }

    private mutating func skipSeparator() {
        if let byte = next, byte == .dot || byte == .hyphen || byte == .underscore { position += 1 }
    }
}

extension PythonVersion {
    static func isLess(_ left: Self, _ right: Self) -> Bool {
        if left.epoch != right.epoch { return left.epoch < right.epoch }
        let (leftRelease, rightRelease) = (left.significantRelease, right.significantRelease)
        if leftRelease != rightRelease { return leftRelease.lexicographicallyPrecedes(rightRelease) }
        if left.preRank != right.preRank { return left.preRank < right.preRank }
        // No post-release sorts below every post-release; no dev-release above every dev-release.
        if left.post != right.post { return Self.rank(left.post, absent: 0) < Self.rank(right.post, absent: 0) }
        if left.dev != right.dev { return Self.rank(left.dev, absent: 2) < Self.rank(right.dev, absent: 2) }
        return isLocalLess(left.local, right.local)
    }

    /// Place among the pre-releases of one release: a bare dev-release first, then a, b, rc, then the release itself.
    private var preRank: (Int, UInt64) {
        switch pre?.phase {
        case .alpha: (1, pre?.number ?? 0)
        case .beta: (2, pre?.number ?? 0)
        case .candidate: (3, pre?.number ?? 0)
        case nil: post == nil && dev != nil ? (0, 0) : (4, 0)
        }
    }

    private static func rank(_ number: UInt64?, absent: Int) -> (Int, UInt64) {
        number.map { (1, $0) } ?? (absent, 0)
    }

    private static func isLocalLess(_ left: String, _ right: String) -> Bool {
        let leftParts = left.utf8.split(separator: .dot)
        let rightParts = right.utf8.split(separator: .dot)
        for (leftPart, rightPart) in zip(leftParts, rightParts) {
            // Unlike semver, a number sorts above a word here.
            let leftIsNumber = leftPart.allSatisfy(\.isASCIIDigit)
            if leftIsNumber != rightPart.allSatisfy(\.isASCIIDigit) { return !leftIsNumber }
            switch compareIdentifiers(leftPart, rightPart) {
            case .less: return true
            case .greater: return false
            case .equal: continue
            }
        }
        return leftParts.count < rightParts.count
    }
}
