import Cryptography
import JSON
import Platform
import Registry
import Testing

/// Pages and plans that the PyPI tests share.
enum PyPIDocuments {
    static let base = "https://index.example/simple/demo-pkg/"
    static let fileBase = "http://127.0.0.1:7677/~pypi/files/demo-pkg"

    static func name(_ text: String = "demo-pkg") throws -> PackageName {
        try PackageName(parsing: text, ecosystem: .pypi)
    }

    static func sha256(_ digit: Character) -> String { String(repeating: digit, count: 64) }

    static func plan(
        _ refused: [String: ProjectPagePlan.Refusal] = [:], quarantine: String? = nil
    ) -> ProjectPagePlan {
        ProjectPagePlan(fileBase: fileBase, refused: refused, quarantineReason: quarantine)
    }

    static func html(_ text: String, base: String = PyPIDocuments.base) throws -> ProjectPage {
        try ProjectPage(parsingHTML: Array(text.utf8), name: name(), baseURL: base)
    }

    static func json(_ text: String) throws -> ProjectPage {
        try ProjectPage(parsingJSON: Array(text.utf8), name: name(), baseURL: base)
    }

    static func document(_ text: String) throws -> ProjectDocument {
        try ProjectDocument(parsing: Array(text.utf8), name: name())
    }

    static let wheel = "demo_pkg-1.0-py3-none-any.whl"
    static let source = "demo_pkg-1.0.tar.gz"

    static let page = """
        {"meta":{"api-version":"1.3","_last-serial":7},"name":"demo-pkg","alternate-locations":[],"files":[
        {"filename":"\(wheel)","url":"../../f/\(wheel)","hashes":{"sha256":"\(sha256("a"))","blake2b_256":"ff"},
         "size":10,"upload-time":"2024-01-02T03:04:05.123456Z","requires-python":">=3.8","core-metadata":{"sha256":"\(sha256("b"))"},
         "provenance":"https://index.example/p","yanked":false,"x":[1]},
        {"filename":"\(source)","url":"https://files.example/\(source)","hashes":{"sha256":"\(sha256("c"))"},
         "size":20,"upload-time":"2024-01-02T05:04:05+02:00","yanked":"broken","gpg-sig":true}],
        "versions":["0.9","1.0"],"project-status":{"status":"archived"}}
        """
}

@Suite("Project pages from JSON")
struct ProjectPageTests {
    private typealias Documents = PyPIDocuments

    @Test("every fact of a file is read")
    func facts() throws {
        let page = try Documents.json(Documents.page)
        let wheel = try #require(page.artifact(filename: Documents.wheel))
        #expect(wheel.url == "https://index.example/f/\(Documents.wheel)")
        #expect(wheel.kind == .wheel && wheel.versionText == "1.0" && wheel.sizeBytes == 10)
        #expect(wheel.publishedAt == (try Timestamp(parsing: "2024-01-02T03:04:05Z")))
        #expect(wheel.integrity.sha256?.hex == Documents.sha256("a") && !wheel.isYanked)
        #expect(wheel.hasCoreMetadata && wheel.coreMetadataSHA256?.hex == Documents.sha256("b"))
        let source = try #require(page.artifact(filename: Documents.source))
        #expect(source.isYanked && source.yankedReason == "broken" && !source.hasCoreMetadata)
        #expect(source.publishedAt == (try Timestamp(parsing: "2024-01-02T03:04:05Z")))
        #expect(page.status == ProjectStatus(status: "archived", reason: nil) && page.dropped.isEmpty)
    }

    @Test("nothing refused changes addresses and drops signatures; unknown members stay")
    func nothingRefused() throws {
        let shown = try JSONText.parse(try Documents.json(Documents.page).renderedJSON(Documents.plan()))
        #expect(shown["meta"] == ["api-version": "1.4", "_last-serial": 7])
        #expect(shown["name"] == "demo-pkg" && shown["alternate-locations"] == [])
        #expect(shown["versions"] == ["0.9", "1.0"] && shown["project-status"] == ["status": "archived"])
        let files = try #require(shown["files"]?.arrayValue)
        let metadata: JSONValue = ["sha256": .string(Documents.sha256("b"))]
        #expect(
            files[0] == [
                "filename": .string(Documents.wheel),
                "hashes": ["sha256": .string(Documents.sha256("a")), "blake2b_256": "ff"], "requires-python": ">=3.8",
                "size": 10, "upload-time": "2024-01-02T03:04:05.123456Z", "provenance": "https://index.example/p",
                "x": [1], "url": .string("\(Documents.fileBase)/\(Documents.sha256("a"))/\(Documents.wheel)"),
                "core-metadata": metadata, "dist-info-metadata": metadata, "yanked": false,
            ])
        #expect(files[1]["yanked"] == "broken" && files[1]["upload-time"] == "2024-01-02T03:04:05Z")
        #expect(files[1]["gpg-sig"] == nil && files[1]["core-metadata"] == nil)
    }

    @Test("a refused file stays listed and yanked with the reason; a malicious one loses its metadata")
    func refused() throws {
        let page = try Documents.json(Documents.page)
        let held = Documents.plan([Documents.wheel: .init(reason: "Held \"by\" <us>.", isMalicious: false)])
        let shown = try #require(try JSONText.parse(page.renderedJSON(held))["files"]?.arrayValue)
        #expect(shown[0]["yanked"] == "Held \"by\" <us>." && shown[0]["core-metadata"] != false)
        #expect(shown[1]["yanked"] == "broken")
        let html = String(decoding: page.renderedHTML(held), as: UTF8.self)
        #expect(html.contains("data-yanked=\"Held &quot;by&quot; &lt;us&gt;.\"") && html.contains("data-core-metadata"))
        let blocked = Documents.plan([Documents.wheel: .init(reason: "Malicious.", isMalicious: true)])
        let bad = try #require(try JSONText.parse(page.renderedJSON(blocked))["files"]?.arrayValue)
        #expect(bad[0]["core-metadata"] == false && bad[0]["dist-info-metadata"] == false)
        #expect(!String(decoding: page.renderedHTML(blocked), as: UTF8.self).contains("metadata="))
    }

    @Test("a wholly malicious project is quarantined with the reason in both forms")
    func quarantined() throws {
        let page = try Documents.json(Documents.page)
        let refusals = Dictionary(
            uniqueKeysWithValues: page.artifacts.map {
                ($0.filename, ProjectPagePlan.Refusal(reason: "Malicious.", isMalicious: true))
            })
        let plan = Documents.plan(refusals, quarantine: "All of it & more.")
        let shown = try JSONText.parse(page.renderedJSON(plan))
        #expect(shown["project-status"] == ["status": "quarantined", "reason": "All of it & more."])
        #expect(shown["files"]?.arrayValue?.allSatisfy { $0["yanked"] == "Malicious." } == true)
        let html = String(decoding: page.renderedHTML(plan), as: UTF8.self)
        #expect(html.contains("<meta name=\"pypi:project-status\" content=\"quarantined\">"))
        #expect(html.contains("<meta name=\"pypi:project-status-reason\" content=\"All of it &amp; more.\">"))
    }

    @Test("our HTML read again gives the same files")
    func roundTrip() throws {
        let page = try Documents.json(Documents.page)
        let again = try ProjectPage(
            parsingHTML: page.renderedHTML(Documents.plan()), name: Documents.name(), baseURL: Documents.base)
        #expect(again.artifacts.map(\.filename) == page.artifacts.map(\.filename))
        #expect(again.artifacts.map(\.publishedAt) == page.artifacts.map(\.publishedAt))
        #expect(again.artifacts.map(\.yankedReason) == page.artifacts.map(\.yankedReason))
        #expect(again.artifacts.map(\.coreMetadataSHA256) == page.artifacts.map(\.coreMetadataSHA256))
        #expect(again.artifacts.map(\.integrity) == page.artifacts.map(\.integrity))
        #expect(again.status == page.status)
    }

    @Test("a file that cannot be served is left out with its reason")
    func dropped() throws {
        let page = try Documents.json(
            """
            {"name":"Demo.Pkg","files":[
            {"filename":"other-1.0.tar.gz","url":"https://h/x","hashes":{"sha256":"\(Documents.sha256("a"))"}},
            {"filename":"demo_pkg-1.0.zip","url":"ftp://h/x","hashes":{"sha256":"\(Documents.sha256("a"))"}},
            {"filename":"demo_pkg-1.1.zip","url":"https://h/x","hashes":{"md5":"\(String(repeating: "0", count: 32))"}},
            {"filename":"demo_pkg-1.2.zip","url":"https://h/x","hashes":{"sha256":"abc"}},
            {"filename":"demo_pkg-x.zip","url":"https://h/x","hashes":{"sha256":"\(Documents.sha256("a"))"}},
            {"filename":"../demo_pkg-1.zip","url":"https://h/x","hashes":{"sha256":"\(Documents.sha256("a"))"}},
            {"url":"https://h/x","hashes":{}},
            {"filename":"demo_pkg-2.0.zip","url":"x","hashes":{"SHA256":"\(Documents.sha256("A"))"}}]}
            """)
        #expect(page.artifacts.map(\.filename) == ["demo_pkg-2.0.zip"] && page.dropped.count == 7)
        #expect(page.artifacts[0].integrity.sha256?.hex == Documents.sha256("a"))
        #expect(page.lacksTimes && page.status == nil)
    }

    @Test("a kind that is never served stays listed, yanked with that reason")
    func unservable() throws {
        let page = try Documents.json(
            """
            {"name":"demo-pkg","files":[{"filename":"demo_pkg-1.0-py2.7.egg","url":"x","hashes":{"sha256":"\(Documents.sha256("a"))"}}]}
            """)
        #expect(page.artifacts[0].kind == .other && page.artifacts[0].versionText == "1.0")
        let shown = try JSONText.parse(page.renderedJSON(Documents.plan()))
        #expect(shown["files"]?.arrayValue?[0]["yanked"] == "This gateway serves wheels, .tar.gz and .zip files only.")
        #expect(shown["meta"]?["api-version"] == "1.0", "no size is known, so nothing newer may be claimed")
        #expect(shown["versions"] == ["1.0"])
    }

    @Test("one file name twice is one file when the digests agree and no listing when they do not")
    func twice() throws {
        func page(_ second: Character) throws -> ProjectPage {
            let file = { (digit: Character) in
                "{\"filename\":\"\(Documents.source)\",\"url\":\"x\",\"hashes\":{\"sha256\":\"\(Documents.sha256(digit))\"}}"
            }
            return try Documents.json("{\"name\":\"demo-pkg\",\"files\":[\(file("a")),\(file(second))]}")
        }
        #expect(try page("a").artifacts.count == 1)
        #expect(throws: ListingError.contradictoryFile(filename: Documents.source)) { try page("b") }
    }

    @Test(
        "a document that readers could understand differently is refused",
        arguments: [
            "[]", "{}", "{\"name\":\"demo-pkg\"}", "{\"files\":[]}", "{\"name\":\"other\",\"files\":[]}",
            "{\"name\":\"demo-pkg\",\"files\":null}", "{\"name\":\"demo-pkg\",\"files\":[],\"files\":[]}",
            "{\"name\":\"demo-pkg\",\"files\":[],\"\\u0066iles\":[]}", "{\"name\":\"demo-pkg\",\"files\":[1]}",
            "{\"name\":\"demo-pkg\",\"files\":[{\"yanked\":true,\"yanked\":false}]}",
            "{\"name\":\"demo-pkg\",\"files\":[{\"hashes\":{\"sha256\":\"a\",\"sha256\":\"b\"}}]}",
            "{\"name\":\"demo-pkg\",\"files\":[],}", "{\"name\":\"demo-pkg\",\"files\":[]} x",
            "{\"meta\":{\"api-version\":\"2.0\"},\"name\":\"demo-pkg\",\"files\":[]}",
            "{\"meta\":{\"api-version\":1},\"name\":\"demo-pkg\",\"files\":[]}",
            "{\"name\":\"demo-pkg\",\"files\":[{\"size\":1.5}]}",
        ])
    func refusedDocuments(text: String) {
        #expect(throws: ListingError.self) { try Documents.json(text) }
    }

    @Test("a page cut off anywhere is refused")
    func truncated() {
        let bytes = Array(Documents.page.utf8)
        for end in 0..<bytes.count - 1 {
            #expect(throws: ListingError.self) {
                try ProjectPage(parsingJSON: Array(bytes[..<end]), name: Documents.name(), baseURL: Documents.base)
            }
        }
    }
}
