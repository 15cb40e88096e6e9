import Cryptography
import JSON
import Platform
import Registry
import TestSupport
import Testing

@Suite("Packument parsing")
struct PackumentParsingTests {
    private typealias Documents = PackumentDocuments

    private func parse(_ text: String, _ name: String = "demo") throws -> Packument {
        try Documents.packument(Array(text.utf8), name)
    }

    /// A document with these members of `versions`, as text.
    private func document(_ versions: String, rest: String = "") -> String {
        "{\"name\":\"demo\",\"versions\":{\(versions)}\(rest)}"
    }

    private func version(_ key: String, _ dist: String = "\"tarball\":\"https://h/x.tgz\"", extra: String = "")
        -> String
    {
        "\"\(key)\":{\"name\":\"demo\",\"version\":\"\(key)\",\"dist\":{\(dist)}\(extra)}"
    }

    @Test("the facts of a version come from its manifest and its time")
    func facts() throws {
        let extra: JSONObject = ["repository": ["type": "git", "url": "git+https://h/r"], "scripts": ["install": "x"]]
        let packument = try Documents.packument(
            Documents.document(versions: ["1.0.0", "1.1.0"], tags: ["latest": "1.1.0"], manifests: ["1.0.0": extra]))
        let first = try #require(packument.artifact(versionText: "1.0.0"))
        #expect(first.filename == "demo-1.0.0.tgz" && first.kind == .npmTarball)
        #expect(first.url == "https://registry.npmjs.org/demo/-/demo-1.0.0.tgz")
        #expect(first.integrity.sha512 != nil && first.integrity.sha1 != nil)
        #expect(first.publishedAt == (try Timestamp(parsing: "2023-01-01T12:00:00Z")))
        #expect(first.hasRepositoryURL && first.hasInstallScript)
        let second = try #require(packument.artifact(filename: "demo-1.1.0.tgz"))
        #expect(!second.hasRepositoryURL && !second.hasInstallScript && second.versionText == "1.1.0")
        #expect(packument.distTags.map(\.tag) == ["latest"] && packument.dropped.isEmpty)
        #expect(packument.artifact(version: try PackageVersion(parsing: "01.0.0", ecosystem: .npm)) == first)
        #expect(packument.artifact(versionText: "01.0.0") == nil && packument.artifact(filename: "x.tgz") == nil)
    }

    @Test(
        "what runs at installation is an install script",
        arguments: [
            ("\"scripts\":{\"preinstall\":\"x\"}", true), ("\"scripts\":{\"postinstall\":\"x\"}", true),
            ("\"scripts\":{\"install\":\"\"}", false), ("\"scripts\":{\"prepare\":\"x\",\"test\":\"y\"}", false),
            ("\"gypfile\":true", true), ("\"gypfile\":false", false), ("\"hasInstallScript\":true", true),
            ("\"gypfile\":true,\"scripts\":{\"install\":\"\"}", true), ("\"scripts\":[\"install\"]", false),
            ("\"hasInstallScript\":true,\"scripts\":{}", true), ("\"scripts\":{\"inst\\u0061ll\":\"x\"}", true),
        ])
    func installScripts(member: String, expected: Bool) throws {
        let packument = try parse(document(version("1.0.0", extra: ",\(member)")))
        #expect(packument.artifacts.first?.hasInstallScript == expected)
        let short = try Documents.rendered(packument, .abbreviated)
        #expect(short["versions"]?["1.0.0"]?["hasInstallScript"] == (expected ? true : nil))
    }

    @Test(
        "a document that readers could understand differently is refused",
        arguments: [
            "", "[]", "null", "{}", "{\"versions\":{}}", "{\"name\":\"demo\"}", "{\"name\":null,\"versions\":{}}",
            "{\"name\":\"other\",\"versions\":{}}", "{\"name\":\"Demo\",\"versions\":{}}",
            "{\"name\":\"demo\",\"versions\":null}",
            "{\"name\":\"demo\",\"versions\":[]}", "{\"name\":\"demo\",\"versions\":{},\"versions\":{}}",
            "{\"name\":\"demo\",\"versions\":{},\"v\\u0065rsions\":{}}",
            "{\"name\":\"demo\",\"name\":\"demo\",\"versions\":{}}",
            "{\"name\":\"demo\",\"versions\":{},\"time\":null}", "{\"name\":\"demo\",\"versions\":{},\"dist-tags\":[]}",
            "{\"name\":\"demo\",\"versions\":{},\"time\":{\"1.0.0\":\"a\",\"1.0.0\":\"b\"}}",
            "{\"name\":\"demo\",\"versions\":{},\"dist-tags\":{\"latest\":\"1.0.0\",\"latest\":\"2.0.0\"}}",
            "{\"name\":\"demo\",\"versions\":{},\"x\":1,\"x\":2}", "{\"name\":\"demo\",\"versions\":{}} {}",
            "{\"name\":\"demo\",\"versions\":{},}", "{\"error\":\"not_found\"}",
            "{\"name\":\"demo\",\"versions\":{},\"r\":\"\u{0}\"}",
        ])
    func refused(text: String) {
        #expect(throws: ListingError.self) { try parse(text) }
    }

    @Test(
        "a member named twice in a manifest or its dist is refused",
        arguments: [
            "\"1.0.0\":{},\"1.0.0\":{}", "\"1.0.0\":{\"dist\":{},\"dist\":{}}",
            "\"1.0.0\":{\"name\":\"demo\",\"name\":\"x\"}",
            "\"1.0.0\":{\"dist\":{\"tarball\":\"a\",\"tarball\":\"b\"}}",
            "\"1.0.0\":{\"dist\":{\"tarball\":\"a\",\"tarb\\u0061ll\":\"b\"}}",
            "\"1.0.0\":{\"scripts\":{\"install\":\"\",\"install\":\"x\"}}",
            "\"1.0.0\":{\"dependencies\":{},\"dependencies\":{}}",
            "\"1.0.0\":{\"repository\":{\"url\":\"\",\"url\":\"x\"}}", "\"\\u0031.0.0\":{},\"1.0.0\":{}",
        ])
    func duplicates(versions: String) {
        let error = #expect(throws: ListingError.self) { try parse(document(versions)) }
        guard case .duplicateMember? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(
        "one version that cannot be served is left out, with its time and its tags, and the others stay",
        arguments: [
            "\"1.0\":{}", "\"x\":{}", "\"2.0.0\":null", "\"2.0.0\":{}",
            "\"2.0.0\":{\"name\":\"demo\",\"version\":\"2.0.0\"}",
            "\"2.0.0\":{\"name\":\"demo\",\"version\":\"2.0.0\",\"dist\":null}",
            "\"2.0.0\":{\"name\":\"demo\",\"version\":\"2.0.0\",\"dist\":{\"tarball\":1}}",
            "\"2.0.0\":{\"name\":\"demo\",\"version\":\"2.0.0\",\"dist\":{\"tarball\":\"file:///x\"}}",
            "\"2.0.0\":{\"name\":\"demo\",\"version\":\"2.0.0\",\"dist\":{\"tarball\":\"/x.tgz\"}}",
            "\"2.0.0\":{\"name\":\"other\",\"version\":\"2.0.0\",\"dist\":{\"tarball\":\"https://h/x.tgz\"}}",
            "\"2.0.0\":{\"name\":\"demo\",\"version\":\"1.0.0\",\"dist\":{\"tarball\":\"https://h/x.tgz\"}}",
            "\"2.0.0\":{\"name\":\"demo\",\"version\":\"2.0.0\",\"dist\":{\"tarball\":\"https://h/x.tgz\",\"integrity\":\"sha512-x\"}}",
            "\"2.0.0\":{\"name\":\"demo\",\"version\":\"2.0.0\",\"dist\":{\"tarball\":\"https://h/x.tgz\",\"integrity\":1}}",
            "\"2.0.0\":{\"name\":\"demo\",\"version\":\"2.0.0\",\"dist\":{\"tarball\":\"https://h/x.tgz\",\"shasum\":\"abc\"}}",
            "\"01.0.0\":{\"name\":\"demo\",\"version\":\"01.0.0\",\"dist\":{\"tarball\":\"https://h/x.tgz\"}}",
        ])
    func droppedVersions(member: String) throws {
        let key = String(member.dropFirst().prefix { $0 != "\"" })
        let rest =
            ",\"time\":{\"1.0.0\":\"2023-01-01T00:00:00Z\",\"\(key)\":\"2023-01-02T00:00:00Z\"},\"dist-tags\":{\"latest\":\"\(key)\"}"
        for versions in ["\(member),\(version("1.0.0"))", "\(version("1.0.0")),\(member)"] {
            let packument = try parse(document(versions, rest: rest))
            #expect(packument.artifacts.map(\.versionText) == ["1.0.0"] && packument.dropped.map(\.text) == [key])
            let shown = try Documents.rendered(packument)
            #expect(shown["versions"]?.memberNames == ["1.0.0"] && shown["time"]?.memberNames == ["1.0.0"])
            #expect(shown["dist-tags"] == ["latest": "1.0.0"] && shown["policyRestrictions"] == nil)
        }
    }

    @Test("an absent, empty or null integrity claims nothing; an unreadable time is no time")
    func weakClaims() throws {
        for dist in ["", ",\"integrity\":null", ",\"integrity\":\"\"", ",\"shasum\":\"\""] {
            let packument = try parse(
                document(
                    version("1.0.0", "\"tarball\":\"https://h/x.tgz\"\(dist)"),
                    rest: ",\"time\":{\"1.0.0\":\"yesterday\"}"))
            #expect(
                packument.artifacts.first?.integrity.isEmpty == true && packument.artifacts.first?.publishedAt == nil)
        }
    }

    @Test("an unpublished package is an empty listing that keeps saying so")
    func unpublished() throws {
        let packument = try parse("{\"name\":\"demo\",\"time\":{\"unpublished\":{\"versions\":[\"1.0.0\"]}}}")
        #expect(packument.artifacts.isEmpty)
        #expect(try Documents.rendered(packument)["time"]?["unpublished"] != nil)
    }

    @Test("manifests that no decision was made about never pass")
    func stagedVersions() throws {
        let packument = try parse(
            document(version("1.0.0"), rest: ",\"stagedVersions\":{\"versions\":{}},\"_attachments\":{}"))
        #expect(try Documents.rendered(packument).memberNames == ["name", "versions"])
    }

    @Test("an upstream's own restrictions pass until ours replace them")
    func nestedRestrictions() throws {
        let rest = ",\"policyRestrictions\":{\"message\":\"theirs\",\"versions\":{}}"
        let packument = try parse(document(version("1.0.0"), rest: rest))
        #expect(try Documents.rendered(packument)["policyRestrictions"]?["message"] == "theirs")
        let ours = try Documents.rendered(packument, refused: ["1.0.0": "ours"])
        #expect(ours["policyRestrictions"]?["message"] == "ours" && ours.memberNames.count == 3)
    }

    @Test("a document cut off anywhere is refused")
    func truncated() {
        let bytes = Documents.document(versions: ["1.0.0"], tags: ["latest": "1.0.0"])
        for end in 0..<bytes.count {
            #expect(throws: ListingError.self) { try Documents.packument(Array(bytes[..<end])) }
        }
    }

    @Test("a document with any bytes changed is refused or renders to valid documents without the refused version")
    func mutated() throws {
        var random = SeededRandom()
        let honest = Documents.document(versions: ["1.0.0", "2.0.0"], tags: ["latest": "2.0.0"])
        var accepted = 0
        for _ in 0..<4_000 {
            var bytes = honest
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default:
                    bytes.insert([0x22, 0x7B, 0x7D, 0x2C, 0x5C, 0x31].randomElement(using: &random) ?? 0, at: place)
                }
            }
            guard let packument = try? Documents.packument(bytes) else { continue }
            accepted += 1
            for form in [PackumentPlan.Form.full, .abbreviated] {
                let shown = try Documents.rendered(packument, form, refused: ["2.0.0": "held"])
                #expect(shown["versions"]?["2.0.0"] == nil)
                #expect(shown["dist-tags"]?["latest"]?.stringValue != "2.0.0")
            }
        }
        #expect(accepted > 100)
    }
}

@Suite("Tarball names")
struct TarballNameTests {
    private func filenames(_ tarballs: [(version: String, url: String)], name: String = "@s/demo") throws -> [String] {
        let versions = tarballs.map {
            "\"\($0.version)\":{\"name\":\"\(name)\",\"version\":\"\($0.version)\",\"dist\":{\"tarball\":\"\($0.url)\"}}"
        }
        let text = "{\"name\":\"\(name)\",\"versions\":{\(versions.joined(separator: ","))}}"
        return try PackumentDocuments.packument(Array(text.utf8), name).artifacts.map(\.filename)
    }

    @Test(
        "the upstream's file name stays when it is safe",
        arguments: [
            ("https://h/demo-1.0.0.tgz", "demo-1.0.0.tgz"), ("https://h/a/b/other.tgz?x=1", "other.tgz"),
            ("https://h/d/1.0.0/0123abc", "demo-1.0.0.tgz"), ("https://h/x.tar.gz", "demo-1.0.0.tgz"),
            ("https://h/.tgz", "demo-1.0.0.tgz"), ("https://h/a%2fb.tgz", "demo-1.0.0.tgz"),
            ("https://h/a.TGZ", "demo-1.0.0.tgz"),
            ("https://h/..tgz", "demo-1.0.0.tgz"), ("https://h/a;b.tgz", "demo-1.0.0.tgz"),
            ("https://h/", "demo-1.0.0.tgz"),
            ("https://h", "demo-1.0.0.tgz"), ("https://h/a+b~c_d.tgz", "a+b~c_d.tgz"),
        ])
    func one(url: String, expected: String) throws {
        #expect(try filenames([("1.0.0", url)]) == [expected])
    }

    @Test("no two versions share a file name, and none takes another's default")
    func unique() throws {
        #expect(
            try filenames([("1.0.0", "https://h/x.tgz"), ("2.0.0", "https://i/x.tgz")]) == [
                "demo-1.0.0.tgz", "demo-2.0.0.tgz",
            ])
        #expect(
            try filenames([("1.0.0", "https://h/demo-2.0.0.tgz"), ("2.0.0", "https://h/y.tgz")]) == [
                "demo-1.0.0.tgz", "y.tgz",
            ])
        #expect(
            try filenames([("1.0.0", "https://h/demo-2.0.0.tgz"), ("2.0.0", "https://h/demo-1.0.0.tgz")])
                == ["demo-1.0.0.tgz", "demo-2.0.0.tgz"])
    }
}
