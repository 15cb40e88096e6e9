import JSON
import Registry
import Testing

@Suite("Packument rendering")
struct PackumentRenderingTests {
    private typealias Documents = PackumentDocuments

    @Test("nothing refused changes the tarball addresses alone and drops the attachments")
    func nothingRefused() throws {
        let source = Documents.document(versions: ["1.0.0", "1.1.0"], tags: ["latest": "1.1.0"])
        let packument = try Documents.packument(source)
        var expected = try #require(try JSONText.parse(source).objectValue)
        expected.remove("_attachments")
        var versions = try #require(expected["versions"]?.objectValue)
        for version in ["1.0.0", "1.1.0"] {
            var manifest = try #require(versions[version]?.objectValue)
            var dist = try #require(manifest["dist"]?.objectValue)
            dist.set("tarball", .string("\(Documents.base)/demo/-/demo-\(version).tgz"))
            manifest.set("dist", .object(dist))
            versions.set(version, .object(manifest))
        }
        expected.set("versions", .object(versions))
        #expect(packument.rendered(Documents.plan()) == JSONText.serialize(.object(expected)))
    }

    @Test("a refused version leaves versions, time and dist-tags and is named under policyRestrictions")
    func refusedVersionIsRestricted() throws {
        let packument = try Documents.packument(
            Documents.document(
                versions: ["1.0.0", "1.1.0", "2.0.0"], tags: ["latest": "2.0.0", "old": "1.0.0", "next": "2.0.0"]))
        let shown = try Documents.rendered(packument, refused: ["2.0.0": "demo@2.0.0 is held."])
        #expect(shown["versions"]?.memberNames == ["1.0.0", "1.1.0"])
        #expect(shown["time"]?.memberNames == ["created", "modified", "1.0.0", "1.1.0"])
        #expect(shown["dist-tags"] == ["latest": "1.1.0", "old": "1.0.0"])
        let restrictions = try #require(shown["policyRestrictions"])
        #expect(restrictions["message"] == "demo@2.0.0 is held.")
        let restricted = try #require(restrictions["versions"]?["2.0.0"])
        #expect(restricted.memberNames == ["name", "version", "dist"])
        #expect(restricted["name"] == "demo" && restricted["version"] == "2.0.0")
        #expect(restricted["dist"]?["tarball"] == .string("\(Documents.base)/demo/-/demo-2.0.0.tgz"))
        #expect(restricted["dist"]?["integrity"] == .string(Documents.integrity(0)))
    }

    @Test("latest moves to the greatest allowed stable version, whatever its place in the document")
    func latestIsRepairedToStable() throws {
        let packument = try Documents.packument(
            Documents.document(
                versions: ["1.10.0", "1.9.0", "2.0.0-rc.1", "2.0.0"], tags: ["latest": "2.0.0", "rc": "2.0.0-rc.1"]))
        let tags = packument.distTags(refusing: ["2.0.0": "held"])
        #expect(tags.map(\.tag) == ["latest", "rc"] && tags.map(\.versionText) == ["1.10.0", "2.0.0-rc.1"])
    }

    @Test("latest moves to the greatest allowed pre-release when no stable version is left, and goes when none is")
    func latestWithoutStable() throws {
        let packument = try Documents.packument(
            Documents.document(versions: ["1.0.0-a.1", "1.0.0-a.10", "1.0.0"], tags: ["latest": "1.0.0"]))
        #expect(packument.distTags(refusing: ["1.0.0": ""]).map(\.versionText) == ["1.0.0-a.10"])
        let none = ["1.0.0": "", "1.0.0-a.1": "", "1.0.0-a.10": ""]
        #expect(packument.distTags(refusing: none).isEmpty)
    }

    @Test("a package whose versions are all refused is a document with empty versions and the restriction")
    func everythingRefused() throws {
        let packument = try Documents.packument(
            Documents.document(
                versions: ["1.0.0", "1.0.1", "1.0.2", "1.0.3"], tags: ["latest": "1.0.3"]))
        let refused = Dictionary(
            uniqueKeysWithValues: packument.artifacts.map { ($0.versionText, "\($0.versionText)!") })
        for form in [PackumentPlan.Form.full, .abbreviated] {
            let shown = try Documents.rendered(packument, form, refused: refused)
            #expect(shown["versions"] == [:] && shown["dist-tags"] == [:])
            #expect(shown["time"]?.memberNames == ["created", "modified"])
            #expect(shown["policyRestrictions"]?["message"] == "1.0.3! 1.0.2! 1.0.1! 1 more versions are refused.")
            #expect(shown["policyRestrictions"]?["versions"]?.memberNames.count == 4)
        }
    }

    @Test("the abbreviated form has npm's fields, time, and a computed hasInstallScript")
    func abbreviated() throws {
        let extra: JSONObject = [
            "scripts": ["postinstall": "node x.js", "test": "t"], "engines": ["node": ">=4"], "author": ["name": "a"],
            "bin": "x.js", "_hasShrinkwrap": false, "hasInstallScript": false, "maintainers": [], "os": ["linux"],
        ]
        let packument = try Documents.packument(
            Documents.document(versions: ["1.0.0", "1.1.0"], tags: ["latest": "1.1.0"], manifests: ["1.0.0": extra]))
        let shown = try Documents.rendered(packument, .abbreviated)
        #expect(shown.memberNames == ["name", "dist-tags", "versions", "time", "modified"])
        #expect(shown["modified"] == "2024-01-01T00:00:00.000Z")
        #expect(
            shown["versions"]?["1.0.0"]?.memberNames == [
                "engines", "bin", "_hasShrinkwrap", "os", "name", "version", "dependencies", "dist", "hasInstallScript",
            ])
        #expect(shown["versions"]?["1.0.0"]?["hasInstallScript"] == true)
        #expect(shown["versions"]?["1.1.0"]?.memberNames == ["name", "version", "dependencies", "dist"])
        #expect(
            shown["versions"]?["1.1.0"]?["dist"]?["tarball"]
                == .string("\(Documents.base)/demo/-/demo-1.1.0.tgz"))
        #expect(shown["time"]?.memberNames.count == 4)
    }

    @Test("a manifest keeps its bytes but for the tarball address")
    func manifest() throws {
        let source = Documents.document("@s/demo", versions: ["1.0.0"], tags: ["latest": "1.0.0"])
        let packument = try Documents.packument(source, "@s/demo")
        let bytes = try #require(packument.manifest(of: "1.0.0", tarballBase: Documents.base))
        let shown = try JSONText.parse(bytes)
        #expect(shown["dist"]?["tarball"] == .string("\(Documents.base)/@s/demo/-/demo-1.0.0.tgz"))
        #expect(shown["description"] == "a package")
        #expect(packument.manifest(of: "1.0", tarballBase: Documents.base) == nil)
        #expect(packument.manifest(of: "2.0.0", tarballBase: Documents.base) == nil)
    }

    @Test("an address base with characters that JSON escapes stays one JSON string")
    func hostileBase() throws {
        let packument = try Documents.packument(
            Documents.document(versions: ["1.0.0"], tags: ["latest": "1.0.0"]))
        let plan = PackumentPlan(form: .full, refused: [:], tarballBase: "http://h/\"\\")
        let shown = try JSONText.parse(packument.rendered(plan))
        #expect(
            shown["versions"]?["1.0.0"]?["dist"]?["tarball"] == .string("http://h/\"\\/demo/-/demo-1.0.0.tgz"))
    }

    @Test("blanks and escapes between the parts of the source survive splicing")
    func whiteSpaceSurvives() throws {
        let text = """
            { "name" : "demo" ,
              "dist-tags":{ "latest" : "1.0.\\u0030" } , "versions" : {
              "1.0.\\u0030" : { "name":"demo" , "x" : 1 , "version":"1.0.0", "dist" : { "tarball"
                : "https:\\/\\/h\\/demo-1.0.0.tgz" , "y":[ ] } } , "0.9.0":
                {"name":"demo","version":"0.9.0","dist":{"tarball":"https://h/demo-0.9.0.tgz"}} } }
            """
        let packument = try Documents.packument(Array(text.utf8))
        #expect(packument.artifacts.map(\.url) == ["https://h/demo-1.0.0.tgz", "https://h/demo-0.9.0.tgz"])
        for form in [PackumentPlan.Form.full, .abbreviated] {
            let all = try Documents.rendered(packument, form)
            #expect(all["versions"]?.memberNames == ["1.0.0", "0.9.0"])
            let some = try Documents.rendered(packument, form, refused: ["1.0.0": "no"])
            #expect(some["versions"]?.memberNames == ["0.9.0"])
            #expect(some["dist-tags"] == ["latest": "0.9.0"])
            #expect(some["policyRestrictions"]?["versions"]?.memberNames == ["1.0.0"])
        }
    }
}
