import TOML

/// Lockfiles that are TOML: which of them it is, by its tables.
enum TOMLLockfile {
    static func read(
        _ bytes: [UInt8], _ name: String?, _ entries: inout EntryList
    ) throws(LockfileError) -> LockfileFormat {
        let root: TOMLTable
        do throws(TOMLError) { root = try TOMLDocument.parse(bytes) } catch {
            throw .damaged(format: name ?? "lockfile", line: error.line, reason: error.reason.description)
        }
        let metadata = root["metadata"]
        if let version = metadata?["lock-version"]?.stringValue {
            return try PoetryReader.read(root, version, &entries)
        }
        if let version = metadata?["lock_version"]?.stringValue { return try PDMReader.read(root, version, &entries) }
        // Cargo's lockfile has the same tables, but its sources are texts.
        if let version = root["version"]?.integerValue, root["requires-python"] != nil || isUV(root["package"]) {
            return try UVReader.read(root, version, &entries)
        }
        throw .notALockfile(name: name, hint: "it is TOML of another kind")
    }

    private static func isUV(_ packages: TOMLValue?) -> Bool {
        packages?.arrayValue?.first?["source"]?.tableValue != nil
    }

    /// The tables of `[[package]]`; none when there are none.
    static func packages(_ root: TOMLTable, _ format: String) throws(LockfileError) -> [TOMLTable] {
        guard let member = root.member("package") else { return [] }
        var tables: [TOMLTable] = []
        for value in member.value.arrayValue ?? [] {
            guard let table = value.tableValue else { break }
            tables.append(table)
        }
        guard let all = member.value.arrayValue, all.count == tables.count else {
            throw .damaged(format: format, line: member.line, reason: "package must be an array of tables")
        }
        return tables
    }

    /// The `hash` of each table in an array, with the file's name or the address that it has.
    static func hashes(_ value: TOMLValue?) -> [(name: String?, hash: String)] {
        (value?.arrayValue ?? []).compactMap { file in
            guard let hash = file["hash"]?.stringValue else { return nil }
            let address = file["file"] ?? file["filename"] ?? file["url"] ?? file["path"]
            return (address?.stringValue.flatMap(PythonEntry.filename), hash)
        }
    }

    static func strings(_ value: TOMLValue?) -> [String] { (value?.arrayValue ?? []).compactMap(\.stringValue) }
}
