import Cryptography
import Platform

/// What key files are encrypted with, from a file that only its owner may read.
public struct KeyPassphrase: Sendable {
    /// A longer file is no passphrase but a mistake.
    static let maxBytes = 1024
    /// Fewer bytes can be guessed whatever the derivation costs.
    static let minBytes = 8

    let secret: SecretBytes

    /// Reads the file's first line; the rest must be empty.
    ///
    /// - Throws: `KeyFileError` when the file is missing, when others may read or write it, and when it holds no
    ///   passphrase of 8 to 1024 bytes in one line.
    public init(file path: String) throws(KeyFileError) {
        let permissions: UInt16
        var bytes: [UInt8]
        do throws(FileError) {
            permissions = try Files.permissions(path)
            bytes = try Files.readAll(path, maxBytes: 64 << 10)
        } catch {
            throw error.isNotFound ? .passphraseMissing(path: path) : .file(error)
        }
        defer { bytes.wipe() }
        guard permissions & 0o077 == 0 else { throw .passphraseExposed(path: path, permissions: permissions) }
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        guard !bytes.contains(0x0A), !bytes.contains(0) else {
            throw .badPassphrase(path: path, reason: "it has several lines or a zero byte")
        }
        guard (Self.minBytes...Self.maxBytes).contains(bytes.count) else {
            throw .badPassphrase(
                path: path,
                reason: "the passphrase has \(bytes.count) bytes, expected \(Self.minBytes) to \(Self.maxBytes)")
        }
        secret = SecretBytes(taking: &bytes)
    }
}
