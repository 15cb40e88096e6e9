import SourceCode

/// What the shape of one file's text shows: escapes, entropy, long lines, gaps.
enum ObfuscationStatistics {
    static func check(_ file: InspectedFile, into report: inout FileReport) {
        PolyglotCheck.check(file, into: &report)
        guard let source = file.text else { return }
        checkLines(source.bytes, file, into: &report)
        guard let model = file.model else { return }
        EscapeCheck.check(model, in: file, into: &report)
        checkEntropy(model, file, into: &report)
        GapCheck.check(model, in: file, into: &report)
    }

    // MARK: Long lines

    private static let longLine = 5000
    private static let minifiedFolders: Set<String> = [
        "dist", "build", "umd", "min", "bundle", "bundled", "vendor", "static", "assets", "lib-dist", "_build", "out",
        "esm", "cjs", "iife", "standalone", "generated", "third_party", "public",
    ]

    private static func checkLines(_ bytes: [UInt8], _ file: InspectedFile, into report: inout FileReport) {
        guard file.model != nil, bytes.count > longLine, !isBuilt(file.path) else { return }
        var start = 0
        // A longer line covers one of these positions with everything around it.
        while start + longLine < bytes.count {
            let window = bytes[start..<start + longLine]
            guard let end = window.lastIndex(of: 0x0A) else {
                return report.note(.longLine, line: file.line(at: start))
            }
            start = end + 1
        }
    }

    /// Whether a path says that tools made the file of others.
    private static func isBuilt(_ path: [[UInt8]]) -> Bool {
        guard let name = path.last else { return false }
        if name.contains(text: ".min.") || name.contains(text: "-min.") || name.contains(text: ".bundle.") {
            return true
        }
        return path.dropLast().contains { minifiedFolders.contains(String(decoding: $0, as: UTF8.self)) }
    }

    // MARK: Entropy

    private static func checkEntropy(_ model: CodeModel, _ file: InspectedFile, into report: inout FileReport) {
        if file.bytes.count >= 4096, Entropy.bits(file.bytes[...]) > 6.9 {
            return report.note(.denseSource, line: 1)
        }
        for token in model.tokens where token.kind == .string && token.end - token.start >= 1024 {
            let isQuote: (UInt8) -> Bool = { $0 == 0x22 || $0 == 0x27 || $0 == 0x60 }
            let literal = model.source.bytes[Int(token.start)..<Int(token.end)]
            let text = literal.drop { !isQuote($0) }.drop(while: isQuote)
            guard !isEmbeddedFile(text), Entropy.bits(text) > 5.2, isOneWord(text) else { continue }
            report.note(.denseLiteral, line: file.line(at: Int(token.start)))
        }
    }

    /// Whether a text has hardly a blank: prose and tables have many.
    private static func isOneWord(_ text: ArraySlice<UInt8>) -> Bool { text.count { $0 <= 0x20 } * 50 < text.count }

    private static let embeddedMarks = [
        "data:", "-----BEGIN", "AGFzbQ", "iVBOR", "/9j/", "R0lGOD", "d09GR", "AAEAAA", "T1RUTw", "UklGR", "PHN2Zy",
        "JVBER",
        "<svg", "SUQz", "T2dnUw", "H4sI", "UEsDB",
    ]

    /// Whether a text is a picture, a font, a certificate or a WebAssembly module as programs embed them.
    private static func isEmbeddedFile(_ text: ArraySlice<UInt8>) -> Bool {
        embeddedMarks.contains { text.hasPrefix($0) }
    }
}

/// How much a byte of a text tells.
enum Entropy {
    /// Shannon's entropy in bits a byte.
    static func bits(_ bytes: ArraySlice<UInt8>) -> Double {
        guard !bytes.isEmpty else { return 0 }
        let counts = counts(of: bytes)
        let total = Double(bytes.count)
        return counts.reduce(0) { sum, count in
            guard count > 0 else { return sum }
            return sum - Double(count) / total * binaryLogarithm(Double(count) / total)
        }
    }

    /// How often each byte occurs.
    private static func counts(of bytes: ArraySlice<UInt8>) -> [Int] {
        // Equal bytes often follow each other; tables in turn keep one count from waiting for the other.
        var tables = [Int](repeating: 0, count: 4 * 256)
        unsafe tables.withUnsafeMutableBufferPointer { tables in
            unsafe bytes.withUnsafeBufferPointer { text in
                for index in 0..<text.count {
                    unsafe tables[(index & 3) << 8 | Int(text[index])] &+= 1
                }
            }
        }
        return (0..<256).map { tables[$0] + tables[256 + $0] + tables[512 + $0] + tables[768 + $0] }
    }

    /// The logarithm to the base of two of a positive number, to a thousandth: the exponent and a series for the rest.
    private static func binaryLogarithm(_ value: Double) -> Double {
        let ratio = (value.significand - 1) / (value.significand + 1)
        let square = ratio * ratio
        let series = ratio * (1 + square * (1.0 / 3 + square * (1.0 / 5 + square / 7)))
        return Double(value.exponent) + 2 * series / 0.693_147_180_559_945
    }
}
