/// All registries of one configuration and the one answer to "which source has this name?".
///
/// The answer depends on the declarations alone, never on what a source says or whether it is up: there is no
/// fall-through. Within a router the narrowest matching pattern wins; two sources with the same pattern are an error of
/// the configuration, so there is never a tie. A name that a hosted registry claims more narrowly than an upstream does is
/// *reserved*: no address of ours asks that upstream for it.
public struct RegistryTopology: Sendable {
    /// Every registry, in the order of the configuration.
    public let definitions: [RegistryDefinition]
    private let byName: [RegistryName: RegistryDefinition]
    private let defaults: [Ecosystem: RegistryName]

    /// Checks all declarations together.
    /// - Throws: `TopologyError` with every problem found, in a stable order.
    public init(
        definitions: [RegistryDefinition], defaultRegistry: [Ecosystem: RegistryName]
    ) throws(TopologyError) {
        let problems = TopologyCheck(definitions: definitions, defaultRegistry: defaultRegistry).problems()
        if !problems.isEmpty { throw TopologyError(problems: problems) }
        self.definitions = definitions
        byName = Dictionary(uniqueKeysWithValues: definitions.map { ($0.name, $0) })
        defaults = defaultRegistry
    }

    public func definition(named name: RegistryName) -> RegistryDefinition? { byName[name] }

    /// The registry behind the addresses that name none; nil when the configuration gives none.
    public func defaultRegistry(for ecosystem: Ecosystem) -> RegistryDefinition? {
        defaults[ecosystem].flatMap { byName[$0] }
    }

    /// The registries of one ecosystem, in the order of the configuration.
    public func registries(of ecosystem: Ecosystem) -> [RegistryDefinition] {
        definitions.filter { $0.ecosystem == ecosystem }
    }

    /// The sources behind an address: a router's, or the registry itself.
    public func sources(of definition: RegistryDefinition) -> [RegistryDefinition] {
        switch definition.kind {
        case .upstream, .hosted: [definition]
        case .router(let sources): sources.compactMap { byName[$0] }
        }
    }

    /// The one source of `name` when it is asked for at the address of `registry`.
    public func source(for name: PackageName, in registry: RegistryName) -> SourceResolution {
        guard let asked = byName[registry], asked.ecosystem == name.ecosystem else { return .notDeclared }
        // A router's own patterns narrow what its address answers; they do not compete with its sources'.
        guard asked.claim(on: name) != nil else { return unclaimed(name, asked: asked) }
        var best: (definition: RegistryDefinition, specificity: Int)?
        for source in sources(of: asked) {
            guard let specificity = source.claim(on: name) else { continue }
            if best.map({ specificity > $0.specificity }) ?? true { best = (source, specificity) }
        }
        guard let best else { return unclaimed(name, asked: asked) }
        if !best.definition.isHosted, let owner = reservation(of: name, above: best.specificity) {
            return .reserved(by: owner.name)
        }
        return .source(best.definition)
    }

    private func unclaimed(_ name: PackageName, asked: RegistryDefinition) -> SourceResolution {
        if !asked.isHosted, let owner = reservation(of: name, above: PackagePattern.everything.specificity) {
            return .reserved(by: owner.name)
        }
        return .notDeclared
    }

    /// The hosted registry that claims `name` more narrowly than `specificity`, the narrowest claim first.
    ///
    /// A hosted `**` therefore reserves nothing: it would forbid every upstream beside it.
    private func reservation(of name: PackageName, above specificity: Int) -> RegistryDefinition? {
        var best: (definition: RegistryDefinition, specificity: Int)?
        for hosted in definitions where hosted.isHosted {
            guard let claim = hosted.claim(on: name), claim > max(specificity, best?.specificity ?? 0) else { continue }
            best = (hosted, claim)
        }
        return best?.definition
    }
}

/// Where a name lives, as seen from one address.
public enum SourceResolution: Sendable, Equatable {
    /// The one registry that answers for the name; upstream or hosted, never a router.
    case source(RegistryDefinition)
    /// No registry behind this address declares the name: a plain 404.
    case notDeclared
    /// The name belongs to that hosted registry, which this address does not lead to: 403 `NAME_RESERVED`.
    case reserved(by: RegistryName)
}
