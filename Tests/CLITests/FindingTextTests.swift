import JSON
import Platform
import Screening
import TestSupport
import Testing

@testable import CLI

@Suite("Findings in answers of the server")
struct FindingTextTests {
    /// What is printed, gathered.
    private final class Paper: Sendable {
        private let lines = Lock<[String]>([])
        var text: String { lines.withLock { $0.joined() } }
        var console: Console {
            Console(
                isTerminal: false, hasColour: false, result: { text in self.lines.withLock { $0.append(text) } },
                note: { _ in })
        }
    }

    private func finding(_ severity: String, _ rule: String, _ code: String, _ path: String?, _ line: Int64?)
        -> JSONValue
    {
        [
            "rule": .string(rule), "severity": .string(severity), "path": path.map { .string($0) } ?? .null,
            "line": line.map { .integer($0) } ?? .null, "count": 1, "evidence": .string(code),
        ]
    }

    private func why(_ findings: [JSONValue], basis: JSONValue = .null, difference: JSONValue = .null) -> String {
        let paper = Paper()
        let answer: JSONValue = [
            "purl": "pkg:npm/box@1.0.0", "registry": "npmjs", "decision": "hold", "code": "HELD_REVIEW",
            "policyRevision": "3f9c3f9c3f9c3f9c", "sentence": "",
            "statements": [
                [
                    "analyzer": "static", "verdict": "suspicious", "logIndex": 7, "statement": "61f2aabbccddeeff",
                    "basis": basis, "difference": difference, "findings": .array(findings),
                ]
            ],
        ]
        #expect(WhyText(answer).print(on: paper.console, as: .table) == .refused)
        return paper.text
    }

    @Test("why says what a verdict was compared with, or why the whole artifact was reviewed")
    func compared() {
        func line(_ findings: [JSONValue], _ depth: Int64?) -> String? {
            let basis: JSONValue =
                depth.map {
                    ["kind": "diff", "base": "pkg:npm/box@0.9.0", "anchor": "pkg:npm/box@0.7.0", "depth": .integer($0)]
                } ?? ["kind": "full"]
            return why(findings, basis: basis).split(separator: "\n").map(String.init).first { $0.hasPrefix("      ") }
        }
        #expect(line([], 1) == "      compared with pkg:npm/box@0.9.0, which was reviewed in full")
        #expect(
            line([], 3)
                == "      compared with pkg:npm/box@0.9.0 · 3 differences after the full review of pkg:npm/box@0.7.0")
        let escalated = finding("info", "ESC-SIZE", "files", nil, nil)
        #expect(line([escalated], nil)?.hasPrefix("      reviewed in full (ESC-SIZE): ") == true)
        #expect(line([], nil) == nil)
    }

    @Test("why names the log's entries that a verdict stands on, and sums up what changed")
    func changed() {
        var shown = ShownDifference(base: .init(files: 1, isComplete: true), new: .init(files: 9, isComplete: true))
        shown.sums.changedFiles = 9
        shown.sums.addedLines = 3
        shown.manifests = (1...7).map {
            .init(manifest: "package.json", group: "scripts", name: "s\($0)", kind: .added, old: nil, new: "x")
        }
        shown.came = [.init(word: "network", reach: "install", path: "a.js", line: 2)]
        shown.files = (1...9).map { number in
            var file = ShownDifference.File(path: "f\(number).js", kind: .added)
            file.lines = .init(added: number, removed: 0, isCut: false)
            return file
        }
        let difference: JSONValue = [
            "base": ["purl": "pkg:npm/box@0.9.0", "filename": "b", "sha512": "aa"],
            "difference": shown.record(hasText: false),
        ]
        let text = why(
            [],
            basis: [
                "kind": "diff", "base": "pkg:npm/box@0.9.0", "baseLogIndex": 12, "anchor": "pkg:npm/box@0.7.0",
                "anchorLogIndex": 3, "depth": 2,
            ], difference: difference)
        #expect(
            text.contains(
                """
                      compared with pkg:npm/box@0.9.0 (log index 12) · 2 differences after the full review of \
                pkg:npm/box@0.7.0 (log index 3)
                      changed since pkg:npm/box@0.9.0: 9 files, 0 removed, +3 −0 lines, 0 new bytes
                      can now: network at installation (a.js:2)
                      package.json: scripts.s1 added: x
                """))
        #expect(text.contains("      f6.js | +6 −0\n      … and 3 more files") && !text.contains("f7.js"))
        #expect(text.contains("      … and 2 more changes of manifests\n"))
        #expect(text.contains("      all of it: jurat diff pkg:npm/box@1.0.0\n"))
        #expect(why([], difference: ["base": ["purl": 1], "difference": ["files": 3]]).contains("jurat diff") == false)
    }

    @Test("why says rule, severity, place and sentence, gravest first, and counts what weighs nothing")
    func explained() {
        let text = why([
            finding("info", "CAP-NET", "cap-net", "package/a.js", 1),
            finding("suspicious", "INST-SCRIPT-NET", "script-url", "package/package.json", 7),
            finding("malicious", "INST-SCRIPT-NET", "script-fetch-run", "package/b.sh", nil),
        ])
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines[1] == "  static    suspicious  index 7 · 1 note")
        #expect(lines[2].hasPrefix("      malicious   INST-SCRIPT-NET  "))
        #expect(lines[3] == "                  package/b.sh")
        #expect(lines[4] == "      suspicious  INST-SCRIPT-NET  an install script names a URL")
        #expect(lines[5] == "                  package/package.json:7")
    }

    @Test("more kinds than a screen holds are counted, with the command that shows them")
    func manyKinds() {
        let text = why((0..<9).map { finding("suspicious", "RULE-\($0)", "x\($0)", nil, nil) })
        #expect(text.contains("… and 3 more (jurat verdict show 61f2aabbccdd)"))
    }

    @Test("a rule of another version is named all the same, and a path cannot act on the terminal")
    func foreign() {
        let text = why([finding("suspicious", "NEW-RULE", "new", "a\u{1B}[2J\u{202E}.js", 3)])
        #expect(text.contains("NEW-RULE  a rule of another version"))
        #expect(text.contains("a\\u{1b}[2J\\u{202e}.js:3"))
    }

    @Test("a list of holds says the gravest finding and its place, and what the server says without one")
    func holds() {
        var hold: JSONObject = ["id": "7q3k2f", "why": "INST-SCRIPT-NET"]
        #expect(HoldsTable.why(.object(hold)) == "INST-SCRIPT-NET")
        hold.append("finding", .null)
        #expect(HoldsTable.why(.object(hold)) == "INST-SCRIPT-NET")
        hold.set("finding", finding("suspicious", "INST-SCRIPT-NET", "script-url", "package/package.json", 7))
        hold.append("findings", 3)
        #expect(
            HoldsTable.why(.object(hold))
                == "INST-SCRIPT-NET: an install script names a URL, package/package.json:7, and 2 more")
    }
}
