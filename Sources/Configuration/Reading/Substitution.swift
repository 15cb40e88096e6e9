import Platform

/// Replaces `${NAME}` by an environment variable and `${file:/path}` by a file's text, inside single values.
///
/// What is put in is not looked at again, so a variable's text can hold anything. `$${` writes a plain `${`.
struct Substitution {
    let environment: ProcessEnvironment
    /// Relative paths are taken from here.
    let baseDirectory: String
    let readFile: (String) throws(FileError) -> [UInt8]

    /// The most bytes that one file may put in.
    private static let maxFileBytes = 64 * 1024

    /// The text with every reference replaced.
    ///
    /// - Throws: a message about the first reference that leads nowhere.
    func apply(to text: String) throws(SubstitutionError) -> String {
        guard text.contains("${") else { return text }
        var result = ""
        var rest = text[...]
        while let opening = rest.firstRange(of: "${") {
            let before = rest[..<opening.lowerBound]
            guard before.last != "$" else {
                result += before.dropLast() + "${"
                rest = rest[opening.upperBound...]
                continue
            }
            result += before
            guard let closing = rest[opening.upperBound...].firstIndex(of: "}") else {
                throw SubstitutionError(message: "'${' without a closing '}'; write '$${' for a plain '${'")
            }
            result += try value(of: String(rest[opening.upperBound..<closing]))
            rest = rest[rest.index(after: closing)...]
        }
        return result + rest
    }

    private func value(of reference: String) throws(SubstitutionError) -> String {
        if reference.hasPrefix("file:") { return try fileText(String(reference.dropFirst("file:".count))) }
        let isName =
            reference.utf8.first.map { !(0x30...0x39).contains($0) } ?? false
            && reference.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                    || byte == 0x5F
            }
        guard isName else {
            throw SubstitutionError(message: "'${\(reference)}' is neither '${NAME}' nor '${file:/path}'")
        }
        guard let value = environment[reference] else {
            throw SubstitutionError(message: "the environment variable \(reference) is not set")
        }
        return value
    }

    private func fileText(_ path: String) throws(SubstitutionError) -> String {
        guard !path.isEmpty else { throw SubstitutionError(message: "'${file:}' names no file") }
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try readFile(resolvePath(path, against: baseDirectory))
        } catch {
            throw SubstitutionError(message: "\(error)")
        }
        guard bytes.count <= Self.maxFileBytes, let text = String(validating: bytes, as: UTF8.self) else {
            throw SubstitutionError(message: "the file \(path) is not text of at most \(Self.maxFileBytes) bytes")
        }
        // Editors and `echo` end files with a newline that nobody means as part of a secret.
        if text.hasSuffix("\r\n") || text.hasSuffix("\n") { return String(text.dropLast()) }
        return text
    }
}

/// Why a reference cannot be replaced.
struct SubstitutionError: Error, Equatable {
    let message: String
}

/// An absolute path, or `path` below `directory`; `./` at its start is left away.
func resolvePath(_ path: String, against directory: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    var relative = path[...]
    while relative.hasPrefix("./") { relative = relative.dropFirst(2) }
    let base = directory.hasSuffix("/") ? String(directory.dropLast()) : directory
    return relative.isEmpty || relative == "." ? base : "\(base)/\(relative)"
}
