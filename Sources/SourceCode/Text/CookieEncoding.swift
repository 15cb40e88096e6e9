/// What an encoding named in a Python cookie does to the bytes.
enum CookieEncoding {
    case utf8
    /// One byte a character, the characters above ASCII by `table` (from 0x80), else unknown.
    case letters(name: String, table: [UInt16]?)
    /// Two bytes a character where the first is above ASCII; the second can look like ASCII.
    case pairs(name: String)
    /// No encoding of letters, or none that is known.
    case transformation(name: String)

    /// The encoding that Python finds under a name.
    ///
    /// Spec: `encodings.normalize_encoding` and `encodings.aliases` of CPython.
    init(named name: String) {
        let normal = CookieEncoding.normalised(name)
        let short = normal.filter { $0 != "_" }
        if ["utf8", "utf", "u8", "utf8sig", "cp65001", "utf8ucs2", "utf8ucs4", "utf8mac"].contains(short)
            || normal.hasPrefix("utf_8_") || ["ascii", "usascii", "646", "ansix341968", "us"].contains(short)
        {
            self = .utf8
        } else if CookieEncoding.isLatin1(short) || normal.hasPrefix("latin_1_") || normal.hasPrefix("iso_8859_1_") {
            self = .letters(name: "iso8859-1", table: LetterTables.latin1)
        } else if let codePage = CookieEncoding.codePage(short) {
            self = .letters(name: codePage, table: codePage == "cp1252" ? LetterTables.windows1252 : nil)
        } else if CookieEncoding.isOtherLetters(short) {
            self = .letters(name: normal, table: nil)
        } else if CookieEncoding.isPairs(short) {
            self = .pairs(name: normal)
        } else {
            self = .transformation(name: CookieEncoding.transformations[short] ?? normal)
        }
    }

    /// The text behind the cookie; Python refuses a marked file whose cookie names something else than UTF-8, so
    /// nothing is transcoded there.
    func decoded(_ bytes: [UInt8], hasMark: Bool) -> SourceText {
        switch self {
        case .utf8:
            SourceText(bytes: bytes, encoding: .utf8(hasMark: hasMark))
        case .letters(let name, let table):
            SourceText(
                bytes: hasMark ? bytes : LetterTables.decoded(bytes, table: table), encoding: .declared(name: name))
        case .pairs(let name):
            SourceText(bytes: hasMark ? bytes : LetterTables.decodedPairs(bytes), encoding: .declared(name: name))
        case .transformation(let name):
            SourceText(
                bytes: hasMark ? bytes : SourceTransformations.decoded(bytes, by: name), encoding: .foreign(name: name))
        }
    }

    /// Lower case, and one `_` for every run of characters that are neither letters, digits nor dots.
    private static func normalised(_ name: String) -> String {
        var result: [UInt8] = []
        var isPending = false
        for byte in name.utf8 {
            let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
            guard lower >= 0x61 && lower <= 0x7A || lower >= 0x30 && lower <= 0x39 || lower == 0x2E else {
                isPending = true
                continue
            }
            if isPending, !result.isEmpty { result.append(UInt8(ascii: "_")) }
            isPending = false
            result.append(lower)
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isLatin1(_ short: String) -> Bool {
        [
            "latin1", "latin", "l1", "iso88591", "isolatin1", "8859", "cp819", "iso885911987", "88591", "isoir100",
            "ibm819", "csisolatin1",
        ].contains(short)
    }

    /// `cp1250` … `cp1258`, also as `windows-125x` and `125x`.
    private static func codePage(_ short: String) -> String? {
        for number in 1250...1258 where ["cp\(number)", "windows\(number)", "\(number)"].contains(short) {
            return "cp\(number)"
        }
        return nil
    }

    private static func isOtherLetters(_ short: String) -> Bool {
        let prefixes = ["iso8859", "8859", "latin", "isolatin", "koi8", "mac", "ibm8", "kz1048", "ptcp154", "tis620"]
        let names = [
            "cp437", "437", "ibm437", "cp720", "cp737", "cp775", "cp850", "850", "cp852", "852", "cp855", "855",
            "cp856", "cp857", "857", "cp858", "cp860", "cp861", "cp862", "cp863", "cp864", "cp865", "cp866", "866",
            "cp869", "cp874", "cp1006", "cp1125", "cp154", "l2", "l3", "l4", "l5", "l6", "l7", "l8", "l9", "l10",
            "cyrillic", "greek", "greek8", "hebrew", "arabic", "thai", "hproman8", "roman8", "r8", "rk1048",
        ]
        return prefixes.contains { short.hasPrefix($0) } || names.contains(short)
    }

    private static func isPairs(_ short: String) -> Bool {
        let prefixes = ["gb", "euc", "big5", "shiftjis", "sjis", "ujis", "ks", "johab", "chinese", "korean"]
        let names = [
            "cp932", "932", "ms932", "mskanji", "cp936", "936", "ms936", "cp949", "949", "ms949", "uhc",
            "cp950", "950", "ms950", "csshiftjis", "hkscs", "cp1361", "ms1361", "u_jis",
        ]
        return prefixes.contains { short.hasPrefix($0) } || names.contains(short)
    }

    /// Python's aliases of its transformations.
    private static let transformations: [String: String] = [
        "utf7": "utf_7", "u7": "utf_7", "unicode11utf7": "utf_7", "rot13": "rot_13",
        "unicodeescape": "unicode_escape", "rawunicodeescape": "raw_unicode_escape", "hex": "hex_codec",
        "hexcodec": "hex_codec", "base64": "base64_codec", "base64codec": "base64_codec", "zip": "zlib_codec",
        "zlib": "zlib_codec", "zlibcodec": "zlib_codec", "bz2": "bz2_codec", "bz2codec": "bz2_codec",
        "uu": "uu_codec", "uucodec": "uu_codec", "quopri": "quopri_codec", "quopricodec": "quopri_codec",
        "quotedprintable": "quopri_codec", "punycode": "punycode", "idna": "idna", "stringescape": "string_escape",
    ]
}
