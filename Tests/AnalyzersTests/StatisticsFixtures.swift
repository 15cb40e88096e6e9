import TestSupport

@testable import Analyzers

/// Artifacts for the rules about the shape of text.
let statisticsFixtures = RuleFixtures(
    flagged: [
        .escapedLiteral: { try npmFile("index.js", "run('\(escaped(String(repeating: "require", count: 12)))')\n") },
        .escapedFile: {
            let words = (0..<40).map { "'\(escaped("export\($0)"))'" }.joined(separator: ", ")
            return try npmFile("index.js", "const names = [\(words)]\n")
        },
        .denseLiteral: { try npmFile("index.js", "const table = '\(dense(2000))'\n") },
        .denseSource: { try npmTarball { $0.addFile("package/index.js", bytes: noise(8000)) } },
        .longLine: { try npmFile("index.js", "const table = [\(String(repeating: "12, ", count: 2000))0]\n") },
        .programAsData: {
            try npmTarball { $0.addFile("package/logo.png", bytes: Array("\u{7F}ELF".utf8) + noise(64)) }
        },
        .scriptAsMedia: { try npmFile("logo.png", "const a = require('fs')\neval(a.readFileSync('b'))\n") },
        .scriptAfterMedia: {
            try npmTarball {
                $0.addFile(
                    "package/logo.png",
                    bytes: picture + Array("const a = require('fs'); eval(a.readFileSync('b', 'utf8')) // go on\n".utf8)
                )
            }
        },
        .blanksBeforeStatement: { try npmFile("index.js", "a = 1;\(spaces(250))run(a)\n") },
        .blanksWithinStatement: { try npmFile("index.js", "a = b ||\(spaces(250))run(a)\n") },
        .blankLines: { try npmFile("index.js", "a = 1\n\(String(repeating: "\n", count: 600))run(a)\n") },
    ],
    clean: [
        "OBF-ESC": { try npmFile("index.js", "const bytes = '\(String(repeating: "\\x00\\x8f\\xfe", count: 60))'\n") },
        "OBF-ENTROPY": { try npmFile("index.js", "const font = 'data:font/woff;base64,\(dense(2000))'\n") },
        "OBF-LONGLINE": {
            try npmFile("dist/index.js", "const table = [\(String(repeating: "12, ", count: 2000))0]\n")
        },
        "OBF-POLYGLOT": { try npmTarball { $0.addFile("package/logo.png", bytes: picture + [0x0A]) } },
        "HIDE-WS": {
            try npmFile(
                "index.js",
                "a = 1;\(spaces(250))// a remark run(a)\nb = '\(spaces(250))run(b)'\n\(spaces(250))run(c)\n"
                    + "function f(a\(spaces(250))) { run(d) }\n")
        },
    ])

private func escaped(_ text: String) -> String {
    text.utf8.map { "\\x" + String($0, radix: 16) }.joined()
}

/// Letters in no order, as base64 has them.
private func dense(_ count: Int) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var random = SeededRandom(seed: 5)
    return String((0..<count).map { _ in letters[Int(random.next() % 64)] })
}

/// Bytes in no order, none of them a NUL.
private func noise(_ count: Int) -> [UInt8] {
    var random = SeededRandom(seed: 7)
    return random.bytes(count).map { $0 == 0 ? 1 : $0 }
}

private let picture: [UInt8] =
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 0, count: 40) + Array("IEND".utf8)
    + [0xAE, 0x42, 0x60, 0x82]
