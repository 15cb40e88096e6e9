import Platform

#if canImport(Glibc)
    import Glibc
#endif

/// Where a command's words go: results to standard output, everything else to standard error.
struct Console: Sendable {
    let isTerminal: Bool
    let hasColour: Bool
    private let writeResult: @Sendable (String) -> Void
    private let writeNote: @Sendable (String) -> Void

    init(
        isTerminal: Bool, hasColour: Bool, result: @escaping @Sendable (String) -> Void,
        note: @escaping @Sendable (String) -> Void
    ) {
        self.isTerminal = isTerminal
        self.hasColour = hasColour
        writeResult = result
        writeNote = note
    }

    /// The process's own streams. Colour needs a terminal and no `NO_COLOR`.
    static func standard(environment: ProcessEnvironment) -> Console {
        let isTerminal = isatty(1) == 1
        return Console(
            isTerminal: isTerminal, hasColour: isTerminal && environment["NO_COLOR"] == nil,
            result: { writeWhole($0, to: 1) }, note: { writeWhole($0, to: 2) })
    }

    /// A line of the command's result.
    func line(_ text: String) { writeResult(text + "\n") }
    /// Text of the command's result as it is.
    func text(_ text: String) { writeResult(text) }
    /// A line beside the result: progress, advice, complaints.
    func note(_ text: String) { writeNote(text + "\n") }

    /// Replaces the line that the cursor is on; for terminals.
    func rewrite(_ text: String) { writeNote("\r\u{1B}[K" + text) }

    func emphasised(_ text: String, _ style: Style) -> String {
        hasColour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    enum Style: String {
        case bold = "1"
        case red = "31"
        case green = "32"
        case yellow = "33"
    }
}

private func writeWhole(_ text: String, to descriptor: Int32) {
    var rest = ArraySlice(Array(text.utf8))
    while !rest.isEmpty {
        let written = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        // A reader that left (EPIPE) or a full disk: there is nobody left to tell.
        guard written > 0 else { return }
        rest = rest.dropFirst(written)
    }
}
