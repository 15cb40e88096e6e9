/// Which versions of a package somebody wants.
public enum VersionWish: Hashable, Sendable {
    /// The newest ones.
    case newest
    case exactly(PackageVersion)
    /// That version, and the newest of those after it: what a lockfile fixes, and what it may fix next.
    case from(PackageVersion)
    /// The newest ones of a range.
    case within(VersionRange)

    /// The same for equal wishes, and read back by `init(reading:ecosystem:)`.
    public var text: String {
        switch self {
        case .newest: ""
        case .exactly(let version): "=\(version.canonical)"
        case .from(let version): "^\(version.canonical)"
        case .within(let range): range.text
        }
    }

    /// Reads what `text` wrote; nil for anything else.
    public init?(reading text: String, ecosystem: Ecosystem) {
        guard let first = text.first else {
            self = .newest
            return
        }
        if first == "=" || first == "^" {
            guard let version = try? PackageVersion(parsing: String(text.dropFirst()), ecosystem: ecosystem) else {
                return nil
            }
            self = first == "=" ? .exactly(version) : .from(version)
            return
        }
        guard let range = try? VersionRange(parsing: text, ecosystem: ecosystem) else { return nil }
        self = .within(range)
    }

    /// For people: `newest`, `1.2.3`, `1.2.3 and newer`, `>=1,<2`.
    public var words: String {
        switch self {
        case .newest: "newest"
        case .exactly(let version): version.text
        case .from(let version): "\(version.text) and newer"
        case .within(let range): range.text
        }
    }
}

/// A package and which of its versions are wanted: `pkg:npm/left-pad`, `pkg:npm/left-pad@1.3.0` or
/// `pkg:npm/left-pad@>=1.2,<2`.
public struct WantedPackage: Hashable, Sendable {
    public let name: PackageName
    public let wish: VersionWish

    public init(_ name: PackageName, _ wish: VersionWish) {
        self.name = name
        self.wish = wish
    }

    /// - Throws: `WantedPackageError`, which says what is wrong with the purl, or with the range in place of its version.
    public init(parsing text: String) throws(WantedPackageError) {
        let bytes = Array(text.utf8)
        // A range's own signs are in no name, and stand right behind the "@" of the version.
        if let at = bytes.lastIndex(of: .at), at + 1 < bytes.count, Self.begins(bytes[at + 1]) {
            let purl = try Self.purl(String(decoding: bytes[..<at], as: UTF8.self))
            do throws(VersionRangeError) {
                let range = String(decoding: bytes[(at + 1)...], as: UTF8.self)
                self.init(purl.name, .within(try VersionRange(parsing: range, ecosystem: purl.name.ecosystem)))
            } catch {
                throw .range(error)
            }
            return
        }
        let purl = try Self.purl(text)
        self.init(purl.name, purl.version.map { .exactly($0) } ?? .newest)
    }

    private static func begins(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") }

    private static func purl(_ text: String) throws(WantedPackageError) -> PackageURL {
        do throws(PackageURLError) { return try PackageURL(parsing: text) } catch { throw .purl(error) }
    }
}

/// Why a text names no package that can be wanted.
public enum WantedPackageError: Error, Equatable, Sendable, CustomStringConvertible {
    case purl(PackageURLError)
    case range(VersionRangeError)

    public var description: String {
        switch self {
        case .purl(let error): error.description
        case .range(let error): error.description
        }
    }
}
