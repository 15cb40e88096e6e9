import Platform

/// The registries that this machine's clients use today.
struct DiscoveredRegistries: Sendable {
    var npm: String?
    var pypi: String?
    /// What was found where, for people.
    var notes: [String] = []
}

/// Asks npm and pip which registry they are configured with; neither is told to fetch anything.
///
/// Spec: cli.md, `init`.
struct ClientDiscovery: Sendable {
    let environment: ProcessEnvironment

    /// npm's own default, which npm prints when nothing is configured.
    private static let npmDefault = "https://registry.npmjs.org/"

    func discover() -> DiscoveredRegistries {
        var found = DiscoveredRegistries()
        if let url = ask("npm", ["config", "get", "registry"]).flatMap(usable) {
            found.npm = url
            found.notes.append(
                url == Self.npmDefault
                    ? "npm registry: npm's default" : "npm registry found in your npm configuration")
        } else {
            found.npm = Self.npmDefault
            found.notes.append("npm registry: the public one (no usable answer from npm)")
        }
        if let url = configuredIndex {
            found.pypi = url
            found.notes.append("pip index found in your pip configuration")
        } else if let url = defaultIndex {
            found.pypi = url
            found.notes.append("pip index: pip's default")
        } else {
            found.notes.append("no pip was found, so no Python registry is fronted: add one under registries: yourself")
        }
        return found
    }

    private var configuredIndex: String? {
        if let url = environment["PIP_INDEX_URL"].flatMap(usable) { return url }
        return ask("python3", ["-m", "pip", "config", "get", "global.index-url"]).flatMap(usable)
            ?? ask("pip", ["config", "get", "global.index-url"]).flatMap(usable)
    }

    private var defaultIndex: String? {
        let question = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
        return ask("python3", ["-c", question]).flatMap(usable)
    }

    /// A URL that can be an upstream: http or https, nothing that would break a YAML string, not jurat itself.
    private func usable(_ text: String) -> String? {
        let isPlain = text.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        guard text.hasPrefix("https://") || text.hasPrefix("http://"), isPlain else { return nil }
        guard !text.hasPrefix("http://127.0.0.1:7677"), !text.hasPrefix("http://localhost:7677") else { return nil }
        return text.hasSuffix("/") ? text : text + "/"
    }

    private func ask(_ program: String, _ arguments: [String]) -> String? {
        guard let path = ExecutableSearch(environment: environment).path(of: program) else { return nil }
        return CapturedOutput.firstLine(of: path, arguments, environment: environment)
    }
}

/// Finds programs the way a shell does.
struct ExecutableSearch: Sendable {
    let environment: ProcessEnvironment

    func path(of program: String) -> String? {
        (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
            .map { "\($0)/\(program)" }
            .first { (try? Files.permissions($0)).map { $0 & 0o111 != 0 } ?? false }
    }
}
