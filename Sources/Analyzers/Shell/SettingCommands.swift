/// Commands that change where later commands of other people get their packages or programs from.
enum SettingCommands {
    private static let packageKeys: [String] = [
        "registry", "index-url", "extra-index-url", "node-options", "script-shell", "proxy", "https-proxy", "cafile",
        "trusted-host", "ignore-scripts", "npmregistryserver", "strict-ssl",
    ]

    /// `npm config set registry …`, `pip config set global.index-url …`: where packages come from, for everything later.
    static func changesSource(_ command: ReadCommand) -> Bool {
        let words = command.argumentTexts.map { $0.lowercasedASCII() }.filter { !$0.hasPrefix("-") }
        switch command.program {
        case "npm", "yarn", "pnpm", "cnpm": return isSetting(words)
        case "pip", "pip3": return isSetting(words)
        case "python", "python3", "py":
            guard let index = words.firstIndex(where: { $0.equals("pip") }) else { return false }
            return isSetting(Array(words[(index + 1)...]))
        default: return false
        }
    }

    private static func isSetting(_ words: [[UInt8]]) -> Bool {
        guard let first = words.first, let set = words.firstIndex(where: { $0.equals("set") }), set <= 1 else {
            return false
        }
        guard first.equals("config") || first.equals("set"), set + 1 < words.count else { return false }
        // `@scope:registry` changes only one scope, `global.index-url` everything.
        let key = words[set + 1].prefix { $0 != UInt8(ascii: "=") }
        guard key.first != UInt8(ascii: "@") else { return false }
        let name = key.split(separator: UInt8(ascii: ".")).last ?? []
        let values = words[(set + 1)...].dropFirst()
        if values.contains(where: isPublicRegistry) || isPublicRegistry(words[set + 1]) { return false }
        return packageKeys.contains { name.equals($0) }
    }

    /// Whether a value is the registry that is used anyway.
    private static func isPublicRegistry(_ word: [UInt8]) -> Bool {
        word.contains(text: "https://registry.npmjs.") || word.contains(text: "https://pypi.")
    }

    private static let gitKeys: [String] = [
        "core.hookspath", "core.fsmonitor", "core.sshcommand", "init.templatedir", "credential.helper",
        "core.gitproxy",
    ]

    /// `git config --global core.hooksPath …`: what git runs by itself in every repository of a person.
    ///
    /// A repository that names a folder of its own for its hooks is ordinary.
    static func redirectsGit(_ command: ReadCommand) -> Bool {
        guard command.program == "git" else { return false }
        let words = command.argumentTexts.map { $0.lowercasedASCII() }
        guard let config = words.firstIndex(where: { $0.equals("config") }), config <= 3 else { return false }
        let rest = words[(config + 1)...]
        guard !rest.contains(where: { $0.equals("--unset") || $0.equals("--get") || $0.equals("--list") }) else {
            return false
        }
        let isForAll = rest.contains { $0.equals("--global") || $0.equals("--system") }
        let plain = rest.filter { !$0.hasPrefix("-") }
        guard let key = plain.first, plain.count > 1, gitKeys.contains(where: key.equals) else { return false }
        let value = plain[1]
        return isForAll || value.first == UInt8(ascii: "/") || value.first == UInt8(ascii: "~")
            || value.contains(text: ":\\")
    }
}
