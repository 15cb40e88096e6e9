public import Platform

/// Files of `Tests/Fixtures`, found beside the sources that the tests were built from.
public enum Fixtures {
    /// The path of a fixture, such as `tlog/vectors.json`.
    public static func path(_ name: String, sourceFile: String = #filePath) -> String {
        let parts = sourceFile.split(separator: "/", omittingEmptySubsequences: false)
        let tests = parts.lastIndex(of: "Tests").map { parts[...$0].joined(separator: "/") } ?? "Tests"
        return "\(tests)/Fixtures/\(name)"
    }

    /// The bytes of a fixture.
    public static func bytes(_ name: String, sourceFile: String = #filePath) throws(FileError) -> [UInt8] {
        try Files.readAll(path(name, sourceFile: sourceFile))
    }
}
