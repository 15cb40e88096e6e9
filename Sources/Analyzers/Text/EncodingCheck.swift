import SourceCode

/// ENC-COOKIE and ENC-UTF16: source whose bytes are not what is read.
enum EncodingCheck {
    static func check(_ file: InspectedFile, into report: inout FileReport) {
        guard let model = file.model, let text = file.text else { return }
        switch text.encoding {
        case .utf8: break
        case .wide: report.note(.wideSource, line: 1)
        case .declared(let name):
            if model.language == .python, !isCommon(name) { report.note(.cookieOfLetters, line: 1) }
        case .foreign(let name):
            guard model.language == .python else { return }
            report.note(isTransformation(name) ? .cookieTransforms : .cookieUnknown, line: 1)
            if isTransformation(name) { report.fact(.hiddenText, line: 1) }
        }
    }

    private static func isCommon(_ name: String) -> Bool {
        name == "iso8859-1" || name.hasPrefix("cp125") || name == "iso8859_15" || name == "latin_1"
    }

    private static let transformations = [
        "utf_7", "rot_13", "hex_codec", "base64_codec", "zlib_codec", "bz2_codec", "uu_codec", "quopri_codec",
        "punycode",
        "idna", "undefined", "mbcs", "oem",
    ]

    /// Whether an encoding of Python's own makes other code of the bytes.
    private static func isTransformation(_ name: String) -> Bool {
        name.hasSuffix("_escape") || transformations.contains(name)
    }
}
