import Registry
import Testing

@Suite("Patterns and sources")
struct RegistryTopologyTests {
    private func name(_ text: String) throws -> RegistryName { try RegistryName(parsing: text) }
    private func npm(_ text: String) throws -> PackageName { try PackageName(parsing: text, ecosystem: .npm) }

    private func upstream(
        _ text: String, _ ecosystem: Ecosystem = .npm, packages: [String] = [],
        url: String = "https://registry.npmjs.org"
    ) throws -> RegistryDefinition {
        RegistryDefinition(
            name: try name(text), ecosystem: ecosystem, kind: .upstream(UpstreamDefinition(url: url, isPublic: true)),
            packages: try packages.map { try PackagePattern(parsing: $0, ecosystem: ecosystem) })
    }

    private func hosted(
        _ text: String, _ ecosystem: Ecosystem = .npm, packages: [String]
    ) throws -> RegistryDefinition {
        RegistryDefinition(
            name: try name(text), ecosystem: ecosystem, kind: .hosted,
            packages: try packages.map { try PackagePattern(parsing: $0) })
    }

    private func router(
        _ text: String, _ sources: [String], _ ecosystem: Ecosystem = .npm, packages: [String] = []
    ) throws -> RegistryDefinition {
        RegistryDefinition(
            name: try name(text), ecosystem: ecosystem, kind: .router(sources: try sources.map(name)),
            packages: try packages.map { try PackagePattern(parsing: $0, ecosystem: ecosystem) })
    }

    private func topology(_ definitions: RegistryDefinition...) throws -> RegistryTopology {
        try RegistryTopology(definitions: definitions, defaultRegistry: [:])
    }

    private func source(_ topology: RegistryTopology, _ package: String, in registry: String) throws -> String {
        switch topology.source(for: try npm(package), in: try name(registry)) {
        case .source(let definition): definition.name.text
        case .notDeclared: "404"
        case .reserved(let owner): "reserved by \(owner)"
        }
    }

    @Test("the four forms of a pattern match what they say and nothing else")
    func patterns() throws {
        let names = try ["demo", "@s/demo", "@s2/demo", "@S/demo"].map(npm)
        let expected: [(String, [Bool], Int)] = [
            ("**", [true, true, true, true], 0), ("@*/*", [false, true, true, true], 1),
            ("@s/*", [false, true, false, false], 2), ("@s/demo", [false, true, false, false], 3),
            ("demo", [true, false, false, false], 3),
        ]
        for (text, matches, specificity) in expected {
            let pattern = try PackagePattern(parsing: text, ecosystem: .npm)
            #expect(names.map(pattern.matches) == matches, "\(text)")
            #expect(pattern.specificity == specificity && pattern.description == text)
        }
        let anywhere = try PackagePattern(parsing: "Foo_Bar")
        #expect(anywhere.matches(try PackageName(parsing: "foo-bar", ecosystem: .pypi)))
        #expect(anywhere.matches(try npm("Foo_Bar")))
        #expect(!anywhere.matches(try npm("foo-bar")))
    }

    @Test(
        "any other use of a star is refused",
        arguments: ["*", "***", "demo*", "@s/d*", "@*/demo", "@s*/*", "@/*", "*/*", "s/*", "@s/**", "", "a b"])
    func badPatterns(text: String) {
        #expect(throws: PatternError.self) { try PackagePattern(parsing: text, ecosystem: .npm) }
        #expect(throws: PatternError.self) { try PackagePattern(parsing: text) }
    }

    @Test("a Python pattern has no scope", arguments: ["@*/*", "@s/*", "@s/demo"])
    func badPythonPatterns(text: String) {
        #expect(throws: PatternError.self) { try PackagePattern(parsing: text, ecosystem: .pypi) }
    }

    @Test("in a router the narrowest pattern wins, whatever the order of the sources")
    func narrowestWins() throws {
        for order in [["acme", "npmjs", "one"], ["one", "npmjs", "acme"], ["npmjs", "acme", "one"]] {
            let topology = try topology(
                hosted("acme", packages: ["@acme/*"]), upstream("npmjs"), upstream("one", packages: ["@acme/open"]),
                router("main", order))
            #expect(try source(topology, "@acme/tool", in: "main") == "acme")
            #expect(try source(topology, "@acme/open", in: "main") == "one")
            #expect(try source(topology, "left-pad", in: "main") == "npmjs")
            #expect(try source(topology, "@other/x", in: "main") == "npmjs")
        }
    }

    @Test("a hosted namespace is reserved at every address that does not lead to it")
    func reserved() throws {
        let topology = try topology(
            hosted("acme", packages: ["@acme/*", "internal"]), upstream("npmjs"),
            upstream("own", packages: ["@acme/*"]),
            upstream("partner", packages: ["@partner/*"]), router("main", ["acme", "npmjs"]),
            router("outside", ["npmjs", "partner"]), router("narrow", ["partner"]))
        #expect(try source(topology, "@acme/tool", in: "npmjs") == "reserved by acme")
        #expect(try source(topology, "internal", in: "outside") == "reserved by acme")
        #expect(try source(topology, "@acme/tool", in: "narrow") == "reserved by acme")
        #expect(try source(topology, "left-pad", in: "narrow") == "404")
        #expect(try source(topology, "@acme/tool", in: "main") == "acme")
        #expect(try source(topology, "@acme/tool", in: "acme") == "acme")
        #expect(try source(topology, "left-pad", in: "acme") == "404")
        #expect(try source(topology, "@acme/tool", in: "own") == "own", "an equally narrow declaration is deliberate")
    }

    @Test("a hosted registry of everything reserves nothing")
    func hostedEverything() throws {
        let topology = try topology(hosted("all", packages: ["**"]), upstream("npmjs"))
        #expect(try source(topology, "left-pad", in: "npmjs") == "npmjs")
        #expect(try source(topology, "left-pad", in: "all") == "all")
    }

    @Test("a router's own patterns narrow what its address answers")
    func routerPatterns() throws {
        let topology = try topology(upstream("npmjs"), router("scoped", ["npmjs"], packages: ["@*/*"]))
        #expect(try source(topology, "@s/x", in: "scoped") == "npmjs")
        #expect(try source(topology, "left-pad", in: "scoped") == "404")
    }

    @Test("unknown registries and names of another ecosystem are not declared")
    func foreign() throws {
        let topology = try topology(upstream("npmjs"))
        let project = try PackageName(parsing: "foo", ecosystem: .pypi)
        #expect(topology.source(for: project, in: try name("npmjs")) == .notDeclared)
        #expect(try source(topology, "demo", in: "nowhere") == "404")
    }

    @Test("all faults of a configuration are found at once")
    func problems() throws {
        let definitions = try [
            upstream("npmjs"), upstream("npmjs", url: "ftp://x"),
            upstream("creds", packages: ["x", "x"], url: "https://u:p@h/"),
            hosted("empty", packages: []), hosted("scoped", .pypi, packages: ["@s/*"]), upstream("pypi", .pypi),
            router("none", []),
            router("bad", ["npmjs", "npmjs", "ghost", "pypi", "none", "second"]), upstream("second"),
            router("shut", ["npmjs"], packages: ["only"]), upstream("plain", packages: ["other"]),
            router("cut", ["plain"], packages: ["only"]),
        ]
        let error = #expect(throws: TopologyError.self) {
            try RegistryTopology(
                definitions: definitions, defaultRegistry: [.npm: try name("ghost"), .pypi: try name("npmjs")])
        }
        let everything = PackagePattern.everything
        let bad = try name("bad")
        #expect(
            try error?.problems == [
                .duplicateRegistry(name("npmjs")), .badUpstreamURL(registry: name("npmjs"), url: "ftp://x/"),
                .duplicatePattern(registry: name("creds"), pattern: .exact(npm("x"))),
                .badUpstreamURL(registry: name("creds"), url: "https://u:p@h/"),
                .hostedWithoutNamespace(name("empty")),
                .foreignPattern(registry: name("scoped"), pattern: .scope("s")), .emptyRouter(name("none")),
                .repeatedSource(router: bad, source: name("npmjs")), .unknownSource(router: bad, source: name("ghost")),
                .foreignSource(router: bad, source: name("pypi"), ecosystem: .pypi),
                .unreachablePattern(router: bad, source: name("pypi"), pattern: everything, shadowedBy: name("npmjs")),
                .routerAsSource(router: bad, source: name("none")),
                .unreachablePattern(
                    router: bad, source: name("second"), pattern: everything, shadowedBy: name("npmjs")),
                .unreachablePattern(
                    router: name("cut"), source: name("plain"), pattern: .exact(npm("other")), shadowedBy: nil),
                .badDefault(ecosystem: .npm, registry: name("ghost"), isKnown: false),
                .badDefault(ecosystem: .pypi, registry: name("npmjs"), isKnown: true),
            ])
        #expect(error?.description.split(separator: "\n").count == 16)
    }

    @Test("an upstream's addresses come from its root")
    func addresses() throws {
        let npmjs = UpstreamDefinition(url: "https://registry.npmjs.org", isPublic: true)
        #expect(npmjs.listingURL(for: try npm("@s/demo")) == "https://registry.npmjs.org/@s%2fdemo")
        #expect(npmjs.projectJSONURL(for: try npm("demo")) == nil)
        let project = try PackageName(parsing: "Foo_Bar", ecosystem: .pypi)
        for url in ["https://h/x", "https://h/x/", "https://h/x/simple", "https://h/x/simple/"] {
            let index = UpstreamDefinition(url: url, isPublic: true)
            #expect(index.listingURL(for: project) == "https://h/x/simple/foo-bar/")
            #expect(index.projectJSONURL(for: project) == "https://h/x/pypi/foo-bar/json")
            let version = try PackageVersion(parsing: "1!1.0+l", ecosystem: .pypi)
            #expect(index.projectJSONURL(for: project, version: version) == "https://h/x/pypi/foo-bar/1%211.0%2Bl/json")
        }
    }

    @Test(
        "a registry name is short, lower-case and plain",
        arguments: ["", "A", "-a", ".a", "a b", "a/b", "\u{E9}", "~a", String(repeating: "a", count: 65)])
    func badNames(text: String) {
        #expect(throws: RegistryNameError.self) { try RegistryName(parsing: text) }
    }
}
