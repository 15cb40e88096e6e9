import SourceCode

/// Short ways to ask a model in tests.
extension CodeModel {
    static func javaScript(_ text: String, _ language: SourceLanguage = .javaScript) -> CodeModel {
        JavaScript.model(of: SourceText(bytes: Array(text.utf8)), language: language)
    }

    var texts: [String] {
        tokens.indices.map { String(decoding: text(ofToken: Int32($0)), as: UTF8.self) }
    }

    func texts(_ kind: TokenKind) -> [String] {
        tokens.indices.filter { tokens[$0].kind == kind }.map {
            String(decoding: text(ofToken: Int32($0)), as: UTF8.self)
        }
    }

    var callPaths: [String] { calls.map(\.callee.path) }

    /// The calls that run text as code.
    var evaluations: [Call] { calls.filter { $0.effects.contains(.runsCode) } }

    var commentTexts: [String] {
        comments.map { String(decoding: source.bytes[Int($0.lowerBound)..<Int($0.upperBound)], as: UTF8.self) }
    }

    func strings(_ origin: StringConstant.Origin) -> [String] {
        strings.filter { $0.origin == origin }.map { String(decoding: $0.value, as: UTF8.self) }
    }

    func call(_ path: String) -> Call? { calls.first { $0.callee.path == path } }

    func argument(_ place: Int, of path: String) -> String? {
        guard let call = call(path), place < call.arguments.count,
            case .text(let text)? = call.arguments[place].constant
        else { return nil }
        return String(decoding: text, as: UTF8.self)
    }
}
