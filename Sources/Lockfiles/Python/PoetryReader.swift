import Registry
import TOML

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
