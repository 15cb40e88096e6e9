import Foundation

/// The checkout that these tests read: its Swift files with their lines.
struct SourceTree {
    struct File {
        let path: String
        let lines: [String]
        var target: String { String(path.split(separator: "/")[1]) }
    }

    let root: URL

    /// The repository that holds this very file.
    static var ofThisCheckout: SourceTree {
        SourceTree(
            root: URL(fileURLWithPath: #filePath)
                .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent())
    }

    /// Every `.swift` file under `folder`, sorted by path.
    func swiftFiles(under folder: String) throws -> [File] {
        try FileManager.default.subpathsOfDirectory(atPath: root.appendingPathComponent(folder).path)
            .filter { $0.hasSuffix(".swift") && !$0.contains(".build/") }
            .sorted()
            .map { name in
                let path = "\(folder)/\(name)"
                let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
                return File(
                    path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
            }
    }

    func text(of path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// Every text file that the project itself keeps under version control's usual folders, by extension.
    func proseAndCode() throws -> [File] {
        let wanted: Set<String> = ["swift", "md", "py", "yaml", "h", "modulemap", "sh", ""]
        let skipped = [".git/", ".build/", ".tools/", "data/", "cache/", "Tests/Fixtures/"]
        return try FileManager.default.subpathsOfDirectory(atPath: root.path)
            .filter { path in
                path != ".git" && !skipped.contains { path.hasPrefix($0) } && !path.contains("__pycache__")
                    && wanted.contains((path as NSString).pathExtension)
            }
            .sorted()
            .compactMap { path in
                let full = root.appendingPathComponent(path).path
                guard let text = try? String(contentsOfFile: full, encoding: .utf8) else { return nil }
                return File(
                    path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
            }
    }
}
