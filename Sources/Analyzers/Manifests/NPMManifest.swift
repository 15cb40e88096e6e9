import JSON

/// The members of a package.json that npm acts on at installation.
struct NPMManifest {
    /// Every `name` and `version` that the text gives, in order: readers differ in which of two they take.
    let names: [String]
    let versions: [String]
    /// The scripts that npm runs when the package is installed, in npm's order.
    let installScripts: [(hook: String, command: String)]

    /// The hooks that run for an installed dependency.
    static let hooks = ["preinstall", "install", "postinstall"]
    private static let maxScripts = 32

    /// Reads a package.json as npm does: a byte order mark and broken UTF-8 are passed over.
    ///
    /// Nil for JSON that is no object, or that repeats its hooks endlessly.
    ///
    /// - Throws: `JSONError` when it is no JSON.
    init?(_ bytes: [UInt8]) throws(JSONError) {
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let repaired = Array(String(decoding: text, as: UTF8.self).utf8)
        let limits = JSONLimits(maxBytes: 8 << 20, duplicates: .keepAll)
        guard let manifest = try JSONText.parse(repaired, limits: limits).objectValue else { return nil }
        var names: [String] = []
        var versions: [String] = []
        var scripts: [(String, String)] = []
        for member in manifest.members {
            if member.name == "name", let text = member.value.stringValue { names.append(text) }
            if member.name == "version", let text = member.value.stringValue { versions.append(text) }
            guard member.name == "scripts", let hooks = member.value.objectValue else { continue }
            for hook in Self.hooks {
                for script in hooks.members where script.name == hook {
                    if let command = script.value.stringValue { scripts.append((hook, command)) }
                }
            }
        }
        self.names = names
        self.versions = versions
        installScripts = scripts.filter { !$0.1.utf8.allSatisfy { $0 <= 0x20 } }
        // Nobody writes the same hooks over and over but to exhaust whoever reads them.
        if installScripts.count > Self.maxScripts { return nil }
    }
}
