import Registry
import TOML

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
