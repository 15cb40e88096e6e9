import Configuration
import Registry
import Screening
import Testing

@Suite("Limits of the review of differences")
struct DifferenceLimitTests {
    private static let levels = """
        screening: { diff: { maxChangedBytes: 2MiB, maxSteps: 5 } }
        ecosystems: { npm: { diff: { maxChangedFiles: 50 } } }
        registries:
          npmjs:
            ecosystem: npm
            type: upstream
            url: https://registry.npmjs.org/
            public: true
            screening: { diff: { maxSteps: 0 } }
          other: { ecosystem: npm, type: upstream, url: 'https://other.example/', public: true }
        defaultRegistry: { npm: npmjs }
        """

    private func limits(_ text: String, _ registry: String) throws -> DifferenceLimits? {
        try Loading.configuration(text).policies[RegistryName(parsing: registry)]?.diff
    }

    @Test("every level overrides key by key, and the text that shows it means the same")
    func levels() throws {
        let npmjs = DifferenceLimits(maxChangedBytes: 2 << 20, maxChangedFiles: 50, maxSteps: 0)
        let other = DifferenceLimits(maxChangedBytes: 2 << 20, maxChangedFiles: 50, maxSteps: 5)
        #expect(try limits(Self.levels, "npmjs") == npmjs)
        #expect(try limits(Self.levels, "other") == other)
        let shown = ConfigurationLoader.effectiveText(try Loading.configuration(Self.levels))
        #expect(shown.contains("maxChangedBytes: 2MiB\n"))
        #expect(try limits(shown, "npmjs") == npmjs)
        #expect(try limits(shown, "other") == other)
        #expect(try Loading.configuration(Loading.minimal()).defaultPolicy.diff == .standard)
        #expect(try Loading.configuration(Loading.minimal("screening: { diff: null }")).defaultPolicy.diff == .standard)
    }

    @Test("every level may say whether differences are looked at and waited for")
    func analyzers() throws {
        let text = """
            screening: { analyzers: [advisory, static], holdUntil: [static] }
            ecosystems: { npm: { analyzers: [advisory, static, diff] } }
            registries:
              npmjs:
                ecosystem: npm
                type: upstream
                url: https://registry.npmjs.org/
                public: true
                screening: { holdUntil: [static, diff] }
              other: { ecosystem: npm, type: upstream, url: 'https://other.example/', public: true }
              python: { ecosystem: pypi, type: upstream, url: 'https://python.example/simple/', public: true }
            defaultRegistry: { npm: npmjs, pypi: python }
            """
        let read = try Loading.configuration(text)
        for policies in [read.policies, try Loading.configuration(ConfigurationLoader.effectiveText(read)).policies] {
            func policy(_ registry: String) throws -> ScreeningPolicy? { policies[try RegistryName(parsing: registry)] }
            #expect(try policy("npmjs")?.analyzers == [.advisory, .static_, .diff])
            #expect(try policy("npmjs")?.holdUntil == [.static_, .diff])
            #expect(try policy("other")?.analyzers == [.advisory, .static_, .diff])
            #expect(try policy("other")?.holdUntil == [.static_])
            #expect(try policy("python")?.analyzers == [.advisory, .static_])
        }
        let standard = try Loading.configuration(Loading.minimal()).defaultPolicy
        #expect(standard.analyzers == [.advisory, .static_, .diff])
        #expect(standard.holdUntil == [.advisory, .static_])
    }

    @Test("what cannot be a limit is refused with its place")
    func problems() {
        func one(_ limits: String) -> [String] { Loading.problems(Loading.minimal("screening: { diff: \(limits) }")) }
        let wrong: [(String, key: String, words: String)] = [
            ("{ maxChangedBytes: many }", "screening.diff.maxChangedBytes", "found 'many'"),
            ("{ maxChangedBytes: 2000GiB }", "screening.diff.maxChangedBytes", "at most 1TiB"),
            ("{ maxChangedFiles: -1 }", "screening.diff.maxChangedFiles", "a whole number from 0 to 1000000"),
            ("{ maxSteps: 1001 }", "screening.diff.maxSteps", "a whole number from 0 to 1000"),
            ("{ maxStep: 3 }", "screening.diff.maxStep", "maxSteps"),
            ("[1]", "screening.diff", "a mapping of keys"),
        ]
        for (limits, key, words) in wrong {
            let found = one(limits)
            #expect(found.count == 1, "\(limits): \(found)")
            #expect(found.first?.contains("\(key): ") == true, "\(limits): \(found)")
            #expect(found.first?.contains(words) == true, "\(limits): \(found)")
        }
        #expect(one("{ maxChangedBytes: x, maxChangedFiles: y, maxSteps: z }").count == 3, "all at once")
    }
}
