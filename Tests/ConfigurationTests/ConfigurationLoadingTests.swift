import Configuration
import Platform
import Registry
import Screening
import Testing

@Suite("Loading a configuration")
struct ConfigurationLoadingTests {
    private let complete = """
        listen: 127.0.0.1:7677
        publicUrl: https://packages.example.com/jurat/
        trustedProxies: [10.0.0.0/8, "::1"]
        data: ./data
        cache: { path: /var/cache/jurat, maxSize: 64MiB }
        workers: 3
        sandbox: degraded
        keys: { passphraseFile: secret/passphrase }

        defaultRegistry: { npm: main, pypi: python }

        registries:
          npmjs:   { ecosystem: npm,  type: upstream, url: https://registry.npmjs.org, public: true }
          python:  { ecosystem: pypi, type: upstream, url: "${PYTHON_INDEX}", public: true, maxage: 5m, timeout: 30s, maxFails: 4, failTimeout: 1m }
          acme:
            ecosystem: npm
            type: hosted
            teams: { release: [ana, bo] }
            packages:
              '@acme/*': { access: $authenticated, publish: team:release }
            screening: { cooldown: 0s, deny: ['@acme/secret'] }
          main:    { ecosystem: npm, type: router, sources: [acme, npmjs] }

        screening:
          analyzers: [advisory, static]
          holdUntil: [static]
          cooldown: 7d
          cooldownWithoutTime: firstSeen
          cooldownExempt: ['@acme/*', demo]
          cooldownLiftForFixes: false
          onMalicious: hold
          onSuspicious: report
          onAnalyzerUnavailable: allow
          maxCvssScore: 9.8
          requireRepositoryUrl: true
          denyInstallScripts: true
          allow: [demo, 'demo@1.0.0']
          deny: ['pkg:npm/evil']
          pendingMax: 90s
        ecosystems:
          pypi: { cooldown: 2w, maxCvssScore: null }

        advisories:
          sources: { npm: "https://advisories.example.com/npm/all.zip", pypi: bundles/pypi.zip }
          refresh: 30m
          required: always
          maxAge: 3d

        trust: []
        notify: []
        aiReview: null
        """

    private func load() throws -> ServiceConfiguration {
        try Loading.configuration(complete, environment: ["PYTHON_INDEX": "https://python.example.com/simple/"])
    }

    private func name(_ text: String) throws -> RegistryName { try RegistryName(parsing: text) }

    @Test("every key of the service section is taken over")
    func service() throws {
        let configuration = try load()
        #expect(configuration.listen == HostPort(host: "127.0.0.1", port: 7677))
        #expect(configuration.publicURL == "https://packages.example.com/jurat")
        #expect(configuration.trustedProxies == ["10.0.0.0/8", "::1"])
        #expect(configuration.dataPath == "/etc/jurat/data")
        #expect(configuration.cachePath == "/var/cache/jurat")
        #expect(configuration.cacheMaxBytes == 64 << 20)
        #expect(configuration.workers == 3)
        #expect(configuration.sandbox == .degraded)
        #expect(configuration.keyPassphrasePath == "/etc/jurat/secret/passphrase")
    }

    @Test("registries keep their order, their settings and their namespaces")
    func registries() throws {
        let topology = try load().topology
        #expect(topology.definitions.map(\.name.text) == ["npmjs", "python", "acme", "main"])
        #expect(topology.defaultRegistry(for: .npm)?.name.text == "main")
        #expect(topology.defaultRegistry(for: .pypi)?.name.text == "python")
        let python = try #require(topology.definition(named: try name("python"))?.upstream)
        #expect(python.url == "https://python.example.com/")
        #expect(python.isPublic)
        #expect(python.maxAge == .seconds(300))
        #expect(python.maxFails == 4)
        let acme = try #require(topology.definition(named: try name("acme")))
        #expect(acme.kind == .hosted)
        #expect(acme.packages.map(\.description) == ["@acme/*"])
        #expect(topology.definition(named: try name("main"))?.kind == .router(sources: [acme.name, try name("npmjs")]))
    }

    @Test("every key of the screening section is taken over")
    func screening() throws {
        let policy = try load().defaultPolicy
        #expect(policy.analyzers == [.advisory, .static_])
        #expect(policy.holdUntil == [.static_])
        #expect(policy.cooldown == .seconds(7 * 86_400))
        #expect(policy.cooldownWithoutTime == .firstSeen)
        #expect(policy.cooldownExempt.map(\.description) == ["@acme/*", "demo"])
        #expect(!policy.cooldownLiftForFixes)
        #expect(policy.onMalicious == .hold)
        #expect(policy.onSuspicious == .report)
        #expect(policy.onAnalyzerUnavailable == .allow)
        #expect(policy.maxCVSSTenths == 98)
        #expect(policy.requireRepositoryURL && policy.denyInstallScripts)
        #expect(policy.allow.map(\.text) == ["demo", "demo@1.0.0"])
        #expect(policy.deny.map(\.text) == ["pkg:npm/evil"])
        #expect(policy.pendingMax == .seconds(90))
    }

    @Test("ecosystem and registry override key by key; deny lists add up")
    func layers() throws {
        let configuration = try load()
        let python = try #require(configuration.policies[try name("python")])
        #expect(python.cooldown == .seconds(14 * 86_400))
        #expect(python.maxCVSSTenths == nil)
        #expect(python.onMalicious == .hold)
        let acme = try #require(configuration.policies[try name("acme")])
        #expect(acme.cooldown == .zero)
        #expect(acme.deny.map(\.text) == ["pkg:npm/evil", "@acme/secret"])
        #expect(configuration.policies.count == 4)
    }

    @Test("advisory settings are taken over, with paths made absolute")
    func advisories() throws {
        let advisories = try load().advisories
        #expect(advisories.sources[.npm] == "https://advisories.example.com/npm/all.zip")
        #expect(advisories.sources[.pypi] == "/etc/jurat/bundles/pypi.zip")
        #expect(advisories.refresh == .seconds(1800))
        #expect(advisories.required == .always)
        #expect(advisories.maxAge == .seconds(3 * 86_400))
    }

    @Test("what is left out has the documented default")
    func defaults() throws {
        let configuration = try Loading.configuration(Loading.minimal())
        #expect(configuration.listen == HostPort(host: "127.0.0.1", port: 7677))
        #expect(configuration.publicURL == "http://127.0.0.1:7677")
        #expect(configuration.dataPath == "/etc/jurat/data")
        #expect(configuration.cachePath == "/etc/jurat/cache")
        #expect(configuration.cacheMaxBytes == 20 << 30)
        #expect(configuration.workers == 2)
        #expect(configuration.sandbox == .required)
        #expect(configuration.keyPassphrasePath == nil)
        #expect(configuration.defaultPolicy == .standard)
        #expect(configuration.policies.values.map(\.revision) == [ScreeningPolicy.standard.revision])
        #expect(configuration.advisories.sources.isEmpty)
        #expect(configuration.advisories.refresh == .seconds(3600))
        #expect(configuration.advisories.required == .whenLoaded)
        #expect(configuration.advisories.maxAge == .seconds(48 * 3600))
        #expect(configuration.advisories.timeout == .seconds(30))
        #expect(configuration.advisories.maxBundleBytes == 1 << 30)
        #expect(configuration.advisories.liveFallback == nil)
    }

    @Test("a live fallback is an address, or an address with limits")
    func liveFallback() throws {
        func read(_ text: String) throws -> LiveFallbackSettings? {
            try Loading.configuration(Loading.minimal("advisories: { liveFallback: \(text) }")).advisories.liveFallback
        }
        let short = try #require(try read("'https://osv.example.com/api/'"))
        #expect(short.url == "https://osv.example.com/api" && short.timeout == .seconds(2))
        #expect(short.cacheFor == .seconds(3600))
        let long = try #require(try read("{ url: 'http://127.0.0.1:9', timeout: 5s, cacheFor: 10m }"))
        #expect(long.url == "http://127.0.0.1:9" && long.timeout == .seconds(5) && long.cacheFor == .seconds(600))
        #expect(try read("null") == nil)
        let wrong = [
            "'osv.example.com'", "'https://u:p@osv.example.com'", "{ timeout: 2s }", "{ url: 'https://x', age: 1s }",
        ]
        for text in wrong {
            #expect(Loading.problems(Loading.minimal("advisories: { liveFallback: \(text) }")).count == 1, "\(text)")
        }
    }

    @Test("limits on bundles are read, and mean something")
    func bundleLimits() throws {
        let advisories = try Loading.configuration(
            Loading.minimal("advisories: { timeout: 5s, maxBundleSize: 20MiB }")
        ).advisories
        #expect(advisories.timeout == .seconds(5) && advisories.maxBundleBytes == 20 << 20)
        #expect(Loading.problems(Loading.minimal("advisories: { timeout: 0s, maxBundleSize: 0B }")).count == 2)
    }

    @Test("an ecosystem's only registry, or its only router, is its default")
    func impliedDefault() throws {
        let topology = try Loading.configuration(Loading.minimal()).topology
        #expect(topology.defaultRegistry(for: .npm)?.name.text == "npmjs")
        #expect(topology.defaultRegistry(for: .pypi) == nil)
        let routed = try Loading.configuration(
            Loading.minimal("  main: { ecosystem: npm, type: router, sources: [npmjs] }")
        )
        #expect(routed.topology.defaultRegistry(for: .npm)?.name.text == "main")
        let none = try Loading.configuration(Loading.minimal("defaultRegistry: { npm: null }"))
        #expect(none.topology.defaultRegistry(for: .npm) == nil)
    }

    @Test("the effective text can be loaded again and means the same")
    func effectiveText() throws {
        let configuration = try load()
        let text = ConfigurationLoader.effectiveText(configuration)
        let again = try Loading.configuration(text)
        #expect(ConfigurationLoader.effectiveText(again) == text)
        #expect(again.policies.mapValues(\.revision) == configuration.policies.mapValues(\.revision))
        #expect(again.topology.definitions == configuration.topology.definitions)
        #expect(again.advisories == configuration.advisories)
        #expect(again.changesThatNeedRestart(from: configuration).isEmpty)
        #expect(text.contains("cooldown: 2w\n") && text.contains("maxSize: 64MiB\n"))
    }

    @Test("secrets in addresses are masked in the effective text")
    func masking() throws {
        let configuration = try Loading.configuration(
            Loading.minimal("advisories: { sources: { npm: '${BUNDLE}' } }"),
            environment: ["BUNDLE": "https://user:secret@example.com/a.zip?token=secret"])
        #expect(configuration.advisories.sources[.npm] == "https://user:secret@example.com/a.zip?token=secret")
        let text = ConfigurationLoader.effectiveText(configuration)
        #expect(!text.contains("secret"))
        #expect(text.contains("https://***@example.com/a.zip?***"))
    }

    @Test("changes that a running service cannot take over are named")
    func restart() throws {
        let one = try Loading.configuration(Loading.minimal())
        let other = try Loading.configuration(
            Loading.minimal("listen: 127.0.0.1:1\ndata: /d\nkeys: { passphraseFile: p }\nscreening: { cooldown: 1h }"))
        #expect(other.changesThatNeedRestart(from: one) == ["listen", "data", "keys.passphraseFile"])
    }
}
