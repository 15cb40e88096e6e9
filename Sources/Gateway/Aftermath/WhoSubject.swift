public import Advisories
public import Cryptography
import Platform
public import Registry
public import VerdictStore

/// What "who fetched it?" is asked about, as people write it.
public enum WhoSubject: Sendable, Equatable {
    /// Every version of a package, or one.
    case purl(PackageURL)
    case bytes(SHA512Digest)
    /// Every version that an advisory affects.
    case advisory(String)

    /// Why a text is none of these: a sentence.
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    private static let maxAdvisoryBytes = 200

    /// Reads a purl, the SHA-512 of bytes (`sha512-…` or 128 hexadecimal digits) or the id of an advisory.
    ///
    /// - Throws: `Problem`.
    public init(parsing text: String) throws(Problem) {
        if text.hasPrefix("pkg:") {
            do throws(PackageURLError) { self = .purl(try PackageURL(parsing: text)) } catch {
                throw Problem(description: "\(error)")
            }
        } else if text.hasPrefix("sha512-") {
            guard let digest = (try? ClaimedIntegrity(sri: text))?.sha512 else {
                throw Problem(
                    description: "\(Logger.printable(text)) is no integrity: sha512- and 88 characters of base64")
            }
            self = .bytes(digest)
        } else if let digest = try? SHA512Digest(hex: text) {
            self = .bytes(digest)
        } else if let digest = ["sha1-", "sha256-", "sha384-"].first(where: text.hasPrefix) {
            throw Problem(
                description:
                    "accesses are recorded by SHA-512, and this is \(digest.dropLast()); ask for the purl instead")
        } else if (1...Self.maxAdvisoryBytes).contains(text.utf8.count), text.utf8.contains(UInt8(ascii: "-")),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        {
            self = .advisory(text)
        } else {
            throw Problem(
                description:
                    "\(Logger.printable(text)) is no purl (pkg:npm/left-pad@1.3.0), no integrity (sha512-…) and no "
                    + "advisory id (MAL-2026-12)")
        }
    }

    /// As people and programs see it.
    public var text: String {
        switch self {
        case .purl(let purl): purl.text
        case .bytes(let digest): "sha512-\(digest.base64)"
        case .advisory(let id): id
        }
    }

    /// The subject as the records of accesses can be asked for it.
    ///
    /// - Parameter index: the advisories of now; nil when there are none.
    /// - Throws: `Problem` when nothing is known of the advisory.
    public func resolved(with index: AdvisoryIndex?) throws(Problem) -> AccessQuestion.Subject {
        switch self {
        case .purl(let purl): return .purl(purl)
        case .bytes(let digest): return .bytes(digest)
        case .advisory(let id):
            guard let index else {
                throw Problem(description: "no advisories are loaded here, so nobody knows what \(id) affects")
            }
            let names = Self.names(of: id, in: index)
            let packages = Set(names.flatMap { index.advisories(withID: $0) }.map(\.package)).sorted()
            guard !packages.isEmpty else {
                throw Problem(
                    description:
                        "no advisory \(id) is in force here: the id is unknown, withdrawn, or of another ecosystem")
            }
            return .versions(of: packages) { purl in
                guard let version = purl.version else { return false }
                return index.matches(purl.name, version).contains { match in
                    names.contains(match.id) || match.aliases.contains(where: names.contains)
                }
            }
        }
    }

    /// An advisory's id with every other name of it that some record gives.
    private static func names(of id: String, in index: AdvisoryIndex) -> Set<String> {
        var names: Set<String> = [id]
        names.formUnion(index.ids(aliasedBy: id))
        for record in names.sorted().flatMap({ index.advisories(withID: $0) }) { names.formUnion(record.aliases) }
        return names
    }
}
