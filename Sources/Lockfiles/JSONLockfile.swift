import JSON
import Registry

/// Lockfiles that are one JSON object: which of them it is, by its members.
enum JSONLockfile {
    static func read(
        _ bytes: [UInt8], _ name: String?, _ entries: inout EntryList
    ) throws(LockfileError) -> LockfileFormat {
        // bun writes commas behind last elements, which JSON does not have.
        let isRelaxed = BunLockReader.isRelaxed(bytes)
        let text = isRelaxed ? BunLockReader.strict(bytes) : bytes
        let list = entries
        var (format, all) = try unsafe text.withUnsafeBytes { unsafe read($0, text, name, list) }.get()
        if isRelaxed, !format.isBun {
            // The other tools would not read such a text, so nothing here does.
            (format, all) = try unsafe bytes.withUnsafeBytes { unsafe read($0, bytes, name, list) }.get()
        }
        entries = all
        return format
    }

    private static func read(
        _ buffer: UnsafeRawBufferPointer, _ text: [UInt8], _ name: String?, _ list: EntryList
    ) -> Result<(LockfileFormat, EntryList), LockfileError> {
        let label = name ?? "lockfile"
        do throws(JSONError) {
            let scanner = unsafe JSONScanner(buffer, maxDepth: 512, acceptsUnpairedSurrogates: true)
            let overview = try Overview(scanner)
            switch format(overview, name) {
            case .failure(let error): return .failure(error)
            case .success(let format): return .success((format, try entriesOf(overview, format, text, list)))
            }
        } catch {
            return .failure(.damaged(format: label, line: error.line, reason: error.reason.description))
        }
    }

    /// The members of the root object that tell what it is, with bookmarks before their values.
    private struct Overview {
        private var members: [(name: String, kind: JSONScanner.Kind, place: JSONScanner)] = []
        private(set) var version: Int64?
        let start: JSONScanner

        init(_ start: JSONScanner) throws(JSONError) {
            self.start = start
            var scanner = start
            try scanner.enterObject()
            while let token = try scanner.nextMember() {
                let name = try scanner.text(of: token)
                let kind = try scanner.peekKind()
                if Self.wanted.contains(name) {
                    // The reader of the one would not be the reader of the other.
                    guard place(name) == nil else { throw scanner.duplicate(name, token) }
                    members.append((name, kind, scanner))
                }
                if name == "lockfileVersion", kind == .number {
                    version = try scanner.readInteger()
                }
            }
            try scanner.finish()
        }

        private static let wanted = [
            "lockfileVersion", "packages", "dependencies", "workspaces", "_meta", "default", "develop",
        ]

        func kind(_ name: String) -> JSONScanner.Kind? { members.first { $0.name == name }?.kind }
        func place(_ name: String) -> JSONScanner? { members.first { $0.name == name }?.place }

        /// A place, when an object is there.
        func object(_ name: String) -> JSONScanner? { kind(name) == .object ? place(name) : nil }
    }

    private static func format(_ overview: Overview, _ name: String?) -> Result<LockfileFormat, LockfileError> {
        if overview.kind("_meta") == .object, overview.kind("default") != nil || overview.kind("develop") != nil {
            return .success(.pipfile)
        }
        // npm passes over `workspaces` there, so what npm would install must not make a file bun's that bun never wrote.
        if overview.kind("lockfileVersion") != nil, overview.kind("workspaces") == .object,
            overview.kind("dependencies") == nil
        {
            let version = Int(clamping: overview.version ?? -1)
            guard (0...2).contains(version) else {
                return .failure(.unsupportedVersion(format: "bun.lock", version: "\(version)", supported: "0, 1 and 2"))
            }
            return .success(.bun(version: version))
        }
        if overview.kind("lockfileVersion") != nil {
            let version = Int(clamping: overview.version ?? -1)
            guard (1...3).contains(version) else {
                return .failure(
                    .unsupportedVersion(format: "package-lock", version: "\(version)", supported: "1, 2 and 3"))
            }
            return .success(.npm(version: version))
        }
        if name == "npm-shrinkwrap.json", overview.kind("dependencies") == .object { return .success(.npm(version: 0)) }
        return .failure(
            .notALockfile(
                name: name,
                hint: overview.kind("dependencies") != nil
                    ? "a package.json fixes no versions; check the lockfile beside it" : "it is JSON of another kind"))
    }

    private static func entriesOf(
        _ overview: Overview, _ format: LockfileFormat, _ text: [UInt8], _ list: EntryList
    ) throws(JSONError) -> EntryList {
        switch format {
        // Which of the two counts depends on the client and not on the version, so both do.
        case .npm:
            var reader = PackageLockReader(text, list)
            return try reader.read(
                packages: overview.object("packages"), dependencies: overview.object("dependencies"))
        case .bun: return try BunLockReader.read(overview.object("packages"), text, list)
        case .pipfile: return try PipfileReader.read(overview.start, text, list)
        case .pnpm, .yarnClassic, .yarnBerry, .requirements, .uv, .poetry, .pdm:
            preconditionFailure("\(format) is not JSON")
        }
    }
}

extension JSONScanner {
    func duplicate(_ name: String, _ token: JSONStringToken, line: Int = 1) -> JSONError {
        JSONError(offset: token.quoted.lowerBound, line: line, column: 1, reason: .duplicateMember(name))
    }
}
