import JSON
import Screening
import Testing

@testable import CLI

@Suite("Results of a scan as SARIF")
struct ScanSARIFTests {
    private func run(_ results: [ScanResult], exitCode: ExitCode = .refused) throws -> JSONValue {
        let document = ScanSARIF(results, exitCode: exitCode).document
        #expect(document["version"] == "2.1.0")
        return try #require(document["runs"]?.arrayValue?.first)
    }

    @Test("a finding in an archive is at a member that is nested in it")
    func archive() throws {
        let run = try run([
            ScanSamples.result(
                .malicious, [ScanSamples.hostile, ScanSamples.finding(.suspicious, "ARC-ODD", "a%20b:c.js")])
        ])
        let artifacts = try #require(run["artifacts"]?.arrayValue)
        let results = try #require(run["results"]?.arrayValue)
        #expect(
            artifacts.map { $0["location"]?["uri"]?.stringValue } == [
                "dist/box-1.0.0.tgz", "package/package.json", "a%20b%3Ac.js",
            ])
        #expect(artifacts[0]["hashes"]?["sha-512"] == "000000" && artifacts[1]["parentIndex"] == 0)
        #expect(artifacts[0]["properties"]?["purl"] == "pkg:npm/box@1.0.0")
        let place = try #require(results[0]["locations"]?.arrayValue?.first?["physicalLocation"])
        #expect(place["artifactLocation"]?["uri"] == "package/package.json")
        #expect(place["artifactLocation"]?["index"] == 1 && place["region"]?["startLine"] == 7)
        #expect(results.map { $0["level"]?.stringValue } == ["error", "warning"])
        #expect(results[0]["message"]?["text"] == "an install script downloads and runs something")
    }

    @Test("a finding in a folder is at the file itself")
    func folder() throws {
        let run = try run([
            ScanSamples.result(
                .suspicious, [ScanSamples.finding(.suspicious, "ARC-ODD", "lib/a.js", 3)], input: "./my box",
                isFolder: true)
        ])
        let place = run["results"]?.arrayValue?.first?["locations"]?.arrayValue?.first?["physicalLocation"]
        #expect(place?["artifactLocation"]?["uri"] == "my%20box/lib/a.js")
        #expect(run["artifacts"]?.arrayValue?.count == 1)
    }

    @Test("every result names a rule of the table by its place, and rules explain themselves")
    func rules() throws {
        let run = try run([
            ScanSamples.result(
                .malicious,
                [
                    ScanSamples.finding(.malicious, "INST-SCRIPT", nil),
                    ScanSamples.finding(.suspicious, "YARA:mine", nil),
                    ScanSamples.finding(.suspicious, "YARA:mine", "a.js"),
                ])
        ])
        let rules = try #require(run["tool"]?["driver"]?["rules"]?.arrayValue)
        let results = try #require(run["results"]?.arrayValue)
        for result in results {
            let index = Int(try #require(result["ruleIndex"]?.integerValue))
            #expect(rules[index]["id"] == result["ruleId"])
        }
        #expect(rules.last?["id"] == "YARA:mine")
        #expect(Set(rules.compactMap { $0["id"]?.stringValue }).count == rules.count)
        for rule in rules.dropLast() {
            #expect(rule["help"]?["text"]?.stringValue?.isEmpty == false)
            #expect(rule["shortDescription"]?["text"]?.stringValue?.isEmpty == false)
            #expect(["note", "warning", "error"].contains(rule["defaultConfiguration"]?["level"]?.stringValue))
        }
    }

    @Test("what could not be analysed is a failed invocation with a notification")
    func unavailable() throws {
        let run = try run([ScanSamples.result(.clean), ScanSamples.crashed], exitCode: .failure)
        let invocation = try #require(run["invocations"]?.arrayValue?.first)
        #expect(invocation["executionSuccessful"] == false && invocation["exitCode"] == 1)
        let notifications = try #require(invocation["toolExecutionNotifications"]?.arrayValue)
        #expect(notifications.count == 1 && notifications[0]["level"] == "error")
        #expect(run["results"]?.arrayValue?.isEmpty == true)
    }

    @Test("fingerprints tell findings apart and stay the same from run to run")
    func fingerprints() throws {
        func prints(_ findings: [ShownFinding]) throws -> [String?] {
            try #require(run([ScanSamples.result(.clean, findings)])["results"]?.arrayValue)
                .map { $0["partialFingerprints"]?["juratFinding/v1"]?.stringValue }
        }
        let one = ScanSamples.finding(.info, "ARC-ODD", "a.js", 1)
        let moved = ScanSamples.finding(.info, "ARC-ODD", "a.js", 80)
        let other = ScanSamples.finding(.info, "ARC-ODD", "b.js", 1)
        let found = try prints([one, moved, other])
        #expect(found[0] == found[1] && found[0] != found[2])
        #expect(try prints([one])[0] == found[0])
    }

    @Test(
        "paths become references that nothing else can be meant by",
        arguments: [
            ("dist/box.tgz", "dist/box.tgz"), ("./a b/c#d?.tgz", "a%20b/c%23d%3F.tgz"),
            ("/tmp/é", "file:///tmp/%C3%A9"),
            ("a:b", "a%3Ab"), (".", "."), ("100%.tgz", "100%25.tgz"),
        ])
    func addresses(path: String, uri: String) {
        #expect(ScanSARIF.uri(ofPath: path) == uri)
    }

    @Test("a member's name cannot leave the archive's addresses")
    func memberAddresses() {
        #expect(ScanSARIF.uri(ofMember: "//host/a.js") == "host/a.js")
        #expect(ScanSARIF.uri(ofMember: "https://host/a") == "https%3A//host/a")
        #expect(ScanSARIF.uri(ofMember: "a%0Ab.zip!c") == "a%0Ab.zip!c")
    }
}
