import SourceCode

/// Files that read their own text: what stands in a comment or docstring there is no value that can be followed.
enum OwnText {
    private static let readers: Set<String> = [
        "inspect.getsource", "inspect.getsourcelines", "inspect.getdoc", "inspect.getcomments", "linecache.getline",
        "linecache.getlines", "linecache.updatecache",
    ]

    static func isRead(in scan: CodeScan) -> Bool {
        if scan.model.calls.contains(where: { isReader($0, scan) }) { return true }
        guard scan.isPython else { return false }
        return scan.model.names.contains { $0.text == "__doc__" }
    }

    private static func isReader(_ call: Call, _ scan: CodeScan) -> Bool {
        if readers.contains(call.callee.path) { return true }
        if call.does([.readsFiles]), let first = call.arguments.first, first.tokens.count == 1 {
            // `readFileSync(__filename)`, `open(__file__)`
            let text = scan.model.text(ofToken: first.tokens.lowerBound)
            return text.equals("__filename") || text.equals("__file__")
        }
        // `f.toString()` of a function of the file.
        guard !scan.isPython, call.callee.path.hasSuffix(".toString"), call.arguments.isEmpty else { return false }
        let name = scan.model.text(ofToken: call.callee.tokens.lowerBound)
        return scan.functionNames.contains(String(decoding: name, as: UTF8.self))
    }
}
