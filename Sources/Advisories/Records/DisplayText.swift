/// Makes text from records fit to be shown: one line, nothing invisible, not too long.
enum DisplayText {
    private static let maxBytes = 240

    /// The first line that is not blank.
    static func line(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var bytes = 0
        var pendingSpace = false
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar == "\r" {
                if result.isEmpty { continue }
                break
            }
            if isSpace(scalar) {
                pendingSpace = !result.isEmpty
                continue
            }
            guard isVisible(scalar) else { continue }
            if bytes >= maxBytes { return String(result) + "…" }
            if pendingSpace {
                result.append(" ")
                bytes += 1
            }
            pendingSpace = false
            result.append(scalar)
            bytes += UTF8.width(scalar)
        }
        return String(result)
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        // The property look-up costs more than everything else in an import.
        if scalar.isASCII { return scalar.value == 0x20 || (0x09...0x0D).contains(scalar.value) }
        return scalar.properties.isWhitespace
    }

    /// False for control characters, bidirectional and zero-width marks, and everything else that shows nothing.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value > 0x20 && scalar.value < 0x7F }
        return switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation,
            .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
            .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol, .spaceSeparator:
            true
        @unknown default: false
        }
    }
}
