import Advisories
import JSON
import Platform
import Registry
import TestSupport

/// One record in the published format, with only what a test cares about.
func record(
    _ id: String, _ package: String, _ ecosystem: String = "npm", versions: JSONValue = [], events: [JSONValue] = [],
    type: String = "SEMVER", with others: JSONObject = [:]
) -> JSONValue {
    var affected: JSONObject = ["package": ["ecosystem": .string(ecosystem), "name": .string(package)]]
    affected.append("versions", versions)
    if !events.isEmpty { affected.append("ranges", [["type": .string(type), "events": .array(events)]]) }
    var object: JSONObject = ["id": .string(id), "summary": .string("about \(id)"), "affected": [.object(affected)]]
    for member in others.members { object.set(member.name, member.value) }
    return .object(object)
}

func affectedPackage(_ package: String, _ ecosystem: String = "npm", versions: JSONValue) -> JSONValue {
    ["package": ["ecosystem": .string(ecosystem), "name": .string(package)], "versions": versions]
}

/// A bundle in the public layout.
func bundle(_ ecosystem: Ecosystem, _ records: [JSONValue]) -> AdvisoryBundle {
    let members = records.enumerated().map { index, record in
        ZipBuilder.Member("\(record["id"]?.stringValue ?? "record-\(index)").json", JSONText.serialize(record))
    }
    return AdvisoryBundle(ecosystem, bytes: ZipBuilder(members).bytes())
}

/// An index made from records, in a directory of its own.
struct Snapshot {
    static let now = Timestamp(secondsSinceEpoch: 1_800_000_000)

    let folder: TemporaryDirectory
    let index: AdvisoryIndex
    let report: AdvisoryImportReport

    init(npm: [JSONValue] = [], pypi: [JSONValue] = []) throws {
        var bundles: [AdvisoryBundle] = []
        if !npm.isEmpty { bundles.append(bundle(.npm, npm)) }
        if !pypi.isEmpty { bundles.append(bundle(.pypi, pypi)) }
        folder = try TemporaryDirectory()
        report = try AdvisoryImporter.build(
            bundles: bundles, carryingOver: nil, into: folder.path("index"), now: Self.now, allowShrink: false)
        index = try AdvisoryIndex.open(path: folder.path("index"))
    }

    func matches(_ name: String, _ version: String, _ ecosystem: Ecosystem = .npm) throws -> [AdvisoryMatch] {
        index.matches(
            try PackageName(parsing: name, ecosystem: ecosystem),
            try PackageVersion(parsing: version, ecosystem: ecosystem))
    }

    func ids(_ name: String, _ version: String, _ ecosystem: Ecosystem = .npm) throws -> [String] {
        try matches(name, version, ecosystem).map(\.id)
    }

    /// The versions of a list that match.
    func affected(_ name: String, _ versions: [String], _ ecosystem: Ecosystem = .npm) throws -> [String] {
        try versions.filter { try !matches(name, $0, ecosystem).isEmpty }
    }
}
