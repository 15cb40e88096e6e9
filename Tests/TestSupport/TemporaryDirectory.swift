public import Platform

/// A directory of one test, removed with everything in it when the last reference goes.
public final class TemporaryDirectory: Sendable {
    /// The absolute path, without a slash at its end.
    public let path: String

    /// Makes an empty directory under `TMPDIR`, or `/tmp`.
    public init() throws(FileError) {
        let root = ProcessEnvironment.system()["TMPDIR"] ?? "/tmp"
        let name = SystemRandom().bytes(8).map { String($0, radix: 16) }.joined()
        path = "\(root)/jurat-test-\(name)"
        try Files.createDirectory(path)
    }

    deinit {
        do throws(FileError) {
            try Files.removeTree(path)
        } catch {
            Logger.standardError(minimum: .warning).warning("a test left files behind: \(error)")
        }
    }

    /// The path of `name` inside the directory.
    public func path(_ name: String) -> String {
        "\(path)/\(name)"
    }

    /// Writes a file inside the directory and returns its path.
    @discardableResult
    public func write(_ bytes: [UInt8], to name: String) throws(FileError) -> String {
        try Files.writeDurably(bytes, to: path(name))
        return path(name)
    }
}
