import Configuration
import Testing

@Suite("Problems of registries and routers")
struct RegistryProblemTests {
    private let npmjs =
        #"  npmjs: { ecosystem: npm, type: upstream, url: "https://registry.npmjs.org/", public: true }"#

    private func problems(_ registries: String) -> [String] {
        Loading.problems("registries:\n\(npmjs)\n\(registries)")
    }

    @Test("a registry says its ecosystem and its kind")
    func required() {
        #expect(
            problems("  a: { url: 'https://x.example/' }") == [
                "line 3: registries.a.ecosystem: this key is required",
                "line 3: registries.a.type: this key is required",
            ])
        #expect(problems("  a: upstream") == ["line 3: registries.a: expected a mapping of keys, found a single value"])
        #expect(
            problems("  A: { ecosystem: npm, type: hosted, packages: [x] }").first?.contains("registry name") == true)
    }

    @Test("keys of another kind of registry are refused as such")
    func foreignKeys() {
        #expect(
            problems("  a: { ecosystem: npm, type: hosted, packages: ['@a/*'], url: 'https://x.example/', maxage: 1m }")
                == [
                    "line 3: registries.a.url: this key is for upstream registries; this one is hosted",
                    "line 3: registries.a.maxage: this key is for upstream registries; this one is hosted",
                ])
        #expect(
            problems("  a: { ecosystem: npm, type: router, sources: [npmjs], teams: { t: [ana] } }")
                == ["line 3: registries.a.teams: this key is for hosted registries; this one is router"])
    }

    @Test("an upstream registry has an address and says who may read it")
    func upstream() {
        func one(_ keys: String) -> [String] { problems("  a: { ecosystem: npm, type: upstream, \(keys) }") }
        #expect(one("public: true").first?.contains("registries.a.url: an upstream registry needs") == true)
        #expect(one("url: 'https://u:p@x.example/', public: true").count == 1)
        #expect(one("url: x.example, public: true").count == 1)
        #expect(
            one("url: 'https://x.example/'")
                == ["line 3: registries.a.public: say who may read this registry: 'public: true' or 'access: $all'"])
        #expect(one("url: 'https://x.example/', access: $all").isEmpty)
        #expect(one("url: 'https://x.example/', access: $authenticated").count == 1)
        #expect(one("url: 'https://x.example/', public: true, access: $all").count == 1)
        #expect(one("url: 'https://x.example/', access: $all, auth: { token: t }").count == 1)
        #expect(one("url: 'https://x.example/', public: true, maxFails: 0").count == 1)
    }

    @Test("routers refuse unknown, repeated, foreign and routed sources and patterns that cannot be reached")
    func routers() {
        let other = "  py: { ecosystem: pypi, type: upstream, url: 'https://p.example/', public: true }\n"
        func one(_ sources: String) -> [String] {
            problems(
                "\(other)  inner: { ecosystem: npm, type: router, sources: [npmjs] }\n"
                    + "  main: { ecosystem: npm, type: router, sources: \(sources) }\ndefaultRegistry: { npm: npmjs }")
        }
        #expect(one("[npmjs]").isEmpty)
        for sources in ["[]", "[npmjs, npmjs]", "[npmjs, py]", "[npmjs, inner]", "[main]", "[npmjs, nothing]"] {
            let found = one(sources)
            #expect(found.count == 1, "\(sources): \(found)")
            #expect(found.first?.hasPrefix("line 5: registries.main.sources: router 'main'") == true, "\(sources)")
        }
        #expect(one("npmjs").count == 1)
        let shadowed = problems(
            """
              second: { ecosystem: npm, type: upstream, url: "https://s.example/", public: true }
              main: { ecosystem: npm, type: router, sources: [npmjs, second] }
            """)
        #expect(shadowed.first?.contains("can never use '**' of 'second'") == true)
    }

    @Test("a hosted registry declares its names, teams and groups")
    func hosted() {
        func one(_ keys: String) -> [String] { problems("  a: { ecosystem: npm, type: hosted, \(keys) }") }
        #expect(one("teams: {}").first?.contains("declares no packages") == true)
        #expect(one("packages: ['@a/*', '@b/c']").isEmpty)
        #expect(one("packages: { '@a/*': { access: $all, publish: [ana, 'team:t'] } }, teams: { t: [bo] }").isEmpty)
        #expect(
            one("packages: { '@a/*': { publish: 'team:relaese' } }, teams: { release: [bo] }") == [
                "line 3: registries.a.packages.'@a/*'.publish: the team 'relaese' is not declared; "
                    + "did you mean 'release'?"
            ])
        #expect(
            one("packages: { '@a/*': { access: $authenticatd } }").first?.contains("did you mean '$authenticated'?")
                == true)
        #expect(one("packages: { '@a/*': { acess: $all } }").first?.contains("did you mean 'access'?") == true)
        #expect(one("packages: { 'a*': {} }").count == 1)
        #expect(one("packages: ['@a/*', '@a/*']").count == 1)
        #expect(one("packages: a").count == 1)
    }

    @Test("a problem of one registry is not repeated as a problem of another")
    func noConsequences() {
        let found = problems(
            """
              broken: { ecosystem: npm, type: upstrem, url: "https://b.example/", public: true }
              main: { ecosystem: npm, type: router, sources: [npmjs, broken] }
            defaultRegistry: { npm: broken }
            """)
        #expect(found.count == 1, "\(found)")
    }

    @Test("names with unusual characters stand in quotes in the path")
    func quotedPaths() {
        let found = problems("  a.b: { ecosystem: npm, type: router, sources: [] }")
        #expect(found.first?.hasPrefix("line 3: registries.'a.b'.sources: router 'a.b' has no sources") == true)
    }
}
