public import JSON

/// Why an upstream document is not a listing that could be filtered safely.
///
/// A document that two readers could understand differently is refused whole: what we filter must be what clients see.
public enum ListingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Not valid JSON, or a value of another kind than the format prescribes.
    case malformed(JSONError)
    /// Not readable as HTML by the simple-repository specification.
    case malformedHTML(reason: String)
    /// One object names a member twice.
    case duplicateMember(path: String, name: String)
    case missingMember(path: String)
    /// `expected` completes "expected …".
    case wrongValue(path: String, expected: String)
    case nameMismatch(found: String, expected: PackageName)
    /// One file name with two different contents.
    case contradictoryFile(filename: String)
    case unsupportedVersion(String)

    public var description: String {
        switch self {
        case .malformed(let error): "the listing is \(error)"
        case .malformedHTML(let reason): "the listing is not a readable HTML page: \(reason)"
        case .duplicateMember(let path, let name):
            "the listing names \(quoted(name)) twice in \(path); expected it once"
        case .missingMember(let path): "the listing has no \(path)"
        case .wrongValue(let path, let expected): "\(path) in the listing has a wrong value; expected \(expected)"
        case .nameMismatch(let found, let expected):
            "the listing is of the package \(quoted(found)); expected '\(expected)'"
        case .contradictoryFile(let filename): "the listing has the file \(quoted(filename)) with two different digests"
        case .unsupportedVersion(let version):
            "the listing has API version \(quoted(version)); expected major version 1"
        }
    }
}
