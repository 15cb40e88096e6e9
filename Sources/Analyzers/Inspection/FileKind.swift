import SourceCode

/// What a file is, by its content first and its name second.
enum FileKind: Equatable {
    case javaScript, typeScript, python, shell
    case json, toml, yaml, gyp
    /// HTML, XML, SVG and templates of them.
    case markup
    /// Text for people: Markdown, reStructuredText, plain text.
    case prose
    /// Any other text.
    case text
    case native(NativeFormat)
    case wasm
    case pythonBytecode
    /// Pictures, sound and film.
    case media
    case font
    case archive
    /// Anything else that is no text.
    case data

    /// The language whose reader makes a model of such a file.
    var language: SourceLanguage? {
        switch self {
        case .javaScript: .javaScript
        case .typeScript: .typeScript
        case .python: .python
        case .shell, .json, .toml, .yaml, .gyp, .markup, .prose, .text, .native, .wasm, .pythonBytecode, .media, .font,
            .archive, .data:
            nil
        }
    }

    /// Whether it is text of any kind.
    var isText: Bool {
        switch self {
        case .javaScript, .typeScript, .python, .shell, .json, .toml, .yaml, .gyp, .markup, .prose, .text: true
        case .native, .wasm, .pythonBytecode, .media, .font, .archive, .data: false
        }
    }
}

/// The formats of programs and libraries for processors.
enum NativeFormat: Equatable {
    case elf, portableExecutable, machO
    /// Several Mach-O files in one.
    case fatMachO
}

extension FileKind {
    /// The kind of a file at `path` with the content `bytes`.
    init(path: [[UInt8]], bytes: [UInt8]) {
        let name = (path.last ?? []).lowercasedASCII()
        if let kind = FileKind(magic: bytes, name: name) {
            self = kind
        } else if FileKind.isBinary(bytes) {
            self = .data
        } else {
            self = FileKind(textNamed: name, bytes: bytes)
        }
    }

    /// Text has no NUL, unless it is in a wide encoding, which shows in the pattern of its zeros.
    private static func isBinary(_ bytes: [UInt8]) -> Bool {
        let head = bytes.prefix(8192)
        guard hasZero(head) else { return false }
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return false }
        if head.starts(with: [0, 0, 0xFE, 0xFF]) { return false }
        let zerosAtEven = stride(from: 0, to: head.count, by: 2).count { head[$0] == 0 }
        let zeros = head.count { $0 == 0 }
        let isWide = (zerosAtEven == 0 || zerosAtEven == zeros) && zeros * 10 >= head.count * 4
        // A NUL in a script is passed over by some interpreters: a few among text leave it text.
        let isScript = head.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")])
        return !isWide && !isScript && !(zeros <= 8 && head.count >= 64 && !FileKind.hasOddControls(head))
    }

    /// Whether a NUL is among bytes: without a branch, in vectors.
    private static func hasZero(_ bytes: ArraySlice<UInt8>) -> Bool {
        var found: UInt8 = 0
        unsafe bytes.withUnsafeBufferPointer { text in
            for index in 0..<text.count { found |= unsafe text[index] == 0 ? 1 : 0 }
        }
        return found != 0
    }

    private static func hasOddControls(_ head: ArraySlice<UInt8>) -> Bool {
        head.count { $0 < 0x20 && $0 != 0 && !(0x09...0x0D).contains($0) && $0 != 0x1B } * 50 > head.count
    }
}

// MARK: By the first bytes

extension FileKind {
    private init?(magic bytes: [UInt8], name: [UInt8]) {
        guard bytes.count >= 4 else { return nil }
        if let kind = FileKind.program(bytes, name) ?? FileKind.medium(bytes) {
            self = kind
        } else if ArchiveFormat(head: Array(bytes.prefix(512))) != nil {
            self = .archive
        } else {
            return nil
        }
    }

    private static func program(_ bytes: [UInt8], _ name: [UInt8]) -> FileKind? {
        let word = bytes[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        switch word {
        case 0x7F45_4C46: return .native(.elf)
        case 0xFEED_FACE, 0xFEED_FACF, 0xCEFA_EDFE, 0xCFFA_EDFE: return .native(.machO)
        // Java classes begin alike, with a version that is no count of processors.
        case 0xCAFE_BABE, 0xCAFE_BABF:
            return bytes.count > 7 && bytes[4] == 0 && bytes[7] < 40 ? .native(.fatMachO) : .data
        case 0xBEBA_FECA, 0xBFBA_FECA: return .native(.fatMachO)
        case 0x0061_736D: return .wasm
        default: break
        }
        if bytes[0] == UInt8(ascii: "M"), bytes[1] == UInt8(ascii: "Z"), isPortableExecutable(bytes) {
            return .native(.portableExecutable)
        }
        let isBytecode = bytes[2] == 0x0D && bytes[3] == 0x0A
        if isBytecode, name.hasSuffix(".pyc") || name.hasSuffix(".pyo") || bytes.prefix(16).contains(0) {
            return .pythonBytecode
        }
        return nil
    }

    private static func isPortableExecutable(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 64 else { return false }
        let offset = Int(bytes[60]) | Int(bytes[61]) << 8 | Int(bytes[62]) << 16 | Int(bytes[63]) << 24
        guard offset < bytes.count - 4 else { return bytes.prefix(64).contains(0) }
        return bytes[offset] == UInt8(ascii: "P") && bytes[offset + 1] == UInt8(ascii: "E")
    }

    private static let mediaMarks: [[UInt8]] = [
        [0x89, 0x50, 0x4E, 0x47], [0xFF, 0xD8, 0xFF], Array("GIF8".utf8), Array("RIFF".utf8), Array("ID3".utf8),
        Array("OggS".utf8), Array("fLaC".utf8), [0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A],
        [0x00, 0x00, 0x01, 0x00], [0x00, 0x00, 0x02, 0x00], [0x1A, 0x45, 0xDF, 0xA3], Array("%PDF".utf8),
        [0xFF, 0xFB], [0xFF, 0xF3],
    ]
    private static let fontMarks: [[UInt8]] = [
        [0x00, 0x01, 0x00, 0x00], Array("OTTO".utf8), Array("wOFF".utf8), Array("wOF2".utf8), Array("ttcf".utf8),
    ]

    /// Which bytes a mark begins with: hardly a text does.
    private static let firstsOfMarks: [Bool] = {
        var firsts = [Bool](repeating: false, count: 256)
        for mark in mediaMarks + fontMarks { firsts[Int(mark[0])] = true }
        return firsts
    }()

    private static func medium(_ bytes: [UInt8]) -> FileKind? {
        let isMarked = firstsOfMarks[Int(bytes[0])]
        if isMarked, mediaMarks.contains(where: { bytes.starts(with: $0) }) {
            // What says that it is a picture and is text otherwise is looked at as text.
            return bytes.prefix(512).contains { $0 == 0 || $0 >= 0x80 } ? .media : nil
        }
        if bytes.count > 12, bytes[4..<8].equals("ftyp") { return .media }
        if bytes.starts(with: [0x42, 0x4D]), bytes.count > 14, bytes[6..<10].allSatisfy({ $0 == 0 }) { return .media }
        return isMarked && fontMarks.contains { bytes.starts(with: $0) } ? .font : nil
    }
}

// MARK: By the name

extension FileKind {
    private init(textNamed name: [UInt8], bytes: [UInt8]) {
        let ending = name.lastIndex(of: UInt8(ascii: ".")).map { String(decoding: name[($0 + 1)...], as: UTF8.self) }
        switch ending ?? "" {
        case "js", "cjs", "mjs", "jsx", "es6", "es", "bones", "jsm": self = .javaScript
        case "ts", "cts", "mts", "tsx": self = bytes.hasPrefix("<?xml") ? .markup : .typeScript
        case "py", "pyw", "pyi", "pyx", "pxd", "pxi", "py3": self = .python
        case "sh", "bash", "zsh", "ps1", "psm1", "bat", "cmd", "command", "ksh", "fish": self = .shell
        case "json", "json5", "map", "ipynb", "webmanifest", "jsonc", "jsonl": self = .json
        case "toml": self = .toml
        case "yml", "yaml": self = .yaml
        case "gyp", "gypi": self = .gyp
        case "html", "htm", "xhtml", "xml", "svg", "vue", "svelte", "rss", "plist", "xsl", "xslt", "hbs", "ejs",
            "jinja",
            "j2", "mustache":
            self = .markup
        case "md", "markdown", "rst", "txt", "adoc", "org", "tex": self = .prose
        default: self = FileKind(hashbangOf: bytes) ?? .text
        }
    }

    /// The kind that the first line asks an interpreter for.
    private init?(hashbangOf bytes: [UInt8]) {
        guard bytes.hasPrefix("#!") else { return nil }
        let line = bytes.prefix(200).prefix { $0 != 0x0A && $0 != 0x0D }
        // Tables of numbers that say which program made them are no scripts.
        let body = bytes[line.endIndex...].prefix(512)
        let zeros = body.count { $0 == 0 }
        if zeros * 8 >= max(body.count, 64) {
            self = .data
            return
        }
        if line.contains(text: "python") {
            self = .python
        } else if ["node", "bun", "deno", "ts-node", "tsx", "zx"].contains(where: { line.contains(text: $0) }) {
            self = .javaScript
        } else if line.contains(text: "sh") {
            self = .shell
        } else {
            return nil
        }
    }
}
