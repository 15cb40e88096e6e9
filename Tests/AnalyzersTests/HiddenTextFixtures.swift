import Compression
import TestSupport

@testable import Analyzers

/// Artifacts for the rules about hidden characters and encodings.
let hiddenTextFixtures = RuleFixtures(
    flagged: [
        .bidiInProse: { try npmFile("README.md", "safe\u{202E}txt.exe") },
        .bidiInDocumentation: {
            try sdistFile("acme_box/a.py", "'''A box.\nlike \u{202E}this\nend.'''\n")
        },
        .bidiWithinText: { try sdistFile("acme_box/a.py", "x = '''A box.\nlike \u{202E}this\nend.'''\n") },
        .bidiListed: { try npmFile("marks.js", "exports.marks = /[\u{202A}-\u{202E}\u{2066}-\u{2069}]/g\n") },
        .bidiWithLetters: { try npmFile("he.js", "module.exports = '\u{202B}שלום\u{202C}'\n") },
        .variationRun: { try npmFile("index.js", "const a = '\(selectors("hidden"))'\n") },
        .variationRunInTests: { try npmFile("test/a.js", "const a = '\(selectors("hidden"))'\n") },
        .variationStray: { try npmFile("index.js", "// a\u{FE01}b\u{FE02}c\u{FE03}d\u{FE04}\n") },
        .variationStrayInTests: { try npmFile("test/a.js", "// a\u{FE01}b\u{FE02}c\u{FE03}d\u{FE04}\n") },
        .variationPair: { try npmFile("index.js", "const a = '❤\u{FE0F}\u{FE0E}'\n") },
        .zeroWidthMessage: { try npmFile("README.md", "box \(zeroWidth("hi!"))\n") },
        .zeroWidthRunInTests: { try npmFile("test/a.js", "// \(zeroWidth("hi!"))\n") },
        .zeroWidthRun: { try npmFile("README.md", "box \(String(repeating: "\u{200B}", count: 9))\n") },
        .zeroWidthSpread: {
            try npmFile("README.md", String(repeating: "a\u{200B}b\u{2060}c\u{200B}d", count: 30))
        },
        .zeroWidthInIdentifier: { try npmFile("index.js", "const is\u{200C}Safe = 1\n") },
        .zeroWidthInName: { try npmFile("index.js", "globalThis['ev\u{200B}al'](code)\n") },
        .hiddenInFileName: { try npmFile("rea\u{200B}dme.js", "1\n") },
        .fillerInName: { try npmFile("index.js", "const \u{3164} = 1\n") },
        .fillerInTests: { try npmFile("test/a.js", "const \u{3164} = 1\n") },
        .fillerInCode: { try npmFile("index.js", "const { a, \u{3164} } = box\n") },
        .fillerRun: { try npmFile("index.js", "const a = '\(fillers)'\n") },
        .fillerRunInTests: { try npmFile("test/a.js", "const a = '\(fillers)'\n") },
        .fillerAsMember: { try npmFile("index.js", "box['\u{3164}']()\n") },
        .mixedScripts: { try npmFile("index.js", "const passw\u{43E}rd = 1\n") },
        .twinName: { try npmFile("index.js", "const copy = 1\nconst \u{441}\u{43E}\u{440}\u{443} = 2\n") },
        .mixedFileName: { try npmFile("\u{456}ndex.js", "1\n") },
        .formOfPowerful: { try sdistFile("acme_box/a.py", "\u{1D452}\u{1D463}\u{1D44E}\u{1D459}(text)\n") },
        .formOfPowerfulInTests: { try sdistFile("tests/a.py", "\u{1D452}\u{1D463}\u{1D44E}\u{1D459}(text)\n") },
        .formOfBuiltin: { try sdistFile("acme_box/a.py", "\u{1D45D}rint(1)\n") },
        .formOfOther: {
            try sdistFile(
                "acme_box/a.py", "check = 1\n\u{1D41C}\u{1D421}\u{1D41E}\u{1D41C}\u{1D424} = 2\n")
        },
        .privateUseRun: {
            try npmFile("index.js", "const a = '\u{E010}\u{E003}\u{E010}\u{E007}\u{E001}\u{E000}\u{E009}\u{E002}'\n")
        },
        .controlInCode: { try npmFile("index.js", "run() // \u{1B}[2K\u{1B}[1A harmless\n") },
        .controlInMetadata: {
            try npmTarball(manifest: "{\"name\":\"acme-box\",\"version\":\"1.2.3\"}\u{1B}[2K")
        },
        .lineEndInComment: { try npmFile("index.js", "a()\nb()\n// nothing here\rrun()\nc()\n") },
        .cookieTransforms: { try sdistFile("acme_box/a.py", "# coding: utf-7\nx = 1\n") },
        .cookieUnknown: { try sdistFile("acme_box/a.py", "# coding: acme-box\nx = 1\n") },
        .cookieOfLetters: { try sdistFile("acme_box/a.py", "# coding: koi8-r\nx = 1\n") },
        .wideSource: {
            try npmTarball {
                $0.addFile("package/index.js", bytes: [0xFF, 0xFE] + "run(1)\n".utf8.flatMap { [$0, 0] })
            }
        },
    ],
    clean: [
        "UNI-BIDI": { try npmFile("README.md", "שלום \u{202B}עולם\u{202C} \u{202D}(1)\u{202C}") },
        "UNI-TAG": { try npmFile("index.js", "// \u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}\n") },
        "UNI-VS": { try npmFile("README.md", "❤\u{FE0F}\u{FE0F} 1\u{FE0F}\u{20E3} ☂\u{FE0E} \u{845B}\u{E0100}") },
        "UNI-ZW": {
            try npmFile(
                "index.js",
                "\u{FEFF}const family = '👨\u{200D}👩\u{200D}👧', word = 'Donau\u{AD}dampf', fa = 'می\u{200C}خواهم',"
                    + " hint = 'long\u{200B}word'\n")
        },
        "UNI-FILLER": { try npmFile("index.js", "const blank = '\u{3164}', art = '⠀⠀⠀⠀⠀⠀⠀⠀⠀⣿'\n") },
        "UNI-MIXED": { try npmFile("index.js", "const Δx = 1, µs = 2, λ_max = 3, getДанные = 4, привет = 5\n") },
        "UNI-NFKC": { try sdistFile("acme_box/a.py", "µs = 1\nℓ = 2\nxₜ = 3\nxt = 4\n") },
        "UNI-PUA": {
            try npmFile(
                "index.js", "const icons = '\u{E000}\u{E001}\u{E002}\u{E003}\u{E004}\u{E005}\u{E006}\u{E007}\u{E008}'\n"
            )
        },
        "UNI-CTRL": { try npmFile("index.js", "const clear = '\u{1B}[2K'\n\u{0C}\nrun()\n") },
        "ENC-COOKIE": { try sdistFile("acme_box/a.py", "# -*- coding: latin-1 -*-\nx = 1\n") },
        "ENC-UTF16": {
            try npmTarball { $0.addFile("package/notes.txt", bytes: [0xFF, 0xFE] + "hi\n".utf8.flatMap { [$0, 0] }) }
        },
    ])

/// A tarball with one more file.
func npmFile(_ name: String, _ text: String) throws -> Artifact {
    try npmTarball { $0.addFile("package/\(name)", text) }
}

/// An sdist with one more file.
func sdistFile(_ name: String, _ text: String) throws -> Artifact {
    try sdist { $0.addFile("acme_box-1.2.3/\(name)", text) }
}

/// Text as the bytes that variation selectors number.
func selectors(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for byte in text.utf8 {
        if let scalar = Unicode.Scalar(byte < 16 ? 0xFE00 + UInt32(byte) : 0xE0100 + UInt32(byte) - 16) {
            result.append(scalar)
        }
    }
    return String(result)
}

/// Text as tag characters.
func tags(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for byte in text.utf8 { if let scalar = Unicode.Scalar(0xE0000 + UInt32(byte)) { result.append(scalar) } }
    return String(result)
}

/// Text as bits of two characters without width.
func zeroWidth(_ text: String) -> String {
    text.utf8.map { byte in
        (0..<8).map { byte & (0x80 >> $0) == 0 ? "\u{200B}" : "\u{200C}" }.joined()
    }.joined()
}

private let fillers = String(repeating: "\u{3164}\u{FFA0}", count: 8)
