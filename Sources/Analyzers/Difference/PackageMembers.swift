import JSON

/// What a package.json says, as far as npm, loaders and people go by it.
enum PackageMembers {
    /// Objects of names and texts.
    private static let tables: Set<String> = [
        "scripts", "dependencies", "devDependencies", "peerDependencies", "optionalDependencies",
        "peerDependenciesMeta", "engines", "publishConfig", "directories", "binary", "overrides",
    ]
    /// Files that loaders take by one name.
    private static let files: Set<String> = [
        "main", "module", "jsnext:main", "es2015", "esnext", "unpkg", "jsdelivr", "react-native",
    ]
    private static let maxDepth = 16

    static func all(of manifest: JSONObject) -> [ManifestMember] {
        var found: [ManifestMember] = []
        let names = manifest.members.filter { $0.name == "name" }.compactMap(\.value.stringValue)
        for member in manifest.members {
            if found.count >= ManifestMembers.maxMembers { break }
            found += members(of: member.name, member.value, package: names.last ?? "")
        }
        return found
    }

    private static func members(of name: String, _ value: JSONValue, package: String) -> [ManifestMember] {
        switch name {
        case "name", "type", "gypfile", "preferUnplugged": return [ManifestMember(name, "", text(of: value))]
        case "bin": return commands(value, package: package)
        case "exports", "imports", "browser": return targets(name, value)
        case "os", "cpu", "libc", "files": return list(name, value)
        case "bundledDependencies", "bundleDependencies": return list("bundleDependencies", value)
        case "author", "maintainers", "contributors": return people(name, value)
        case "repository": return [repository(value)]
        case let name where files.contains(name): return targets(name, value)
        case let name where tables.contains(name):
            guard let object = value.objectValue else { return [ManifestMember(name, "", text(of: value))] }
            return object.members.prefix(ManifestMembers.maxMembers).map {
                ManifestMember(name, $0.name, text(of: $0.value))
            }
        case _: return []
        }
    }

    /// A text as it is, anything else as JSON.
    private static func text(of value: JSONValue) -> String {
        value.stringValue ?? JSONText.string(value)
    }

    private static func list(_ group: String, _ value: JSONValue) -> [ManifestMember] {
        guard let values = value.arrayValue else { return [ManifestMember(group, "", text(of: value))] }
        return values.prefix(ManifestMembers.maxMembers).map { ManifestMember(group, text(of: $0), text(of: $0)) }
    }

    // MARK: Files

    /// `./index.js` is `index.js`.
    private static func file(_ group: String, _ name: String, _ value: JSONValue) -> ManifestMember {
        guard let path = value.stringValue else { return ManifestMember(group, name, text(of: value)) }
        let normal = EntryPoints.normalPath(path)
        return ManifestMember(group, name, path, compared: normal.isEmpty ? Array(path.utf8) : normal)
    }

    private static func commands(_ value: JSONValue, package: String) -> [ManifestMember] {
        if value.stringValue != nil { return [file("bin", String(package.split(separator: "/").last ?? ""), value)] }
        guard let object = value.objectValue else { return [ManifestMember("bin", "", text(of: value))] }
        return object.members.prefix(ManifestMembers.maxMembers).map { file("bin", $0.name, $0.value) }
    }

    /// Files under paths and conditions, one in the other: `./box[import]`.
    private static func targets(_ group: String, _ value: JSONValue) -> [ManifestMember] {
        var found: [ManifestMember] = []
        var waiting: [(name: String, value: JSONValue, depth: Int)] = [("", value, 0)]
        while let next = waiting.popLast(), found.count < ManifestMembers.maxMembers {
            switch next.value {
            case .object(let object) where next.depth < maxDepth:
                waiting += object.members.reversed().map { member in
                    let isPath = next.depth == 0 && (member.name.hasPrefix(".") || group != "exports")
                    return (isPath ? member.name : "\(next.name)[\(member.name)]", member.value, next.depth + 1)
                }
            case .array(let values) where next.depth < maxDepth:
                waiting += values.reversed().map { (next.name, $0, next.depth + 1) }
            case .object, .array, .string, .null, .bool, .integer, .number:
                found.append(file(group, next.name, next.value))
            }
        }
        return found
    }

    // MARK: People and places

    /// `Name <email> (url)` and an object of the three are one.
    private static func people(_ group: String, _ value: JSONValue) -> [ManifestMember] {
        guard let values = value.arrayValue else { return [ManifestMember(group, "", person(value))] }
        return values.prefix(1000).map { ManifestMember(group, person($0), person($0)) }
    }

    private static func person(_ value: JSONValue) -> String {
        guard let object = value.objectValue else { return text(of: value) }
        let email = (object["email"]?.stringValue).map { "<\($0)>" }
        let url = (object["url"] ?? object["web"])?.stringValue.map { "(\($0))" }
        return [object["name"]?.stringValue, email, url].compactMap(\.self).joined(separator: " ")
    }

    /// Where the source is; short forms and ways to fetch it are spelling.
    private static func repository(_ value: JSONValue) -> ManifestMember {
        let written = value.stringValue ?? value.objectValue?["url"]?.stringValue ?? text(of: value)
        var place = Array(written.utf8)
        for prefix in ["git+", "git://", "https://", "http://", "ssh://", "git@"] where place.hasPrefix(prefix) {
            place.removeFirst(prefix.utf8.count)
        }
        if place.hasPrefix("github:") { place = Array("github.com/".utf8) + place.dropFirst(7) }
        if place.count(where: { $0 == UInt8(ascii: "/") }) == 1, !place.contains(UInt8(ascii: ".")) {
            place = Array("github.com/".utf8) + place
        }
        if place.hasSuffix(".git") { place.removeLast(4) }
        return ManifestMember("repository", [], Array(written.utf8), compared: place.lowercasedASCII())
    }
}
