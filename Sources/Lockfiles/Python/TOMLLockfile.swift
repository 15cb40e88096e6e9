import Registry
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

/// `uv.lock`.
enum UVReader {
    static func read(
        _ root: TOMLTable, _ version: Int64, _ entries: inout EntryList
    ) throws(LockfileError) -> LockfileFormat {
        guard version == 1 else {
            throw .unsupportedVersion(format: "uv.lock", version: "\(version)", supported: "1")
        }
        for package in try TOMLLockfile.packages(root, "uv.lock") { entries.append(entry(package)) }
        return .uv(version: Int(clamping: version))
    }

    private static func entry(_ package: TOMLTable) -> LockedEntry {
        let name = package["name"]?.stringValue ?? ""
        let version = package["version"]?.stringValue
        let input = version.map { "\(name) \($0)" } ?? name
        let source = package["source"]
        if let index = source?["registry"]?.stringValue {
            var hashes = TOMLLockfile.hashes(package["wheels"])
            if let sdist = package["sdist"] { hashes += TOMLLockfile.hashes(.array([sdist])) }
            return PythonEntry.entry(
                input, line: package.line, name: name, version: version ?? "", index: index, hashes: hashes)
        }
        let origin: LockedEntry.Origin
        if let address = source?["git"]?.stringValue {
            origin = .git(address)
        } else if let address = source?["url"]?.stringValue {
            origin = .url(address)
        } else if let path = source?["editable"]?.stringValue ?? source?["virtual"]?.stringValue {
            origin = .workspace(path)
        } else if let path = source?["path"]?.stringValue ?? source?["directory"]?.stringValue {
            origin = .path(path)
        } else {
            return LockedEntry(
                ecosystem: .pypi, input: input, line: package.line,
                subject: .unreadable(reason: "its source is of no known kind"), origin: .registry(url: nil))
        }
        return LockedEntry(
            ecosystem: .pypi, input: input, line: package.line,
            subject: PythonEntry.subject(name, version, orWithout: "its version is not fixed"), origin: origin)
    }
}

/// `poetry.lock` of lock versions 1 and 2.
enum PoetryReader {
    static func read(
        _ root: TOMLTable, _ version: String, _ entries: inout EntryList
    ) throws(LockfileError) -> LockfileFormat {
        guard ["1", "2"].contains(version.prefix { $0 != "." }) else {
            throw .unsupportedVersion(format: "poetry.lock", version: version, supported: "1.x and 2.x")
        }
        // Until 1.1, the files of all packages stood in one table.
        let files = root["metadata"]?["files"]
        for package in try TOMLLockfile.packages(root, "poetry.lock") { entries.append(entry(package, files)) }
        return .poetry(version: version)
    }

    private static func entry(_ package: TOMLTable, _ metadataFiles: TOMLValue?) -> LockedEntry {
        let name = package["name"]?.stringValue ?? ""
        let version = package["version"]?.stringValue ?? ""
        let groups = TOMLLockfile.strings(package["groups"])
        let isDevelopment =
            package["category"]?.stringValue == "dev" || (!groups.isEmpty && !groups.contains("main"))
        let isOptional = package["optional"]?.booleanValue ?? false
        let address = package["source"]?["url"]?.stringValue ?? ""
        let origin: LockedEntry.Origin? =
            switch package["source"]?["type"]?.stringValue {
            case "git": .git(address)
            case "url": .url(address)
            case "file", "directory": .path(address)
            default: nil
            }
        if let origin {
            return LockedEntry(
                ecosystem: .pypi, input: "\(name) \(version)", line: package.line,
                subject: PythonEntry.subject(name, version), origin: origin, isDevelopment: isDevelopment,
                isOptional: isOptional)
        }
        var hashes = TOMLLockfile.hashes(package["files"])
        if package["files"] == nil { hashes = TOMLLockfile.hashes(metadataFiles?[name]) }
        return PythonEntry.entry(
            "\(name) \(version)", line: package.line, name: name, version: version,
            index: address.isEmpty ? nil : address, hashes: hashes, isDevelopment: isDevelopment,
            isOptional: isOptional)
    }
}

/// `pdm.lock`.
enum PDMReader {
    static func read(
        _ root: TOMLTable, _ version: String, _ entries: inout EntryList
    ) throws(LockfileError) -> LockfileFormat {
        guard ["3", "4"].contains(version.prefix { $0 != "." }) else {
            throw .unsupportedVersion(format: "pdm.lock", version: version, supported: "3.x and 4.x")
        }
        let files = root["metadata"]?["files"]
        for package in try TOMLLockfile.packages(root, "pdm.lock") { entries.append(entry(package, files)) }
        return .pdm(version: version)
    }

    private static func entry(_ package: TOMLTable, _ metadataFiles: TOMLValue?) -> LockedEntry {
        let name = package["name"]?.stringValue ?? ""
        let version = package["version"]?.stringValue
        let groups = TOMLLockfile.strings(package["groups"])
        let isDevelopment = !groups.isEmpty && groups.allSatisfy { $0 == "dev" }
        let extras = TOMLLockfile.strings(package["extras"])
        let input =
            name + (extras.isEmpty ? "" : "[\(extras.joined(separator: ","))]") + (version.map { " \($0)" } ?? "")
        let origin: LockedEntry.Origin? =
            if let address = package["git"]?.stringValue {
                .git(address)
            } else if let address = package["hg"]?.stringValue ?? package["svn"]?.stringValue {
                .git(address)
            } else if let address = package["url"]?.stringValue {
                .url(address)
            } else if let path = package["path"]?.stringValue {
                .path(path)
            } else {
                nil
            }
        if let origin {
            return LockedEntry(
                ecosystem: .pypi, input: input, line: package.line,
                subject: PythonEntry.subject(name, version, orWithout: "its version is not fixed"), origin: origin,
                isDevelopment: isDevelopment)
        }
        var hashes = TOMLLockfile.hashes(package["files"])
        if package["files"] == nil { hashes = TOMLLockfile.hashes(metadataFiles?["\(name) \(version ?? "")"]) }
        return PythonEntry.entry(
            input, line: package.line, name: name, version: version ?? "", index: nil, hashes: hashes,
            isDevelopment: isDevelopment)
    }
}
