import JSON
import Platform

/// One thing that a command was given to look at: purls from the command line, or one file.
struct CheckedInput: Sendable {
    enum Contents: Sendable {
        case purls([String])
        case file([UInt8])
    }

    /// The path as it was given; nil for purls.
    let path: String?
    let contents: Contents

    private static let maxFileBytes = 64 << 20

    /// Purls of all operands in one, each file by itself. Standard input, as `-`, is a file or a line for each purl.
    static func read(_ operands: [String]) throws(CommandFailure) -> [CheckedInput] {
        var inputs: [CheckedInput] = []
        let purls = operands.filter { $0.hasPrefix("pkg:") }
        for purl in purls { try Reference.check(purl) }
        if !purls.isEmpty { inputs.append(CheckedInput(path: nil, contents: .purls(purls))) }
        for path in operands where !path.hasPrefix("pkg:") {
            let bytes: [UInt8]
            do { bytes = try InputFile.read(path, maxBytes: maxFileBytes) } catch {
                guard error.code == .notFound else { throw error }
                throw CommandFailure(
                    .notFound, "\(error.message); name a lockfile, or a purl such as pkg:npm/left-pad@1.3.0")
            }
            inputs.append(CheckedInput(path: path, contents: lines(bytes).map { .purls($0) } ?? .file(bytes)))
        }
        return inputs
    }

    /// The lines of a list of purls; nil when any line is something else.
    private static func lines(_ bytes: [UInt8]) -> [String]? {
        guard bytes.starts(with: Array("pkg:".utf8)), let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        let lines = text.split { $0.isNewline }.map(String.init)
        return lines.allSatisfy { $0.hasPrefix("pkg:") } ? lines : nil
    }

    /// The name by which the kind of a file may be told.
    var filename: String? { path == "-" ? nil : path }
}
