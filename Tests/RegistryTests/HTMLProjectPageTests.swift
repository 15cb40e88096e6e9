import Cryptography
import JSON
import Platform
import Registry
import TestSupport
import Testing

@Suite("Project pages from HTML")
struct HTMLProjectPageTests {
    private typealias Documents = PyPIDocuments

    private func anchor(_ href: String, _ attributes: String = "", text: String? = nil) -> String {
        let file = href.split(separator: "/").last.map(String.init) ?? href
        return "<a href=\"\(href)#sha256=\(Documents.sha256("a"))\" \(attributes)>\(text ?? file)</a>"
    }

    @Test("a page of the specification's form gives every fact")
    func facts() throws {
        let page = try Documents.html(
            """
            <!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.3">
            <meta name="pypi:project-status" content="deprecated"><meta name='pypi:project-status-reason' content='use x'>
            <title>Links for <a href="title-1.0.zip"> demo</title></head><body><h1>Links</h1>
            <!-- <a href="demo_pkg-9.9.zip">demo_pkg-9.9.zip</a> -->
            <a href="../../f/\(Documents.wheel)#sha256=\(Documents.sha256("a"))" data-requires-python="&gt;=3.8,&lt;4"
               data-dist-info-metadata="sha256=\(Documents.sha256("c"))" data-core-metadata="sha256=\(Documents.sha256("b"))"
               data-upload-time="2024-01-02T03:04:05.5Z" data-gpg-sig="true" data-provenance="https://h/p?a=1&amp;b">
            \(Documents.wheel)
            </a><br/>
            <A HREF='https://files.example/\(Documents.source)?x=1#sha256=\(Documents.sha256("d").uppercased())' DATA-YANKED>\(Documents.source)</A>
            </body></html>
            """)
        #expect(page.artifacts.count == 2 && page.dropped.isEmpty)
        let wheel = page.artifacts[0]
        #expect(wheel.url == "https://index.example/f/\(Documents.wheel)" && wheel.kind == .wheel)
        #expect(wheel.coreMetadataSHA256?.hex == Documents.sha256("b") && !wheel.isYanked)
        #expect(wheel.publishedAt == (try Timestamp(parsing: "2024-01-02T03:04:05Z")))
        let source = page.artifacts[1]
        #expect(source.url == "https://files.example/\(Documents.source)?x=1")
        #expect(source.isYanked && source.yankedReason == nil && source.integrity.sha256?.hex == Documents.sha256("d"))
        #expect(page.status == ProjectStatus(status: "deprecated", reason: "use x"))
        let shown = try JSONText.parse(page.renderedJSON(Documents.plan()))
        #expect(shown["files"]?.arrayValue?[0]["requires-python"] == ">=3.8,<4")
        #expect(shown["files"]?.arrayValue?[0]["provenance"] == "https://h/p?a=1&b")
        #expect(shown["files"]?.arrayValue?[1]["yanked"] == true)
    }

    @Test(
        "addresses are resolved against the page or its base element",
        arguments: [
            ("", "demo_pkg-1.0.zip", "https://index.example/simple/demo-pkg/demo_pkg-1.0.zip"),
            ("", "/f/demo_pkg-1.0.zip", "https://index.example/f/demo_pkg-1.0.zip"),
            ("", "//cdn.example/demo_pkg-1.0.zip", "https://cdn.example/demo_pkg-1.0.zip"),
            ("", "../../../../x/./demo_pkg-1.0.zip", "https://index.example/x/demo_pkg-1.0.zip"),
            ("", " HTTPS://h/demo_pkg-1.0.zip ", "HTTPS://h/demo_pkg-1.0.zip"),
            ("<base href='https://b.example/r/s'>", "demo_pkg-1.0.zip", "https://b.example/r/demo_pkg-1.0.zip"),
            ("<base href='/r/'><base href='/t/'>", "demo_pkg-1.0.zip", "https://index.example/r/demo_pkg-1.0.zip"),
            ("<base href='https://b.example'>", "demo_pkg-1.0.zip", "https://b.example/demo_pkg-1.0.zip"),
            ("<base href='https://b.example?q'>", "demo_pkg-1.0.zip", "https://b.example/demo_pkg-1.0.zip"),
            ("<base target=x>", "demo_pkg-1.0.zip", "https://index.example/simple/demo-pkg/demo_pkg-1.0.zip"),
        ])
    func resolution(head: String, href: String, expected: String) throws {
        let page = try Documents.html(head + anchor(href, text: "demo_pkg-1.0.zip").replacing(" #", with: "#"))
        #expect(page.artifacts.map(\.url) == [expected])
    }

    @Test(
        "an address no client should follow leaves the file out",
        arguments: [
            "ftp://h/demo_pkg-1.0.zip", "javascript:demo_pkg-1.0.zip", "https://u:p@h/demo_pkg-1.0.zip",
            "https:///demo_pkg-1.0.zip", "https://h/a b/demo_pkg-1.0.zip", "https://h\\x/demo_pkg-1.0.zip",
            "data:,/demo_pkg-1.0.zip", "file:///demo_pkg-1.0.zip",
        ])
    func badAddresses(href: String) throws {
        let page = try Documents.html(anchor(href, text: "demo_pkg-1.0.zip") + anchor("demo_pkg-2.0.zip"))
        #expect(page.artifacts.map(\.filename) == ["demo_pkg-2.0.zip"] && page.dropped.count == 1)
    }

    @Test("the file's name comes decoded from the address and must be the link's text")
    func names() throws {
        let page = try Documents.html(
            anchor("demo_pkg-1.0%2Blocal.zip", text: "demo_pkg-1.0+local.zip") + anchor("demo_pkg-1.1.zip", text: "")
                + anchor("demo_pkg-1.2.zip", text: "demo_pkg-1.3.zip")
                + anchor("demo_pkg-1.4.zip", text: "demo_pkg-1&#46;4.zip"))
        #expect(
            page.artifacts.map(\.filename) == ["demo_pkg-1.0+local.zip", "demo_pkg-1.1.zip", "demo_pkg-1.4.zip"])
        #expect(page.dropped.map(\.text) == ["demo_pkg-1.3.zip -> demo_pkg-1.2.zip"])
    }

    @Test(
        "unusual but valid markup is read like a browser reads it",
        arguments: [
            "<a href=demo_pkg-1.0.zip#sha256=H>demo_pkg-1.0.zip",
            "<a\nhref\n=\n'demo_pkg-1.0.zip#sha256=H'\n>demo_pkg-1.0.zip</a >",
            "<p>1 < 2 <3</p><a href='demo_pkg-1.0.zip#sha256=H' href='demo_pkg-2.0.zip'>demo_pkg-<b>1.0</b>.zip</a>",
            "<script>'<a href=\"demo_pkg-3.0.zip\">'</script><a href='demo_pkg-1.0.zip#sha256=H'/>demo_pkg-1.0.zip</a>",
            "<!--><a href='demo_pkg-1.0.zip#md5=&x=1&sha256=H'>demo_pkg-1.0.zip</a><!-- <a href='demo_pkg-4.0.zip'>",
            "<?xml version='1.0'?></ x><a class=\"a>b\" href='demo_pkg-1.0.zip#sha256=H'>demo_pkg-1.0.zip</a><a href='",
            "<a name=top>Top</a><a href='&#x64;emo_pkg-1.0&#46;zip#sha256=H'>&#100;emo_pkg-1.0.zip</a>",
        ])
    func markup(text: String) throws {
        let html = text.replacing("=H", with: "=" + Documents.sha256("a")).replacing(
            "md5=&", with: "md5=" + String(repeating: "0", count: 32) + "&")
        let page = try Documents.html(html)
        #expect(page.artifacts.map(\.filename) == ["demo_pkg-1.0.zip"])
    }

    @Test("a page of links that are no files of the project is some other page")
    func otherPage() throws {
        #expect(throws: ListingError.self) { try Documents.html("<a href='/login'>Sign in</a>") }
        #expect(try Documents.html("<html><body></body></html>").artifacts.isEmpty)
        #expect(throws: ListingError.self) {
            try Documents.html("<meta name='pypi:repository-version' content='2.0'>" + anchor("demo_pkg-1.0.zip"))
        }
        #expect(throws: ListingError.malformedHTML(reason: "it is not UTF-8")) {
            try ProjectPage(parsingHTML: [0x3C, 0xFF], name: Documents.name(), baseURL: Documents.base)
        }
    }

    @Test("random pages never stop the parser, and what it accepts renders to pages it accepts")
    func randomPages() throws {
        var random = SeededRandom()
        let pieces = [
            "<", ">", "a", " href=", "\"", "'", "=", "/", "<!--", "-->", "<a ", "</a>", "&", "&lt;", "&#", "#sha256=",
            Documents.sha256("a"), "demo_pkg-1.0.zip", " data-yanked", "<script>", "</script>", "<base href=x>",
            "\u{E9}",
        ]
        for _ in 0..<3_000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...24, using: &random) { text += pieces.randomElement(using: &random) ?? "" }
            guard let page = try? Documents.html(text) else { continue }
            let again = try ProjectPage(
                parsingHTML: page.renderedHTML(Documents.plan()), name: Documents.name(), baseURL: Documents.base)
            #expect(again.artifacts.map(\.filename) == page.artifacts.map(\.filename), "\(text)")
            #expect(again.artifacts.map(\.isYanked) == page.artifacts.map(\.isYanked), "\(text)")
            _ = try JSONText.parse(page.renderedJSON(Documents.plan()))
        }
    }
}
