import Advisories
import JSON
import Registry
import TestSupport
import Testing

/// A record, a question about it, and the answer that was worked out by hand.
private struct Corner: CustomTestStringConvertible {
    let testDescription: String
    let ecosystem: Ecosystem
    let record: JSONValue
    /// The package and version to ask about.
    let package: String
    let version: String
    let isAffected: Bool

    private init(
        _ description: String, _ ecosystem: Ecosystem, _ record: JSONValue, _ package: String, _ version: String,
        _ isAffected: Bool
    ) {
        testDescription = "\(description): \(package) \(version)"
        self.ecosystem = ecosystem
        self.record = record
        self.package = package
        self.version = version
        self.isAffected = isAffected
    }

    /// One record, with the versions that it is about and those that it is not about.
    static func of(
        _ description: String, in ecosystem: Ecosystem = .npm, _ record: JSONValue, at package: String = "p",
        hits: [String] = [], misses: [String] = []
    ) -> [Corner] {
        hits.map { Corner(description, ecosystem, record, package, $0, true) }
            + misses.map { Corner(description, ecosystem, record, package, $0, false) }
    }
}

private func npm(_ events: [JSONValue], versions: JSONValue = [], with others: JSONObject = [:]) -> JSONValue {
    record("MAL-1", "p", versions: versions, events: events, with: others)
}

private func pypi(_ events: [JSONValue], versions: JSONValue = [], name: String = "p") -> JSONValue {
    record("MAL-1", name, "PyPI", versions: versions, events: events, type: "ECOSYSTEM")
}

private let names: [[Corner]] = [
    Corner.of("unscoped", npm([], versions: ["1.0.0"]), hits: ["1.0.0"], misses: ["1.0.1"]),
    Corner.of("a scoped package is another", npm([], versions: ["1.0.0"]), at: "@s/p", misses: ["1.0.0"]),
    Corner.of("scoped", record("MAL-1", "@s/p", versions: ["1.0.0"]), at: "@s/p", hits: ["1.0.0"]),
    Corner.of("the unscoped name of a scoped one", record("MAL-1", "@s/p", versions: ["1.0.0"]), misses: ["1.0.0"]),
    Corner.of("the scope differs", record("MAL-1", "@s/p", versions: ["1.0.0"]), at: "@t/p", misses: ["1.0.0"]),
    Corner.of(
        "npm names keep their case", record("MAL-1", "JSONStream", versions: ["1.0.0"]), at: "JSONStream",
        hits: ["1.0.0"]),
    Corner.of(
        "npm names of another case", record("MAL-1", "JSONStream", versions: ["1.0.0"]), at: "jsonstream",
        misses: ["1.0.0"]),
    Corner.of(
        "a name that looks like an option", record("MAL-1", "--legacy-peer-deps", versions: ["1.0.0"]),
        at: "--legacy-peer-deps", hits: ["1.0.0"], misses: ["1.0.1"]),
    Corner.of(
        "a name that looks like a file", record("MAL-1", "pattern.json", versions: ["1.0.0"]), at: "pattern.json",
        hits: ["1.0.0"]),
    Corner.of(
        "npm keeps hyphens apart from underscores", record("MAL-1", "a-b", versions: ["1.0.0"]), at: "a_b",
        misses: ["1.0.0"]),
    Corner.of(
        "a name of JavaScript itself", record("MAL-1", "constructor", versions: ["1.0.0"]), at: "constructor",
        hits: ["1.0.0"]),
    Corner.of(
        "Python spellings", in: .pypi, pypi([], versions: ["1.0"], name: "Foo.Bar_baz"), at: "foo-bar-baz",
        hits: ["1.0"]),
    Corner.of(
        "Python runs of separators", in: .pypi, pypi([], versions: ["1.0"], name: "foo-bar"), at: "FOO._-bar",
        hits: ["1.0"]
    ),
    Corner.of(
        "Python letters joined", in: .pypi, pypi([], versions: ["1.0"], name: "foo-bar"), at: "foobar", misses: ["1.0"]),
]

private let ranges: [[Corner]] = [
    Corner.of("introduced 0 alone", npm([["introduced": "0"]]), hits: ["0.0.0-0", "0.0.0", "1.0.0", "999.0.0-x"]),
    Corner.of(
        "introduced 0, fixed", npm([["introduced": "0"], ["fixed": "1.0.0"]]), hits: ["0.0.0", "0.9.9", "1.0.0-rc.1"],
        misses: ["1.0.0", "1.0.0+build", "1.0.1-0", "2.0.0"]),
    Corner.of(
        "fixed in a pre-release", npm([["introduced": "0"], ["fixed": "2.0.0-beta.2"]]),
        hits: ["1.9.9", "2.0.0-beta.1", "2.0.0-alpha.9"], misses: ["2.0.0-beta.2", "2.0.0-beta.10", "2.0.0"]),
    Corner.of(
        "introduced at a pre-release", npm([["introduced": "1.0.0-rc.1"]]),
        hits: ["1.0.0-rc.1", "1.0.0-rc.2", "1.0.0"],
        misses: ["1.0.0-rc.0", "1.0.0-beta", "0.9.0"]),
    Corner.of(
        "last affected", npm([["introduced": "1.0.0"], ["last_affected": "1.2.0"]]),
        hits: ["1.0.0", "1.2.0", "1.2.0-rc"],
        misses: ["1.2.1", "1.2.1-0", "0.9.9", "1.0.0-rc"]),
    Corner.of(
        "last affected with build metadata", npm([["introduced": "0"], ["last_affected": "1.2.0"]]), hits: ["1.2.0+b7"]),
    Corner.of(
        "two intervals of one range",
        npm([["introduced": "1.0.0"], ["fixed": "1.1.0"], ["introduced": "2.0.0"], ["fixed": "2.2.0"]]),
        hits: ["1.0.5", "2.0.0", "2.1.9"], misses: ["1.1.0", "1.9.0", "2.0.0-rc", "2.2.0"]),
    Corner.of(
        "numbers are not text", npm([["introduced": "1.9.0"], ["fixed": "1.10.0"]]), hits: ["1.9.5"],
        misses: ["1.10.0", "1.8.0", "1.100.0"]),
    Corner.of(
        "identifiers of a pre-release: numbers before words",
        npm([["introduced": "1.0.0-alpha.2"], ["fixed": "1.0.0-alpha.x"]]),
        hits: ["1.0.0-alpha.2", "1.0.0-alpha.10"], misses: ["1.0.0-alpha.1", "1.0.0-alpha.x", "1.0.0-beta"]),
    Corner.of(
        "boundaries with the marks that npm passes over", npm([["introduced": "v1.0.0"], ["fixed": "= 1.2.0"]]),
        hits: ["1.0.0", "1.1.9"], misses: ["1.2.0", "0.9.9"]),
    Corner.of("a named version with such a mark", npm([], versions: ["v1.0.0"]), hits: ["1.0.0"], misses: ["1.0.1"]),
    Corner.of(
        "boundaries of two numbers", npm([["introduced": "1.0"], ["fixed": "2"]]), hits: ["1.0.0", "1.99.0"],
        misses: ["0.9.0", "2.0.0"]),
    Corner.of(
        "versions without ranges", npm([], versions: ["1.0.0", "1.0.2"]), hits: ["1.0.0", "1.0.2"], misses: ["1.0.1"]),
    Corner.of("a named version with build metadata", npm([], versions: ["1.0.0+a"]), hits: ["1.0.0", "1.0.0+b"]),
    Corner.of(
        "a named pre-release", npm([], versions: ["1.0.0-beta"]), hits: ["1.0.0-beta"],
        misses: ["1.0.0", "1.0.0-beta.0"]),
    Corner.of(
        "versions beside a range: either is enough", npm([["introduced": "2.0.0"]], versions: ["1.0.0"]),
        hits: ["1.0.0", "2.0.0", "3.0.0"], misses: ["1.5.0"]),
    Corner.of(
        "commits say nothing of versions",
        record("MAL-1", "p", versions: ["1.0.0"], events: [["introduced": "0"]], type: "GIT"), hits: ["1.0.0"],
        misses: ["2.0.0"]),
    Corner.of(
        "a limit", npm([["introduced": "1.0.0"], ["limit": "2.0.0"]]), hits: ["1.0.0", "1.9.0", "2.0.0-rc"],
        misses: ["2.0.0", "3.0.0", "0.9.0"]),
    Corner.of(
        "a limit of everything", npm([["introduced": "1.0.0"], ["limit": "*"]]), hits: ["3.0.0"], misses: ["0.9.0"]),
    Corner.of(
        "fixed where it was introduced", npm([["introduced": "1.0.0"], ["fixed": "1.0.0"]]),
        misses: ["0.9.0", "1.0.0", "1.0.1"]),
    Corner.of(
        "last affected 0.0.0", npm([["introduced": "0"], ["last_affected": "0.0.0"]]), hits: ["0.0.0", "0.0.0-a"],
        misses: ["0.0.1"]),
    Corner.of(
        "the largest numbers npm takes", npm([["introduced": "9007199254740991.0.0"]]), hits: ["9007199254740991.0.0"],
        misses: ["9007199254740990.9.9"]),
]

private let python: [[Corner]] = [
    Corner.of(
        "zeros at the end", in: .pypi, pypi([], versions: ["1.0"]), hits: ["1", "1.0.0", "v1.0"],
        misses: ["1.0.1", "1.0a1"]),
    Corner.of(
        "pre-releases of a fix", in: .pypi, pypi([["introduced": "0"], ["fixed": "2.0"]]),
        hits: ["2.0.dev1", "2.0a1", "2.0b3", "2.0rc1", "1.9"], misses: ["2.0", "2.0.post1", "2.0+local"]),
    Corner.of(
        "post releases of the last affected", in: .pypi, pypi([["introduced": "0"], ["last_affected": "1.0"]]),
        hits: ["1.0", "1.0rc1"],
        misses: ["1.0.post1", "1.1"]),
    Corner.of(
        "local versions of the last affected stand after it", in: .pypi,
        pypi([["introduced": "0"], ["last_affected": "1.0"]]),
        misses: ["1.0+deb1"]),
    Corner.of(
        "a local version of a named one is another", in: .pypi, pypi([], versions: ["1.0"]), misses: ["1.0+deb1"]),
    Corner.of(
        "a named local version", in: .pypi, pypi([], versions: ["1.0+deb.1"]), hits: ["1.0+DEB-1"],
        misses: ["1.0", "1.0+deb.2"]),
    Corner.of(
        "epochs", in: .pypi, pypi([["introduced": "1!0"]]), hits: ["1!0", "1!0.1", "2!0"],
        misses: ["2024.1", "99999", "0!5"]),
    Corner.of("an epoch of zero is none", in: .pypi, pypi([], versions: ["1.0"]), hits: ["0!1.0"]),
    Corner.of(
        "developments come before pre-releases", in: .pypi, pypi([["introduced": "1.0a1"]]),
        hits: ["1.0a1", "1.0a1.post1", "1.0"],
        misses: ["1.0.dev5", "1.0a1.dev2", "1.0a0"]),
    Corner.of(
        "old words for pre-releases", in: .pypi, pypi([], versions: ["1.0rc2"]),
        hits: ["1.0c2", "1.0-preview.2", "1.0PRE2"], misses: ["1.0rc1"]),
    Corner.of(
        "a post release without its word", in: .pypi, pypi([], versions: ["1.0.post3"]), hits: ["1.0-3", "1.0.r3"],
        misses: ["1.0", "1.0.3"]),
    Corner.of(
        "dates as versions", in: .pypi, pypi([["introduced": "2024.1.9"], ["fixed": "2024.1.10"]]),
        hits: ["2024.01.09"],
        misses: ["2024.1.10"]),
    Corner.of(
        "a Python range called SEMVER is ordered as Python orders", in: .pypi,
        record("MAL-1", "p", "PyPI", events: [["introduced": "0"], ["fixed": "1.0"]]), hits: ["1.0rc1", "1.0.dev0"],
        misses: ["1.0.post1"]),
]

private let records: [[Corner]] = [
    Corner.of(
        "withdrawn", npm([["introduced": "0"]], versions: ["1.0.0"], with: ["withdrawn": "2026-01-01T00:00:00Z"]),
        misses: ["1.0.0", "2.0.0"]),
    Corner.of(
        "withdrawn in the future is withdrawn", npm([["introduced": "0"]], with: ["withdrawn": "2199-01-01T00:00:00Z"]),
        misses: ["1.0.0"]),
    Corner.of("withdrawn null is in force", npm([["introduced": "0"]], with: ["withdrawn": .null]), hits: ["1.0.0"]),
    Corner.of(
        "unknown members are passed over",
        npm(
            [], versions: ["1.0.0"],
            with: ["database_specific": ["malicious-packages-origins": [["x": [1, .null, true]]]], "new": [[]]]),
        hits: ["1.0.0"]),
    Corner.of(
        "another ecosystem in the same record",
        record(
            "MAL-1", "",
            with: [
                "affected": [
                    affectedPackage("p", "PyPI", versions: ["1.0.0"]), affectedPackage("q", versions: ["1.0.0"]),
                ]
            ]),
        misses: ["1.0.0"]),
    Corner.of(
        "the same package twice in one record",
        record(
            "MAL-1", "",
            with: ["affected": [affectedPackage("p", versions: ["1.0.0"]), affectedPackage("p", versions: ["2.0.0"])]]),
        hits: ["1.0.0", "2.0.0"], misses: ["1.5.0"]),
    Corner.of(
        "versions that npm cannot name change nothing", npm([], versions: ["1.0.0", "latest", "1.x", ""]),
        hits: ["1.0.0"], misses: ["1.1.0"]),
    Corner.of(
        "a later schema of the same line", npm([], versions: ["1.0.0"], with: ["schema_version": "1.99.0"]),
        hits: ["1.0.0"]),
]

@Suite("Corner cases, worked out by hand")
struct CornerCaseTests {
    @Test("the record matches exactly", arguments: (names + ranges + python + records).flatMap(\.self))
    fileprivate func matching(corner: Corner) throws {
        // A bundle without any record in force would be refused.
        let other = record("MAL-0", "other", corner.ecosystem == .npm ? "npm" : "PyPI", versions: ["1.0.0"])
        let records = [other, corner.record]
        let snapshot = try corner.ecosystem == .npm ? Snapshot(npm: records) : Snapshot(pypi: records)
        let ids = try snapshot.ids(corner.package, corner.version, corner.ecosystem)
        #expect(ids == (corner.isAffected ? ["MAL-1"] : []))
    }

    @Test("there are at least fifty of them")
    func count() {
        #expect((names + ranges + python + records).count >= 50)
    }
}
