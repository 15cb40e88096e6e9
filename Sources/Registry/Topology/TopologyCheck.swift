/// Finds everything that is wrong with a set of registry declarations.
struct TopologyCheck {
    let definitions: [RegistryDefinition]
    let defaultRegistry: [Ecosystem: RegistryName]

    func problems() -> [TopologyProblem] {
        var problems: [TopologyProblem] = []
        var seen: Set<RegistryName> = []
        for definition in definitions {
            if !seen.insert(definition.name).inserted { problems.append(.duplicateRegistry(definition.name)) }
            problems += patternProblems(definition)
            switch definition.kind {
            case .upstream(let upstream):
                if !isUsableAddress(upstream.url) {
                    problems.append(.badUpstreamURL(registry: definition.name, url: upstream.url))
                }
            case .hosted:
                if definition.packages.isEmpty { problems.append(.hostedWithoutNamespace(definition.name)) }
            case .router(let sources):
                problems += routerProblems(definition, sources: sources)
            }
        }
        for ecosystem in Ecosystem.allCases {
            guard let name = defaultRegistry[ecosystem] else { continue }
            let target = find(name)
            if target?.ecosystem != ecosystem {
                problems.append(.badDefault(ecosystem: ecosystem, registry: name, isKnown: target != nil))
            }
        }
        return problems
    }

    private func find(_ name: RegistryName) -> RegistryDefinition? { definitions.first { $0.name == name } }

    private func patternProblems(_ definition: RegistryDefinition) -> [TopologyProblem] {
        var problems: [TopologyProblem] = []
        var seen: [PackagePattern] = []
        for pattern in definition.packages {
            if seen.contains(pattern) {
                problems.append(.duplicatePattern(registry: definition.name, pattern: pattern))
            }
            if !belongs(pattern, to: definition.ecosystem) {
                problems.append(.foreignPattern(registry: definition.name, pattern: pattern))
            }
            seen.append(pattern)
        }
        return problems
    }

    private func belongs(_ pattern: PackagePattern, to ecosystem: Ecosystem) -> Bool {
        switch pattern {
        case .everything: true
        case .anyScope, .scope: ecosystem == .npm
        case .exact(let name): name.ecosystem == ecosystem
        case .exactAnywhere(let npm, let pypi): (ecosystem == .npm ? npm : pypi) != nil
        }
    }

    private func routerProblems(_ router: RegistryDefinition, sources: [RegistryName]) -> [TopologyProblem] {
        if sources.isEmpty { return [.emptyRouter(router.name)] }
        var problems: [TopologyProblem] = []
        var claimed: [(pattern: PackagePattern, source: RegistryName)] = []
        var seen: Set<RegistryName> = []
        for name in sources {
            guard seen.insert(name).inserted else {
                problems.append(.repeatedSource(router: router.name, source: name))
                continue
            }
            guard let source = find(name) else {
                problems.append(.unknownSource(router: router.name, source: name))
                continue
            }
            if source.ecosystem != router.ecosystem {
                problems.append(.foreignSource(router: router.name, source: name, ecosystem: source.ecosystem))
            }
            if case .router = source.kind {
                problems.append(.routerAsSource(router: router.name, source: name))
                continue
            }
            for pattern in source.declaredPatterns {
                if let first = claimed.first(where: { $0.pattern == pattern }) {
                    problems.append(
                        .unreachablePattern(
                            router: router.name, source: name, pattern: pattern, shadowedBy: first.source))
                } else if !router.declaredPatterns.contains(where: { $0.overlaps(pattern) }) {
                    problems.append(
                        .unreachablePattern(router: router.name, source: name, pattern: pattern, shadowedBy: nil))
                } else {
                    claimed.append((pattern, name))
                }
            }
        }
        return problems
    }

    /// `http://host/…` or `https://host/…` with neither user information, query nor fragment.
    private func isUsableAddress(_ url: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: { url.hasPrefix($0) }) else { return false }
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        let isPlain = url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
        return isPlain && !authority.isEmpty && !authority.contains("@") && !rest.contains { $0 == "?" || $0 == "#" }
    }
}

/// Everything that is wrong with the declared registries; never empty.
public struct TopologyError: Error, Equatable, Sendable, CustomStringConvertible {
    public let problems: [TopologyProblem]

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// One fault of the declared registries.
public enum TopologyProblem: Equatable, Sendable, CustomStringConvertible {
    case duplicateRegistry(RegistryName)
    case duplicatePattern(registry: RegistryName, pattern: PackagePattern)
    case foreignPattern(registry: RegistryName, pattern: PackagePattern)
    case badUpstreamURL(registry: RegistryName, url: String)
    case hostedWithoutNamespace(RegistryName)
    case emptyRouter(RegistryName)
    case repeatedSource(router: RegistryName, source: RegistryName)
    case unknownSource(router: RegistryName, source: RegistryName)
    case foreignSource(router: RegistryName, source: RegistryName, ecosystem: Ecosystem)
    case routerAsSource(router: RegistryName, source: RegistryName)
    /// `shadowedBy` is the earlier source with the same pattern; nil when the router's own patterns exclude it.
    case unreachablePattern(
        router: RegistryName, source: RegistryName, pattern: PackagePattern, shadowedBy: RegistryName?)
    case badDefault(ecosystem: Ecosystem, registry: RegistryName, isKnown: Bool)

    /// The registry whose declaration is at fault; nil for a fault of `defaultRegistry`.
    public var registry: RegistryName? {
        switch self {
        case .duplicateRegistry(let name), .hostedWithoutNamespace(let name), .emptyRouter(let name): name
        case .duplicatePattern(let name, _), .foreignPattern(let name, _), .badUpstreamURL(let name, _): name
        case .repeatedSource(let name, _), .unknownSource(let name, _), .foreignSource(let name, _, _): name
        case .routerAsSource(let name, _), .unreachablePattern(let name, _, _, _): name
        case .badDefault: nil
        }
    }

    public var description: String {
        switch self {
        case .duplicateRegistry(let name):
            "registry '\(name)' is declared twice; give each its own name"
        case .duplicatePattern(let name, let pattern):
            "registry '\(name)' lists the pattern '\(pattern)' twice; remove one"
        case .foreignPattern(let name, let pattern):
            "registry '\(name)' lists the pattern '\(pattern)', which no name of its ecosystem can match; remove it"
        case .badUpstreamURL(let name, let url):
            "registry '\(name)' has the address \(quoted(url)); expected http:// or https:// with a host, without user, "
                + "password, query or fragment"
        case .hostedWithoutNamespace(let name):
            "hosted registry '\(name)' declares no packages; list the names that live in it ('**' for all)"
        case .emptyRouter(let name):
            "router '\(name)' has no sources; list at least one registry"
        case .repeatedSource(let router, let source):
            "router '\(router)' lists the source '\(source)' twice; remove one"
        case .unknownSource(let router, let source):
            "router '\(router)' has the source '\(source)', which is not declared"
        case .foreignSource(let router, let source, let ecosystem):
            "router '\(router)' has the source '\(source)' of another ecosystem (\(ecosystem)); remove it"
        case .routerAsSource(let router, let source):
            "router '\(router)' has the router '\(source)' as a source; list that router's sources instead"
        case .unreachablePattern(let router, let source, let pattern, let other):
            if let other {
                "router '\(router)' can never use '\(pattern)' of '\(source)', because '\(other)' declares the same; each "
                    + "name must have one source, so narrow one of them"
            } else {
                "router '\(router)' can never use '\(pattern)' of '\(source)', because its own packages exclude it"
            }
        case .badDefault(let ecosystem, let name, let isKnown):
            isKnown
                ? "defaultRegistry.\(ecosystem) is '\(name)', which serves another ecosystem"
                : "defaultRegistry.\(ecosystem) is '\(name)', which is not declared"
        }
    }
}
