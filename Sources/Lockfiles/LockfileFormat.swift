public import Registry

/// The kinds of lockfiles that can be read.
public enum LockfileFormat: Sendable, Hashable, CustomStringConvertible {
    /// `package-lock.json` and `npm-shrinkwrap.json`; 0 is the form without a version that npm 4 and older wrote.
    case npm(version: Int)
    case bun(version: Int)
    /// The version as the file writes it, such as `9.0`.
    case pnpm(version: String)
    case yarnClassic
    case yarnBerry(version: String)
    case requirements
    case uv(version: Int)
    case poetry(version: String)
    case pdm(version: String)
    case pipfile

    public var ecosystem: Ecosystem {
        switch self {
        case .npm, .bun, .pnpm, .yarnClassic, .yarnBerry: .npm
        case .requirements, .uv, .poetry, .pdm, .pipfile: .pypi
        }
    }

    /// What the file is called by those who use it, with its version.
    public var description: String {
        switch self {
        case .npm(let version): version == 0 ? "npm-shrinkwrap" : "package-lock v\(version)"
        case .bun(let version): "bun.lock v\(version)"
        case .pnpm(let version): "pnpm-lock v\(version)"
        case .yarnClassic: "yarn.lock v1"
        case .yarnBerry(let version): "yarn.lock v\(version) (berry)"
        case .requirements: "requirements"
        case .uv(let version): "uv.lock v\(version)"
        case .poetry(let version): "poetry.lock v\(version)"
        case .pdm(let version): "pdm.lock v\(version)"
        case .pipfile: "Pipfile.lock"
        }
    }

    var isBun: Bool {
        if case .bun = self { true } else { false }
    }

    /// The names that files of these kinds usually have, for messages.
    public static let usualNames =
        "package-lock.json, npm-shrinkwrap.json, pnpm-lock.yaml, yarn.lock, bun.lock, requirements.txt, uv.lock, "
        + "poetry.lock, pdm.lock or Pipfile.lock"
}

/// Bounds on what a reader accepts.
public struct LockfileLimits: Sendable, Hashable {
    public var maxBytes: Int
    public var maxEntries: Int

    public init(maxBytes: Int = 64 << 20, maxEntries: Int = 200_000) {
        self.maxBytes = maxBytes
        self.maxEntries = maxEntries
    }
}

/// Why a file cannot be read as a lockfile. Nothing of such a file is used.
public enum LockfileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Neither name nor contents are those of a lockfile.
    case notALockfile(name: String?, hint: String)
    /// The line is from 1, where the format has lines.
    case damaged(format: String, line: Int?, reason: String)
    case unsupportedVersion(format: String, version: String, supported: String)
    case tooLarge(bytes: Int, limit: Int)
    case tooManyEntries(limit: Int)

    public var description: String {
        switch self {
        case .notALockfile(let name, let hint):
            "\(name.map(shown) ?? "the text") is not a lockfile that can be read\(hint.isEmpty ? "" : " (\(hint))"); "
                + "expected \(LockfileFormat.usualNames)"
        case .damaged(let format, let line, let reason):
            "the \(format) cannot be read\(line.map { " at line \($0)" } ?? ""): \(reason)"
        case .unsupportedVersion(let format, let version, let supported):
            "the \(format) has version \(shown(version)); supported are \(supported)"
        case .tooLarge(let bytes, let limit): "the lockfile has \(bytes) bytes; at most \(limit) are read"
        case .tooManyEntries(let limit): "the lockfile has more than \(limit) entries"
        }
    }
}

/// Text of a stranger for a one-line message: short, everything unprintable escaped.
func shown(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(100) {
        shown += scalar.value >= 0x20 && scalar.value < 0x7F ? String(scalar) : scalar.escaped(asASCII: true)
    }
    return text.unicodeScalars.count > 100 ? "'\(shown)…'" : "'\(shown)'"
}
