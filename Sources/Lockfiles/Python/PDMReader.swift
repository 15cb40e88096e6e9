import Registry
import TOML

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
