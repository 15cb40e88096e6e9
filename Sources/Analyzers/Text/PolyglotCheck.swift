import SourceCode

/// OBF-POLYGLOT: files whose name promises data and whose content is a program.
enum PolyglotCheck {
    private static let mediaEndings: Set<String> = [
        "png", "jpg", "jpeg", "gif", "bmp", "ico", "webp", "mp3", "mp4", "wav", "ogg", "webm", "avi", "ttf", "otf",
        "woff",
        "woff2", "eot", "pdf", "tiff", "flac",
    ]
    private static let textEndings: Set<String> = [
        "txt", "md", "rst", "json", "csv", "css", "html", "htm", "yml", "yaml", "xml", "svg", "ini", "cfg", "toml",
        "log",
        "map", "tsv",
    ]

    static func check(_ file: InspectedFile, into report: inout FileReport) {
        guard let name = file.path.last, let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return }
        let ending = String(decoding: name[(dot + 1)...].lowercasedASCII(), as: UTF8.self)
        let isMedia = mediaEndings.contains(ending)
        guard isMedia || textEndings.contains(ending) else { return }
        switch file.kind {
        case .native, .pythonBytecode: report.note(.programAsData)
        case .javaScript, .typeScript, .python, .shell, .text:
            if isMedia, let text = file.text, isProgram(text.bytes) { report.note(.scriptAsMedia) }
        case .media:
            if isMedia, let offset = trailingProgram(file.bytes) {
                report.note(.scriptAfterMedia, count: file.bytes.count - offset)
            }
        case .json, .toml, .yaml, .gyp, .markup, .prose, .wasm, .font, .archive, .data: return
        }
    }

    private static let signs = LiteralSet([
        "require(", "import ", "eval(", "exec(", "function(", "function ", "child_process", "subprocess", "os.system",
        "process.env", "=>", "def ", "#!/", "module.exports", "fetch(", "socket", "base64", "<script", "<?php",
    ])

    /// Whether a text has several marks of a program.
    private static func isProgram(_ bytes: [UInt8]) -> Bool {
        let present = signs.present(in: bytes[..<min(bytes.count, 256 << 10)])
        return (0..<signs.count).count { present.contains($0) } >= 2
    }

    /// Where a program begins behind the end of a picture; nil when none does.
    private static func trailingProgram(_ bytes: [UInt8]) -> Int? {
        guard let end = endOfPicture(bytes), bytes.count - end >= 64 else { return nil }
        let rest = Array(bytes[end...].prefix(256 << 10))
        let readable = rest.count { $0 >= 0x20 && $0 < 0x7F || (0x09...0x0D).contains($0) }
        return readable * 100 >= rest.count * 95 && isProgram(rest) ? end : nil
    }

    /// The end of a PNG or JPEG as its own marks tell it.
    private static func endOfPicture(_ bytes: [UInt8]) -> Int? {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
            return bytes.firstRange(of: "IEND").map { min($0.upperBound + 4, bytes.count) }
        }
        guard bytes.starts(with: [0xFF, 0xD8]) else { return nil }
        var index = bytes.count - 1
        while index > 1 {
            if bytes[index] == 0xD9, bytes[index - 1] == 0xFF { return index + 1 }
            index -= 1
        }
        return nil
    }
}
