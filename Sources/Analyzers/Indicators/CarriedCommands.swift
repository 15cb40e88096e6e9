/// Commands within texts of other formats: workflows, settings, hooks, instructions for agents.
///
/// A format's quotes are not a shell's, so nothing is parsed here: the shapes of what no such file needs are looked for.
enum CarriedCommands {
    private static let clients = LiteralSet(
        ["curl ", "wget ", "iwr ", "irm ", "invoke-webrequest", "certutil", "bitsadmin"], ignoringCase: true)
    private static let pipes = LiteralSet(
        [
            "|sh", "| sh", "|bash", "| bash", "|zsh", "| zsh", "|node", "| node", "|python", "| python", "|iex",
            "| iex", "|sudo ", "| sudo ", "|perl", "| perl",
        ], ignoringCase: true)
    private static let substitutions = LiteralSet(
        [
            "$(curl", "$(wget", "`curl", "`wget", "<(curl", "<(wget", "/dev/tcp/", "base64 -d |", "base64 -d|",
            "base64 --decode |", "base64 --decode|", "| base64 -d", "|base64 -d", "downloadstring(", "eval(atob(",
            "frombase64string(",
        ], ignoringCase: true)

    /// Whether a text has a command that runs what it downloads or decodes.
    static func areHostile(_ text: ArraySlice<UInt8>) -> Bool {
        let text = text.prefix(256 << 10)
        if substitutions.matchesAny(in: text) { return true }
        guard clients.matchesAny(in: text) else { return false }
        // The pipe belongs to the client's command when it stands on the same line.
        return text.split(separator: 0x0A).contains { line in
            clients.matchesAny(in: line) && pipes.matchesAny(in: line)
        }
    }

    private static let secrets = LiteralSet(
        ["tojson(secrets)", "tojson( secrets", "secrets | tojson"], ignoringCase: true)

    /// Whether a build pipeline hands all its secrets to its commands, or one to a host of its own.
    static func giveSecretsAway(_ text: ArraySlice<UInt8>) -> Bool {
        let text = text.prefix(256 << 10)
        if secrets.matchesAny(in: text) { return true }
        return text.split(separator: 0x0A).contains { line in
            clients.matchesAny(in: line) && line.contains(text: "secrets.")
                && !line.contains(text: "codecov") && !line.contains(text: "api.github.com")
        }
    }

    private static let sources = LiteralSet(
        [
            "registry=", "registry =", "index-url", "index_url", "node-options", "script-shell", "yarnregistryserver",
            "npmregistryserver", "trusted-host", "ignore-scripts=false", "registry:", "registry \"",
        ], ignoringCase: true)

    /// Whether a text of settings says where packages come from or what runs beside them.
    static func redirectPackages(_ text: ArraySlice<UInt8>) -> Bool {
        let text = text.prefix(64 << 10)
        return text.split(separator: 0x0A).contains { line in
            guard let match = sources.matches(in: line, limit: 1).first else { return false }
            // `@scope:registry=` is one scope's own; `//host/:_authToken=` has no such word.
            let before = line[line.startIndex..<match.range.lowerBound]
            return !before.contains(UInt8(ascii: "@")) && !line.contains(text: "https://registry.npmjs.")
                && !line.contains(text: "https://pypi.")
        }
    }
}
