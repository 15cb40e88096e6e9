/// What one analyzer says about one artifact, mildest first.
public enum Verdict: String, Sendable, CaseIterable, Comparable {
    case clean, suspicious, malicious

    public static func < (left: Verdict, right: Verdict) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .clean: 0
        case .suspicious: 1
        case .malicious: 2
        }
    }
}

/// How much one finding weighs, lightest first.
public enum Severity: String, Sendable, CaseIterable, Comparable {
    case info, suspicious, malicious

    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    /// The verdict that a finding of this severity alone asks for.
    public var verdict: Verdict {
        switch self {
        case .info: .clean
        case .suspicious: .suspicious
        case .malicious: .malicious
        }
    }

    private var rank: Int {
        switch self {
        case .info: 0
        case .suspicious: 1
        case .malicious: 2
        }
    }
}

/// The name of an analyzer, such as `static`: lowercase letters, digits and hyphens, at most 64 bytes.
public struct AnalyzerID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    public static let advisory = AnalyzerID(known: "advisory")
    // swift-format-ignore: AlwaysUseLowerCamelCase
    public static let static_ = AnalyzerID(known: "static")
    public static let diff = AnalyzerID(known: "diff")
    public static let aiReview = AnalyzerID(known: "ai-review")

    private init(known text: String) { self.text = text }

    /// Takes a name from a document or a configuration.
    ///
    /// - Throws: `StatementError.invalidMember` when the name is empty, too long or has another character.
    public init(parsing text: String) throws(StatementError) {
        let bytes = Array(text.utf8)
        let isWellFormed =
            !bytes.isEmpty && bytes.count <= 64 && bytes.first != 0x2D
            && bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        guard isWellFormed else {
            throw .invalidMember(path: "analyzer.id", expected: "1 to 64 lowercase letters, digits and hyphens")
        }
        self.text = text
    }

    public var description: String { text }

    public static func < (left: AnalyzerID, right: AnalyzerID) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}
