import SourceCode

/// Clients of a registry that give it the token which it keeps in its own settings file.
enum OwnRegistry {
    /// The settings files of registries, and the domains that they are for, by their labels.
    private static let registries: [(file: String, domains: [[String]])] = [
        (".pypirc", [["pypi", "org"], ["pypi", "python", "org"]]), (".npmrc", [["npmjs", "org"], ["npmjs", "com"]]),
    ]

    /// Whether what is read of such a file goes to hosts of the same registry alone, when somebody calls for it.
    static func isAsked(by call: Call, _ origin: DataFlow.Origin, _ scan: CodeScan) -> Bool {
        guard !scan.model.runsAtLoad(call.scope), !origin.hasDecodedText, !origin.effects.contains(.decodes) else {
            return false
        }
        let files = origin.texts.filter(SecretFlow.isCredential)
        // A scheme alone, or one before a gap to be filled, names no host.
        let named = origin.texts.filter { $0.contains(text: "://") || Address.isHostName($0) }.map(host)
        let hosts = named.filter { !$0.isEmpty && !$0.contains(UInt8(ascii: "%")) }
        return registries.contains { registry in
            files.allSatisfy { $0.hasSuffix(registry.file) } && !files.isEmpty && !hosts.isEmpty
                && hosts.allSatisfy { host in registry.domains.contains { isHost(host, of: $0.joined(separator: ".")) }
                }
        }
    }

    private static func isHost(_ host: ArraySlice<UInt8>, of domain: String) -> Bool {
        host.equals(domain) || host.hasSuffix("." + domain)
    }

    private static func host(of text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let scheme = text.firstRange(of: "://") else { return text }
        return text[scheme.upperBound...].prefix { byte in
            byte > 0x20 && byte != UInt8(ascii: "/") && byte != UInt8(ascii: "?") && byte != UInt8(ascii: "#")
        }
    }
}
