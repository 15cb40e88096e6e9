import Registry

/// What lockfiles of Python's world write, taken apart.
enum PythonEntry {
    /// One version of a project, or why the texts are none.
    static func subject(_ name: String, _ version: String) -> LockedEntry.Subject {
        LockedEntry.Subject(name, version, of: .pypi)
    }

    /// A project that is installed from an address or a folder, whatever its version is.
    static func subject(_ name: String, _ version: String?, orWithout reason: String) -> LockedEntry.Subject {
        version.map { subject(name, $0) } ?? .unreadable(reason: reason)
    }

    /// The files of `hashes`; nil with the malformed one in `fault` when a text is no claim.
    static func files(
        _ hashes: [(name: String?, hash: String)], fault: inout String?
    ) -> [LockedEntry.File] {
        var files: [LockedEntry.File] = []
        for (name, hash) in hashes {
            switch Claim.read(hash) {
            case .claim(let claim): files.append(LockedEntry.File(name: name, integrity: claim))
            case .incomparable: continue
            case .malformed: fault = fault ?? hash
            }
        }
        return files
    }

    /// An entry of an index with the files that the lockfile allows.
    static func entry(
        _ input: String, line: Int?, name: String, version: String, index: String?,
        hashes: [(name: String?, hash: String)], isDevelopment: Bool = false, isOptional: Bool = false
    ) -> LockedEntry {
        var fault: String?
        let files = files(hashes, fault: &fault)
        let subject =
            fault.map { LockedEntry.Subject.unreadable(reason: "its hash \(shown($0)) cannot be understood") }
            ?? subject(name, version)
        return LockedEntry(
            ecosystem: .pypi, input: input, line: line, subject: subject, origin: .registry(url: index), files: files,
            isDevelopment: isDevelopment, isOptional: isOptional)
    }

    /// The last segment of an address or path, with percent-escapes decoded.
    static func filename(_ address: String) -> String? {
        let path = address.utf8.prefix { $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "?") }
        return path.split(separator: UInt8(ascii: "/")).last.map { PercentEscapes.decoded($0) }
    }
}
