import Platform

/// The file that is being written, and its rotation. Confined to the audit log's thread.
struct AuditFile: ~Copyable {
    private let path: String
    private let limits: AuditLog.Limits
    private var file: AppendingFile

    init(path: String, limits: AuditLog.Limits) throws(FileError) {
        self.path = path
        self.limits = limits
        file = try AppendingFile.open(path, mode: 0o600)
    }

    /// Why a line could not be appended; nil when it was.
    mutating func failure(appending line: [UInt8], at moment: Timestamp) -> FileError? {
        do throws(FileError) {
            try append(line, at: moment)
            return nil
        } catch {
            return error
        }
    }

    /// Appends a line, into a new file when the current one would grow too large.
    private mutating func append(_ line: [UInt8], at moment: Timestamp) throws(FileError) {
        if file.sizeBytes > 0, file.sizeBytes + Int64(line.count) > limits.maxFileBytes { try rotate(at: moment) }
        try file.append(line)
    }

    func synchronise() throws(FileError) { try file.synchronise() }

    private mutating func rotate(at moment: Timestamp) throws(FileError) {
        try file.synchronise()
        let base = AuditFile.withoutExtension(path)
        let time = String(decoding: moment.rfc3339.utf8.filter { $0 != 0x2D && $0 != 0x3A }, as: UTF8.self)
        var number = 1
        while Files.exists(AuditFile.closedName(base, time, number)) { number += 1 }
        let closed = AuditFile.closedName(base, time, number)
        try Files.rename(path, to: closed)
        // ✝ Here there is no current file; the next start makes one.
        file = try AppendingFile.open(path, mode: 0o600)
        try Files.syncDirectory(AuditFile.directory(of: path))
        try removeOldest()
    }

    /// Removes closed files beyond the newest that are kept. Their names sort by time.
    private func removeOldest() throws(FileError) {
        let directory = AuditFile.directory(of: path)
        let base = AuditFile.withoutExtension(path)
        let prefix = String(decoding: Array(base.utf8.dropFirst(directory.utf8.count + 1)), as: UTF8.self) + "-"
        let closed = try Files.list(directory).filter {
            $0.utf8.starts(with: prefix.utf8) && $0.utf8.suffix(6).elementsEqual(".jsonl".utf8)
        }
        for name in closed.dropLast(limits.keptFiles) { try Files.remove("\(directory)/\(name)") }
    }

    /// Three digits, so that several rotations of one second sort in their order too.
    private static func closedName(_ base: String, _ time: String, _ number: Int) -> String {
        let digits = String(number)
        return "\(base)-\(time)-\(String(repeating: "0", count: max(0, 3 - digits.count)))\(digits).jsonl"
    }

    private static func withoutExtension(_ path: String) -> String {
        path.utf8.suffix(6).elementsEqual(".jsonl".utf8)
            ? String(decoding: Array(path.utf8.dropLast(6)), as: UTF8.self) : path
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return String(decoding: Array(path.utf8[..<slash]), as: UTF8.self)
    }
}
