import JSON
import Registry

/// Builds packuments for tests.
enum PackumentDocuments {
    static func integrity(_ fill: UInt8) -> String {
        "sha512-" + String(repeating: "A", count: 85) + (fill % 2 == 0 ? "A" : "Q") + "=="
    }

    /// A manifest as the public registry has it, with `extra` members in front.
    static func manifest(_ name: String, _ version: String, extra: JSONObject = [:]) -> JSONValue {
        var manifest = extra
        manifest.set("name", .string(name))
        manifest.set("version", .string(version))
        manifest.set("description", "a package")
        manifest.set("dependencies", ["left": "^1.0.0"])
        manifest.set("_id", .string("\(name)@\(version)"))
        let file = name.split(separator: "/").last.map(String.init) ?? name
        manifest.set(
            "dist",
            [
                "shasum": .string(String(repeating: "0", count: 40)),
                "tarball": .string("https://registry.npmjs.org/\(name)/-/\(file)-\(version).tgz"),
                "integrity": .string(integrity(0)),
            ])
        return .object(manifest)
    }

    /// A whole document; every version is a day younger than the one before it.
    static func document(
        _ name: String = "demo", versions: [String], tags: JSONObject, manifests: [String: JSONObject] = [:]
    ) -> [UInt8] {
        var time: JSONObject = ["created": "2020-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z"]
        var all: JSONObject = [:]
        for (day, version) in versions.enumerated() {
            time.append(version, .string("2023-01-\(day < 9 ? "0" : "")\(day + 1)T12:00:00.123Z"))
            all.append(version, manifest(name, version, extra: manifests[version] ?? [:]))
        }
        return JSONText.serialize(
            [
                "_id": .string(name), "_rev": "7-abc", "name": .string(name), "dist-tags": .object(tags),
                "versions": .object(all), "time": .object(time), "readme": "# demo \u{1F600}",
                "_attachments": ["demo-1.0.0.tgz": ["data": "AAAA"]],
            ])
    }

    static func packument(_ bytes: [UInt8], _ name: String = "demo") throws -> Packument {
        try Packument(parsing: bytes, name: PackageName(parsing: name, ecosystem: .npm))
    }

    static let base = "http://127.0.0.1:7677/~npmjs"

    static func plan(_ form: PackumentPlan.Form = .full, refused: [String: String] = [:]) -> PackumentPlan {
        PackumentPlan(form: form, refused: refused, tarballBase: base)
    }

    /// Renders and reads the result with the strict reader.
    static func rendered(
        _ packument: Packument, _ form: PackumentPlan.Form = .full, refused: [String: String] = [:]
    ) throws -> JSONValue {
        try JSONText.parse(packument.rendered(plan(form, refused: refused)))
    }
}

extension JSONValue {
    /// The names of the members of an object, in order.
    var memberNames: [String] { objectValue?.members.map(\.name) ?? [] }
}
