public import Cryptography
public import Screening

/// The operator's own YARA rules: checked, compiled, and addressed by the digest of their sources.
///
/// Compiling is for whoever starts analyses; the process that opens an artifact gets the compiled form.
public struct UserRules: Sendable, Equatable {
    /// One rule as findings speak of it.
    public struct Entry: Sendable, Equatable {
        /// The rule's name in its source; findings call it `YARA:` and this name.
        public let name: String
        /// What its metadata `severity` says, else suspicious.
        public let severity: Severity
        /// What its metadata `description` says, for people at this installation; never part of a statement.
        public let description: String?
    }

    /// The content address of the sources.
    public let digest: SHA256Digest
    /// Every rule that can be reported, in the order of the sources.
    public let entries: [Entry]
    /// The rules as a process without files can load them.
    public let compiled: [UInt8]

    /// The rules as libyara has them; nobody changes them any more.
    let table: YaraRuleTable
    private let positions: [String: Int]

    /// What findings of these rules are called begins with this.
    public static let prefix = "YARA:"
    /// An identifier of a finding has 64 bytes.
    static let maxNameBytes = 64 - prefix.utf8.count

    /// Checks and compiles rules.
    ///
    /// - Throws: `UserRuleError.refused` with file and line for what is no rule, for includes, for modules that read
    ///   anything but the file, for rules that would slow every analysis down, and for names used twice.
    public init(compiling sources: [UserRuleSource]) throws(UserRuleError) {
        let compilation = try YaraCompilation(sources)
        digest = Self.digest(of: sources)
        table = compilation.table
        entries = table.entries
        compiled = compilation.compiled
        positions = Self.positions(of: entries)
    }

    /// Takes over rules that another process of this program compiled.
    ///
    /// - Throws: `UserRuleError.damaged`.
    public init(compiled: [UInt8], digest: SHA256Digest) throws(UserRuleError) {
        self.digest = digest
        self.compiled = compiled
        table = try YaraRuleTable(loading: compiled)
        entries = table.entries
        positions = Self.positions(of: entries)
    }

    public static func == (left: UserRules, right: UserRules) -> Bool {
        left.digest == right.digest && left.compiled == right.compiled
    }

    /// Reads and compiles the rules of a folder; nil when it has none.
    ///
    /// - Throws: `UserRuleError`.
    public static func load(folder: String) throws(UserRuleError) -> UserRules? {
        let sources = try UserRuleSource.files(in: folder)
        return sources.isEmpty ? nil : try UserRules(compiling: sources)
    }

    /// The rule that a finding is about; nil when it is about none of these.
    public func entry(ofFinding rule: String) -> Entry? {
        guard rule.utf8.starts(with: Self.prefix.utf8) else { return nil }
        return positions[String(rule.dropFirst(Self.prefix.count))].map { entries[$0] }
    }

    /// Whether a finding is by a rule of some operator.
    public static func isUserRule(_ rule: String) -> Bool { rule.utf8.starts(with: prefix.utf8) }

    /// The content address of rules: over the names and texts of the files, in their order.
    static func digest(of sources: [UserRuleSource]) -> SHA256Digest {
        var bytes = Array("jurat user rules\n".utf8)
        for source in sources {
            // Each part with its length, so that no two sets have one serialisation.
            bytes += Array("\(source.name.utf8.count) \(source.text.count)\n".utf8)
            bytes += Array(source.name.utf8) + source.text
        }
        return SHA256Digest(hashing: bytes)
    }

    private static func positions(of entries: [Entry]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($0.element.name, $0.offset) })
    }
}

extension UserRules.Entry {
    /// The finding of this rule at one place.
    func finding(path: String?, line: Int?, count: Int) -> DetailedFinding {
        let finding = Finding(
            rule: UserRules.prefix + name, severity: severity, path: path, line: line, count: count,
            evidence: UserRules.prefix + name)
        return DetailedFinding(finding: finding, message: message)
    }

    /// The sentence for people: the operator's own words when there are any.
    var message: String { description ?? "a rule of this installation matches" }
}
