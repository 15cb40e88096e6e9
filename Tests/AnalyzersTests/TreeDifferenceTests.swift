import Compression
import Registry
import TestSupport
import Testing

@testable import Analyzers

@Suite("Tree differences")
struct TreeDifferenceTests {
    @Test("roots and folders that have the version in their names make no difference")
    func versionsInPaths() throws {
        let module = ("acme_box/__init__.py", "VALUE = 1\n")
        let wheel = try Versions.wheel([module, ("INFO/METADATA", "a\n")], [module, ("INFO/METADATA", "a\n")])
        #expect(wheel.difference().isEmpty)
        #expect(wheel.new.tree().entry(at: Array("acme-box.dist-info/METADATA".utf8)) != nil)
        #expect(try Versions.sdist([module], [module]).difference().isEmpty)
        #expect(try Versions.npm([("index.js", "1")], [("index.js", "1")]).difference().isEmpty)

        var other = TarBuilder()
        other.addFile("acme-box/index.js", "1")
        let named = try Versions(
            old: npmFiles([("index.js", "1")]), new: npmArtifact(StoredGzip.member(other.finished())))
        #expect(named.difference().isEmpty)
        // A folder of that kind that is not the wheel's own is what it is.
        let foreign = try Versions.wheel([("other-1.dist-info/a", "1")], [("other-2.dist-info/a", "1")])
        #expect(foreign.difference().files == ["moved other-1.dist-info/a > other-2.dist-info/a"])
    }

    @Test("files that come, go and change are told in the order of their paths")
    func kinds() throws {
        let difference = try Versions.npm(
            [("b.js", "one\ntwo\nthree\n"), ("same.js", "1"), ("gone.js", "a\nb\n")],
            [("same.js", "1"), ("new.js", "x\ny\nz\n"), ("b.js", "one\n2\nthree\nfour\n")]
        ).difference()
        #expect(difference.files == ["changed b.js", "removed gone.js", "added new.js"])
        #expect(difference.tree.changes.map(\.lines?.added) == [2, 0, 3])
        #expect(difference.tree.changes.map(\.lines?.removed) == [1, 2, 0])
        #expect(difference.tree.changedFiles == 2)
        #expect(difference.tree.removedFiles == 1)
        #expect(difference.tree.addedLines == 5)
        #expect(difference.tree.removedLines == 3)
        #expect(difference.tree.changedBytes == Int64("2\nfour\n".utf8.count + "x\ny\nz\n".utf8.count))
        #expect(difference.isComplete && !difference.isCut)
    }

    @Test("rights alone are a change of their own")
    func modes() throws {
        func entry(_ mode: UInt32, _ text: String = "1\n") -> TarBuilder.Entry {
            .init("package/run.sh", content: Array(text.utf8), mode: mode)
        }
        func compare(_ old: TarBuilder.Entry, _ new: TarBuilder.Entry) throws -> TreeDifference {
            try Versions(old: npmEntries([old]), new: npmEntries([new])).difference().tree
        }
        let executable = try compare(entry(0o644), entry(0o755)).changes
        #expect(executable.map(\.short) == ["mode run.sh"])
        #expect(executable.map(\.isExecutableNow) == [true] && executable.map(\.wasExecutable) == [false])
        #expect(executable.map(\.hasNewContent) == [false])
        #expect(try compare(entry(0o644), entry(0o600)).isEmpty)
        #expect(try compare(entry(0o755), entry(0o4755)).changes.map(\.kind) == [.mode])
        #expect(try compare(entry(0o644), entry(0o755, "2\n")).changes.map(\.kind) == [.changed])
    }

    @Test("classes are told by content")
    func classes() throws {
        let native = [0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 0, count: 200)
        let short = String(repeating: "var a=1;", count: 200)
        let tree = try npmEntries([
            .init("package/a.js", content: Array(codeLines(0..<50).utf8)),
            .init("package/b.js", content: Array(short.utf8)),
            .init("package/c.node", content: native),
            .init("package/d.md", content: Array(short.utf8)),
            .init("package/e", type: "2", linkName: "a.js"),
            .init("package/f", type: "6"),
            .init("package/wide.js", content: [0xFF, 0xFE] + Array("a\nb\n".utf16).flatMap { [UInt8($0), 0] }),
        ]).tree()
        #expect(tree.entries.map(\.fileClass) == [.text, .minified, .binary, .text, .link, .unread, .text])
        #expect(tree.entries.last?.text == Array("a\nb\n".utf8))
        #expect(tree.entries.map(\.isCode) == [true, true, false, false, false, false, true])
        #expect(tree.entries[2].text == nil)
        #expect(tree.isComplete)
    }

    @Test("what has no lines is told by its digest and size")
    func binaries() throws {
        func native(_ mark: UInt8) -> TarBuilder.Entry {
            .init("package/a.node", content: [0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 0, count: 99) + [mark])
        }
        let difference = try Versions(old: npmEntries([native(1)]), new: npmEntries([native(2)])).difference()
        #expect(difference.tree.changes.map(\.kind) == [.changed])
        #expect(difference.tree.changes[0].lines == nil)
        #expect(difference.tree.changedBytes == 104)
        #expect(try Versions(old: npmEntries([native(1)]), new: npmEntries([native(1)])).difference().isEmpty)
        let links = try Versions(
            old: npmEntries([.init("package/l", type: "2", linkName: "a")]),
            new: npmEntries([.init("package/l", type: "2", linkName: "b")]))
        #expect(links.difference().files == ["changed l"])
    }

    @Test("a file is moved when its content is elsewhere, the one of the same name first")
    func moves() throws {
        let (text, other) = (codeLines(0..<20), codeLines(100..<120))
        let difference = try Versions.npm(
            [("a/x.js", text), ("a/y.js", text), ("a/z.js", other), ("a/empty.js", "")],
            [("b/y.js", text), ("b/x.js", text), ("b/z.js", other + codeLines(50..<52)), ("b/empty.js", "")]
        ).difference()
        #expect(
            difference.files == [
                "removed a/empty.js", "added b/empty.js", "moved a/x.js > b/x.js", "moved a/y.js > b/y.js",
                "moved a/z.js > b/z.js",
            ])
        #expect(difference.tree.changes.map(\.lines?.added) == [0, 0, 0, 0, 2])
        #expect(difference.tree.addedLines == 2)
        #expect(difference.tree.newCodeLines == 2)
        let unlike = try Versions.npm([("a.js", text)], [("b.js", other)]).difference()
        #expect(unlike.files == ["removed a.js", "added b.js"])
    }

    @Test("text that becomes code by its new name is new code, every line of it")
    func textBecomesCode() throws {
        let renamed = try Versions.npm([("a.txt", codeLines(0..<20))], [("a.js", codeLines(0..<20))]).difference()
        #expect(renamed.files == ["added a.js", "removed a.txt"])
        #expect(renamed.tree.newCodeLines == 20)
        let started = try Versions.npm([("run", "echo 1\necho 2\n")], [("run", "#!/bin/sh\necho 1\necho 2\n")])
        #expect(started.difference().tree.newCodeLines == 3)
    }

    @Test("lines that were moved about between files are not new, nor are blank ones and indentation")
    func newLines() throws {
        let difference = try Versions.npm(
            [("a.js", codeLines(0..<30)), ("b.js", codeLines(30..<60)), ("notes.md", "let hidden = 1;\n")],
            [
                ("a.js", codeLines(0..<20) + "\n   \n"), ("notes.md", ""),
                ("b.js", codeLines(30..<60) + "  let value25 = 25;\nlet hidden = 1;\nlet value31 = 31;\n"),
            ]
        ).difference()
        // Both lines that code did not have, one of them a second time.
        #expect(difference.tree.newCodeLines == 2)
        #expect(difference.tree.codeLines == 54)
    }

    @Test("line ends alone are told as that")
    func lineEnds() throws {
        let difference = try Versions.npm([("a.js", "a\nb\n")], [("a.js", "a\r\nb")]).difference()
        #expect(difference.tree.changes.map(\.isLineEndsOnly) == [true])
        #expect(difference.tree.newCodeLines == 0)
        #expect(difference.tree.addedLines == 2)
    }

    @Test("what cannot be read is never the same, and the tree says that it is not whole")
    func unreadable() throws {
        var broken = ZipBuilder.Member("acme_box/a.py", Array("VALUE = 1\n".utf8))
        broken.crc ^= 1
        let artifact = try wheelArtifact([broken, .init("acme_box/b.py", Array("1\n".utf8))])
        let difference = Versions(old: artifact, new: artifact).difference()
        #expect(difference.files == ["changed acme_box/a.py"])
        #expect(difference.tree.changes[0].newClass == .unread)
        #expect(!difference.isComplete && !difference.isEmpty)

        var cut = try npmFiles([("a.js", codeLines(0..<2000))])
        cut.bytes.removeLast(cut.bytes.count / 2)
        #expect(!cut.tree().isComplete)
        #expect(!Versions(old: cut, new: cut).difference().isEmpty)
        cut.bytes = Array("no archive".utf8)
        #expect(cut.tree().entries.isEmpty && !cut.tree().isComplete)
    }

    @Test("several files at one path are all compared, and what lies outside of the package's folder is too")
    func oddPlaces() throws {
        func artifact(_ names: [(String, String)]) throws -> Artifact {
            try npmEntries(names.map { .init($0.0, content: Array($0.1.utf8)) })
        }
        let twice = try Versions(
            old: artifact([("package/a.js", "1")]), new: artifact([("package/a.js", "1"), ("other/./a.js", "2")])
        ).difference()
        #expect(twice.files == ["added a.js"])
        #expect(twice.tree.changes[0].copy == 1)
        #expect(twice.new.entries(at: Array("a.js".utf8)).count == 2)
        let outside = try Versions(old: artifact([]), new: artifact([("a.js", "1")])).difference()
        #expect(outside.files == ["added ../a.js"])
    }

    @Test("text beyond the budget is compared by its digest, manifests are kept")
    func budget() throws {
        let manifest = #"{"name":"acme-box","scripts":{"test":"1"}}"#
        let files = [("a.js", codeLines(0..<100)), ("b.js", codeLines(0..<100)), ("package.json", manifest)]
        let limits = DifferenceLimits(textBytes: 2500, manifestBytes: 100)
        let old = try npmFiles(files)
        let tree = old.tree(limits: limits)
        #expect(tree.entries.map(\.fileClass) == [.text, .oversized, .text])
        let versions = try Versions(
            old: old, new: npmFiles([files[0], ("b.js", "2"), ("package.json", manifest + "\n")]))
        let difference = versions.difference(limits: limits)
        #expect(difference.files == ["changed b.js", "changed package.json"])
        #expect(difference.tree.changes[0].lines == nil)
        // Equal text is held once, so it takes nothing of the second budget.
        let shared = old.tree(limits: DifferenceLimits(textBytes: 10, manifestBytes: 0), sharing: old.tree())
        #expect(shared.entries.map(\.fileClass) == [.text, .text, .text])
        let large = old.tree(reading: AnalysisLimits(fileBytes: 1000))
        #expect(large.entries.map(\.fileClass) == [.oversized, .oversized, .text])
        #expect(large.entries[0].sha256 == tree.entries[0].sha256)
    }

    @Test("the order of members in the archive decides nothing")
    func order() throws {
        var random = SeededRandom()
        let files = (0..<40).map { ("d\($0 % 7)/f\($0).js", codeLines($0..<$0 + 9)) }
        let changed = files.map { ($0.0.replacing("d3", with: "e3"), $0.1 + "let x = 1;\n") }
        let expected = try Versions.npm(files, changed).difference()
        for _ in 0..<5 {
            let mixed = try Versions.npm(files.shuffled(using: &random), changed.shuffled(using: &random)).difference()
            #expect(mixed == expected)
        }
        #expect(expected.tree.changes.count { $0.kind == .moved } == 6)
    }
}
