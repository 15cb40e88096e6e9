import Cryptography
import JSON
import Registry
import TestSupport
import Testing

/// What npm's and pip's own code makes of the documents we write.
@Suite("Listings as clients read them")
struct ClientReadingTests {
    /// npm's choice of a version: lines of the document's JSON, then one wanted version or range a line.
    private static let pickManifest = """
        const pick = require(process.argv[1] + "/npm-pick-manifest");
        const [text, ...wanted] = require("fs").readFileSync(0, "utf8").split("\\n").slice(0, -1);
        for (const range of wanted) {
          try { console.log(pick(JSON.parse(text), range).dist.tarball); }
          catch (error) { console.log(`${error.code} ${error.message.replaceAll("\\n", " ")}`); }
        }
        """

    /// pip's reading of a page, by its content type: one line of facts for each link.
    private static let pipLinks = """
        import sys, json
        from pip._internal.index.collector import IndexContent, parse_links
        kind, _, content = sys.stdin.read().partition("\\n")
        page = IndexContent(content.encode(), kind, "utf-8", url="http://gateway/simple/demo-pkg/")
        for link in parse_links(page):
            metadata = link.metadata_file_data
            print(json.dumps([link.url_without_fragment, link.filename, dict(link.as_hashes()._allowed),
                link.requires_python, link.yanked_reason, metadata and (metadata.hashes or True)]))
        """

    @Test("npm takes an allowed version where one will do and prints the reason where none will")
    func npm() throws {
        let npm = try OtherProgram.node(Self.pickManifest)
        let packument = try PackumentDocuments.packument(
            PackumentDocuments.document(
                versions: ["1.0.0", "1.1.0", "2.0.0"], tags: ["latest": "2.0.0", "next": "2.0.0"]))
        for form in [PackumentPlan.Form.full, .abbreviated] {
            let plan = PackumentDocuments.plan(
                form, refused: ["2.0.0": "demo@2.0.0 is held.", "1.1.0": "demo@1.1.0 is blocked."])
            let text = String(decoding: packument.rendered(plan), as: UTF8.self)
            let answers = npm.lines([text, "*", "^1.0.0", "latest", "1.0.0", "2.0.0", "^2.0.0", "1.1.0", "3.0.0"])
            let allowed = "\(PackumentDocuments.base)/demo/-/demo-1.0.0.tgz"
            let reason = "due to policy violations: demo@2.0.0 is held. demo@1.1.0 is blocked."
            #expect(
                answers == [
                    allowed, allowed, allowed, allowed, "E403 Could not download demo@2.0.0 \(reason)",
                    "E403 Could not download demo@^2.0.0 \(reason)", "E403 Could not download demo@1.1.0 \(reason)",
                    "ETARGET No matching version found for demo@3.0.0.",
                ])
        }
    }

    @Test("pip reads the same facts from both forms")
    func pip() throws {
        let page = try PyPIDocuments.json(PyPIDocuments.page)
        let plan = PyPIDocuments.plan([PyPIDocuments.wheel: .init(reason: "Held & \"sealed\" <1>.", isMalicious: false)]
        )
        let html = String(decoding: page.renderedHTML(plan), as: UTF8.self)
        let json = String(decoding: page.renderedJSON(plan), as: UTF8.self)
        let pip = try OtherProgram.python(Self.pipLinks)
        let fromHTML = try facts(pip.answer("text/html\n\(html)"))
        let fromJSON = try facts(pip.answer("application/vnd.pypi.simple.v1+json\n\(json)"))
        let digest = PyPIDocuments.sha256
        #expect(
            fromHTML == [
                [
                    .string("\(PyPIDocuments.fileBase)/\(digest("a"))/\(PyPIDocuments.wheel)"),
                    .string(PyPIDocuments.wheel),
                    ["sha256": [.string(digest("a"))]], ">=3.8", "Held & \"sealed\" <1>.",
                    ["sha256": .string(digest("b"))],
                ],
                [
                    .string("\(PyPIDocuments.fileBase)/\(digest("c"))/\(PyPIDocuments.source)"),
                    .string(PyPIDocuments.source), ["sha256": [.string(digest("c"))]], nil, "broken", nil,
                ],
            ])
        #expect(fromJSON.count == 2)
        for (one, other) in zip(fromHTML, fromJSON) {
            // The JSON form carries every declared digest, HTML has room for one.
            #expect(one[2]["sha256"] == other[2]["sha256"])
            for place in [0, 1, 3, 4, 5] { #expect(one[place] == other[place]) }
        }
    }

    private func facts(_ answer: String?) throws -> [[JSONValue]] {
        try (answer ?? "").split(separator: "\n").map { line in
            try #require(try JSONText.parse(Array(line.utf8)).arrayValue)
        }
    }
}
