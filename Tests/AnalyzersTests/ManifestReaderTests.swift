import Registry
import Screening
import TestSupport
import Testing

@testable import Analyzers

@Suite("Readers of manifests")
struct ManifestReaderTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    // MARK: gyp

    private func commands(_ source: String) -> [String]? {
        GypFile(Array(source.utf8))?.commands.map { text($0.text) }
    }

    @Test("commands of build files are found in every form of Python's strings, and nowhere else")
    func gypCommands() {
        #expect(commands(#"["<!@(node -p \"f(1)\")", '>!(x)', "^!(y", "<(var)"]"#) == ["node -p \"f(1)\"", "x", "y"])
        #expect(
            commands("{'a': '<' '!(x)', \"b\": '''<!(y\n)''', 'c': '\\x3c!(z)', r'd': u'<!(w)'}") == [
                "x", "y\n", "z", "w",
            ])
        #expect(commands("# '<!(x)'\n{'a': 'b', # <!(y)\n}") == [])
        #expect(commands("{'a': '<' + '!(x)'}") == ["x"])
        #expect(commands("{'<!(x)': 1}") == ["x"])
        #expect(commands("{'a': '<!pymod_do_main(tool -v)'}") == ["python tool -v"])
        #expect(commands("{'a': '<!(x)', 'a': f'<!(y)'}")?.sorted() == ["x", "y"])
    }

    @Test("commands that are put together from variables are seen whole")
    func gypVariables() {
        let source = "{'variables': {'n%': 'node', 'c': '<(n) evil.js'}, 'a': '<!(<(c))', 'b': '<!(echo <(unknown))'}"
        #expect(commands(source) == ["node evil.js", "echo <(unknown)"])
        #expect(commands("{'variables': {'a': '<(b)<(b)', 'b': '<(a)<(a)'}, 'c': '<!(<(a))'}")?.count == 1)
    }

    @Test("what is no literal of Python is told apart from what is")
    func gypExpressions() throws {
        for honest in ["{}", "[1, -2.5, True, None, ('a')]", "\u{FEFF}{'a': ['b',],}", "{'a': 'b' \\\n 'c'}"] {
            let file = try #require(GypFile(Array(honest.utf8)))
            #expect(file.isBroken == false, "\(honest)")
            #expect(file.expressionLine == nil, "\(honest)")
        }
        for computed in [
            "{'a': [x for x in y]}", "{'a': 'b' % 1}", "\n{'a': open('b')}", "{'a': 'b'.join([])}", "{} or {}",
        ] {
            #expect(GypFile(Array(computed.utf8))?.expressionLine != nil, "\(computed)")
        }
        #expect(GypFile(Array("\n{'a': ().__class__}".utf8))?.escapeLine == 2)
        #expect(GypFile(Array("{'conditions': [['x.__class__', {}]]}".utf8))?.escapeLine == 1)
        #expect(GypFile(Array("{'defines': ['__x.y__']}".utf8))?.escapeLine == nil)
        #expect(GypFile(Array("{'a': ['b'".utf8))?.isBroken == true)
    }

    @Test("any bytes can be read as a build file, in time that grows with them")
    func gypAnything() {
        for piece in [
            "[", "{", "(", "'", "<!(", "'<!(a)',", "'a' + ", "\\", "{'variables':", "'''", "]", ":", "\u{E9}",
        ] {
            _ = GypFile(Array(String(repeating: piece, count: 20_000).utf8))
        }
        var random = SeededRandom()
        let alphabet = Array("{}[]()'\",:#+<>!@^\\ \nabx1é".utf8)
        for _ in 0..<300 {
            let bytes = (0..<80).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
            let file = GypFile(bytes)
            let lines = bytes.count { $0 == 0x0A } + 1
            #expect(file?.commands.allSatisfy { (1...lines).contains($0.line) } ?? true, "seed \(random.seed)")
        }
    }

    // MARK: Dependencies

    @Test("specifiers of npm are read as npm reads them")
    func npmSources() {
        let cases: [(String, DependencySource)] = [
            ("^1.0.0", .registry), ("latest", .registry), ("", .registry), ("npm:@a/b@1", .registry),
            ("1 - 2", .registry),
            ("workspace:^", .registry), (">=1.2.3-rc.1 || 2.x", .registry), ("@a/b", .registry),
            ("a/b", .repository(isCommit: false)), ("a/b#semver:^1", .repository(isCommit: false)),
            ("github:a/b#0123abc", .repository(isCommit: true)), ("gist:0123abcd", .repository(isCommit: false)),
            ("git+ssh://git@x.example/a.git#v1", .repository(isCommit: false)),
            ("git@github.com:a/b.git", .repository(isCommit: false)),
            ("https://github.com/a/b.git#deadbeef1", .repository(isCommit: true)),
            ("https://x.example/a.tgz", .url), ("http://github.com/a/b/tarball/v1", .url),
            ("http://x.example/a.tgz", .unprotected), ("https://203.0.113.7/a.tgz", .unprotected),
            ("https://3405803783/a", .unprotected), ("https://0xcb007107/a", .unprotected),
            ("HTTP://X.EXAMPLE/a", .unprotected),
            ("https://user@203.0.113.7:8080/a", .unprotected), ("https://127.0.0.1/a", .url),
            ("file:a.tgz", .local), ("../a", .local), ("link:./a", .local), ("~/a", .local),
        ]
        for (text, source) in cases { #expect(DependencySource(npm: text) == source, "\(text)") }
    }

    @Test("requirements of Python are split into name, URL and marker")
    func requirements() throws {
        let plain = try #require(Requirement(Array("Lid_A.b [x,y] (>=1) ; extra == 'z'".utf8)))
        #expect(text(plain.name) == "lid-a-b" && plain.url == nil && plain.isExtra)
        let direct = try #require(Requirement(Array("lid@https://x.example/a;b ; python_version<'3'".utf8)))
        #expect(direct.url.map(text) == "https://x.example/a;b" && !direct.isExtra)
        #expect(
            Requirement([]) == nil && Requirement(Array("# x".utf8)) == nil && Requirement(Array("-r a".utf8)) == nil)
        #expect(DependencySource(python: Array("git+https://x.example/a@0123abc".utf8)) == .repository(isCommit: true))
        #expect(DependencySource(python: Array("http://x.example/a.whl".utf8)) == .unprotected)
        #expect(DependencySource(python: Array("file:///tmp/a".utf8)) == .local)
    }

    // MARK: package.json

    @Test("members given twice with different values are named where it matters")
    func ambiguous() throws {
        func names(_ source: String) throws -> [String]? { try NPMManifest(Array(source.utf8))?.ambiguousMembers }
        #expect(try names(#"{"name":"a","name":"a","keywords":1,"keywords":2}"#) == [])
        #expect(try names(#"{"main":"a","ma\u0069n":"b"}"#) == ["main"])
        #expect(try names(#"{"scripts":{"test":"a","test":"b","install":"a","install":"b"}}"#) == ["install"])
        #expect(try names(#"{"dependencies":{"a":"1","a":"2","b":"1","b":"1"}}"#) == ["a"])
    }

    @Test("package.json with comments or trailing commas is unreadable, with a mark or broken text it is not")
    func strictness() throws {
        for broken in ["{\"a\":1,}", "{/* */}", "{}//", "{'a':1}", "\u{FEFF}\u{FEFF}{}", "{\"a\":01}"] {
            #expect(throws: (any Error).self, "\(broken)") { _ = try NPMManifest(Array(broken.utf8)) }
        }
        #expect(
            try NPMManifest([0xEF, 0xBB, 0xBF] + Array(#"{"description":""#.utf8) + [0xE9] + Array("\"}".utf8)) != nil)
        #expect(try NPMManifest(Array("[]".utf8)) == nil)
    }

    @Test("odd versions are those that nobody counts up to")
    func oddVersions() {
        for odd in ["99.99.99", "^99.9.0", "999.0.0", "9999.1.2", "69.69.69", "1000.1000.1000"] {
            #expect(OddVersion.isOdd(odd), "\(odd)")
        }
        for honest in [
            "99.0.0", "9.9.9", "11.11.11", "100.0.0", "2024.11.11", "20241111.0.0", "*", "", "99", "1.99.99",
        ] {
            #expect(!OddVersion.isOdd(honest), "\(honest)")
        }
    }

    @Test("manifests that repeat themselves endlessly cost time in proportion to their length")
    func endless() throws {
        let dependencies = (0..<5000).map { "\"d\($0)\": \"a/b\"" }.joined(separator: ",")
        let exports = (0..<1000).map { "\"./\($0)/*\": \"./\($0)/*.js\"" }.joined(separator: ",")
        let scripts = (0..<500).map { "\"s\($0)\": \"npm run s\(($0 + 1) % 500); npm run s\(($0 + 7) % 500)\"" }
            .joined(separator: ",")
        let text = manifest(
            "\"dependencies\":{\(dependencies)},\"exports\":{\(exports)},\"scripts\":{\"install\":\"npm run s0\",\(scripts)}"
        )
        let artifact = try npmTarball(manifest: text) { tar in
            for index in 0..<300 { tar.addFile("package/\(index)/a.js", "1") }
        }
        let found = artifact.report().findings.map(\.finding)
        #expect(found.contains { $0.evidence == "dependency-repository" && $0.count > 1000 })
    }

    // MARK: Python

    @Test("metadata is read with folded lines, and the description is passed over")
    func metadata() {
        let source = "Name: a\nRequires-Dist: b\n  >=1\nDescription: x\n   Name: c\nVersion: 1\r\n\nName: d\n"
        let metadata = CoreMetadata(Array(source.utf8))
        #expect(metadata.names == ["a"] && metadata.versions == ["1"])
        #expect(metadata.fields.map(\.line) == [1, 2, 6])
        #expect(text(metadata.values("requires-dist").first ?? []) == "b\n>=1")
    }

    @Test("setup.cfg is read with continued lines and comments")
    func configuration() {
        let source =
            "[Options]\n# x\nInstall-Requires =\n  a\n  # not this\n  b>=1\ncmdclass: x = y.Z\n[entry_points]\nq"
        let read = ConfigurationText(Array(source.utf8))
        #expect(read.lines("options", "install_requires").map(text) == ["a", "b>=1"])
        #expect(read.lines("options", "cmdclass").map(text) == ["x = y.Z"])
        #expect(read.entries.map(\.line) == [3, 7, 9])
    }
}
