import Cryptography
import JSON
import Platform
import Registry
import Testing
import VerdictStore

@testable import Gateway

@Suite("Planning what is analysed ahead")
struct WarmPlanTests {
    private func npm(_ versions: [String], yanked: Set<String> = []) throws -> [ListedArtifact] {
        try versions.map { text in
            ListedArtifact(
                version: try PackageVersion(parsing: text, ecosystem: .npm), versionText: text,
                filename: "x-\(text).tgz",
                url: "https://r.example/x-\(text).tgz", kind: .npmTarball,
                integrity: ClaimedIntegrity(sha512: SHA512Digest(hashing: Array(text.utf8))),
                isYanked: yanked.contains(text))
        }
    }

    private func plan(
        _ artifacts: [ListedArtifact], _ wishes: [(String, Int)], latest: String? = nil
    ) throws -> [String] {
        let wanted = try wishes.map { text, count in
            WarmPlan.Wanted(wish: try #require(VersionWish(reading: text, ecosystem: .npm)), versions: count)
        }
        let plan = WarmPlan(
            of: artifacts, wanted: wanted,
            latest: try latest.map { (text) throws(VersionError) in try PackageVersion(parsing: text, ecosystem: .npm)
            },
            choice: WarmFiles(knownTags: [], patterns: []))
        #expect(plan.steps.allSatisfy { $0.files.count == 1 })
        return plan.steps.map(\.version.text)
    }

    @Test("the newest versions come in version order, consecutive, the older first, however they are listed")
    func newest() throws {
        let artifacts = try npm(["1.10.0", "1.2.0", "2.0.0-rc.1", "1.9.0", "0.1.0", "1.2.1"])
        #expect(try plan(artifacts, [("", 3)]) == ["1.2.1", "1.9.0", "1.10.0"])
        #expect(try plan(artifacts, [("", 50)]).count == 5)
    }

    @Test("what the source recommends is wanted too, where it is not among the newest")
    func latest() throws {
        let artifacts = try npm(["1.0.0", "1.0.1", "2.0.0", "2.0.1", "2.0.2"])
        #expect(try plan(artifacts, [("", 2)], latest: "1.0.1") == ["1.0.1", "2.0.1", "2.0.2"])
        #expect(try plan(artifacts, [("", 2)], latest: "2.0.2") == ["2.0.1", "2.0.2"])
    }

    @Test("pre-releases are wanted by those who name one, and of packages that have nothing else")
    func prereleases() throws {
        let artifacts = try npm(["1.0.0", "1.1.0-beta.1", "1.1.0-beta.2"])
        #expect(try plan(artifacts, [("", 5)]) == ["1.0.0"])
        #expect(try plan(artifacts, [("^1.0.0", 5)]) == ["1.0.0"])
        #expect(try plan(artifacts, [("^1.1.0-beta.1", 5)]) == ["1.1.0-beta.1", "1.1.0-beta.2"])
        #expect(try plan(artifacts, [(">=1.1.0-beta.2", 5)]) == ["1.1.0-beta.2"])
        #expect(try plan(try npm(["1.0.0-alpha.1", "1.0.0-alpha.2"]), [("", 1)]) == ["1.0.0-alpha.2"])
    }

    @Test("a locked version is the base of what comes after it, and a range has its own newest")
    func wishes() throws {
        let artifacts = try npm(["1.0.0", "1.1.0", "1.2.0", "1.3.0", "2.0.0", "2.1.0"])
        #expect(try plan(artifacts, [("^1.1.0", 2)]) == ["1.1.0", "2.0.0", "2.1.0"])
        #expect(try plan(artifacts, [("<2.0.0", 2)]) == ["1.2.0", "1.3.0"])
        #expect(try plan(artifacts, [("=1.0.0", 5)]) == ["1.0.0"])
        #expect(try plan(artifacts, [("=1.0.0", 5), ("<2.0.0", 1), ("", 1)]) == ["1.0.0", "1.3.0", "2.1.0"])
        #expect(try plan(artifacts, [("=9.9.9", 5)]).isEmpty)
    }

    @Test("what its publisher took back is wanted only by who names it")
    func yanked() throws {
        let artifacts = try npm(["1.0.0", "1.1.0", "1.2.0"], yanked: ["1.2.0"])
        #expect(try plan(artifacts, [("", 1)]) == ["1.1.0"])
        #expect(try plan(artifacts, [("=1.2.0", 1)]) == ["1.2.0"])
        #expect(try plan(artifacts, [("^1.2.0", 1)]) == ["1.2.0"])
    }

    // MARK: Files

    private func python(_ names: [String]) throws -> [ListedArtifact] {
        try names.map { name in
            ListedArtifact(
                version: try PackageVersion(parsing: "1.0", ecosystem: .pypi), versionText: "1.0", filename: name,
                url: "https://r.example/\(name)",
                kind: name.hasSuffix(".whl") ? .wheel : name.hasSuffix(".zip") ? .sourceZip : .sourceTarball,
                integrity: ClaimedIntegrity(sha512: SHA512Digest(hashing: Array(name.utf8))))
        }
    }

    private func files(_ names: [String], tags: Set<String> = [], patterns: [String] = []) throws -> [String] {
        WarmFiles(knownTags: tags, patterns: patterns.map(WheelPattern.init)).files(of: try python(names))
            .map(\.filename)
    }

    @Test("of a Python release the wheel for every platform is enough")
    func universal() throws {
        let names = ["x-1.0.tar.gz", "x-1.0-py3-none-any.whl", "x-1.0-cp312-cp312-win_amd64.whl"]
        #expect(try files(names, tags: ["cp312-cp312-win_amd64"]) == ["x-1.0-py3-none-any.whl"])
    }

    @Test("without one: wheels that were fetched here before or that the operator named, and the source")
    func platforms() throws {
        let linux = "x-1.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
        let names = ["x-1.0-cp312-cp312-win_amd64.whl", linux, "x-1.0-cp39-cp39-macosx_11_0_arm64.whl", "x-1.0.tar.gz"]
        #expect(try files(names) == ["x-1.0.tar.gz"])
        #expect(try files(names, tags: ["cp312-cp312-win_amd64"]) == [names[0], "x-1.0.tar.gz"])
        #expect(try files(names, patterns: ["cp312-*-manylinux*_x86_64"]) == [linux, "x-1.0.tar.gz"])
        #expect(try files(Array(names.prefix(3))).isEmpty)
        #expect(try files(["x-1.0.zip", "x-1.0.tar.gz"]) == ["x-1.0.tar.gz"])
        let many = (10..<40).map { "x-1.0-cp3\($0)-cp3\($0)-manylinux_2_17_x86_64.whl" }
        #expect(try files(many, patterns: ["*"]).count == WarmFiles.maxWheels)
    }

    @Test("a pattern's star stands for any text, and hostile ones cost no time")
    func patterns() {
        #expect(WheelPattern("CP312-*").matches("cp312-abi3-linux"))
        #expect(!WheelPattern("cp312").matches("cp312-abi3-linux"))
        #expect(WheelPattern("*linux").matches("cp312-linux-linux"))
        #expect(!WheelPattern("*-win*").matches("cp312-abi3-linux"))
        let long = String(repeating: "a", count: 5_000)
        #expect(!WheelPattern(String(repeating: "*a", count: 90) + "b").matches(long))
    }

    // MARK: When

    private func watched(_ name: String, looked: Int64?, asked: Int64 = 0, once: Bool = false) throws -> WatchedPackage
    {
        let moment = Timestamp(secondsSinceEpoch: 0)
        return WatchedPackage(
            WatchKey(try PackageName(parsing: name, ecosystem: .npm)),
            reasons: [WatchReason(once ? .once : .named, .newest, versions: nil, since: moment)], asked: asked,
            answered: 0,
            look: looked.map { WatchLook(at: Timestamp(secondsSinceEpoch: $0), found: .null, problem: nil) })
    }

    @Test("what was ordered comes first, then what was never looked at, then the oldest look; the rest has its time")
    func schedule() throws {
        let list = [
            try watched("fresh", looked: 950), try watched("old", looked: 100), try watched("older", looked: 50),
            try watched("never", looked: nil), try watched("ordered", looked: 990, asked: 1),
            try watched("once", looked: 10, once: true), try watched("newer", looked: 980),
        ]
        let now = Timestamp(secondsSinceEpoch: 1_000)
        let schedule = WarmSchedule(list, interval: .seconds(100), at: now)
        #expect(schedule.due.map(\.name.canonical) == ["ordered", "never", "older", "old"])
        #expect(schedule.next == Timestamp(secondsSinceEpoch: 1_050))
        let never = WarmSchedule(list, interval: nil, at: now)
        #expect(never.due.map(\.name.canonical) == ["ordered"] && never.next == nil)
        #expect(WarmSchedule([], interval: .seconds(1), at: now) == WarmSchedule([], interval: nil, at: now))
        let future = WarmSchedule([try watched("future", looked: 5_000)], interval: .seconds(100), at: now)
        #expect(future.due.count == 1, "a look in the future is by a clock that was wrong")
    }
}
