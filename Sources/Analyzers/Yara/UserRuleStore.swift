public import Cryptography
import JSON
import Platform

/// The accepted sets of the operator's rules, kept where the gateway and its workers read the same one.
///
/// The gateway accepts a set and keeps it here; a worker takes the set that a job asks for. What lies in the operator's
/// own folder meanwhile plays no part, so half-written rules never reach an analysis.
public struct UserRuleStore: Sendable {
    /// The folder of the sets, one file each, named by their digests.
    public let directory: String

    private static let maxFileBytes = 64 << 20
    private static let ending = ".rules"
    /// Sets that jobs may still ask for.
    private static let keptSets = 4

    public init(directory: String) { self.directory = directory }

    private var currentPath: String { directory + "/current" }

    private func path(of digest: SHA256Digest) -> String { "\(directory)/\(digest.hex)\(Self.ending)" }

    /// Keeps a set, durable when this returns, and makes it the one in use; nil ends the use of any.
    ///
    /// - Throws: `UserRuleError.unreadable` when the disk refuses.
    public func accept(_ sources: [UserRuleSource]?) throws(UserRuleError) {
        do throws(FileError) {
            try Files.createDirectory(directory, mode: 0o700)
            guard let sources else {
                if Files.exists(currentPath) { try Files.remove(currentPath) }
                return try Files.syncDirectory(directory)
            }
            let digest = UserRules.digest(of: sources)
            // ✝ A set that nothing names yet.
            if !Files.exists(path(of: digest)) {
                try Files.writeDurably(Self.encode(sources), to: path(of: digest))
            } else {
                try Files.touch(path(of: digest))
            }
            try Files.writeDurably(Array(digest.hex.utf8), to: currentPath)
            try removeOldSets(but: digest)
        } catch {
            throw .unreadable(path: directory, reason: "\(error)")
        }
    }

    /// The digest of the set in use; nil when there is none.
    ///
    /// - Throws: `UserRuleError` when it cannot be told: nobody may take damage for the absence of rules.
    public func current() throws(UserRuleError) -> SHA256Digest? {
        guard Files.exists(currentPath) else { return nil }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try Files.readAll(currentPath, maxBytes: 128) } catch {
            throw .unreadable(path: currentPath, reason: "\(error)")
        }
        guard let digest = try? SHA256Digest(hex: String(decoding: bytes, as: UTF8.self)) else {
            throw .damaged(reason: "\(currentPath) names no set of rules")
        }
        return digest
    }

    /// The digests of all sets that are kept, sorted.
    ///
    /// - Throws: `UserRuleError.unreadable` when the folder cannot be listed.
    public func kept() throws(UserRuleError) -> [SHA256Digest] {
        do throws(FileError) { return try listedSets() } catch {
            throw .unreadable(path: directory, reason: "\(error)")
        }
    }

    private func listedSets() throws(FileError) -> [SHA256Digest] {
        guard Files.exists(directory) else { return [] }
        return try Files.list(directory).filter { $0.hasSuffix(Self.ending) }
            .compactMap { try? SHA256Digest(hex: String($0.dropLast(Self.ending.count))) }.sorted()
    }

    /// Reads and compiles a set that was kept.
    ///
    /// - Throws: `UserRuleError`, also when the file is not what its name says.
    public func load(_ digest: SHA256Digest) throws(UserRuleError) -> UserRules {
        let bytes: [UInt8]
        do throws(FileError) { bytes = try Files.readAll(path(of: digest), maxBytes: Self.maxFileBytes) } catch {
            throw .unreadable(path: directory, reason: "\(error)")
        }
        guard let sources = Self.decode(bytes), UserRules.digest(of: sources) == digest else {
            throw .damaged(reason: "\(path(of: digest)) is not what its name says")
        }
        return try UserRules(compiling: sources)
    }

    private func removeOldSets(but digest: SHA256Digest) throws(FileError) {
        var sets: [(path: String, age: Int64)] = []
        for other in try listedSets() where other != digest {
            sets.append((path(of: other), try Files.fingerprint(path(of: other)).modifiedNanoseconds))
        }
        for old in sets.sorted(by: { $0.age > $1.age }).dropFirst(Self.keptSets - 1) { try Files.remove(old.path) }
    }

    private static func encode(_ sources: [UserRuleSource]) -> [UInt8] {
        let files = sources.map { source -> JSONValue in
            ["name": .string(source.name), "text": .string(String(decoding: source.text, as: UTF8.self))]
        }
        return JSONText.serialize(["files": .array(files)])
    }

    private static func decode(_ bytes: [UInt8]) -> [UserRuleSource]? {
        guard let list = (try? JSONText.parse(bytes))?["files"]?.arrayValue else { return nil }
        let sources = list.compactMap { file -> UserRuleSource? in
            guard let name = file["name"]?.stringValue, let text = file["text"]?.stringValue else { return nil }
            return UserRuleSource(name: name, text: Array(text.utf8))
        }
        return sources.count == list.count ? sources : nil
    }
}
