import JSON
import Platform
import Registry
import Testing

@Suite("Project documents")
struct ProjectDocumentTests {
    private typealias Documents = PyPIDocuments

    private func file(_ name: String, _ digit: Character, extra: String = "") -> String {
        """
        { "filename":"\(name)", "digests":{"sha256":"\(Documents.sha256(digit))"} , "url" : "https://h/\(name)",
        "size":33,"upload_time":"2024-01-02T03:04:05","upload_time_iso_8601":"2024-01-02T03:04:05.5Z"\(extra) }
        """
    }

    private var text: String {
        let wheel = file(
            Documents.wheel, "a",
            extra: ",\"requires_python\":\">=3.9\",\"yanked\":false,\"yanked_reason\":null,\"core-metadata\":{}")
        let source = file(Documents.source, "c", extra: ",\"yanked\":true,\"yanked_reason\":\"broken\"")
        return """
            {"info":{"name":"Demo_Pkg","version":"1.0","yanked":false,"yanked_reason":null},"last_serial":1,
            "releases":{"0.9":[\(file("demo_pkg-0.9.tar.gz", "e")),\(file("other-1.zip", "f"))],"1.0":[\(wheel),\(source)],"2":[]},
            "urls":[\(wheel) , \(source)],"vulnerabilities":[]}
            """
    }

    @Test("a page takes what it lacks from the document, for files that agree in name and digest")
    func enrichment() throws {
        let page = try Documents.html(
            "<a href='\(Documents.wheel)#sha256=\(Documents.sha256("a"))'>\(Documents.wheel)</a>"
                + "<a href='\(Documents.source)#sha256=\(Documents.sha256("c"))' data-upload-time='2023-01-01T00:00:00Z'></a>"
                + "<a href='demo_pkg-0.9.tar.gz#sha256=\(Documents.sha256("d"))'></a>")
        #expect(page.lacksTimes)
        let enriched = page.enriched(with: try Documents.document(text))
        let wheel = enriched.artifacts[0]
        #expect(wheel.publishedAt == (try Timestamp(parsing: "2024-01-02T03:04:05Z")))
        #expect(wheel.sizeBytes == 33 && !wheel.isYanked)
        #expect(enriched.artifacts[1].publishedAt == (try Timestamp(parsing: "2023-01-01T00:00:00Z")))
        #expect(enriched.artifacts[1].isYanked && enriched.artifacts[1].yankedReason == "broken")
        #expect(enriched.artifacts[2] == page.artifacts[2], "another digest is another file")
        let shown = try JSONText.parse(enriched.renderedJSON(Documents.plan()))
        #expect(shown["files"]?.arrayValue?[0]["upload-time"] == "2024-01-02T03:04:05.5Z")
        #expect(shown["files"]?.arrayValue?[0]["requires-python"] == ">=3.9")
    }

    @Test("nothing refused changes addresses and leaves out foreign files alone")
    func nothingRefused() throws {
        let document = try Documents.document(text)
        let shown = try JSONText.parse(document.rendered(Documents.plan()))
        let source = try JSONText.parse(Array(text.utf8))
        #expect(shown["info"] == source["info"] && shown["vulnerabilities"] == [] && shown["last_serial"] == 1)
        #expect(shown["releases"]?.memberNames == ["0.9", "1.0", "2"])
        #expect(shown["releases"]?["0.9"]?.arrayValue?.count == 1 && document.dropped.map(\.text) == ["other-1.zip"])
        let wheel = try #require(shown["urls"]?.arrayValue?[0].objectValue)
        #expect(wheel["url"] == .string("\(Documents.fileBase)/\(Documents.sha256("a"))/\(Documents.wheel)"))
        var expected = try #require(source["urls"]?.arrayValue?[0].objectValue)
        expected.set("url", wheel["url"] ?? nil)
        #expect(wheel == expected)
    }

    @Test("a refused file is yanked with the reason wherever it is listed")
    func refused() throws {
        let plan = Documents.plan([
            Documents.wheel: .init(reason: "Held.", isMalicious: true),
            "demo_pkg-0.9.tar.gz": .init(reason: "Old.", isMalicious: false),
        ])
        let shown = try JSONText.parse(try Documents.document(text).rendered(plan))
        for list in [shown["urls"]?.arrayValue, shown["releases"]?["1.0"]?.arrayValue] {
            let wheel = try #require(list?.first)
            #expect(wheel["yanked"] == true && wheel["yanked_reason"] == "Held." && wheel["core-metadata"] == false)
            #expect(list?.last?["yanked_reason"] == "broken")
        }
        let old = try #require(shown["releases"]?["0.9"]?.arrayValue?.first)
        #expect(old["yanked"] == true && old["yanked_reason"] == "Old.", "marks are added where the source has none")
        #expect(shown["info"]?["yanked"] == false, "the source distribution of that version is still allowed")
    }

    @Test("info is yanked when every file of its version is refused")
    func wholeVersionRefused() throws {
        let refusal = ProjectPagePlan.Refusal(reason: "Held.", isMalicious: false)
        let plan = Documents.plan([Documents.wheel: refusal, Documents.source: refusal])
        let shown = try JSONText.parse(try Documents.document(text).rendered(plan))
        #expect(shown["info"]?["yanked"] == true && shown["info"]?["yanked_reason"] == "Held.")
        #expect(shown["info"]?["version"] == "1.0")
    }

    @Test(
        "a document that readers could understand differently is refused",
        arguments: [
            "[]", "{}", "{\"info\":{}}", "{\"info\":{\"name\":\"other\"}}",
            "{\"info\":{\"name\":\"demo-pkg\"},\"info\":{}}",
            "{\"info\":{\"name\":\"demo-pkg\"},\"urls\":null}", "{\"info\":{\"name\":\"demo-pkg\"},\"urls\":[[]]}",
            "{\"info\":{\"name\":\"demo-pkg\"},\"releases\":[]}",
            "{\"info\":{\"name\":\"demo-pkg\"},\"urls\":[{\"url\":\"a\",\"url\":\"b\"}]}",
            "{\"info\":{\"name\":\"demo-pkg\"},\"releases\":{\"1\":[],\"1\":[]}}",
        ])
    func refusedDocuments(text: String) {
        #expect(throws: ListingError.self) { try Documents.document(text) }
    }
}
