/// A CVSS base score, computed from its vector; a score that somebody wrote beside a vector is never used.
///
/// Temporal, threat, environmental and supplemental metrics are allowed in the vector and do not count.
///
/// Spec: CVSS v2.0 §3.2.1, v3.0 §8.1, v3.1 §7.1, v4.0 §8.
public struct CVSSBaseScore: Hashable, Sendable, CustomStringConvertible {
    public enum Version: String, Sendable, CaseIterable {
        case v20 = "2.0"
        case v30 = "3.0"
        case v31 = "3.1"
        case v40 = "4.0"
    }

    public let version: Version
    /// The score times ten, 0 to 100, so that it compares exactly.
    public let tenths: Int
    /// The vector as it was given.
    public let vector: String

    /// Reads a vector such as `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H`; v2 vectors have no prefix.
    ///
    /// - Throws: `CVSSError` when the version is unknown, a base metric is missing or has an unknown value, or a metric
    ///   occurs twice.
    public init(parsing vector: String) throws(CVSSError) {
        guard vector.utf8.count <= 512 else { throw .malformed(part: "a vector of \(vector.utf8.count) bytes") }
        let (version, body) = try Self.split(vector)
        let metrics = try CVSSMetrics(parsing: body)
        self.version = version
        self.vector = vector
        tenths =
            switch version {
            case .v20: try CVSS2.baseTenths(metrics)
            case .v30, .v31: try CVSS3.baseTenths(metrics, version)
            case .v40: try CVSS4.baseTenths(metrics)
            }
    }

    /// The score as a number from 0.0 to 10.0.
    public var value: Double { Double(tenths) / 10 }

    public var description: String { "\(tenths / 10).\(tenths % 10)" }

    private static func split(_ vector: String) throws(CVSSError) -> (Version, Substring) {
        guard vector.hasPrefix("CVSS:") else {
            // Old databases write v2 vectors in parentheses.
            let isWrapped = vector.hasPrefix("(") && vector.hasSuffix(")")
            return (.v20, isWrapped ? vector.dropFirst().dropLast() : vector[...])
        }
        let rest = vector.dropFirst(5)
        guard let slash = rest.firstIndex(of: "/"), let version = Version(rawValue: String(rest[..<slash])),
            version != .v20
        else { throw .unknownVersion }
        return (version, rest[rest.index(after: slash)...])
    }
}

/// Why a text is not a CVSS vector.
public enum CVSSError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownVersion
    case malformed(part: String)
    case duplicate(metric: String)
    case missing(metric: String)
    case unknownValue(metric: String, value: String)

    public var description: String {
        switch self {
        case .unknownVersion: "the CVSS version is not 2.0, 3.0, 3.1 or 4.0"
        case .malformed(let part): "\(part) is not a CVSS metric; expected NAME:VALUE"
        case .duplicate(let metric): "the CVSS metric \(metric) occurs twice"
        case .missing(let metric): "the CVSS base metric \(metric) is missing"
        case .unknownValue(let metric, let value): "the CVSS metric \(metric) has the unknown value \(value)"
        }
    }
}

/// The metrics of one vector by name.
struct CVSSMetrics {
    private var values: [String: String] = [:]

    init(parsing body: Substring) throws(CVSSError) {
        for part in body.split(separator: "/", omittingEmptySubsequences: false) {
            let halves = part.split(separator: ":", omittingEmptySubsequences: false)
            let isWord = halves.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(Self.isLetter) }
            guard halves.count == 2, isWord else { throw .malformed(part: "\"\(part)\"") }
            guard values.updateValue(String(halves[1]), forKey: String(halves[0])) == nil else {
                throw .duplicate(metric: String(halves[0]))
            }
        }
    }

    /// The weight of a base metric.
    func weight<Weight>(_ metric: String, _ weights: KeyValuePairs<String, Weight>) throws(CVSSError) -> Weight {
        guard let value = values[metric] else { throw .missing(metric: metric) }
        guard let weight = weights.first(where: { $0.key == value })?.value else {
            throw .unknownValue(metric: metric, value: value)
        }
        return weight
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF)
    }
}
