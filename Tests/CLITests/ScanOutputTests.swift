import Analyzers
import Configuration
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing

@testable import CLI

/// Results of a scan made by hand, for the tests of printing.
enum ScanSamples {
    static let hostile = ShownFinding(
        rule: "INST-SCRIPT-NET", severity: .malicious, path: "package/package.json", line: 7,
        message: "an install script downloads and runs something", count: 1, code: "script-fetch-run@install")

    static func finding(_ severity: Severity, _ rule: String, _ path: String?, _ line: Int? = nil, count: Int = 1)
        -> ShownFinding
    {
        ShownFinding(
            rule: rule, severity: severity, path: path, line: line, message: "says \(rule)", count: count, code: "code")
    }

    static func result(
        _ verdict: Verdict, _ findings: [ShownFinding] = [], input: String = "dist/box-1.0.0.tgz",
        isFolder: Bool = false, purl: String? = "pkg:npm/box@1.0.0", capabilities: [ScanCapability] = [],
        unanalyzed: [String] = []
    ) -> ScanResult {
        ScanResult(
            input: input, isFolder: isFolder,
            outcome: .analysed(
                ScannedArtifact(
                    purl: purl, integrity: "sha512-AAAA", verdict: verdict,
                    analyzers: [ScanAnalyzer(id: "static", version: "1", ruleset: "5da189250576", verdict: verdict)],
                    findings: findings, capabilities: capabilities, unanalyzed: unanalyzed)))
    }

    static func capability(_ name: String, _ reach: Reach = .load, count: Int = 1) -> ScanCapability {
        ScanCapability(
            name: name, rule: "CAP-X", reach: reach, count: count, places: [.init(path: "package/a.js", line: 4)])
    }

    static let crashed = ScanResult(
        input: "dist/bad.tgz", isFolder: false, outcome: .unavailable(cause: "crash", detail: "signal 11"))
}

@Suite("Results of a scan")
struct ScanOutputTests {
    private func text(_ result: ScanResult, wide: Bool = false, colour: Bool = false) -> String {
        let console = Console(isTerminal: colour, hasColour: colour, result: { _ in }, note: { _ in })
        return ScanText(console: console, isWide: wide).text(of: result)
    }

    @Test("the report says verdict, sentence and place, gravest first")
    func report() {
        let findings = [
            ScanSamples.hostile, ScanSamples.finding(.suspicious, "UNI-BIDI", "package/a.js", 3, count: 2),
            ScanSamples.finding(.suspicious, "UNI-BIDI", "package/b.js", 9), ScanSamples.finding(.info, "ARC-ODD", nil),
        ]
        #expect(
            text(
                ScanSamples.result(
                    .malicious, findings,
                    capabilities: [ScanSamples.capability("network"), ScanSamples.capability("process", .install)],
                    unanalyzed: ["x.bin"]))
                    == """
                    malicious dist/box-1.0.0.tgz (pkg:npm/box@1.0.0)
                      malicious   INST-SCRIPT-NET  an install script downloads and runs something
                                  package/package.json:7
                      suspicious  UNI-BIDI  says UNI-BIDI
                                  package/a.js:3 (2 times), package/b.js:9
                      info        ARC-ODD  says ARC-ODD
                      can: network, process (at installation)
                      not analysed: x.bin

                    """)
    }

    @Test("what only says what the package can do is left to that line, and everything is there when asked for")
    func wide() {
        let finding = ScanSamples.finding(.info, "CAP-NET", "package/a.js", 1)
        let result = ScanSamples.result(.clean, [finding], capabilities: [ScanSamples.capability("network", count: 3)])
        #expect(!text(result).contains("CAP-NET"))
        #expect(text(result, wide: true).contains("CAP-NET"))
        #expect(text(result, wide: true).contains("can: network: package/a.js:4 and 2 more"))
        #expect(text(result, wide: true).contains("sha512-AAAA"))
        #expect(text(result, wide: true).contains("by static 1, ruleset 5da189250576: clean"))
    }

    @Test("many findings and places are cut short, and how many more there are is said")
    func cut() {
        let places = (0..<9).map { ScanSamples.finding(.suspicious, "UNI-BIDI", "a\($0).js", 1) }
        let rules = (0..<30).map { ScanSamples.finding(.info, "RULE-\($0)", "b.js", 2) }
        let short = text(ScanSamples.result(.suspicious, places + rules))
        #expect(short.contains("a0.js:1, a1.js:1, a2.js:1 and 6 more"))
        #expect(short.contains("… and 19 more (-o wide shows all)"))
        let long = text(ScanSamples.result(.suspicious, places + rules), wide: true)
        #expect(long.contains("a8.js:1") && long.contains("RULE-29") && !long.contains("more"))
    }

    @Test("what could not be analysed is called unavailable, with the cause")
    func unavailable() {
        #expect(text(ScanSamples.crashed) == "unavailable dist/bad.tgz\n  not analysed (crash): signal 11\n")
    }

    @Test("colour only where there is a terminal, and a path cannot bring its own")
    func terminal() {
        let result = ScanSamples.result(.clean, input: "a\u{1B}[2Jb.tgz")
        #expect(text(result) == "clean a\\u{1b}[2Jb.tgz (pkg:npm/box@1.0.0)\n")
        #expect(text(result, colour: true).hasPrefix("\u{1B}[32mclean\u{1B}[0m a\\u{1b}[2Jb.tgz"))
    }

    @Test("JSON has every member, whether there is anything in it or not")
    func json() throws {
        let record = ScanSamples.result(.malicious, [ScanSamples.hostile]).record
        #expect(
            JSONText.string(record)
                == #"{"input":"dist/box-1.0.0.tgz","purl":"pkg:npm/box@1.0.0","integrity":"sha512-AAAA","verdict":"malicious","#
                + #""analyzers":[{"id":"static","version":"1","ruleset":"5da189250576","verdict":"malicious"}],"#
                + #""findings":[{"rule":"INST-SCRIPT-NET","severity":"malicious","path":"package/package.json","line":7,"#
                + #""message":"an install script downloads and runs something","count":1}],"#
                + #""capabilities":[],"unanalyzed":[]}"#)
        #expect(
            JSONText.string(ScanSamples.capability("network", .install).record)
                == #"{"name":"network","rule":"CAP-X","reach":"install","count":1,"places":[{"path":"package/a.js","line":4}]}"#
        )
        let names = try #require(record.objectValue).members.map(\.name)
        let unavailable = try #require(ScanSamples.crashed.record.objectValue)
        #expect(unavailable.members.map(\.name) == names + ["cause", "detail"])
        #expect(unavailable["verdict"] == "unavailable" && unavailable["cause"] == "crash")
    }

    @Test("CSV has a row for each finding, and one for an input without any")
    func csv() {
        let rows = ScanFormat.listing([
            ScanSamples.result(.malicious, [ScanSamples.hostile, ScanSamples.finding(.info, "ARC-ODD", nil)]),
            ScanSamples.result(.clean), ScanSamples.crashed,
        ]).rendered(as: .csv, isTerminal: false).split(separator: "\n")
        #expect(rows.count == 5)
        #expect(
            rows[1]
                == "dist/box-1.0.0.tgz,pkg:npm/box@1.0.0,malicious,malicious,INST-SCRIPT-NET,package/package.json,7,1,an install script downloads and runs something"
        )
        #expect(rows[3] == "dist/box-1.0.0.tgz,pkg:npm/box@1.0.0,clean,,,,,,")
        #expect(rows[4] == "dist/bad.tgz,,unavailable,,,,,,crash: signal 11")
    }

    @Test("the exit code is that of the gravest: refused before unavailable")
    func exitCodes() {
        let (clean, suspicious) = (ScanSamples.result(.clean), ScanSamples.result(.suspicious))
        func code(_ results: [ScanResult], _ threshold: Verdict? = .suspicious) -> ExitCode {
            ScanSummary(results, failingOn: threshold).exitCode
        }
        #expect(code([clean, clean]) == .success)
        #expect(code([clean, suspicious]) == .refused)
        #expect(code([suspicious], .malicious) == .success)
        #expect(code([ScanSamples.result(.malicious)], .malicious) == .refused)
        #expect(code([ScanSamples.result(.malicious)], nil) == .success)
        #expect(code([clean, ScanSamples.crashed]) == .failure)
        #expect(code([ScanSamples.crashed], nil) == .failure)
        #expect(code([suspicious, ScanSamples.crashed]) == .refused)
        #expect(
            ScanSummary([clean, suspicious, clean, ScanSamples.crashed], failingOn: nil).sentence
                == "4 inputs: 1 suspicious, 1 unavailable, 2 clean")
    }
}

@Suite("Options of a scan")
struct ScanOptionTests {
    private func options(_ words: String...) throws(CommandFailure) -> ScanOptions {
        let surroundings = Surroundings(
            environment: ProcessEnvironment(variables: [:]),
            console: Console(isTerminal: false, hasColour: false, result: { _ in }, note: { _ in }),
            clock: ManualWallClock(Timestamp(secondsSinceEpoch: 0)), executablePath: "/jurat")
        let parser = ArgumentParser(commands: CommandTable.all)
        guard case .run(let invocation) = parser.parse(["scan", "x.tgz"] + words, surroundings: surroundings) else {
            throw CommandFailure(.usage, "not understood")
        }
        return try ScanOptions(invocation)
    }

    @Test("without options everything refused fails, and everything is shown")
    func defaults() throws {
        let options = try options()
        #expect(options.threshold == .suspicious && options.least == .info && options.format == .table)
        #expect(
            options.allowance.seconds == 300 && options.allowance.memoryBytes == 3 << 30
                && options.jobs == Processors.available)
        #expect(options.sandbox == .required && options.ecosystem == nil && options.purl == nil)
    }

    @Test("every option is read")
    func all() throws {
        let options = try options(
            "-o", "sarif", "--fail-on", "never", "--min-severity", "malicious", "--purl", "pkg:pypi/box@1.0", "--jobs",
            "3", "--memory", "512MiB", "--time", "60", "--sandbox", "degraded")
        #expect(options.format == .sarif && options.threshold == nil && options.least == .malicious)
        #expect(options.ecosystem == .pypi && options.purl?.text == "pkg:pypi/box@1.0")
        #expect(options.jobs == 3 && options.allowance.memoryBytes == 512 << 20 && options.allowance.seconds == 60)
        #expect(options.sandbox == .degraded)
    }

    @Test(
        "wrong values are usage errors that name the choices",
        arguments: [
            ["--fail-on", "clean"], ["--min-severity", "grave"], ["--ecosystem", "cargo"], ["--purl", "box"],
            ["--purl", "pkg:npm/box"], ["--jobs", "0"], ["--memory", "12"], ["--memory", "9999999999G"],
            ["--memory", "much"], ["--time", "0"], ["--sandbox", "off"], ["-o", "xml"],
            ["--ecosystem", "npm", "--purl", "pkg:pypi/box@1.0"],
        ])
    func wrong(words: [String]) {
        do {
            switch words.count {
            case 2: _ = try options(words[0], words[1])
            default: _ = try options(words[0], words[1], words[2], words[3])
            }
            Issue.record("\(words) was taken")
        } catch {
            #expect(error.code == .usage)
        }
    }
}
