public import Registry

/// One entry of an allow or deny list: a name, `name@version`, or a purl.
///
/// A name written without an ecosystem means npm's and PyPI's alike, wherever it is a valid name.
public struct PolicySelector: Hashable, Sendable, CustomStringConvertible {
    private struct Target: Hashable, Sendable {
        let name: PackageName
        let version: PackageVersion?
    }

    /// The entry as written.
    public let text: String
    private let targets: [Target]

    /// - Throws: `SelectorError` when no ecosystem has such a name or version, or the entry is a pattern or a range.
    public init(parsing text: String, ecosystem: Ecosystem? = nil) throws(SelectorError) {
        self.text = text
        guard !text.hasPrefix("pkg:") else {
            do throws(PackageURLError) {
                let url = try PackageURL(parsing: text)
                targets = [Target(name: url.name, version: url.version)]
                return
            } catch {
                throw SelectorError(text: text, reason: "\(error)")
            }
        }
        var found: [Target] = []
        var reason = "no ecosystem"
        for candidate in ecosystem.map({ [$0] }) ?? Ecosystem.allCases {
            switch Self.target(text, candidate) {
            case .success(let target): found.append(target)
            case .failure(let error): reason = error.reason
            }
        }
        guard !found.isEmpty else { throw SelectorError(text: text, reason: reason) }
        targets = found
    }

    public func matches(_ name: PackageName, _ version: PackageVersion) -> Bool {
        targets.contains { $0.name == name && ($0.version.map { $0 == version } ?? true) }
    }

    /// Whether the entry matches and says the exact version.
    public func names(_ name: PackageName, exactly version: PackageVersion) -> Bool {
        targets.contains { $0.name == name && $0.version == version }
    }

    public var description: String { text }

    private static func target(_ text: String, _ ecosystem: Ecosystem) -> Result<Target, SelectorError> {
        var nameText = text[...]
        var versionText: Substring?
        // A scope begins with "@"; the version's "@" is a later one.
        if let at = text.lastIndex(of: "@"), at != text.startIndex {
            nameText = text[..<at]
            versionText = text[text.index(after: at)...]
        }
        do throws(NameError) {
            let name = try PackageName(parsing: String(nameText), ecosystem: ecosystem)
            guard let versionText else { return .success(Target(name: name, version: nil)) }
            do throws(VersionError) {
                let version = try PackageVersion(parsing: String(versionText), ecosystem: ecosystem)
                return .success(Target(name: name, version: version))
            } catch {
                return .failure(SelectorError(text: text, reason: "\(error)"))
            }
        } catch {
            return .failure(SelectorError(text: text, reason: "\(error)"))
        }
    }
}

/// Why a text is not an entry of an allow or deny list.
public struct SelectorError: Error, Equatable, Sendable, CustomStringConvertible {
    public let text: String
    public let reason: String

    public var description: String {
        "'\(text)' is not a name, name@version or purl: \(reason)"
    }
}
