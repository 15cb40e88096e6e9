public import Cryptography
import JSON
public import Platform

/// One file of a backup.
public struct BackupFile: Hashable, Sendable {
    /// Relative to the backup, such as `data/verdicts.db`.
    public let path: String
    public let sizeBytes: Int64
    public let sha256: SHA256Digest
}

/// What a backup consists of: `manifest.json`, written last.
public struct BackupManifest: Hashable, Sendable {
    static let filename = "manifest.json"
    private static let format = "jurat-backup/1"
    static let maxBytes = 256 << 20

    public let createdAt: Timestamp
    public let origin: String
    /// How many entries the log in it has.
    public let logSize: UInt64
    /// The newest signed checkpoint in it.
    public let checkpoint: String
    public let hasKeys: Bool
    /// Ascending by path.
    public let files: [BackupFile]

    public var totalBytes: Int64 { files.reduce(0) { $0 + $1.sizeBytes } }

    var json: [UInt8] {
        let files = files.map { file -> JSONValue in
            ["path": .string(file.path), "size": .integer(file.sizeBytes), "sha256": .string(file.sha256.hex)]
        }
        return JSONText.serialize(
            [
                "format": .string(Self.format), "createdAt": .string(createdAt.rfc3339), "origin": .string(origin),
                "logSize": .integer(Int64(clamping: logSize)), "checkpoint": .string(checkpoint),
                "keys": .bool(hasKeys), "files": .array(files),
            ], pretty: true)
    }
}

extension BackupManifest {
    /// Reads a manifest strictly: everything in it is believed later, above all the paths.
    ///
    /// - Throws: `BackupError.badManifest`.
    init(parsing bytes: [UInt8], path: String) throws(BackupError) {
        func bad(_ reason: String) -> BackupError { .badManifest(path: path, reason: reason) }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONText.parse(bytes, limits: JSONLimits(maxBytes: Self.maxBytes))
        } catch {
            throw bad("its manifest is no JSON: \(error)")
        }
        guard value["format"]?.stringValue == Self.format else {
            throw bad("its format is \(value["format"]?.stringValue ?? "unknown"), expected \(Self.format)")
        }
        guard let time = value["createdAt"]?.stringValue, let createdAt = try? Timestamp(parsing: time),
            let origin = value["origin"]?.stringValue, let checkpoint = value["checkpoint"]?.stringValue,
            let size = value["logSize"]?.integerValue, size >= 0, let hasKeys = value["keys"]?.boolValue,
            let list = value["files"]?.arrayValue
        else { throw bad("a member of its manifest is missing or of another type") }
        self.createdAt = createdAt
        self.origin = origin
        self.checkpoint = checkpoint
        logSize = UInt64(size)
        self.hasKeys = hasKeys
        var files: [BackupFile] = []
        for entry in list {
            guard let name = entry["path"]?.stringValue, let size = entry["size"]?.integerValue, size >= 0,
                let hex = entry["sha256"]?.stringValue, let digest = try? SHA256Digest(hex: hex)
            else { throw bad("an entry of its manifest is incomplete") }
            guard Self.isPlain(name), files.last.map({ $0.path.utf8.lexicographicallyPrecedes(name.utf8) }) ?? true
            else { throw bad("the path \(Logger.printable(name)) is not allowed, or out of order") }
            files.append(BackupFile(path: name, sizeBytes: size, sha256: digest))
        }
        self.files = files
    }

    /// Whether a path stays inside the backup, and is one of those that a backup has.
    private static func isPlain(_ path: String) -> Bool {
        guard path != BackupLayout.configuration else { return true }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "data" else { return false }
        return parts.allSatisfy { part in
            !part.isEmpty && part != "." && part != ".." && part.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        }
    }
}

/// Where things are in a backup.
enum BackupLayout {
    static let configuration = "jurat.yaml"
    static let data = "data"
}
