import SourceCode
import TestSupport
import Testing

private func decoded(_ bytes: [UInt8], _ language: SourceLanguage? = .python) -> String? {
    SourceText(decoding: bytes, language: language).map { String(decoding: $0.bytes, as: UTF8.self) }
}

private func encoding(_ text: String) -> SourceEncoding? {
    SourceText(decoding: Array(text.utf8), language: .python)?.encoding
}

@Suite("Decoding of source text")
struct TextDecodingTests {
    private func wide(_ text: String, bytes: Int, bigEndian: Bool, mark: Bool) -> [UInt8] {
        var result: [UInt8] = []
        func put(_ value: UInt32) {
            for index in 0..<bytes {
                result.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * (bigEndian ? bytes - 1 - index : index))))
            }
        }
        if mark { put(0xFEFF) }
        if bytes == 2 {
            for unit in text.utf16 { put(UInt32(unit)) }
        } else {
            for scalar in text.unicodeScalars { put(scalar.value) }
        }
        return result
    }

    @Test("UTF-16 and UTF-32 of both orders are read with their mark and without", arguments: [2, 4])
    func wideText(unit: Int) {
        let text = "import os  # caf\u{E9} \u{1F600}\nos.system('id')\n"
        for bigEndian in [true, false] {
            for mark in [true, false] {
                let source = SourceText(
                    decoding: wide(text, bytes: unit, bigEndian: bigEndian, mark: mark), language: nil)
                #expect(source?.bytes == Array(text.utf8), "unit \(unit), big \(bigEndian), mark \(mark)")
                #expect(source?.encoding == .wide(name: "utf-\(unit * 8)-\(bigEndian ? "be" : "le")"))
            }
        }
    }

    @Test("a UTF-8 mark is left out and told")
    func mark() {
        let source = SourceText(decoding: [0xEF, 0xBB, 0xBF] + Array("x".utf8), language: .javaScript)
        #expect(source?.bytes == Array("x".utf8))
        #expect(source?.encoding == .utf8(hasMark: true))
    }

    @Test("what is not UTF-8 stays as it is")
    func invalid() {
        let bytes: [UInt8] = [0x22, 0xC0, 0xAF, 0xFF, 0xED, 0xA0, 0x80, 0x22]
        #expect(SourceText(decoding: bytes, language: .javaScript)?.bytes == bytes)
    }

    @Test(
        "cookies are found by the expression of PEP 263",
        arguments: [
            ("# -*- coding: utf-7 -*-\n", "utf_7"), ("#!/usr/bin/python\n# vim: set fileencoding=rot13 :\n", "rot_13"),
            ("\n#coding=Unicode_Escape", "unicode_escape"), (" \t\u{C}# encoding:hex\r\n", "hex_codec"),
            ("# coding coding: uu", "uu_codec"), ("#a\r# coding:  zip", "zlib_codec"),
            ("# coding: nothing.4", "nothing.4"),
        ])
    func cookies(text: String, name: String) {
        #expect(encoding(text) == .foreign(name: name))
    }

    @Test(
        "what only looks like a cookie is none",
        arguments: [
            "x = 1\n# coding: utf-7\n", "\n\n# coding: utf-7\n", "# coding utf-7", "# coding : utf-7",
            "x = '# coding: utf-7'", "# coding: \n# nothing",
        ])
    func noCookies(text: String) {
        #expect(encoding(text) == .utf8(hasMark: false))
    }

    @Test("names of UTF-8 and ASCII change nothing; names of letters are told")
    func letters() {
        for name in ["utf8", "UTF-8", "utf_8", "U8", "utf-8-unix", "ascii", "US-ASCII"] {
            #expect(encoding("# coding: \(name)\n") == .utf8(hasMark: false), "\(name)")
        }
        #expect(encoding("# coding: Latin-1\n") == .declared(name: "iso8859-1"))
        #expect(encoding("# coding: windows-1252\n") == .declared(name: "cp1252"))
        #expect(encoding("# coding: iso-8859-15\n") == .declared(name: "iso_8859_15"))
        #expect(decoded(Array("#coding:latin1\n'".utf8) + [0xE9]) == "#coding:latin1\n'\u{E9}")
        #expect(decoded(Array("#coding:cp1252\n'".utf8) + [0x80]) == "#coding:cp1252\n'\u{20AC}")
        #expect(decoded(Array("#coding:sjis\n'".utf8) + [0x83, 0x5C, 0x27]) == "#coding:sjis\n'\u{FFFD}'")
    }

    @Test("transformations that can be undone show the program behind them")
    func transformations() {
        #expect(
            decoded(Array("#coding:utf7\n+AG8-s.system(+ACc-id+ACc-)+-1".utf8))?.hasSuffix("\nos.system('id')+1")
                == true)
        #expect(decoded(Array("#coding:unicode_escape\n#\\x0aimport os".utf8))?.hasSuffix("\n#\nimport os") == true)
        #expect(decoded(Array("#coding:raw_unicode_escape\n\\u0065val\\n".utf8))?.hasSuffix("\neval\\n") == true)
        #expect(decoded(Array("#coding:rot13\nvzcbeg bf".utf8))?.hasSuffix("\nimport os") == true)
    }

    @Test("binaries are no text, but a program with control characters is one")
    func binaries() {
        let image: [UInt8] = [
            0x89, 0x50, 0x4E, 0x47, 13, 10, 0x1A, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0,
        ]
        #expect(SourceText(decoding: image, language: nil) == nil)
        #expect(SourceText(decoding: image, language: .python) != nil)
        #expect(decoded(Array("echo hello, this is a script with one \0 in it\n".utf8), nil) != nil)
        #expect(decoded([], nil) == "")
    }

    @Test("any bytes decode to something")
    func totality() {
        var random = SeededRandom()
        for _ in 0..<2000 {
            let name = ["utf-7", "unicode_escape", "raw_unicode_escape", "gbk", "cp1252", "rot13"].randomElement(
                using: &random)
            let body = random.bytes(Int.random(in: 0...60, using: &random)).map {
                $0 & 0x7F == 0x60 ? UInt8(ascii: "\\") : $0
            }
            #expect(decoded(Array("#coding:\(name ?? "")\n".utf8) + body) != nil)
            _ = SourceText(decoding: body, language: nil)
        }
    }
}
