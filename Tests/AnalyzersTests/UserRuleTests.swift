import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing

@testable import Analyzers

@Suite("The operator's own rules")
struct UserRuleTests {
    private func compile(_ text: String, name: String = "a.yar") throws(UserRuleError) -> UserRules {
        try UserRules(compiling: [UserRuleSource(name: name, text: Array(text.utf8))])
    }

    private func refusal(_ text: String) -> (file: String, line: Int?, reason: String)? {
        do throws(UserRuleError) {
            _ = try compile(text)
        } catch {
            guard case .refused(let file, let line, let reason) = error else { return nil }
            return (file, line, reason)
        }
        return nil
    }

    private func report(_ rules: UserRules?, _ files: [(String, String)]) throws -> AnalysisReport {
        var tar = TarBuilder()
        tar.addFile("package/package.json", #"{"name":"acme-box","version":"1.2.3"}"#)
        for (name, text) in files { tar.addFile(name, text) }
        let context = ArtifactContext(
            ecosystem: .npm, purl: try PackageURL(parsing: "pkg:npm/acme-box@1.2.3"), filename: "acme-box-1.2.3.tgz")
        return StaticAnalyzer(rules: rules).analyze(
            .memory(StoredGzip.member(tar.finished())), context: context, limits: .standard)
    }

    private let word = #"""
        rule names_a_word {
          meta:
            severity = "malicious"
            description = "names the word that we look for"
          strings:
            $word = "xyzzy-plugh"
          condition:
            $word
        }
        """#

    @Test("a rule that matches is a finding with its name, severity, place and the operator's sentence")
    func flagged() throws {
        let report = try report(try compile(word), [("package/a.js", "// one\n// two xyzzy-plugh\n")])
        #expect(report.verdict == .malicious)
        let found = try #require(report.findings.first { $0.finding.rule == "YARA:names_a_word" })
        #expect(found.finding.path == "package/a.js")
        #expect(found.finding.line == 2)
        #expect(found.finding.severity == .malicious)
        #expect(found.finding.evidence == "YARA:names_a_word")
        #expect(found.message == "names the word that we look for")
    }

    @Test("a file without the word is clean, and without rules there is no such finding")
    func clean() throws {
        #expect(try report(try compile(word), [("package/a.js", "// xyzzy\n")]).verdict == .clean)
        #expect(try report(nil, [("package/a.js", "// xyzzy-plugh\n")]).verdict == .clean)
    }

    @Test("without a stated severity a rule is suspicious; conditions may ask for path and ecosystem")
    func defaults() throws {
        let rules = try compile(
            #"rule r { condition: path == "lib/b.js" and ecosystem == "npm" and filesize > 2 }"#)
        let report = try report(rules, [("package/lib/b.js", "1+1\n"), ("package/b.js", "1+1\n")])
        let own = report.findings.filter { $0.finding.rule == "YARA:r" }
        #expect(own.map(\.finding.path) == ["package/lib/b.js"])
        #expect(own.first?.finding.severity == .suspicious)
        #expect(own.first?.finding.line == nil)
    }

    @Test("equal rules give equal reports; the sources decide the ruleset, their order and names included")
    func digests() throws {
        let files = (0..<30).map { ("package/f\($0).js", "// xyzzy-plugh\n") }
        let rules = try compile(word)
        let first = try report(rules, files)
        #expect(try report(try compile(word), files) == first)
        let own = first.findings.filter { $0.finding.rule == "YARA:names_a_word" }
        #expect(own.count == 17 && own.map(\.finding.count).reduce(0, +) == 30)
        #expect(StaticAnalyzer(rules: rules).revision.ruleset.digest != StaticAnalyzer.revision.ruleset.digest)
        #expect(StaticAnalyzer().revision == StaticAnalyzer.revision)
        #expect(try compile(word + "\n").digest != rules.digest)
        #expect(try compile(word, name: "b.yar").digest != rules.digest)
    }

    @Test("compiled rules mean the same in the process that loads them, and damaged ones are refused")
    func compiled() throws {
        let rules = try compile(word)
        #expect(try UserRules(compiled: rules.compiled, digest: rules.digest) == rules)
        for count in [0, 1, 12, rules.compiled.count / 2] {
            #expect(throws: UserRuleError.self) {
                try UserRules(compiled: Array(rules.compiled.prefix(count)), digest: rules.digest)
            }
        }
    }

    @Test("findings of these rules survive the way through an answer, those of other rules do not")
    func answers() throws {
        let rules = try compile(word)
        let report = try report(rules, [("package/a.js", "xyzzy-plugh")])
        let answer = AnalysisAnswer.encode(report)
        #expect(try AnalysisAnswer.decode(answer, by: StaticAnalyzer(rules: rules)) == report)
        #expect(throws: AnswerFault.foreignRuleset) { try AnalysisAnswer.decode(answer) }
        let other = StaticAnalyzer(rules: try compile("rule other { condition: true }"))
        let forged = String(decoding: answer, as: UTF8.self)
            .replacing(
                StaticAnalyzer(rules: rules).revision.ruleset.digest.hex, with: other.revision.ruleset.digest.hex)
        #expect(throws: AnswerFault.unknownRule) { try AnalysisAnswer.decode(Array(forged.utf8), by: other) }
    }

    @Test("what is no rule is refused with its file and line")
    func mistakes() throws {
        let broken = try #require(refusal("rule fine { condition: true }\nrule broken {\n  condition: $nothing }\n"))
        #expect(broken.file == "a.yar" && broken.line == 3)
        #expect(broken.reason.contains("$nothing"))
        #expect(refusal("rule r { condition: true }\nrule r { condition: true }")?.line == 2)
        #expect(refusal("rule r { condition: true }\u{0}")?.reason.contains("UTF-8") == true)
        #expect(refusal(#"rule r { meta: severity = "grave" condition: true }"#)?.reason.contains("severity") == true)
        #expect(refusal("rule r { meta: severity = 3 condition: true }")?.reason.contains("severity") == true)
        let long = String(repeating: "n", count: 60)
        #expect(refusal("rule \(long) { condition: true }")?.reason.contains("60") == true)
    }

    @Test("a rule that would slow every analysis down is refused")
    func slow() throws {
        let short = try #require(refusal("rule r {\n  strings:\n    $a = { 00 ?? ?? 00 }\n  condition: $a\n}"))
        #expect(short.reason.contains("slow") && short.line != nil)
        #expect(refusal("rule r { strings: $a = /.*a.*b/ condition: $a }") != nil)
    }

    @Test("includes and modules that read more than the file are refused; those that look at its bytes are not")
    func imports() throws {
        let include = try #require(refusal("\ninclude \"/etc/passwd\"\nrule r { condition: true }"))
        #expect(include.line == 2 && include.reason.contains("include"))
        for module in ["time", "console", "magic", "cuckoo", "dotnet", "none"] {
            #expect(refusal("\nimport \"\(module)\"\nrule r { condition: true }")?.line == 2, "\(module)")
        }
        let all = Yara.modules.map { "import \"\($0)\"\n" }.joined()
        let rules = try compile(all + #"rule r { condition: hash.md5(0, 1) == "0cc175b9c0f1b6a831c399e269772661" }"#)
        #expect(try report(rules, [("package/a.txt", "a")]).verdict == .suspicious)
        #expect(try report(rules, [("package/a.txt", "b")]).verdict == .clean)
    }

    @Test("a private rule is no finding by itself")
    func privateRules() throws {
        let rules = try compile(
            "private rule helper { condition: filesize > 1 } rule r { condition: helper and filesize < 3 }")
        let report = try report(rules, [("package/a.txt", "ab")])
        #expect(report.findings.map(\.finding.rule) == ["YARA:r"])
    }

    @Test("the rule files of a folder are read in the order of their names, other files are not")
    func folder() throws {
        let directory = try TemporaryDirectory()
        #expect(try UserRules.load(folder: directory.path) == nil)
        try directory.write(Array("rule b { condition: true }".utf8), to: "b.yar")
        try directory.write(Array("rule a { condition: true }".utf8), to: "a.yara")
        try directory.write(Array("not a rule".utf8), to: "README")
        try directory.write(Array("not a rule".utf8), to: ".hidden.yar")
        let rules = try #require(try UserRules.load(folder: directory.path))
        #expect(rules.entries.map(\.name) == ["a", "b"])
        try directory.write(Array("rule".utf8), to: "c.yar")
        #expect(throws: UserRuleError.self) { try UserRules.load(folder: directory.path) }
        #expect(throws: UserRuleError.self) { try UserRules.load(folder: directory.path("none")) }
        try directory.write([UInt8](repeating: 0x20, count: (1 << 20) + 1), to: "c.yar")
        #expect(throws: UserRuleError.self) { try UserRules.load(folder: directory.path) }
    }

    @Test("what a template analyses to be prepared is read as the artifacts that it stands for")
    func preparation() {
        let reports = StaticAnalyzer.preparations()
        #expect(reports.count == Ecosystem.allCases.count)
        #expect(reports.contains { $0.findings.contains { $0.finding.rule == "INST-SCRIPT" } })
        for report in reports {
            #expect(report.unanalyzed.isEmpty)
            #expect(!report.findings.contains { $0.finding.rule.hasPrefix("ARC-") }, "\(report.findings)")
        }
    }
}
