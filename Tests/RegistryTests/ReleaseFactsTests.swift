import JSON
import Platform
import Testing

@testable import Registry

@Suite("Release facts")
struct ReleaseFactsTests {
    private func release(_ manifest: JSONObject) throws -> ReleaseFacts {
        let document = PackumentDocuments.document(
            versions: ["1.0.0"], tags: ["latest": "1.0.0"], manifests: ["1.0.0": manifest])
        return try #require(try PackumentDocuments.packument(document).artifacts.first).release
    }

    private func pythonRelease(_ members: JSONObject) throws -> ReleaseFacts {
        var file = members
        file.set("filename", "demo-1.0-py3-none-any.whl")
        file.set("url", "https://files.example/demo-1.0-py3-none-any.whl")
        file.set("hashes", ["sha256": .string(String(repeating: "a", count: 64))])
        let document: JSONValue = ["name": "demo", "files": [.object(file)], "meta": ["api-version": "1.3"]]
        let page = try ProjectPage(
            parsingJSON: JSONText.serialize(document), name: PackageName(parsing: "demo", ecosystem: .pypi),
            baseURL: "https://index.example/simple/demo/")
        return try #require(page.artifacts.first).release
    }

    @Test("a packument says who published each version, from where and on what it stands")
    func packument() throws {
        let facts = try release([
            "_npmUser": ["name": "ana", "email": "ana@x.example"],
            "maintainers": [["name": "bo"], "ana <ana@x.example>", ["email": "c@x.example"], ["name": "bo"]],
            "repository": ["type": "git", "url": "git+https://x.example/demo.git"],
            "optionalDependencies": ["fast": "1"], "peerDependencies": ["core": "*"], "devDependencies": ["test": "1"],
        ])
        #expect(facts.publisher == "ana")
        #expect(facts.maintainers == ["ana <ana@x.example>", "bo"])
        #expect(facts.repository == "git+https://x.example/demo.git")
        #expect(facts.dependencies == ["core", "fast", "left"], "not those that are only for developing it")
        #expect(facts.hasProvenance == false, "a manifest without attestations has none")
        #expect(facts.publishedAt == (try Timestamp(parsing: "2023-01-01T12:00:00Z")))
    }

    @Test("attestations of a tarball count when they say where they are")
    func attestations() throws {
        func listed(_ attestations: JSONValue) throws -> Bool? {
            var dist = try #require(PackumentDocuments.manifest("demo", "1.0.0")["dist"]?.objectValue)
            dist.set("attestations", attestations)
            var manifest = try #require(PackumentDocuments.manifest("demo", "1.0.0").objectValue)
            manifest.set("dist", .object(dist))
            let document: JSONValue = [
                "name": "demo", "versions": ["1.0.0": .object(manifest)], "dist-tags": ["latest": "1.0.0"],
            ]
            return try PackumentDocuments.packument(JSONText.serialize(document)).artifacts.first?.release.hasProvenance
        }
        #expect(try listed(["url": "https://x.example/attestations/demo@1.0.0"]) == true)
        #expect(try listed(.null) == false)
        #expect(try listed("yes") == false)
    }

    @Test("a packument that says nothing else says nothing here")
    func silence() throws {
        let facts = try release(["_npmUser": .null, "maintainers": "ana", "repository": .null])
        #expect(facts.publisher == nil && facts.maintainers.isEmpty && facts.repository == nil)
        #expect(try release(["_npmUser": ["name": ""]]).publisher == nil)
    }

    @Test("an index says of a file that it has provenance, that it has none, or nothing")
    func provenance() throws {
        #expect(try pythonRelease(["provenance": "https://x.example/p"]).hasProvenance == true)
        #expect(try pythonRelease(["provenance": .null]).hasProvenance == false)
        #expect(try pythonRelease([:]).hasProvenance == nil)
        let timed = try pythonRelease(["upload-time": "2024-05-06T07:08:09.123456Z"])
        #expect(timed.publishedAt == (try Timestamp(parsing: "2024-05-06T07:08:09Z")))
        #expect(timed.dependencies.isEmpty && timed.publisher == nil)
    }

    @Test("what is written can be read again, and nothing else can")
    func record() throws {
        let facts = ReleaseFacts(
            publisher: "ana", maintainers: ["bo", "ana"], hasProvenance: true, repository: "https://x.example",
            dependencies: ["b", "a"], publishedAt: Timestamp(secondsSinceEpoch: 1_767_225_600))
        #expect(ReleaseFacts(reading: facts.record) == facts)
        #expect(ReleaseFacts(reading: ReleaseFacts().record) == ReleaseFacts())
        #expect(ReleaseFacts(reading: ["later": 1]) == ReleaseFacts(), "a member of a later version")
        let broken: [JSONValue] = [
            .null, ["publisher": 1], ["maintainers": "ana"], ["dependencies": [1]], ["hasProvenance": "yes"],
            ["publishedAt": "yesterday"],
        ]
        for record in broken { #expect(ReleaseFacts(reading: record) == nil, "\(record)") }
    }

    @Test("texts and lists are bounded, and still differ where they differed")
    func bounds() {
        let long = String(repeating: "x", count: 1000)
        let first = ReleaseFacts(publisher: long + "1")
        #expect(first.publisher.map { $0.utf8.count < 100 } == true)
        #expect(first != ReleaseFacts(publisher: long + "2"))
        let names = (0..<5000).map { "package-\($0)" }
        let many = ReleaseFacts(dependencies: names)
        #expect(many.dependencies.count == ReleaseFacts.maxEntries)
        #expect(many == ReleaseFacts(dependencies: names.reversed()))
        #expect(many != ReleaseFacts(dependencies: names + ["package-99999"]))
        #expect(ReleaseFacts(reading: many.record) == many)
        // Swift takes both spellings for equal.
        #expect(ReleaseFacts(maintainers: ["\u{E9}", "e\u{301}"]).maintainers.count == 2)
    }

    @Test("a wheel's tag is the end of its name, whatever its build number")
    func wheelTags() throws {
        let project = try PackageName(parsing: "demo", ecosystem: .pypi)
        func tag(_ filename: String) -> String? { DistributionFilename(parsing: filename, project: project)?.tag }
        #expect(tag("demo-1.0-py3-none-any.whl") == "py3-none-any")
        #expect(tag("demo-1.0-1-CP312-cp312-manylinux_2_17_x86_64.whl") == "cp312-cp312-manylinux_2_17_x86_64")
        #expect(tag("demo-1.0.tar.gz") == nil)
    }
}
