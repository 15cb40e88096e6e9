/// UNANALYZED and CAP-NATIVE over one file: what is run or loaded and cannot be read here.
enum UnreadFileRules {
    static func check(_ file: InspectedFile, into report: inout FileReport) {
        switch file.kind {
        case .native, .wasm: noteProgram(&report)
        case .pythonBytecode:
            noteProgram(&report)
            if isUnchecked(file.bytes) { report.note(.bytecodeUnchecked) }
        case .media, .font, .archive, .data:
            if isNamedLikeCode(file), !isTransportStream(file.bytes) {
                report.note(.codeNotText)
                report.fact(.unread)
            }
        case .javaScript, .typeScript, .python, .shell, .json, .toml, .yaml, .gyp, .markup, .prose, .text: break
        }
    }

    private static func noteProgram(_ report: inout FileReport) {
        report.capability(.native, line: nil, atLoad: true)
        report.note(.opaqueProgram)
        report.fact(.unread)
    }

    /// Bytecode that Python loads without comparing it with the source beside it.
    ///
    /// Spec: PEP 552: the word after the magic number has bit 0 for a digest of the source, bit 1 for checking it.
    private static func isUnchecked(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 16 else { return false }
        return bytes[4] == 1 && bytes[5] == 0 && bytes[6] == 0 && bytes[7] == 0
    }

    private static let codeEndings = [
        ".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx", ".py", ".pyw", ".sh", ".bash", ".ps1", ".bat",
    ]

    private static func isNamedLikeCode(_ file: InspectedFile) -> Bool {
        // `._name` is what the finder of macOS leaves beside a file.
        guard let name = file.path.last, !name.hasPrefix("._"), !file.bytes.isEmpty else { return false }
        let lowered = name.lowercasedASCII()
        return codeEndings.contains { lowered.hasSuffix($0) }
    }

    /// MPEG-2 transport streams end in `.ts` as well.
    private static func isTransportStream(_ bytes: [UInt8]) -> Bool {
        bytes.first == 0x47 && bytes.count > 188 && bytes[188] == 0x47
    }
}
