import Platform

/// What a small program prints: used to ask npm and pip about their own configuration.
enum CapturedOutput {
    private static let maxBytes = 64 << 10

    /// The first line that `path` prints, without white space around it; nil when it fails or prints nothing.
    static func firstLine(of path: String, _ arguments: [String], environment: ProcessEnvironment) -> String? {
        do {
            let output = try TemporaryFile.create(inDirectory: environment["TMPDIR"] ?? "/tmp")
            // Empty and unread: the program asks nothing, and what it complains about is not for the operator.
            let aside = try TemporaryFile.create(inDirectory: environment["TMPDIR"] ?? "/tmp")
            let variables = environment.names.compactMap { name in environment[name].map { "\(name)=\($0)" } }
            let child = try ChildProcess.spawn(
                executable: path, arguments: arguments, environment: variables,
                inheriting: [
                    (descriptor: aside.descriptor, as: 0), (descriptor: output.descriptor, as: 1),
                    (descriptor: aside.descriptor, as: 2),
                ],
                limits: nil, diesWithParent: true, workingDirectory: nil)
            guard child.wait() == .exited(0) else { return nil }
            let text = String(decoding: try Files.readAll(output.path, maxBytes: maxBytes), as: UTF8.self)
            let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            return line.isEmpty ? nil : line
        } catch {
            // A program that cannot be asked is the same as one that has nothing to say.
            return nil
        }
    }
}
