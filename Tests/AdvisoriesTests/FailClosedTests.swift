import Advisories
import JSON
import Registry
import Testing

@Suite("A record of a malicious package never silently matches nothing")
struct FailClosedTests {
    private let versions = ["0.0.1", "1.0.0", "2.0.0-rc.1", "9.9.9"]

    private func ranges(_ events: [JSONValue]) -> JSONValue { [["type": "SEMVER", "events": .array(events)]] }

    private func affected(_ members: JSONObject) -> JSONObject {
        var object: JSONObject = ["package": ["ecosystem": "npm", "name": "p"]]
        for member in members.members { object.set(member.name, member.value) }
        return ["affected": [.object(object)]]
    }

    @Test(
        "what cannot be read of its versions counts for every version, and is named",
        arguments: [
            #"{"ranges":[{"type":"SEMVER","events":[{"introduced":"abc"}]}]}"#,
            #"{"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.x"}]}]}"#,
            #"{"ranges":[{"type":"ECOSYSTEM","events":[{"last_affected":"1.0.0"}]}]}"#,
            #"{"ranges":[{"type":"SEMVER","events":[{"introduced":"7.0.0"},{"limit":"?"}]}],"versions":["5.5.5"]}"#,
            #"{"ranges":[{"type":"SEMVER","events":[]}]}"#, #"{"versions":["not a version"]}"#,
            #"{"versions":[]}"#, #"{"ranges":null,"versions":null}"#, "{}",
            #"{"ranges":[{"type":"GIT","repo":"https://example.org","events":[{"introduced":"0"}]}]}"#,
        ])
    func malicious(_ members: String) throws {
        let what = affected(try #require(try JSONText.parse(Array(members.utf8)).objectValue))
        let snapshot = try Snapshot(npm: [
            record("MAL-1", "", with: what), record("A-1", "other", versions: ["1.0.0"]),
        ])
        #expect(try snapshot.affected("p", versions) == versions)
        #expect(try snapshot.matches("p", "1.0.0").allSatisfy(\.isMalicious))
        #expect(snapshot.report.skipped.map(\.record) == ["MAL-1"] && snapshot.report.recordsKept == 2)
        // A record about a flaw keeps to what can be read: nobody is told of a flaw that nobody stated.
        let flaw = try Snapshot(npm: [record("GHSA-1", "", with: what), record("A-1", "other", versions: ["1.0.0"])])
        #expect(try flaw.affected("p", versions).count < versions.count)
    }

    @Test("an alias makes it malicious here too")
    func byAlias() throws {
        var what = affected(["ranges": ranges([["introduced": "?"]])])
        what.append("aliases", ["MAL-7"])
        let snapshot = try Snapshot(npm: [record("GHSA-1", "", with: what)])
        #expect(try snapshot.affected("p", versions) == versions)
    }

    @Test("what can be read stays exact")
    func exact() throws {
        let snapshot = try Snapshot(npm: [
            record("MAL-1", "p", versions: ["1.0.0", "not a version"]),
            record("MAL-2", "q", events: [["introduced": "1.0.0"], ["fixed": "2.0.0"]]),
            record("MAL-3", "r", versions: ["1.0.0"], events: [["introduced": "0"]], type: "GIT"),
        ])
        #expect(try snapshot.affected("p", versions) == ["1.0.0"])
        #expect(try snapshot.affected("q", versions) == ["1.0.0", "2.0.0-rc.1"])
        #expect(try snapshot.affected("r", versions) == ["1.0.0"])
        #expect(snapshot.report.recordsSkipped == 0)
    }

    @Test("a withdrawn one matches nothing, whatever else is in it")
    func withdrawn() throws {
        var what = affected([:])
        what.append("withdrawn", "2024-05-06T07:08:09Z")
        let snapshot = try Snapshot(npm: [record("MAL-1", "", with: what), record("A-1", "q", versions: ["1.0.0"])])
        #expect(try snapshot.affected("p", versions).isEmpty)
    }
}

@Suite("One flaw is one finding")
struct AliasTests {
    @Test("records that share only a third name are one; a chain of names too")
    func thirdName() throws {
        let snapshot = try Snapshot(npm: [
            record("GHSA-1", "p", versions: ["1.0.0"], with: ["aliases": ["CVE-1"]]),
            record("SNYK-1", "p", versions: ["1.0.0"], with: ["aliases": ["CVE-1", "CVE-2"]]),
            record("PYSEC-1", "p", versions: ["1.0.0"], with: ["aliases": ["CVE-2"]]),
            record("GHSA-9", "p", versions: ["1.0.0"], with: ["aliases": ["CVE-9"]]),
        ])
        let matches = try snapshot.matches("p", "1.0.0")
        #expect(matches.map(\.id) == ["GHSA-1", "GHSA-9"])
        #expect(matches[0].aliases == ["CVE-1", "CVE-2", "PYSEC-1", "SNYK-1"])
    }

    @Test("related, upstream and database_specific names are no aliases")
    func related() throws {
        let snapshot = try Snapshot(npm: [
            record("GHSA-1", "p", versions: ["1.0.0"], with: ["related": ["CVE-1"], "upstream": ["CVE-2"]]),
            record("GHSA-2", "p", versions: ["1.0.0"], with: ["related": ["CVE-1", "GHSA-1"], "upstream": ["CVE-2"]]),
        ])
        #expect(try snapshot.ids("p", "1.0.0") == ["GHSA-1", "GHSA-2"])
        #expect(snapshot.index.ids(aliasedBy: "CVE-1").isEmpty)
    }

    @Test("a malicious record makes the whole finding malicious and leads it")
    func leading() throws {
        let snapshot = try Snapshot(npm: [
            record("GHSA-1", "p", versions: ["1.0.0"], with: ["aliases": ["X-1"]]),
            record("MAL-1", "p", versions: ["1.0.0"], with: ["aliases": ["X-1"]]),
        ])
        let matches = try snapshot.matches("p", "1.0.0")
        #expect(matches.map(\.id) == ["MAL-1"] && matches[0].isMalicious)
    }

    @Test("a schema version that is absent is 1.0; another major version is not read")
    func schema() throws {
        let snapshot = try Snapshot(npm: [
            record("A-1", "p", versions: ["1.0.0"]),
            record("A-2", "p", versions: ["1.0.0"], with: ["schema_version": "1.0.0"]),
            record("A-3", "p", versions: ["1.0.0"], with: ["schema_version": "1.99.0"]),
            record("A-4", "p", versions: ["1.0.0"], with: ["schema_version": "2.0.0"]),
            record("A-5", "p", versions: ["1.0.0"], with: ["schema_version": nil]),
        ])
        #expect(try snapshot.ids("p", "1.0.0") == ["A-1", "A-2", "A-3"])
        #expect(snapshot.report.skipped.map(\.record) == ["A-4.json", "A-5.json"])
    }
}
