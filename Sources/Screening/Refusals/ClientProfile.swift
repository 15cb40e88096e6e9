/// Which package client asks, from its User-Agent: how long it waits and whether a machine is behind it.
///
/// It may change wording and waiting time, never the decision.
/// Spec: wire, section 5.
public struct ClientProfile: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case pip, poetry, uv
        case yarnClassic = "yarn-classic"
        case yarnBerry = "yarn-berry"
        case pnpm, npm, bun, deno, unknown
    }

    public let kind: Kind
    /// The client's version as it says it: letters, digits and `.-+_` only, at most 32 bytes.
    public let version: String?
    /// Whether the client says that it runs in continuous integration.
    public let isCI: Bool

    public init(kind: Kind, version: String? = nil, isCI: Bool = false) {
        self.kind = kind
        self.version = version
        self.isCI = isCI
    }

    /// Bytes of the header that are looked at.
    private static let maxBytes = 2048

    /// Reads a User-Agent header; anything unknown, long or broken is `unknown`.
    public init(userAgent: String?) {
        let text = String(decoding: (userAgent ?? "").utf8.prefix(Self.maxBytes), as: UTF8.self)
        let words = text.split(separator: " ")
        let product = (words.first ?? "").split(separator: "/", maxSplits: 1)
        let version = product.count > 1 ? Self.cleanVersion(product[1]) : nil
        self.init(
            kind: Self.kind(product: (product.first ?? "").lowercased(), version: version), version: version,
            isCI: Self.saysCI(text, words: words))
    }

    /// How long a request of this client may wait for an answer before it gives up or says something worse.
    public var patience: Duration {
        switch kind {
        case .pip, .poetry, .unknown: .seconds(12)
        case .uv, .yarnClassic: .seconds(25)
        case .yarnBerry, .pnpm: .seconds(50)
        case .npm, .bun, .deno: .seconds(110)
        }
    }

    private static func kind(product: String, version: String?) -> Kind {
        switch product {
        case "pip": .pip
        case "poetry": .poetry
        case "uv": .uv
        case "pnpm": .pnpm
        case "npm": .npm
        case "bun": .bun
        case "deno": .deno
        // Yarn 1 says "yarn/1.22"; later ones leave the name of their HTTP library.
        case "yarn": version.map { $0.hasPrefix("1.") || $0.hasPrefix("0.") } ?? false ? .yarnClassic : .yarnBerry
        case "got": .yarnBerry
        default: .unknown
        }
    }

    /// npm appends `ci/<service>`; pip and uv send a JSON member.
    private static func saysCI(_ text: String, words: [Substring]) -> Bool {
        words.contains { $0.hasPrefix("ci/") && $0 != "ci/" && $0 != "ci/false" }
            || contains(text, "\"ci\":true") || contains(text, "\"ci\": true")
    }

    /// Whether the bytes of `text` hold those of `needle`; the library's search for text costs a hundred times as much,
    /// and this runs for every artifact that is served.
    private static func contains(_ text: String, _ needle: StaticString) -> Bool {
        let haystack = text.utf8
        guard haystack.count >= needle.utf8CodeUnitCount, haystack.contains(UInt8(ascii: "{")) else { return false }
        return needle.withUTF8Buffer { pattern in
            haystack.indices.contains { start in unsafe haystack[start...].starts(with: pattern) }
        }
    }

    private static func cleanVersion(_ text: Substring) -> String? {
        let isClean = text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                || ".-+_".utf8.contains(byte)
        }
        return isClean && !text.isEmpty && text.utf8.count <= 32 ? String(text) : nil
    }
}
