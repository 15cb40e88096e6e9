import Platform

/// One advisory record, reduced to what matching and messages need.
///
/// Spec: Open Source Vulnerability format 1.x.
struct OSVRecord: Equatable {
    var id: String
    var aliases: [String] = []
    var isWithdrawn = false
    var modified: Timestamp?
    /// One line without control characters, cut to a readable length; from the details when there is no summary.
    var summary = ""
    var severities: [String] = []
    var affected: [OSVAffected] = []

    /// Records of malicious packages, by their own name or by an alias.
    var isMalicious: Bool {
        id.hasPrefix("MAL-") || aliases.contains { $0.hasPrefix("MAL-") }
    }
}

/// Which versions of one package a record is about.
struct OSVAffected: Equatable {
    var ecosystem = ""
    var name = ""
    var ranges: [OSVRange] = []
    var versions: [String] = []
    /// Vectors for this package alone.
    var severities: [String] = []
}

struct OSVRange: Equatable {
    /// `SEMVER`, `ECOSYSTEM`, `GIT`, or a type of a later schema.
    var type = ""
    var events: [OSVEvent] = []

    /// Only these two speak of versions; both are ordered as the package's ecosystem orders.
    var isAboutVersions: Bool { type == "SEMVER" || type == "ECOSYSTEM" }
}

struct OSVEvent: Equatable {
    var kind: RangeEventKind
    var version: String
}

/// What happens to a range at a version.
public enum RangeEventKind: UInt8, Sendable, Hashable, CaseIterable {
    case introduced = 0
    case fixed = 1
    case lastAffected = 2
    case limit = 3
}

/// Why a record cannot be used.
enum OSVError: Error, Equatable, CustomStringConvertible {
    case json(String)
    case wrongKind(member: String, expected: String)
    case duplicateMember(String)
    case missing(String)
    case badID
    case unknownSchema(String)
    case badWithdrawnTime

    var description: String {
        switch self {
        case .json(let error): error
        case .wrongKind(let member, let expected): "\"\(member)\" is not \(expected)"
        case .duplicateMember(let name): "the member \"\(name)\" occurs twice"
        case .missing(let member): "the member \"\(member)\" is missing"
        case .badID: "the id is empty, too long or has characters no id has"
        case .unknownSchema(let version): "the schema version \(version) is not 1.x"
        case .badWithdrawnTime: "the time of withdrawal is not a time"
        }
    }
}
