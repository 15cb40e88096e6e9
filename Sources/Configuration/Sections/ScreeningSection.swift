import Registry
import Screening
import YAML

/// The policy sections: `screening`, `ecosystems.<e>` and `registries.<r>.screening`.
enum ScreeningSection {
    /// The levels above the registries.
    struct Layers {
        let global: ScreeningLayer
        let ecosystems: [Ecosystem: ScreeningLayer]
    }

    static func readLayers(screening: Setting?, ecosystems: Setting?) -> Layers {
        var perEcosystem: [Ecosystem: ScreeningLayer] = [:]
        if let ecosystems, !ecosystems.isNull, let map = ecosystems.map() {
            for ecosystem in Ecosystem.allCases {
                perEcosystem[ecosystem] = map.setting(ecosystem.rawValue).map { layer($0, ecosystem: ecosystem) }
            }
            map.finish()
        }
        return Layers(
            global: screening.map { layer($0, ecosystem: nil) } ?? ScreeningLayer(), ecosystems: perEcosystem)
    }

    /// The effective policy of every registry; reports settings that contradict each other once they are put together.
    static func resolve(
        _ layers: Layers, registries: [ReadRegistry], context: ReadingContext
    ) -> [RegistryName: ScreeningPolicy] {
        var policies: [RegistryName: ScreeningPolicy] = [:]
        for registry in registries {
            let ecosystem = registry.definition.ecosystem
            let policy = ScreeningPolicy.resolving([
                layers.global, layers.ecosystems[ecosystem] ?? ScreeningLayer(), registry.screening,
            ])
            let levels = [
                ("\(RegistrySection.registryPath(registry.definition.name)).screening", registry.screening),
                ("ecosystems.\(ecosystem)", layers.ecosystems[ecosystem] ?? ScreeningLayer()),
                ("screening", layers.global),
            ]
            checkRequiredAnalyzers(policy, levels: levels, context: context)
            policies[registry.definition.name] = policy
        }
        return policies
    }

    /// Reports every level that asks for reviews by models while no model is configured.
    static func refuseModels(_ layers: Layers, registries: [ReadRegistry], context: ReadingContext) {
        var levels = [("screening", layers.global)]
        for ecosystem in Ecosystem.allCases {
            levels.append(("ecosystems.\(ecosystem)", layers.ecosystems[ecosystem] ?? ScreeningLayer()))
        }
        for registry in registries {
            levels.append(
                ("\(RegistrySection.registryPath(registry.definition.name)).screening", registry.screening))
        }
        for (path, layer) in levels {
            for (key, named) in [("analyzers", layer.analyzers), ("holdUntil", layer.holdUntil)]
            where named?.contains(.aiReview) == true {
                context.report(
                    "\(path).\(key)", line: context.lines["\(path).\(key)"] ?? 1,
                    "'ai-review' asks a model and none is configured; set aiReview, or remove it here")
            }
        }
    }

    /// A verdict that is required but never asked for would hold everything for ever.
    private static func checkRequiredAnalyzers(
        _ policy: ScreeningPolicy, levels: [(path: String, layer: ScreeningLayer)], context: ReadingContext
    ) {
        for analyzer in policy.holdUntil where !policy.analyzers.contains(analyzer) {
            let level =
                levels.first { $0.layer.holdUntil != nil || $0.layer.analyzers != nil } ?? ("screening", .init())
            let key = level.layer.holdUntil != nil ? "holdUntil" : "analyzers"
            let path = "\(level.path).\(key)"
            context.report(
                path, line: context.lines[path] ?? 1,
                "holdUntil requires a verdict of '\(analyzer)', which analyzers does not run; add it there or remove it here"
            )
        }
    }

    /// One level of the policy.
    static func layer(_ setting: Setting, ecosystem: Ecosystem?) -> ScreeningLayer {
        var layer = ScreeningLayer()
        guard !setting.isNull, let map = setting.map() else { return layer }
        layer.analyzers = map.setting("analyzers").flatMap(analyzers)
        layer.holdUntil = map.setting("holdUntil").flatMap(analyzers)
        layer.cooldown = map.setting("cooldown")?.duration()
        layer.cooldownWithoutTime = map.setting("cooldownWithoutTime")?.word()
        layer.cooldownExempt = map.setting("cooldownExempt")?.list("package patterns") { pattern($0, ecosystem) }
        layer.cooldownLiftForFixes = map.setting("cooldownLiftForFixes")?.bool()
        layer.onMalicious = map.setting("onMalicious")?.word()
        layer.onSuspicious = map.setting("onSuspicious")?.word()
        layer.onAnalyzerUnavailable = map.setting("onAnalyzerUnavailable")?.word()
        if let score = map.setting("maxCvssScore") {
            layer.maxCVSSTenths =
                score.isNull ? .some(nil) : score.value("a score from 0.0 to 10.0, or null", Quantity.tenths)
        }
        layer.requireRepositoryURL = map.setting("requireRepositoryUrl")?.bool()
        layer.denyInstallScripts = map.setting("denyInstallScripts")?.bool()
        layer.allow = map.setting("allow")?.list("names, name@version or purls") { selector($0, ecosystem) }
        layer.deny = map.setting("deny")?.list("names, name@version or purls") { selector($0, ecosystem) }
        layer.pendingMax = map.setting("pendingMax")?.duration()
        if let limits = map.setting("diff"), !limits.isNull { layer.diff = differenceLayer(limits) }
        map.finish()
        return layer
    }

    private static func differenceLayer(_ setting: Setting) -> DifferenceLayer {
        var layer = DifferenceLayer()
        guard let map = setting.map() else { return layer }
        let greatest = DifferenceLimits.greatest
        if let bytes = map.setting("maxChangedBytes"), let size = bytes.sizeBytes() {
            if size <= greatest.maxChangedBytes {
                layer.maxChangedBytes = size
            } else {
                let limit = Quantity.text(sizeBytes: greatest.maxChangedBytes)
                bytes.report("expected at most \(limit), found '\(bytes.written)'")
            }
        }
        layer.maxChangedFiles = map.setting("maxChangedFiles")?.integer(in: 0...greatest.maxChangedFiles)
        layer.maxSteps = map.setting("maxSteps")?.integer(in: 0...greatest.maxSteps)
        map.finish()
        return layer
    }

    private static let availableAnalyzers: [AnalyzerID] = [.advisory, .static_, .diff, .aiReview]

    private static func analyzers(_ setting: Setting) -> [AnalyzerID]? {
        var seen: Set<AnalyzerID> = []
        return setting.list("analyzers") { element in
            guard let text = element.text("the name of an analyzer") else { return nil }
            guard let analyzer = availableAnalyzers.first(where: { $0.text == text }) else {
                let names = availableAnalyzers.map(\.text)
                let suggestion = Suggestion.text(for: text, among: names)
                element.report(
                    "expected one of \(names.joined(separator: ", ")), found '\(element.written)'\(suggestion)")
                return nil
            }
            guard seen.insert(analyzer).inserted else {
                element.report("'\(analyzer)' is listed twice; remove one")
                return nil
            }
            return analyzer
        }
    }

    static func pattern(_ setting: Setting, _ ecosystem: Ecosystem?) -> PackagePattern? {
        guard let text = setting.text("a package pattern") else { return nil }
        do throws(PatternError) {
            return try PackagePattern(parsing: text, ecosystem: ecosystem)
        } catch {
            setting.report("\(error)")
            return nil
        }
    }

    private static func selector(_ setting: Setting, _ ecosystem: Ecosystem?) -> PolicySelector? {
        guard let text = setting.text("a name, name@version or purl") else { return nil }
        do throws(SelectorError) {
            return try PolicySelector(parsing: text, ecosystem: ecosystem)
        } catch {
            setting.report("\(error)")
            return nil
        }
    }
}
