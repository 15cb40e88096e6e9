/// A set of package names: `**`, `@*/*`, `@scope/*` or one exact name. No other use of `*` has a meaning.
public enum PackagePattern: Hashable, Sendable, CustomStringConvertible {
    /// `**`: every name of every ecosystem.
    case everything
    /// `@*/*`: every scoped npm name.
    case anyScope
    /// `@scope/*`: every npm name of that scope; the scope is held without its `@`.
    case scope(String)
    /// One package of one ecosystem.
    case exact(PackageName)
    /// One name written where no ecosystem is said (a setting for all registries): it means npm's and PyPI's alike.
    case exactAnywhere(npm: PackageName?, pypi: PackageName?)

    /// Parses a pattern of a setting that belongs to `ecosystem`, or to all of them when nil.
    /// - Throws: `PatternError` for any other use of `*`, a scope where there are none, or an invalid name.
    public init(parsing text: String, ecosystem: Ecosystem? = nil) throws(PatternError) {
        if text == "**" {
            self = .everything
            return
        }
        guard text.utf8.contains(UInt8(ascii: "*")) else {
            self = try Self.exactPattern(text, ecosystem: ecosystem)
            return
        }
        guard text.utf8.first == .at, text.utf8.elementsEqual("@*/*".utf8) || text.hasSuffix("/*") else {
            throw PatternError(text: text, fault: .misplacedStar)
        }
        if ecosystem == .pypi { throw PatternError(text: text, fault: .scopeInPyPI) }
        if text == "@*/*" {
            self = .anyScope
            return
        }
        // A scope is valid when some package in it is.
        let scope = String(text.dropFirst().dropLast(2))
        do {
            _ = try PackageName(parsing: "@\(scope)/a", ecosystem: .npm)
        } catch {
            let hasStar = scope.utf8.contains(UInt8(ascii: "*"))
            throw PatternError(text: text, fault: hasStar ? .misplacedStar : .name(error))
        }
        self = .scope(scope)
    }

    private static func exactPattern(_ text: String, ecosystem: Ecosystem?) throws(PatternError) -> Self {
        if let ecosystem {
            do {
                return .exact(try PackageName(parsing: text, ecosystem: ecosystem))
            } catch {
                throw PatternError(text: text, fault: .name(error))
            }
        }
        let npm = Result { () throws(NameError) in try PackageName(parsing: text, ecosystem: .npm) }
        let pypi = Result { () throws(NameError) in try PackageName(parsing: text, ecosystem: .pypi) }
        switch (npm, pypi) {
        case (.success(let npm), .success(let pypi)): return .exactAnywhere(npm: npm, pypi: pypi)
        case (.success(let npm), .failure): return .exactAnywhere(npm: npm, pypi: nil)
        case (.failure, .success(let pypi)): return .exactAnywhere(npm: nil, pypi: pypi)
        case (.failure(let error), .failure): throw PatternError(text: text, fault: .name(error))
        }
    }

    public func matches(_ name: PackageName) -> Bool {
        switch self {
        case .everything: true
        case .anyScope: name.scope != nil
        case .scope(let scope): name.scope == scope
        case .exact(let exact): name == exact
        case .exactAnywhere(let npm, let pypi): name == npm || name == pypi
        }
    }

    /// Greater for the narrower pattern; patterns that match one name and have one specificity are the same pattern.
    public var specificity: Int {
        switch self {
        case .everything: 0
        case .anyScope: 1
        case .scope: 2
        case .exact, .exactAnywhere: 3
        }
    }

    /// Whether some name could match both patterns.
    public func overlaps(_ other: Self) -> Bool {
        switch (self, other) {
        case (.everything, _), (_, .everything): true
        case (.exact(let name), _): other.matches(name)
        case (_, .exact(let name)): matches(name)
        case (.exactAnywhere(let npm, let pypi), _): [npm, pypi].contains { $0.map(other.matches) ?? false }
        case (_, .exactAnywhere(let npm, let pypi)): [npm, pypi].contains { $0.map(matches) ?? false }
        case (.anyScope, _), (_, .anyScope): true
        case (.scope(let left), .scope(let right)): left == right
        }
    }

    /// The pattern as configuration spells it.
    public var description: String {
        switch self {
        case .everything: "**"
        case .anyScope: "@*/*"
        case .scope(let scope): "@\(scope)/*"
        case .exact(let name): name.canonical
        case .exactAnywhere(let npm, let pypi): npm?.canonical ?? pypi?.canonical ?? ""
        }
    }
}

/// Why a text is not a package pattern.
public struct PatternError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Fault: Equatable, Sendable {
        case misplacedStar
        case scopeInPyPI
        case name(NameError)
    }

    public let text: String
    public let fault: Fault

    public var description: String {
        switch fault {
        case .misplacedStar:
            "\(quoted(text)) is not a package pattern: '*' is allowed only as '**', '@*/*' or '@scope/*'"
        case .scopeInPyPI:
            "\(quoted(text)) is not a pattern for Python projects, which have no scopes; expected '**' or a name"
        case .name(let error):
            error.description
        }
    }
}
