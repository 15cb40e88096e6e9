import Registry
import Testing

@testable import Lockfiles

/// Lockfiles that say one thing and mean another.
@Suite("Lockfiles that would mislead")
struct TrickTests {
    private let sri = "sha512-" + String(repeating: "A", count: 86) + "=="

    private func npm(_ package: String, key: String = "node_modules/left") throws -> LockedEntry {
        let text = #"{"lockfileVersion": 3, "packages": {"": {}, "\#(key)": {\#(package)}}}"#
        return try #require(try Lockfile(reading: Array(text.utf8), filename: "package-lock.json").entries.first)
    }

    @Test("an address of another package makes an entry that is not judged by its name")
    func otherAddress() throws {
        let entry = try npm(#""version": "1.0.0", "resolved": "https://npm.example/evil/-/evil-1.0.0.tgz""#)
        guard case .unreadable(let reason) = entry.subject else {
            Issue.record("judged as \(entry.subject)")
            return
        }
        #expect(reason.contains("which is 'evil' and not 'left'"))
        let scoped = try npm(
            #""version": "1.0.0", "resolved": "https://npm.example/@acme%2fleft/-/left-1.0.0.tgz""#,
            key: "node_modules/@acme/left")
        #expect(Reading.text(scoped) == "1 @acme/left@1.0.0")
    }

    @Test("an alias is the package that it stands for")
    func alias() throws {
        let entry = try npm(
            #""name": "evil", "version": "1.0.0", "resolved": "https://npm.example/evil/-/evil-1.0.0.tgz""#)
        #expect(Reading.text(entry) == "1 evil@1.0.0")
        #expect(
            try Reading.entries("# yarn lockfile v1\n\n\"left@npm:@acme/evil@^1\":\n  version \"1.0.0\"\n", "yarn.lock")
                == ["3 @acme/evil@1.0.0"])
    }

    @Test("addresses that are no registry's are told as what they are")
    func addresses() throws {
        for (address, kind) in [
            ("git+ssh://git@git.example/acme/left.git#1a2b", "git"), ("github:acme/left", "git"),
            ("https://codeload.github.com/acme/left/tar.gz/1a", "git"), ("file:../left.tgz", "path"),
            ("https://files.example/left-1.0.0.tgz", "url"), ("https://npm.example/download/left/1.0.0/aa", "registry"),
        ] {
            let entry = try npm(#""version": "1.0.0", "resolved": "\#(address)", "integrity": "\#(sri)""#)
            #expect(entry.origin.kindName == kind, "\(address)")
        }
    }

    @Test("version 2 has two lists, and a package that is only in the old one is not missed")
    func twoLists() throws {
        let text = """
            {"lockfileVersion": 2, "packages": {"": {}, "node_modules/a": {"version": "1.0.0", "integrity": "\(sri)"}},
             "dependencies": {"a": {"version": "1.0.0", "integrity": "\(sri)"}, "b": {"version": "6.6.6"},
                              "c": {"version": "1.0.0", "dependencies": {"a": {"version": "0.9.0"}}}}}
            """
        #expect(try Reading.entries(text, "x") == ["1 a@1.0.0 sha512", "2 b@6.6.6", "3 c@1.0.0", "3 a@0.9.0"])
    }

    @Test("names and versions that are none, and claims that contradict each other, are said")
    func nonsense() throws {
        for package in [
            #""version": "^1.0.0""#, #""version": "1.0.0", "integrity": "sha512-x""#, #""version": 1"#,
            #""version": "1.0.0", "name": "../evil""#,
        ] {
            guard case .unreadable = try npm(package).subject else {
                Issue.record("judged: \(package)")
                continue
            }
        }
        let other = "sha512-" + String(repeating: "B", count: 85) + "A=="
        guard case .unreadable = try npm(#""version": "1.0.0", "integrity": "\#(sri) \#(other)""#).subject else {
            Issue.record("two different claims are not one")
            return
        }
    }

    @Test(
        "a key that stands twice is an error in every format",
        arguments: [
            (
                "package-lock.json",
                #"{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.0.0"},"node_modules/a":{"version":"2.0.0"}}}"#
            ),
            ("package-lock.json", #"{"lockfileVersion":3,"packages":{},"packages":{}}"#),
            (
                "package-lock.json",
                #"{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.0.0","version":"2.0.0"}}}"#
            ),
            (
                "package-lock.json",
                #"{"lockfileVersion":1,"dependencies":{"a":{"version":"1.0.0"},"\u0061":{"version":"2.0.0"}}}"#
            ),
            ("pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n  'a@1.0.0': {}\n"),
            (
                "yarn.lock",
                "__metadata:\n  version: 8\n\"a@npm:1\":\n  resolution: \"a@npm:1.0.0\"\n  resolution: \"b@npm:1.0.0\"\n"
            ),
            ("yarn.lock", "# yarn lockfile v1\na@1:\n  version \"1.0.0\"\na@1:\n  version \"2.0.0\"\n"),
            ("yarn.lock", "# yarn lockfile v1\na@1:\n  version \"1.0.0\"\n  version \"2.0.0\"\n"),
            ("uv.lock", "version = 1\nrequires-python = '>=3'\n[[package]]\nname = 'a'\nname = 'b'\n"),
            ("Pipfile.lock", #"{"_meta":{},"default":{"a":{"version":"==1"},"a":{"version":"==2"}}}"#),
        ])
    func duplicates(_ name: String, _ text: String) {
        #expect(throws: LockfileError.self, "\(text)") { try Lockfile(reading: Array(text.utf8), filename: name) }
    }

    @Test("what is no lockfile is told with what was expected")
    func refused() {
        for (name, text, hint) in [
            ("package.json", #"{"dependencies": {"a": "^1.0.0"}}"#, "package.json fixes no versions"),
            ("pyproject.toml", "requires-python = '>=3'\n[project]\nname = 'x'\n", "TOML of another kind"),
            (
                "Cargo.lock", "version = 3\n[[package]]\nname = \"a\"\nsource = \"registry+https://x\"\n",
                "TOML of another"
            ),
            ("README.md", "# Title\n\nSome words, in a row.\n", "no requirements"),
            ("x.bin", "\u{0}\u{1}", "no requirements"),
            ("empty", "", "it is empty"), ("go.sum", "golang.org/x/net v0.1.0 h1:abc=\n", "no requirements"),
        ] {
            let error = #expect(throws: LockfileError.self) { try Lockfile(reading: Array(text.utf8), filename: name) }
            #expect("\(error.map { "\($0)" } ?? "")".contains(hint), "\(name): \(error.map { "\($0)" } ?? "-")")
            #expect("\(error.map { "\($0)" } ?? "")".contains("uv.lock"))
        }
    }

    @Test("unknown versions, damage and too much are told with place and limit")
    func limits() {
        func problem(_ text: String, _ name: String, _ limits: LockfileLimits = LockfileLimits()) -> String {
            let error = #expect(throws: LockfileError.self) {
                try Lockfile(reading: Array(text.utf8), filename: name, limits: limits)
            }
            return error.map { "\($0)" } ?? ""
        }
        #expect(
            problem(#"{"lockfileVersion": 4}"#, "package-lock.json").contains(
                "has version '4'; supported are 1, 2 and 3"))
        #expect(problem("lockfileVersion: '12.0'\n", "pnpm-lock.yaml").contains("'12.0'; supported are 5, 6 and 9"))
        #expect(problem("{\"lockfileVersion\": 3,\n\"packages\": {,}}", "package-lock.json").contains("at line 2"))
        #expect(problem("lockfileVersion: '9.0'\npackages:\n  a: &x 1\n", "p.yaml").contains("line 3: anchors"))
        #expect(problem("a==1\n", "requirements.txt", LockfileLimits(maxBytes: 3)).contains("at most 3 are read"))
        #expect(
            problem("a==1\nb==1\n", "requirements.txt", LockfileLimits(maxEntries: 1)).contains("more than 1 entries"))
        let deep = String(repeating: #"{"dependencies":{"a":"#, count: 400) + "{}" + String(repeating: "}}", count: 400)
        #expect(problem(#"{"lockfileVersion":1,"dependencies":{"a":\#(deep)}}"#, "package-lock.json").contains("deep"))
    }

    @Test("escapes are decoded once, and what is none stays as it is")
    func escapes() {
        for (text, expected) in [
            ("%40acme%2fleft", "@acme/left"), ("%2540", "%40"), ("a%", "a%"), ("a%4", "a%4"),
            ("%+f%-1% 1%g0", "%+f%-1% 1%g0"),
        ] {
            #expect(PercentEscapes.decoded(text.utf8) == expected)
        }
    }
}
