import Registry
import Screening

extension ConfigurationLoader {
    /// The configuration as it acts, as YAML with every default written out and secrets masked.
    ///
    /// A registry's `screening` shows what differs from the section for all registries, levels between them included.
    /// The text can be loaded again and then means the same, except where a secret was masked.
    public static func effectiveText(_ configuration: ServiceConfiguration) -> String {
        var text = YAMLWriter()
        text.line("listen", configuration.listen.description)
        text.line("publicUrl", configuration.publicURL)
        text.list("trustedProxies", configuration.trustedProxies)
        text.line("data", configuration.dataPath)
        text.section("cache") { text in
            text.line("path", configuration.cachePath)
            text.bare("maxSize", Quantity.text(sizeBytes: configuration.cacheMaxBytes))
        }
        text.bare("workers", "\(configuration.workers)")
        text.bare("sandbox", configuration.sandbox.rawValue)
        if let path = configuration.keyPassphrasePath {
            text.section("keys") { text in text.line("passphraseFile", path) }
        }
        text.section("defaultRegistry") { text in
            for ecosystem in Ecosystem.allCases {
                text.line(ecosystem.rawValue, configuration.topology.defaultRegistry(for: ecosystem)?.name.text)
            }
        }
        text.section("registries") { text in
            for definition in configuration.topology.definitions {
                text.section(definition.name.text) { text in
                    write(definition, to: &text)
                    let policy = configuration.policies[definition.name] ?? configuration.defaultPolicy
                    guard policy != configuration.defaultPolicy else { return }
                    text.section("screening") { text in
                        write(policy, over: configuration.defaultPolicy, to: &text)
                    }
                }
            }
        }
        text.section("screening") { text in write(configuration.defaultPolicy, to: &text) }
        text.section("advisories") { text in write(configuration.advisories, to: &text) }
        text.section("static") { text in
            if let path = configuration.userRulesPath { text.line("rules", path) }
            text.bare("memory", Quantity.text(sizeBytes: configuration.analysisAllowance.memoryBytes))
            text.bare("time", Quantity.text(.seconds(configuration.analysisAllowance.seconds)))
        }
        write(configuration.aiReview, to: &text)
        write(configuration.trust, to: &text)
        write(configuration.log, to: &text)
        write(configuration.warming, to: &text)
        return text.text
    }

    private static func write(_ definition: RegistryDefinition, to text: inout YAMLWriter) {
        text.bare("ecosystem", definition.ecosystem.rawValue)
        switch definition.kind {
        case .hosted: text.bare("type", "hosted")
        case .router(let sources):
            text.bare("type", "router")
            text.list("sources", sources.map(\.text))
        case .upstream(let upstream):
            text.bare("type", "upstream")
            text.line("url", upstream.url)
            if upstream.isPublic { text.bare("public", "true") } else { text.line("access", "$all") }
            text.bare("maxage", Quantity.text(upstream.maxAge))
            text.bare("timeout", Quantity.text(upstream.timeout))
            text.bare("maxFails", "\(upstream.maxFails)")
            text.bare("failTimeout", Quantity.text(upstream.failTimeout))
            text.bare("maxListingSize", Quantity.text(sizeBytes: upstream.maxListingBytes))
            text.bare("maxArtifactSize", Quantity.text(sizeBytes: upstream.maxArtifactBytes))
        }
        if !definition.packages.isEmpty { text.list("packages", definition.packages.map(\.description)) }
    }

    /// The policy's keys; with `base`, only those that differ from it. Entries of `allow` and `deny` add up, so those of
    /// `base` are left away.
    private static func write(_ policy: ScreeningPolicy, over base: ScreeningPolicy? = nil, to text: inout YAMLWriter) {
        func list<Element: CustomStringConvertible & Equatable>(
            _ key: String, _ value: KeyPath<ScreeningPolicy, [Element]>
        ) {
            guard base?[keyPath: value] != policy[keyPath: value] else { return }
            text.list(key, policy[keyPath: value].map(\.description))
        }
        func bare<Value: Equatable>(
            _ key: String, _ value: KeyPath<ScreeningPolicy, Value>, _ written: (Value) -> String
        ) {
            guard base?[keyPath: value] != policy[keyPath: value] else { return }
            text.bare(key, written(policy[keyPath: value]))
        }
        func added(_ key: String, _ value: KeyPath<ScreeningPolicy, [PolicySelector]>) {
            let own = policy[keyPath: value].filter { !(base?[keyPath: value].contains($0) ?? false) }
            if base == nil || !own.isEmpty { text.list(key, own.map(\.text)) }
        }
        list("analyzers", \.analyzers)
        list("holdUntil", \.holdUntil)
        bare("cooldown", \.cooldown, Quantity.text)
        bare("cooldownWithoutTime", \.cooldownWithoutTime, \.rawValue)
        list("cooldownExempt", \.cooldownExempt)
        bare("cooldownLiftForFixes", \.cooldownLiftForFixes, \.description)
        bare("onMalicious", \.onMalicious, \.rawValue)
        bare("onSuspicious", \.onSuspicious, \.rawValue)
        bare("onAnalyzerUnavailable", \.onAnalyzerUnavailable, \.rawValue)
        bare("maxCvssScore", \.maxCVSSTenths) { $0.map { "\($0 / 10).\($0 % 10)" } ?? "null" }
        bare("requireRepositoryUrl", \.requireRepositoryURL, \.description)
        bare("denyInstallScripts", \.denyInstallScripts, \.description)
        added("allow", \.allow)
        added("deny", \.deny)
        bare("pendingMax", \.pendingMax, Quantity.text)
        if base?.diff != policy.diff {
            text.section("diff") { text in write(policy.diff, over: base?.diff, to: &text) }
        }
    }

    private static func write(_ limits: DifferenceLimits, over base: DifferenceLimits?, to text: inout YAMLWriter) {
        if base?.maxChangedBytes != limits.maxChangedBytes {
            text.bare("maxChangedBytes", Quantity.text(sizeBytes: limits.maxChangedBytes))
        }
        if base?.maxChangedFiles != limits.maxChangedFiles {
            text.bare("maxChangedFiles", "\(limits.maxChangedFiles)")
        }
        if base?.maxSteps != limits.maxSteps { text.bare("maxSteps", "\(limits.maxSteps)") }
    }

    private static func write(_ advisories: AdvisorySettings, to text: inout YAMLWriter) {
        text.section("sources") { text in
            for ecosystem in Ecosystem.allCases {
                text.line(ecosystem.rawValue, advisories.sources[ecosystem].map(masked))
            }
        }
        text.bare("refresh", Quantity.text(advisories.refresh))
        text.bare("required", advisories.required.rawValue)
        text.bare("maxAge", Quantity.text(advisories.maxAge))
        text.bare("timeout", Quantity.text(advisories.timeout))
        text.bare("maxBundleSize", Quantity.text(sizeBytes: advisories.maxBundleBytes))
        guard let live = advisories.liveFallback else {
            text.bare("liveFallback", "null")
            return
        }
        text.section("liveFallback") { text in
            text.line("url", live.url)
            text.bare("timeout", Quantity.text(live.timeout))
            text.bare("cacheFor", Quantity.text(live.cacheFor))
        }
    }

    /// An address without what may be a secret in it: user, password, query and fragment.
    public static func masked(_ location: String) -> String {
        guard let scheme = ["https://", "http://"].first(where: { location.hasPrefix($0) }) else { return location }
        var rest = location.dropFirst(scheme.count)
        var ending = ""
        if let query = rest.firstIndex(where: { $0 == "?" || $0 == "#" }) {
            ending = "\(rest[query])***"
            rest = rest[..<query]
        }
        let authority = rest.prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return "\(scheme)\(rest)\(ending)" }
        return "\(scheme)***@\(rest[rest.index(after: at)...])\(ending)"
    }
}

/// Writes block YAML: keys as they are, texts in double quotes, nested sections by two spaces.
struct YAMLWriter {
    private(set) var text = ""
    private var depth: Int

    init(depth: Int = 0) { self.depth = depth }

    mutating func bare(_ key: String, _ value: String) {
        text += "\(String(repeating: "  ", count: depth))\(key): \(value)\n"
    }

    mutating func line(_ key: String, _ value: String?) { bare(key, value.map(Self.quoted) ?? "null") }

    mutating func list(_ key: String, _ values: [String]) {
        bare(key, "[\(values.map(Self.quoted).joined(separator: ", "))]")
    }

    /// A list of mappings, or `[]`.
    mutating func list<Element>(_ key: String, of elements: [Element], _ body: (Element, inout YAMLWriter) -> Void) {
        guard !elements.isEmpty else {
            bare(key, "[]")
            return
        }
        text += "\(String(repeating: "  ", count: depth))\(key):\n"
        for element in elements {
            var inner = YAMLWriter(depth: depth + 2)
            body(element, &inner)
            let indentation = String(repeating: "  ", count: depth + 2)
            text += String(repeating: "  ", count: depth + 1) + "- " + inner.text.dropFirst(indentation.count)
        }
    }

    mutating func section(_ key: String, _ body: (inout YAMLWriter) -> Void) {
        text += "\(String(repeating: "  ", count: depth))\(key):\n"
        depth += 1
        body(&self)
        depth -= 1
    }

    static func quoted(_ value: String) -> String {
        var quoted = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            default:
                if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
                    let hex = String(scalar.value, radix: 16, uppercase: true)
                    quoted += "\\x" + (hex.utf8.count < 2 ? "0" : "") + hex
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        // A plain "${" would be looked up when the text is loaded again.
        return (quoted + "\"").replacing("${", with: "$${")
    }
}
