import Configuration
import Cryptography
import JSON
import Platform
import Registry
import Screening
import TransparencyLog

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
            "static": [
                "rules": configuration.userRulesPath.map { .string($0) } ?? .null,
                "memory": .integer(configuration.analysisAllowance.memoryBytes),
                "time": .integer(Int64(configuration.analysisAllowance.seconds)),
            ],
            "trust": .array(configuration.trust.map(trust)),
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

    private func trust(_ entry: TrustSetting) -> JSONValue {
        [
            "origin": .string(entry.origin), "keys": .array(entry.verifier.logKeys.map { .string($0.vkey) }),
            "url": entry.url.map { .string($0) } ?? .null, "follow": .bool(entry.isFollowed),
            "roots": .array(entry.roots.map { .string($0.hex) }),
            "signers": .array(entry.signers.map { .string($0.hex) }),
            "witnesses": .array(entry.verifier.witnesses.map { .string($0.vkey) }),
            "quorum": .integer(Int64(entry.verifier.quorum)),
            "analyzers": entry.analyzers.map { .array($0.map { .string($0.text) }) } ?? .null,
            "packages": .array(entry.packages.map { .string($0.description) }),
            "weights": .object(
                JSONObject(
                    [Verdict.malicious, .suspicious, .clean].map { verdict in
                        (name: verdict.rawValue, value: .string(entry.weights.effect(of: verdict).rawValue))
                    })),
            "expires": entry.expiresAt.map { .string($0.rfc3339) } ?? .null,
            "maxCheckpointAgeSeconds": .integer(entry.maxCheckpointAge.components.seconds),
            "quota": [
                "statements": .integer(Int64(clamping: entry.maxStatements)),
                "bytes": .integer(Int64(clamping: entry.maxBytes)),
            ],
        ]
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
