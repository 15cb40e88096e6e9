import Foundation
import JSON
import Screening
import TestSupport
import Testing

@testable import Analyzers

@Suite("Difference texts")
struct DifferenceTextTests {
    @Test("text files are shown as unified text")
    func unified() throws {
        let old = (1...12).map { "line \($0)\n" }.joined()
        let new = old.replacing("line 2\n", with: "line two\n").replacing("line 11\nline 12\n", with: "line 11\nend")
        let difference = try Versions.npm(
            [("a.js", old), ("gone.js", "1\n")], [("a.js", new), ("new.js", "x\ny")]
        ).difference()
        #expect(
            difference.unified == """
                diff a.js
                --- a/a.js
                +++ b/a.js
                @@ -1,5 +1,5 @@
                 line 1
                -line 2
                +line two
                 line 3
                 line 4
                 line 5
                @@ -9,4 +9,4 @@
                 line 9
                 line 10
                 line 11
                -line 12
                +end
                \\ No newline at end of file
                diff gone.js
                --- a/gone.js
                +++ /dev/null
                @@ -1,1 +0,0 @@
                -1
                diff new.js
                --- /dev/null
                +++ b/new.js
                @@ -0,0 +1,2 @@
                +x
                +y
                \\ No newline at end of file

                """)
    }

    @Test(
        "patch makes the new files of the old ones",
        .enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/patch")))
    func patch() throws {
        var random = SeededRandom()
        for _ in 0..<20 {
            func text() -> String {
                let lines = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                    "l\(Int.random(in: 0..<12, using: &random))"
                }
                return lines.joined(separator: "\n") + (Bool.random(using: &random) ? "\n" : "")
            }
            let (old, new) = (text(), text())
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let file = folder.appendingPathComponent("a.js")
            try old.write(to: file, atomically: true, encoding: .utf8)
            let shown = try Versions.npm([("a.js", old)], [("a.js", new)]).difference().unified
            try shown.write(to: folder.appendingPathComponent("p"), atomically: true, encoding: .utf8)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/patch")
            process.arguments = ["-p1", "-s", "-F0", "-d", folder.path, "-i", "p"]
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(try String(contentsOf: file, encoding: .utf8) == new)
        }
    }

    @Test("nothing of a package reaches a terminal as it is")
    func harmless() throws {
        let hostile = "a\u{1B}[31m\u{202E}b\u{200B}\u{7}\r\u{E0041}é\n"
        let difference = try Versions.npm(
            [("a.js", "x\n")], [("a.js", hostile), ("\u{1B}]0;x\u{7}\u{202E}.js", "1\n")]
        ).difference()
        let record = try #require(difference.shown())
        let shown = DifferenceText.unified(record) + DifferenceText.stat(record)
        let text = String(decoding: shown, as: UTF8.self)
        #expect(text.contains(#"+a\x1b[31m\u202eb\u200b\x07\x0d\u{e0041}é"#))
        #expect(text.contains(#"b/\x1b]0;x\x07\u202e.js"#))
        #expect(!shown.contains { $0 < 0x20 && $0 != 0x0A || $0 == 0x7F })
        #expect(
            PrintableText.bytes([0x61, 0xFF, 0xC0, 0x80, 0x09, 0x0A]) == Array(#"a\xff\xc0\x80"#.utf8) + [0x09]
                + Array(#"\x0a"#.utf8))
        #expect(PrintableText.string([0x09]) == #"\x09"#)
        #expect(PrintableText.string(Array("a\u{7F}\u{9B}31m".utf8)) == #"a\x7f\u009b31m"#)
    }

    @Test("what has no lines to show says what it is")
    func withoutLines() throws {
        let native = [0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 0, count: 96)
        func entries(_ mark: UInt8, _ minified: String) throws -> Artifact {
            try npmEntries([
                .init("package/a.node", content: native + [mark], mode: mark == 1 ? 0o644 : 0o755),
                .init("package/b.min.js", content: Array(String(repeating: minified, count: 200).utf8)),
                .init("package/\(mark).js", content: Array(codeLines(0..<9).utf8)),
                .init("package/c.js", content: Array(mark == 1 ? "a\nb\n".utf8 : "a\r\nb\r\n".utf8)),
            ])
        }
        let shown = try Versions(old: entries(1, "var a=1;"), new: entries(2, "var b=2;")).difference().unified
        #expect(shown.contains("diff 1.js → 2.js\nrename from 1.js\nrename to 2.js\n"))
        #expect(
            shown.contains("diff a.node\nmode not executable → executable\nBinary files differ (101 → 101 bytes)\n"))
        #expect(shown.contains("Minified files differ (1600 → 1600 bytes, lines +1 −1)\n"))
        #expect(shown.contains("diff c.js\n# only the ends of lines differ\n"))
        #expect(!shown.contains("var a"))
        let links = try Versions(
            old: npmEntries([.init("package/l", type: "2", linkName: "a")]),
            new: npmEntries([.init("package/l", type: "2", linkName: "../\u{1B}")]))
        #expect(links.difference().unified == "diff l\n-link to a\n+link to ../\\x1b\n")
    }

    @Test("manifests come first, colours only when asked for, and lengths are bounded")
    func style() throws {
        let long = String(repeating: "x", count: 5000)
        let difference = try Versions.npm(
            [("package.json", "{}\n")], [("package.json", "{\"scripts\":{\"install\":\"a\"}}\n"), ("a.txt", long)]
        ).difference()
        let plain = difference.unified
        #expect(plain.hasPrefix("# package.json: scripts.install added: a\ndiff a.txt\n"))
        #expect(plain.contains("+" + String(repeating: "x", count: 2000) + "… (3000 more bytes)\n"))
        let shown = try #require(difference.shown())
        let coloured = String(decoding: DifferenceText.unified(shown, hasColour: true), as: UTF8.self)
        #expect(coloured.contains("\u{1B}[31m-{}\u{1B}[0m\n"))
        #expect(coloured.replacing(try Regex("\u{1B}\\[[0-9]+m"), with: "") == plain)
    }

    @Test("what does not fit is counted: files before lines, code before other text")
    func bounded() throws {
        let files = (0..<300).map { ("d/\($0).md", "\($0) \"\\\t\n") } + [("z.js", codeLines(0..<200))]
        let difference = try Versions.npm([], files).difference()
        let shown = difference.shown(within: .init(bytes: 80_000, fileTextBytes: 4000, lineBytes: 100, edits: 0))
        let bytes = try CanonicalJSON.encode(shown.record())
        #expect(bytes.count <= 80_000)
        #expect(shown.omittedFiles > 0 && shown.files.count + shown.omittedFiles == 301)
        #expect(shown.files.count > 100)
        #expect(
            String(decoding: DifferenceText.unified(shown), as: UTF8.self).hasSuffix("files differ and are not shown\n")
        )
        let code = try Versions.npm([], [("a.md", codeLines(0..<900)), ("z.js", codeLines(0..<200))]).difference()
            .shown(within: .init(bytes: 9000, fileTextBytes: 6000, lineBytes: 100, edits: 0))
        #expect(code.files.map(\.isTextCut) == [true, false])
        #expect(code.files.map { $0.hunks.first?.lines.count ?? 0 }.last == 200)
        #expect(String(decoding: DifferenceText.unified(code), as: UTF8.self).contains("# more lines of this file are"))
        #expect(try ShownDifference(reading: code.record()) == code)
    }

    @Test("a line for each file, and the sums")
    func stat() throws {
        let difference = try Versions.npm(
            [("a.js", "1\n2\n"), ("m/x.js", codeLines(0..<9)), ("gone.md", "1\n")],
            [("a.js", "1\n3\n4\n"), ("n/x.js", codeLines(0..<9))]
        ).difference()
        #expect(
            String(decoding: DifferenceText.stat(try #require(difference.shown())), as: UTF8.self) == """
                 a.js | +2 −1
                 gone.md | +0 −1
                 m/x.js → n/x.js | +0 −0
                 2 files changed, 1 removed, 2 lines added, 2 removed, 2 new lines of code, 4 new bytes

                """)
    }

    @Test("the record is canonical JSON with everything but the texts")
    func record() throws {
        let difference = try Versions.npm(
            [("a.js", "1\n2\n"), ("package.json", "{}")],
            [("a.js", "1\n3\n4\n"), ("package.json", #"{"scripts":{"install":"a"}}"#), ("n.bin", "\u{0}\u{1}\u{2}")]
        ).difference()
        let shown = try #require(difference.shown())
        let bytes = try CanonicalJSON.encode(shown.record(hasText: false))
        let record = try CanonicalJSON.parse(bytes)
        #expect(record["files"]?.arrayValue?.map { $0["path"]?.stringValue } == ["a.js", "n.bin", "package.json"])
        let file = record["files"]?.arrayValue?.first
        #expect(file?["kind"] == "changed")
        #expect(file?["edits"] == [[2, 1, 2, 2]])
        #expect(file?["addedLines"] == 2)
        #expect(file?["new"]?["class"] == "text")
        #expect(file?["new"]?["sha256"]?.stringValue?.count == 64)
        #expect(record["files"]?.arrayValue?[1]["new"]?["class"] == "binary")
        #expect(
            record["manifests"] == [
                [
                    "group": "scripts", "kind": "added", "manifest": "package.json", "member": "scripts.install",
                    "name": "install", "new": "a",
                ]
            ])
        #expect(record["sums"]?["newCodeLines"] == 2)
        #expect(record["isCut"] == false)
        let whole = try CanonicalJSON.encode(shown.record())
        #expect(try ShownDifference(reading: CanonicalJSON.parse(whole)) == shown)
        #expect(String(decoding: bytes, as: UTF8.self).contains("hunks") == false)
    }
}
