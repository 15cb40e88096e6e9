import Advisories
import JSON
import Registry
import Testing

@Suite("Records match the versions they are about")
struct MatchingTests {
    private let some = ["0.9.9", "1.0.0-beta", "1.0.0", "1.4.9", "1.5.0-rc.1", "1.5.0", "1.5.1", "2.0.0", "99.0.0"]

    private func affected(_ events: [JSONValue], versions: JSONValue = [], type: String = "SEMVER") throws -> [String] {
        let snapshot = try Snapshot(npm: [record("A-1", "p", versions: versions, events: events, type: type)])
        return try snapshot.affected("p", some)
    }

    @Test("a fixed version is the first that is safe, a last affected one the last that is not")
    func bounds() throws {
        #expect(try affected([["introduced": "1.0.0"], ["fixed": "1.5.0"]]) == ["1.0.0", "1.4.9", "1.5.0-rc.1"])
        #expect(
            try affected([["introduced": "1.0.0"], ["last_affected": "1.5.0"]])
                == ["1.0.0", "1.4.9", "1.5.0-rc.1", "1.5.0"])
        #expect(try affected([["introduced": "1.5.1"]]) == ["1.5.1", "2.0.0", "99.0.0"])
    }

    @Test("introduced at 0 is every version, pre-releases of the first one too")
    func everything() throws {
        #expect(try affected([["introduced": "0"]]) == some)
        let snapshot = try Snapshot(npm: [record("A-1", "p", events: [["introduced": "0"]])])
        #expect(try snapshot.ids("p", "0.0.0-0") == ["A-1"])
    }

    @Test("events count in the order of versions, whatever order they are written in")
    func order() throws {
        let events: [JSONValue] = [
            ["fixed": "2.0.0"], ["introduced": "1.5.1"], ["fixed": "1.4.9"], ["introduced": "0"],
        ]
        #expect(try affected(events) == ["0.9.9", "1.0.0-beta", "1.0.0", "1.5.1"])
        // One object may hold both ends, as old records do.
        #expect(try affected([["fixed": "1.5.0", "introduced": "1.0.0"]]) == ["1.0.0", "1.4.9", "1.5.0-rc.1"])
    }

    @Test("a version that closes one range and opens the next is affected")
    func touching() throws {
        #expect(
            try affected([
                ["introduced": "1.0.0"], ["fixed": "1.5.0"], ["introduced": "1.5.0"], ["fixed": "2.0.0"],
            ]) == ["1.0.0", "1.4.9", "1.5.0-rc.1", "1.5.0", "1.5.1"])
    }

    @Test("versions named one by one match besides the ranges")
    func named() throws {
        #expect(try affected([], versions: ["1.0.0", "2.0.0", "7.7.7"]) == ["1.0.0", "2.0.0"])
        #expect(
            try affected([["introduced": "1.5.0"], ["fixed": "1.5.1"]], versions: ["1.0.0"]) == ["1.0.0", "1.5.0"])
    }

    @Test("a limit ends a range, and a star lifts it")
    func limits() throws {
        #expect(try affected([["introduced": "1.4.0"], ["limit": "1.5.1"]]) == ["1.4.9", "1.5.0-rc.1", "1.5.0"])
        #expect(try affected([["introduced": "2.0.0"], ["limit": "1.0.0"], ["limit": "*"]]) == ["2.0.0", "99.0.0"])
    }

    @Test("ranges of commits say nothing about versions")
    func git() throws {
        let snapshot = try Snapshot(npm: [
            record("A-1", "p", versions: ["1.0.0"], events: [["introduced": "0"]], type: "GIT")
        ])
        #expect(try snapshot.affected("p", some) == ["1.0.0"])
    }

    @Test("boundaries without minor or patch number are completed; others that cannot be read are named")
    func looseBoundaries() throws {
        #expect(try affected([["introduced": "1"], ["fixed": "1.5"]]) == ["1.0.0", "1.4.9", "1.5.0-rc.1"])
        let snapshot = try Snapshot(npm: [
            record("A-1", "p", versions: ["1.0.0"], events: [["introduced": "abc"]]),
            record("A-2", "p", events: [["introduced": "0"], ["fixed": "abc"]]),
        ])
        #expect(try snapshot.ids("p", "1.0.0") == ["A-1"])
        #expect(snapshot.report.skipped.map(\.record) == ["A-1", "A-2"])
        #expect(snapshot.report.recordsKept == 1)
    }

    @Test("a withdrawn record never matches")
    func withdrawn() throws {
        let time: JSONObject = ["withdrawn": "2024-05-06T07:08:09.123Z"]
        let snapshot = try Snapshot(npm: [
            record("A-1", "p", events: [["introduced": "0"]], with: time),
            record("A-2", "p", versions: ["1.0.0"], with: ["withdrawn": nil]),
        ])
        #expect(try snapshot.affected("p", some) == ["1.0.0"])
        #expect(snapshot.report.perEcosystem[.npm]?.recordsWithdrawn == 1)
    }

    @Test("npm names match exactly, Python names in every spelling")
    func names() throws {
        let snapshot = try Snapshot(
            npm: [record("A-1", "Left.Pad", versions: ["1.0.0"])],
            pypi: [record("P-1", "Zope.Interface_x", "PyPI", versions: ["1.0"])])
        #expect(try snapshot.ids("Left.Pad", "1.0.0") == ["A-1"])
        #expect(try snapshot.ids("left-pad", "1.0.0").isEmpty)
        #expect(try snapshot.ids("zope-interface-x", "1.0", .pypi) == ["P-1"])
        #expect(try snapshot.ids("ZOPE_interface.X", "1.0.0", .pypi) == ["P-1"])
        let name = try PackageName(parsing: "Zope.Interface_x", ecosystem: .pypi)
        #expect(snapshot.index.hasAdvisories(for: name))
        #expect(!snapshot.index.hasAdvisories(for: try PackageName(parsing: "zope", ecosystem: .pypi)))
    }

    @Test("Python versions match by meaning: spelling, epochs, post and local versions")
    func python() throws {
        let snapshot = try Snapshot(pypi: [
            record("P-1", "p", "PyPI", versions: ["1.0", "not a version", "2.0rc1"]),
            record("P-2", "q", "PyPI", events: [["introduced": "1.0"], ["fixed": "1!1"]], type: "ECOSYSTEM"),
        ])
        #expect(try snapshot.affected("p", ["1", "1.0.0", "v1.0", "1.0.post1", "2.0-RC.1"], .pypi).count == 4)
        #expect(
            try snapshot.affected("q", ["1.0.dev1", "1.0", "1.0.post1", "3000", "1!0.9", "1!1", "1.0+local"], .pypi)
                == ["1.0", "1.0.post1", "3000", "1!0.9", "1.0+local"])
    }

    @Test("one record may be about many packages, and several times about one")
    func manyPackages() throws {
        let list: JSONValue = [
            affectedPackage("p", versions: ["1.0.0"]), affectedPackage("q", versions: ["2.0.0"]),
            affectedPackage("p", versions: ["3.0.0"]),
            affectedPackage("p", "PyPI", versions: ["4.0.0"]),
        ]
        let snapshot = try Snapshot(npm: [record("A-1", "", with: ["affected": list])])
        #expect(try snapshot.affected("p", ["1.0.0", "2.0.0", "3.0.0", "4.0.0"]) == ["1.0.0", "3.0.0"])
        #expect(try snapshot.affected("q", ["1.0.0", "2.0.0"]) == ["2.0.0"])
        #expect(snapshot.index.advisories(withID: "A-1").map(\.package.canonical) == ["p", "q"])
    }
}

@Suite("A match says what is known")
struct MatchContentsTests {
    @Test("records of malicious packages are known by their id or by an alias")
    func malicious() throws {
        let snapshot = try Snapshot(npm: [
            record("MAL-2024-1", "a", versions: ["1.0.0"]),
            record("GHSA-1", "b", versions: ["1.0.0"], with: ["aliases": ["CVE-1", "MAL-2024-2"]]),
            record("GHSA-2", "c", versions: ["1.0.0"], with: ["aliases": ["XMAL-1"]]),
        ])
        #expect(
            try ["a", "b", "c"].map { try snapshot.matches($0, "1.0.0").map(\.isMalicious) } == [
                [true], [true], [false],
            ])
    }

    @Test("aliases are one match, led by the most telling record, with the highest score")
    func aliases() throws {
        let low: JSONValue = [["type": "CVSS_V3", "score": "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"]]
        let high: JSONValue = [
            ["type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"],
            ["type": "CVSS_V4", "score": "not a vector"], ["type": "Ubuntu", "score": "high"],
        ]
        let snapshot = try Snapshot(pypi: [
            record(
                "PYSEC-1", "p", "PyPI", events: [["introduced": "0"], ["fixed": "2.0"]],
                with: ["aliases": ["CVE-7"], "severity": low]),
            record(
                "GHSA-1", "p", "PyPI", events: [["introduced": "0"], ["fixed": "1.10"]], type: "ECOSYSTEM",
                with: ["aliases": ["CVE-7", "SNYK-1"], "severity": high]),
            record("PYSEC-2", "p", "PyPI", versions: ["1.0"]),
        ])
        let matches = try snapshot.matches("p", "1.0", .pypi)
        #expect(
            matches == [
                AdvisoryMatch(
                    id: "GHSA-1", aliases: ["CVE-7", "PYSEC-1", "SNYK-1"], isMalicious: false, cvssTenths: 98,
                    summary: "about GHSA-1", fixedVersions: ["1.10", "2.0"]),
                AdvisoryMatch(
                    id: "PYSEC-2", aliases: [], isMalicious: false, cvssTenths: nil, summary: "about PYSEC-2",
                    fixedVersions: []),
            ])
        #expect(matches[0].cvssScore == 9.8)
        #expect(try snapshot.matches("p", "1.11", .pypi).map(\.id) == ["PYSEC-1"])
    }

    @Test("records are the same flaws for audits as for matching, also by names that only others link")
    func flaws() throws {
        let links = [["X-1"], ["X-2"], ["X-3"], ["X-1", "X-2"], []].enumerated().map { place, aliases in
            record(
                "A-\(place)", "p", versions: ["1.0.0"],
                with: ["aliases": .array(aliases.map { JSONValue.string($0) })])
        }
        let mal = record("MAL-1", "p", versions: ["2.0.0"], with: ["aliases": ["X-3"]])
        let snapshot = try Snapshot(npm: links + [mal])
        let known = snapshot.index.advisories(for: try PackageName(parsing: "p", ecosystem: .npm))
        let flaws = PackageAdvisory.flaws(among: known).map { $0.map(\.id) }
        #expect(flaws == [["A-0", "A-1", "A-3"], ["A-2", "MAL-1"], ["A-4"]])
        #expect(try snapshot.ids("p", "1.0.0") == ["A-0", "A-2", "A-4"])
        #expect(flaws[1].min(by: PackageAdvisory.leads) == "MAL-1")
    }

    @Test("the records that give a name as an alias are found, withdrawn ones not")
    func aliased() throws {
        let snapshot = try Snapshot(
            npm: [
                record("GHSA-1", "p", versions: ["1.0.0"], with: ["aliases": ["CVE-1"]]),
                record(
                    "GHSA-3", "p", versions: ["1.0.0"],
                    with: ["aliases": ["CVE-1"], "withdrawn": "2024-05-06T07:08:09Z"]),
            ],
            pypi: [record("GHSA-0", "q", "PyPI", versions: ["1.0"], with: ["aliases": ["CVE-2", "CVE-1"]])])
        #expect(snapshot.index.ids(aliasedBy: "CVE-1") == ["GHSA-0", "GHSA-1"])
        #expect(snapshot.index.ids(aliasedBy: "CVE-2") == ["GHSA-0"])
        #expect(snapshot.index.ids(aliasedBy: "GHSA-1").isEmpty)
    }

    @Test("only later versions count as fixed, ascending")
    func fixed() throws {
        let events: [JSONValue] = [
            ["introduced": "3.0.0"], ["fixed": "3.1.0"], ["introduced": "0"], ["fixed": "1.9.0"],
            ["introduced": "2.0.0"], ["fixed": "2.10.0"],
        ]
        let snapshot = try Snapshot(npm: [record("A-1", "p", events: events)])
        #expect(try snapshot.matches("p", "2.9.0").first?.fixedVersions == ["2.10.0", "3.1.0"])
        #expect(try snapshot.matches("p", "0.1.0").first?.fixedVersions == ["1.9.0", "2.10.0", "3.1.0"])
    }

    @Test("a summary is one short visible line, from the details when there is none")
    func summary() throws {
        let long = String(repeating: "long ", count: 200)
        let snapshot = try Snapshot(npm: [
            record(
                "A-1", "a", versions: ["1.0.0"], with: ["summary": "one\u{1B}[31m\u{202E} two\t\u{200B}three\nfour"]),
            record("A-2", "b", versions: ["1.0.0"], with: ["summary": "", "details": "\n\n  # first line \nsecond"]),
            record("A-3", "c", versions: ["1.0.0"], with: ["summary": .string(long)]),
        ])
        #expect(try snapshot.matches("a", "1.0.0")[0].summary == "one[31m two three")
        #expect(try snapshot.matches("b", "1.0.0")[0].summary == "# first line")
        #expect(try snapshot.matches("c", "1.0.0")[0].summary.utf8.count < 260)
    }

    @Test("the whole of a record is there for other formats")
    func details() throws {
        let vector = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
        let own: JSONValue = [
            [
                "package": ["ecosystem": "npm", "name": "@s/p"], "versions": ["2.0.0", "1.0.0", "1.0.1"],
                "severity": [["type": "CVSS_V4", "score": .string(vector)]],
                "ranges": [["type": "SEMVER", "events": [["fixed": "0.5.0"], ["introduced": "0"]]]],
            ]
        ]
        let snapshot = try Snapshot(npm: [
            record(
                "GHSA-1", "", with: ["affected": own, "modified": "2024-01-02T03:04:05Z", "aliases": ["CVE-1"]])
        ])
        let name = try PackageName(parsing: "@s/p", ecosystem: .npm)
        let advisory = try #require(snapshot.index.advisories(for: name).first)
        #expect(snapshot.index.advisories(withID: "GHSA-1") == [advisory])
        #expect(snapshot.index.advisories(withID: "CVE-1").isEmpty)
        #expect(advisory.package == name && advisory.aliases == ["CVE-1"] && advisory.cvssTenths == 93)
        #expect(advisory.cvssVector == vector && advisory.modifiedSeconds == 1_704_164_645)
        #expect(advisory.versions == ["1.0.0", "1.0.1", "2.0.0"])
        #expect(advisory.ranges == [[.init(kind: .introduced, version: "0"), .init(kind: .fixed, version: "0.5.0")]])
    }
}

@Suite("Packages are found by a hash of their names")
struct NameLookupTests {
    @Test("every name among many, and none that is not there", arguments: [1, 2, 8, 9, 17, 700])
    func many(count: Int) throws {
        func name(_ number: Int) -> String {
            String(repeating: "ab", count: number % 40 + 1) + "-\(number)" + (number % 3 == 0 ? "x" : "")
        }
        let list = (0..<count).map { affectedPackage(name($0), versions: ["1.0.0"]) }
        let snapshot = try Snapshot(npm: [record("A-1", "", with: ["affected": .array(list)])])
        for number in 0..<count {
            let known = try PackageName(parsing: name(number), ecosystem: .npm)
            #expect(snapshot.index.package(known)?.name == known)
            let unknown = try PackageName(parsing: name(number) + "y", ecosystem: .npm)
            #expect(snapshot.index.package(unknown)?.name == nil)
        }
        #expect(snapshot.index.advisories(withID: "A-1").count == count)
    }

    @Test("a package looked up once says the same as the index")
    func once() throws {
        let snapshot = try Snapshot(npm: [
            record("A-1", "p", events: [["introduced": "1.0.0"], ["fixed": "2.0.0"]]),
            record("A-2", "p", versions: ["1.5.0-rc.1"], with: ["aliases": ["A-1"]]),
        ])
        let name = try PackageName(parsing: "p", ecosystem: .npm)
        let package = try #require(snapshot.index.package(name))
        for text in ["0.9.9", "1.0.0", "1.5.0-rc.1", "1.5.0-rc.2", "2.0.0-0", "2.0.0", "3.0.0"] {
            let version = try PackageVersion(parsing: text, ecosystem: .npm)
            #expect(package.matches(version) == snapshot.index.matches(name, version), "\(text)")
        }
        #expect(package.advisories == snapshot.index.advisories(for: name))
    }
}
