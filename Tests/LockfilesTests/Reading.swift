import Registry
import TestSupport

@testable import Lockfiles

/// Lockfiles of the fixtures, and entries as short texts to compare.
enum Reading {
    static func bytes(_ fixture: String) throws -> [UInt8] {
        try Fixtures.bytes("lockfiles/\(fixture)")
    }

    static let fixtures = [
        "package-lock-v1.json", "package-lock-v2.json", "package-lock-v3.json", "bun.lock", "pnpm-lock-v5.yaml",
        "pnpm-lock-v6.yaml", "pnpm-lock-v9.yaml", "yarn-classic.lock", "yarn-berry.lock", "requirements.txt", "uv.lock",
        "poetry.lock", "poetry-v1.lock", "pdm.lock", "Pipfile.lock",
    ]

    static func lockfile(_ fixture: String) throws -> Lockfile {
        try Lockfile(reading: try bytes(fixture), filename: fixture)
    }

    static func entries(_ text: String, _ name: String) throws -> [String] {
        try Lockfile(reading: Array(text.utf8), filename: name).entries.map { Reading.text($0) }
    }

    /// `line package@version origin claims flags`
    static func text(_ entry: LockedEntry) -> String {
        let subject =
            switch entry.subject {
            case .version(let name, let version): "\(name)@\(version)"
            case .unpinned(let name, _): "\(name)@?"
            case .unreadable: "?"
            }
        var words = [entry.line.map { "\($0)" } ?? "-", subject]
        if !entry.origin.isRegistry { words.append(entry.origin.kindName) }
        words += entry.files.map { file in
            let claims = file.integrity
            return [
                claims.sha512.map { _ in "sha512" }, claims.sha256.map { _ in "sha256" },
                claims.sha1.map { _ in "sha1" },
                claims.md5.map { _ in "md5" },
            ].compactMap(\.self).joined(separator: "+")
        }
        if entry.isDevelopment { words.append("dev") }
        if entry.isOptional { words.append("optional") }
        return words.joined(separator: " ")
    }
}
