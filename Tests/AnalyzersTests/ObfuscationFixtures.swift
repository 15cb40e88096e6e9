import Cryptography
import TestSupport

@testable import Analyzers

private let base64OfCode: String = {
    let code = String(repeating: "const box = require('box'); function open() { return box.open() }\n", count: 8)
    return Base64.encode(Array(code.utf8))
}()

private let base64OfProgram = Base64.encode(Array("require('child_process').exec('id acme-box')".utf8))

/// Swaps the letters of a text by a seed, as far as a reader of code can tell.
private let shuffle = """
    var names = (function (text, seed) {
      var size = text.length, all = []
      for (var i = 0; i < size; i++) all[i] = text.charAt(i)
      for (var i = 0; i < size; i++) {
        var a = (seed * (i + 3) + (seed % 19597)) % size, b = (seed * (i + 7)) % size
        var kept = all[a]; all[a] = all[b]; all[b] = kept
        seed = (a + b) % 4573868
      }
      return all.join('').split('%')
    })('xob%emca%', 2857687)
    global[names[0]] = require

    """

private let base64OfData = Base64.encode((0..<600).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ ($0 >> 3) ^ 0x93) })

private let hexNames = (0..<12).map { "var _0x4fa\($0 + 10) = \($0);" }.joined(separator: "\n")

private let numbers = Array("const box = require('acme-box')".utf8).map(String.init).joined(separator: ", ")

let obfuscationFixtures = RuleFixtures(
    flagged: [
        .decodedCodeText: { try npmCode("const a = atob('\(base64OfCode)')\n") },
        .hiddenProgram: {
            try npmCode(
                "const run = new Map([['a', eval]])\nrun.get('a')(atob('\(base64OfProgram)'))\n")
        },
        .hiddenProgramElsewhere: {
            try npmCode("require('./b')(require('./a'))\n") { tar in
                tar.addFile("package/a.js", "exports.a = '\(base64OfProgram)'\n")
                tar.addFile("package/b.js", "const run = eval\nmodule.exports = (x) => run(x.a)\n")
            }
        },
        .decodedModule: {
            try npmCode("const names = require('./names')\nrequire(Buffer.from(names[0], 'hex').toString()).run()\n")
        },
        .shuffledNames: { try npmCode(shuffle) },
        .testHookIsGrave: {
            try sdist { tar in
                tar.addFile(
                    "acme_box-1.2.3/tests/conftest.py",
                    "import base64\nexec(base64.b64decode('\(base64OfProgram)'))\n")
            }
        },
        .decodedData: { try npmCode("const a = Buffer.from('\(base64OfData)', 'base64')\n") },
        .computedName: { try npmCode("globalThis['ev' + 'al']('1 + 1')\n") },
        .disguisedName: { try npmCode("\\u0065val('1 + 1')\n") },
        .hexNames: { try npmCode(hexNames) },
        .packedScript: {
            try npmCode(
                "eval(function(p,a,c,k,e,d){while(c--)p=p.replace(c,k[c]);return p}('0 1',2,2,['a','b'],0,{}))\n")
        },
        .symbolProgram: { try npmCode(String(repeating: "[][(![]+[])[+[]]+(!![]+[])[+!![]]]", count: 30)) },
        .charcodeText: { try npmCode("const text = String.fromCharCode(\(numbers))\n") },
        .armoredCode: {
            try wheelCode("from pyarmor_runtime_000000 import __pyarmor__\n__pyarmor__(__name__, __file__, b'PY')\n")
        },
        .dataFileRuns: {
            try npmInstall("require('vm').runInThisContext(require('fs').readFileSync('./notes.txt', 'utf8'))\n") {
                $0.addFile("package/notes.txt", "const fs = require('fs');\nfs.writeFileSync('a', process.version);\n")
            }
        },
        .hiddenFileRuns: {
            try npmCode("require('./.cache/run.js')\n") { $0.addFile("package/.cache/run.js", "module.exports = 1\n") }
        },
        .doubleEnding: {
            try npmCode("require('./logo.png.js')\n") { $0.addFile("package/logo.png.js", "module.exports = 1\n") }
        },
        .quietCodeRuns: {
            try npmCode("require('./test/run')\n") { $0.addFile("package/test/run.js", "module.exports = 1\n") }
        },
    ],
    clean: [
        "OBF-DECODE": { try npmCode("const a = Buffer.from('aGVsbG8=', 'base64')\n") },
        "OBF-ALIAS": { try npmCode("const name = 'a' + 'b'\nexports[name] = globalThis['Array']\n(0, eval)('1')\n") },
        "OBF-0X": { try npmCode("const _0xffff = 1, mask = 0x4fa1\n") },
        "OBF-PACKER": { try npmCode("module.exports = function (p, a, c, k, q) { return p }\n") },
        "OBF-JSFUCK": { try npmCode("const a = [[], [], []]; const b = !![]; const c = (![]+[])\n") },
        "OBF-CHARCODE": {
            try npmCode(
                "const table = String.fromCharCode(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, "
                    + "19, 20, 21, 22, 23, 24, 25)\n")
        },
        "OBF-ARMOR": { try wheelCode("# pyarmor is a tool\nname = 'pyarmor'\n") },
        "HIDE-NAME": {
            try npmCode("module.exports = require('./lib/a')\n") {
                $0.addFile("package/lib/a.js", "module.exports = 1\n")
                $0.addFile("package/.eslintrc.js", "module.exports = {}\n")
                $0.addFile("package/test/a.js", "require('../lib/a')\n")
                $0.addFile("package/notes.txt", "const a = require('a')\nconst b = () => 1\n")
            }
        },
    ])
