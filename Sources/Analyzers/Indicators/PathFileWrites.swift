import SourceCode

/// Files that end in `.pth` and are written where Python reads them at each start.
enum PathFileWrites {
    static let ending = ".pth"

    private static let places = LiteralSet([
        "site-packages", "dist-packages", "purelib", "platlib", "getsitepackages", "getusersitepackages", "USER_SITE",
        "get_python_lib",
    ])

    /// Whether a call writes into the folder that packages are installed in.
    static func goesToPackages(_ call: Call, _ view: CodeView) -> Bool {
        view.writeTargets(of: call).flatMap(view.sources(of:)).contains { range in
            range.prefix(400).contains { token in
                switch view.kind(token) {
                case .identifier, .string, .templateHead, .templateMiddle, .templateTail:
                    places.matchesAny(in: view.model.text(ofToken: token))
                case .number, .regularExpression, .punctuator, .markupText, .newline, .indent, .dedent, nil: false
                }
            }
        }
    }
}
