import Platform

/// One file of the operator's rules.
public struct UserRuleSource: Sendable, Equatable {
    /// The file's name without its folder.
    public let name: String
    /// YARA, in UTF-8 without NUL bytes.
    public let text: [UInt8]

    public init(name: String, text: [UInt8]) {
        self.name = name
        self.text = text
    }

    /// Bytes of one file.
    static let maxFileBytes = 1 << 20
    /// Files of one folder.
    static let maxFiles = 256
    /// Bytes of all files.
    static let maxTotalBytes = 8 << 20

    /// The `*.yar` and `*.yara` files of a folder, in the order of their names' bytes; other files are left alone.
    ///
    /// - Throws: `UserRuleError.unreadable` or `.tooMuch`.
    public static func files(in folder: String) throws(UserRuleError) -> [UserRuleSource] {
        let names: [String]
        do throws(FileError) { names = try Files.list(folder) } catch {
            throw .unreadable(path: folder, reason: "\(error)")
        }
        let ruleNames = names.filter { name in
            let bytes = Array(name.utf8)
            return bytes.first != UInt8(ascii: ".") && (bytes.hasSuffix(".yar") || bytes.hasSuffix(".yara"))
        }
        .sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        guard ruleNames.count <= maxFiles else {
            throw .tooMuch(path: folder, reason: "\(ruleNames.count) files; at most \(maxFiles) are read")
        }
        var sources: [UserRuleSource] = []
        var total = 0
        for name in ruleNames {
            let path = "\(folder)/\(name)"
            let text: [UInt8]
            do throws(FileError) { text = try Files.readAll(path, maxBytes: maxFileBytes) } catch {
                throw .unreadable(path: path, reason: "\(error)")
            }
            total += text.count
            guard total <= maxTotalBytes else {
                throw .tooMuch(path: folder, reason: "at most \(maxTotalBytes >> 20) MiB are read")
            }
            sources.append(UserRuleSource(name: name, text: text))
        }
        return sources
    }
}
