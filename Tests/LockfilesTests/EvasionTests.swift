import Registry
import Testing

@testable import Lockfiles

/// Lockfiles that were made so that a client installs what a check does not see.
@Suite("Lockfiles that would evade a check")
struct EvasionTests {
    private func npm(_ text: String, _ name: String = "package-lock.json") throws -> [String] {
        try Reading.entries(text, name)
    }

    @Test("members that npm passes over do not make its lockfile another tool's")
    func notBuns() throws {
        let packages = #""packages": {"node_modules/evil": {"version": "1.0.0"}}"#
        #expect(try npm(#"{"lockfileVersion": 2, "workspaces": {}, \#(packages)}"#) == ["1 ?"])
        #expect(
            try npm(#"{"lockfileVersion": 1, "workspaces": {}, "dependencies": {"evil": {"version": "1.0.0"}}}"#)
                == ["1 evil@1.0.0"])
    }

    @Test("whichever of its two lists a client takes, both are read in every version", arguments: [1, 2, 3])
    func bothLists(_ version: Int) throws {
        let text = """
            {"lockfileVersion": \(version), "packages": {"": {}, "node_modules/a": {"version": "1.0.0"}},
             "dependencies": {"a": {"version": "1.0.0"}, "b": {"version": "6.6.6"}}}
            """
        #expect(try npm(text) == ["1 a@1.0.0", "2 b@6.6.6"])
    }

    @Test("the same version from another address is another package when nothing is claimed of its bytes")
    func copyFromElsewhere() throws {
        let text = """
            {"lockfileVersion": 2, "packages": {"node_modules/a": {"version": "1.0.0"}},
             "dependencies": {"a": {"version": "1.0.0", "resolved": "https://npm.example/evil/-/evil-1.0.0.tgz"}}}
            """
        #expect(try npm(text) == ["1 a@1.0.0", "2 ?"])
    }

    @Test(
        "an address of another version, or one that leads elsewhere than it seems to, is not judged by the entry's name",
        arguments: [
            "left/-/left-1.0.1.tgz", "left/-/left-1%2e0.1.tgz", "left/-/../../evil/-/evil-1.0.0.tgz",
            "left/-/%2e%2e/%2e%2e/evil/-/evil-1.0.0.tgz", #"left/-/..\\..\\evil\\-\\left-1.0.0.tgz"#,
            #"left/-/.\t./.\t./evil/-/left-1.0.0.tgz"#,
        ])
    func otherBytes(_ path: String) throws {
        func entry(_ path: String) throws -> [String] {
            try npm(
                #"{"lockfileVersion": 3, "packages": {"node_modules/left": {"version": "1.0.0", "#
                    + #""resolved": "https://npm.example/\#(path)"}}}"#)
        }
        #expect(try entry(path) == ["1 ?"])
        for same in ["left/-/left-1.0.0.tgz", "left/-/left-1.0.0+build.7.tgz", "left/-/left-1.0.0.tgz?x=..#y"] {
            #expect(try entry(same) == ["1 left@1.0.0"])
        }
    }

    @Test(
        "a line of requirements ends wherever Python ends it, in comments too",
        arguments: ["\u{85}", "\u{2028}", "\u{2029}", "\r", "\u{B}", "\u{C}", "\u{1C}", "\u{1D}", "\u{1E}"])
    func hiddenLines(_ mark: String) throws {
        #expect(try npm("a==1 # why\(mark)evil==6.6.6\n", "requirements.txt") == ["1 a@1", "2 evil@6.6.6"])
        #expect(try npm("# why\(mark)evil==6.6.6\r\nb==2", "requirements.txt") == ["2 evil@6.6.6", "3 b@2"])
        #expect(try npm("# why\(mark)evil==6.6.6\n", "requirements.txt") == ["2 evil@6.6.6"])
    }

    @Test(
        "options that pip understands and that bring other packages are never passed over",
        arguments: [
            "--requirem evil.txt", "--requirem=evil.txt", "--edit ./evil", "--pre -r evil.txt", "--pre -revil.txt",
            "--no-index --requirement=evil.txt", #"--pre "-r" evil.txt"#, #"--pre \\-r evil.txt"#,
        ])
    func hiddenOptions(_ line: String) throws {
        let entries = try Lockfile(reading: Array("\(line)\na==1\n".utf8), filename: "requirements.txt").entries
        #expect(entries.count == 2)
        guard case .unreadable = entries[0].subject else {
            Issue.record("passed over: \(line)")
            return
        }
    }

    @Test("what an entry is called stays short however deep it stands")
    func deepNames() throws {
        let name = String(repeating: "n", count: 2000)
        var text = #"{"x": {"version": "1.0.0"}}"#
        for _ in 0..<40 { text = #"{"\#(name)": {"version": "1.0.0", "dependencies": \#(text)}}"# }
        let entries = try Lockfile(
            reading: Array(#"{"lockfileVersion": 1, "dependencies": \#(text)}"#.utf8), filename: "package-lock.json"
        ).entries
        #expect(entries.count == 41)
        #expect(entries.allSatisfy { $0.input.utf8.count < 2600 })
        #expect(entries.last?.input.hasSuffix("nnn > x") == true)
    }

    @Test("a block of yarn's with twenty thousand fields or names is read or refused at once")
    func hugeBlocks() throws {
        let fields = (0..<20_000).map { "  f\($0) x\n" }.joined()
        #expect(
            try npm("# yarn lockfile v1\na@1:\n  version \"1.0.0\"\n\(fields)", "yarn.lock") == ["2 a@1.0.0"])
        let names = (0..<20_000).map { "p\($0)@1" }.joined(separator: ", ")
        let error = #expect(throws: LockfileError.self) {
            try npm("# yarn lockfile v1\n\(names):\n  version \"1.0.0\"\n", "yarn.lock")
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("line 2: it names more than 16 packages"))
    }
}
