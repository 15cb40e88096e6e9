import Configuration
import Cryptography
import JSON
import Registry
import Screening

/// The configuration in effect as JSON; credentials are not part of it.
struct EffectiveConfiguration: Sendable {
    private let configuration: ServiceConfiguration

    init(_ configuration: ServiceConfiguration) { self.configuration = configuration }

    var json: JSONValue {
        var registries = JSONObject()
        for definition in configuration.topology.definitions {
            registries.append(definition.name.text, registry(definition))
        }
        return [
            "listen": .string(configuration.listen.description), "publicUrl": .string(configuration.publicURL),
            "data": .string(configuration.dataPath),
            "cache": ["path": .string(configuration.cachePath), "maxSize": .integer(configuration.cacheMaxBytes)],
            "workers": .integer(Int64(configuration.workers)), "registries": .object(registries),
            "advisories": advisories,
        ]
    }

    private func registry(_ definition: RegistryDefinition) -> JSONValue {
        var object: JSONObject = ["ecosystem": .string(definition.ecosystem.rawValue)]
        switch definition.kind {
        case .upstream(let upstream):
            object.append("type", "upstream")
            object.append("url", .string(upstream.url))
            object.append("public", .bool(upstream.isPublic))
        case .hosted: object.append("type", "hosted")
        case .router(let sources):
            object.append("type", "router")
            object.append("sources", .array(sources.map { .string($0.text) }))
        }
        if let policy = configuration.policies[definition.name] {
            object.append("screening", (try? JSONText.parse(policy.canonicalJSON)) ?? .null)
            object.append("policyRevision", .string(policy.revision.hex))
        }
        return .object(object)
    }

    private var advisories: JSONValue {
        let sources = configuration.advisories.sources.sorted { $0.key.rawValue < $1.key.rawValue }
        return [
            "sources": .object(JSONObject(sources.map { (name: $0.key.rawValue, value: .string($0.value)) })),
            "refreshSeconds": .integer(configuration.advisories.refresh.components.seconds),
            "required": .string(configuration.advisories.required.rawValue),
            "maxAgeSeconds": .integer(configuration.advisories.maxAge.components.seconds),
        ]
    }
}
