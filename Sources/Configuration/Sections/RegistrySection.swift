import Registry
import Screening
import YAML

/// One registry as read: its definition and its level of the policy.
struct ReadRegistry {
    let definition: RegistryDefinition
    let screening: ScreeningLayer
}

/// The `registries` and `defaultRegistry` sections.
enum RegistrySection {
    private enum Kind: String, CaseIterable {
        case upstream, hosted, router
    }

    /// Every registry that could be read; problems are reported for the others.
    static func read(_ setting: Setting?) -> [ReadRegistry] {
        guard let setting, let map = setting.map() else { return [] }
        if map.keys.isEmpty { setting.report("declare at least one registry") }
        return map.keys.compactMap { key in
            guard let entry = map.setting(key.name) else { return nil }
            do throws(RegistryNameError) {
                return registry(try RegistryName(parsing: key.name), entry)
            } catch {
                map.report(key.name, "\(error)")
                return nil
            }
        }
    }

    private static func registry(_ name: RegistryName, _ setting: Setting) -> ReadRegistry? {
        guard let map = setting.map() else { return nil }
        let ecosystem = map.required("ecosystem")?.word(of: Ecosystem.self)
        let kind = map.required("type")?.word(of: Kind.self)
        // Without the ecosystem names cannot be read; the keys are still checked.
        let screening =
            map.setting("screening").map { ScreeningSection.layer($0, ecosystem: ecosystem) } ?? ScreeningLayer()
        let teams = PackageRules.teams(map.setting("teams"))
        let packages = PackageRules.patterns(map.setting("packages"), ecosystem: ecosystem, teams: teams)
        let sources = map.setting("sources").flatMap(sources)
        let upstream = UpstreamSection.read(map, isUpstream: kind == .upstream)
        map.finish()
        guard let kind, let ecosystem else { return nil }
        refuseForeignKeys(map, kind: kind)
        let definitionKind: RegistryDefinition.Kind
        switch kind {
        case .upstream:
            guard let upstream else { return nil }
            definitionKind = .upstream(upstream)
        case .hosted: definitionKind = .hosted
        case .router:
            guard let sources else {
                if map.setting("sources") == nil { map.report("sources", "a router needs the list of its sources") }
                return nil
            }
            definitionKind = .router(sources: sources)
        }
        return ReadRegistry(
            definition: RegistryDefinition(name: name, ecosystem: ecosystem, kind: definitionKind, packages: packages),
            screening: screening)
    }

    private static func sources(_ setting: Setting) -> [RegistryName]? {
        setting.list("registry names") { element in
            guard let text = element.text("the name of a registry") else { return nil }
            do throws(RegistryNameError) {
                return try RegistryName(parsing: text)
            } catch {
                element.report("\(error)")
                return nil
            }
        }
    }

    /// Keys that mean something only for another kind of registry.
    private static func refuseForeignKeys(_ map: SettingMap, kind: Kind) {
        let owners: [(kind: Kind, keys: [String])] = [
            (.upstream, UpstreamSection.keys), (.hosted, ["teams"]), (.router, ["sources"]),
        ]
        for owner in owners where owner.kind != kind {
            for key in map.keys where owner.keys.contains(key.name) {
                map.report(key.name, "this key is for \(owner.kind.rawValue) registries; this one is \(kind.rawValue)")
            }
        }
    }

    // MARK: Topology

    /// All registries together; nil, with problems reported where they belong, when they contradict each other.
    static func topology(
        _ registries: [ReadRegistry], defaults: Setting?, context: ReadingContext
    ) -> RegistryTopology? {
        let definitions = registries.map(\.definition)
        do throws(TopologyError) {
            return try RegistryTopology(
                definitions: definitions, defaultRegistry: defaultRegistry(defaults, definitions: definitions))
        } catch {
            for problem in error.problems { report(problem, names: definitions.map(\.name.text), context: context) }
            return nil
        }
    }

    /// The registries behind the addresses that name none. Where nothing is said, an ecosystem's only registry, or its
    /// only router.
    private static func defaultRegistry(
        _ setting: Setting?, definitions: [RegistryDefinition]
    ) -> [Ecosystem: RegistryName] {
        var defaults: [Ecosystem: RegistryName] = [:]
        for ecosystem in Ecosystem.allCases {
            let candidates = definitions.filter { $0.ecosystem == ecosystem }
            let routers = candidates.filter { definition in
                if case .router = definition.kind { true } else { false }
            }
            defaults[ecosystem] =
                candidates.count == 1 ? candidates[0].name : routers.count == 1 ? routers[0].name : nil
        }
        guard let setting, !setting.isNull, let map = setting.map() else { return defaults }
        for ecosystem in Ecosystem.allCases {
            guard let entry = map.setting(ecosystem.rawValue) else { continue }
            defaults[ecosystem] = nil
            guard !entry.isNull, let text = entry.text("the name of a registry") else { continue }
            do throws(RegistryNameError) {
                defaults[ecosystem] = try RegistryName(parsing: text)
            } catch {
                entry.report("\(error)")
            }
        }
        map.finish()
        return defaults
    }

    private static func report(_ problem: TopologyProblem, names: [String], context: ReadingContext) {
        let (parent, key, missing) = place(of: problem)
        let path = "\(parent).\(key)"
        // A registry that is declared but could not be read, or a list with a bad entry, has its problem already.
        let isConsequence =
            missing.map { context.lines[registryPath($0)] != nil } ?? false
            || context.problems.contains { known in
                known.keyPath == path || known.keyPath.hasPrefix("\(path).") || known.keyPath.hasPrefix("\(path)[")
            }
        guard !isConsequence else { return }
        let shown = context.lines[path] == nil ? parent : path
        let suggestion = missing.map { Suggestion.text(for: $0.text, among: names) } ?? ""
        context.report(shown, line: context.lines[shown] ?? 1, "\(problem)\(suggestion)")
    }

    /// The key that a problem is about, and the registry that it misses if it misses one.
    private static func place(of problem: TopologyProblem) -> (parent: String, key: String, missing: RegistryName?) {
        let parent = problem.registry.map(registryPath) ?? "defaultRegistry"
        switch problem {
        case .duplicateRegistry: return (parent, "type", nil)
        case .duplicatePattern, .foreignPattern, .hostedWithoutNamespace: return (parent, "packages", nil)
        case .badUpstreamURL: return (parent, "url", nil)
        case .unknownSource(_, let source): return (parent, "sources", source)
        case .emptyRouter, .repeatedSource, .foreignSource, .routerAsSource, .unreachablePattern:
            return (parent, "sources", nil)
        case .badDefault(let ecosystem, let registry, let isKnown):
            return (parent, ecosystem.rawValue, isKnown ? nil : registry)
        }
    }

    static func registryPath(_ name: RegistryName) -> String { SettingMap.keyPath("registries", name.text) }
}
