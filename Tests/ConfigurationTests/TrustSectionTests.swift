import Configuration
import Cryptography
import Platform
import Registry
import Screening
import Testing
import TransparencyLog

@Suite("The trust section")
struct TrustSectionTests {
    private func trust(_ entries: String...) throws -> [TrustSetting] {
        try Loading.configuration(Loading.minimal("trust:\n" + entries.map { "  - \($0)\n" }.joined())).trust
    }

    private func problems(_ entries: String...) -> [String] {
        Loading.problems(Loading.minimal("trust:\n" + entries.map { "  - \($0)\n" }.joined()))
    }

    @Test("an entry needs a name, a key and whom to believe; everything else has the documented default")
    func defaults() throws {
        let entry = try #require(try trust(TrustKeys.entry("a.example/log")).first)
        #expect(entry.origin == "a.example/log")
        #expect(entry.weights == .standard)
        #expect(entry.weights.effect(of: .malicious) == .hold && entry.weights.effect(of: .clean) == .shown)
        #expect(!entry.isFollowed && entry.url == nil && entry.analyzers == nil && entry.packages.isEmpty)
        #expect(entry.maxCheckpointAge == .seconds(86_400))
        #expect(entry.maxStatements == 1_000_000 && entry.maxBytes == 1 << 30)
        #expect(entry.verifier.quorum == 0 && entry.expiresAt == nil)
    }

    @Test("every key is taken over")
    func complete() throws {
        let witnesses = try [
            TrustKeys.vkey("w1.example", seed: 11, type: .cosignatureV1),
            TrustKeys.vkey("w2.example", seed: 12, type: .cosignatureV1),
        ]
        let entry = try #require(
            try trust(
                TrustKeys.entry(
                    "a.example/log",
                    """
                    url: "https://a.example/-/log/", follow: true, signers: [\(try TrustKeys.keyID(seed: 7))], \
                    witnesses: ["\(witnesses[0])", "\(witnesses[1])"], quorum: 1, analyzers: [static, other-scanner], \
                    packages: ["@acme/*", demo], weights: { malicious: block, suspicious: advisory, clean: satisfy }, \
                    expires: 2027-06-30, maxCheckpointAge: 6h, quota: { statements: 1000, size: 64MiB }
                    """)
            ).first)
        #expect(entry.url == "https://a.example/-/log" && entry.isFollowed)
        #expect(entry.signers.map(\.hex) == [try TrustKeys.keyID(seed: 7)])
        #expect(entry.verifier.witnesses.count == 2 && entry.verifier.quorum == 1)
        #expect(entry.analyzers?.map(\.text) == ["static", "other-scanner"])
        #expect(entry.packages.map(\.description) == ["@acme/*", "demo"])
        #expect(entry.weights == (try ForeignWeights(malicious: .block, suspicious: .shown, clean: .satisfy)))
        #expect(entry.expiresAt?.rfc3339 == "2027-06-30T00:00:00Z")
        #expect(entry.maxCheckpointAge == .seconds(6 * 3600))
        #expect(entry.maxStatements == 1000 && entry.maxBytes == 64 << 20)
    }

    @Test("witnesses without a quorum must all have signed")
    func quorumDefault() throws {
        let witness = try TrustKeys.vkey("w1.example", seed: 11, type: .cosignatureV1)
        let entry = try trust(TrustKeys.entry("a.example/log", "witnesses: [\"\(witness)\"]"))[0]
        #expect(entry.verifier.quorum == 1)
    }

    @Test("each mistake is one problem at its key")
    func mistakes() throws {
        let key = try TrustKeys.vkey("a.example/log")
        let other = try TrustKeys.vkey("b.example/log")
        let witness = try TrustKeys.vkey("a.example/log", seed: 4, type: .cosignatureV1)
        let root = try TrustKeys.keyID(seed: 2)
        let cases: [(entry: String, path: String, part: String)] = [
            ("{ keys: [\"\(key)\"], roots: [\(root)] }", "trust[0].origin", "required"),
            ("{ origin: \"a b\", keys: [\"\(key)\"], roots: [\(root)] }", "trust[0].origin", "a log's name"),
            ("{ origin: a.example/log, roots: [\(root)] }", "trust[0].keys", "required"),
            ("{ origin: a.example/log, keys: [], roots: [\(root)] }", "trust[0].keys", "at least one"),
            ("{ origin: a.example/log, keys: [\"\(key)x\"], roots: [\(root)] }", "trust[0].keys[0]", "verifier key"),
            ("{ origin: a.example/log, keys: [\"\(other)\"], roots: [\(root)] }", "trust[0].keys[0]", "b.example/log"),
            ("{ origin: a.example/log, keys: [\"\(witness)\"], roots: [\(root)] }", "trust[0].keys[0]", "witness key"),
            ("{ origin: a.example/log, keys: [\"\(key)\"] }", "trust[0].roots", "nothing would count"),
            ("{ origin: a.example/log, keys: [\"\(key)\"], roots: [] }", "trust[0].roots", "nothing would count"),
            ("{ origin: a.example/log, keys: [\"\(key)\"], roots: [abc] }", "trust[0].roots[0]", "64 lowercase"),
            ("{ origin: a.example/log, keys: [\"\(key)\"], roots: [\(root), \(root)] }", "trust[0].roots[1]", "twice"),
            (try TrustKeys.entry("a.example/log", "quorum: 1"), "trust[0].quorum", "0 are listed"),
            (try TrustKeys.entry("a.example/log", "witnesses: [\"\(key)\"]"), "trust[0].witnesses[0]", "log key"),
            (try TrustKeys.entry("a.example/log", "follow: true"), "trust[0].follow", "url"),
            (try TrustKeys.entry("a.example/log", "url: \"ftp://x/\""), "trust[0].url", "address"),
            (try TrustKeys.entry("a.example/log", "weights: { clean: satisfy }"), "trust[0].weights.clean", "follow"),
            (
                try TrustKeys.entry("a.example/log", "weights: { malicious: blok }"), "trust[0].weights.malicious",
                "did you mean 'block'?"
            ),
            (
                try TrustKeys.entry("a.example/log", "weights: { suspicious: block }"), "trust[0].weights.suspicious",
                "a foreign suspicious verdict cannot block"
            ),
            (
                try TrustKeys.entry("a.example/log", "weights: { malicous: block }"), "trust[0].weights.malicous",
                "did you mean 'malicious'?"
            ),
            (try TrustKeys.entry("a.example/log", "analyzers: []"), "trust[0].analyzers", "leave the key out"),
            (try TrustKeys.entry("a.example/log", "packages: ['a*']"), "trust[0].packages[0]", "pattern"),
            (try TrustKeys.entry("a.example/log", "expires: soon"), "trust[0].expires", "a date"),
            (try TrustKeys.entry("a.example/log", "expires: 2027-02-30"), "trust[0].expires", "a date"),
            (try TrustKeys.entry("a.example/log", "maxCheckpointAge: 10s"), "trust[0].maxCheckpointAge", "at least 5m"),
            (try TrustKeys.entry("a.example/log", "quota: { size: 0B }"), "trust[0].quota.size", "more than nothing"),
            (try TrustKeys.entry("a.example/log", "folow: true"), "trust[0].folow", "did you mean 'follow'?"),
        ]
        for (entry, path, part) in cases {
            let found = problems(entry)
            #expect(found.count == 1, "\(entry): \(found)")
            #expect(found.first?.hasPrefix("line 4: \(path): ") == true, "\(found)")
            #expect(found.first?.contains(part) == true, "\(part): \(found)")
        }
    }

    @Test("all problems of all entries are told at once, and two entries of one log name the first")
    func allAtOnce() throws {
        let found = problems(
            try TrustKeys.entry("a.example/log", "quorum: 3, expires: never"), "text",
            try TrustKeys.entry("a.example/log"))
        #expect(found.count == 4, "\(found)")
        #expect(found.contains { $0.hasPrefix("line 5: trust[1]: expected a mapping") })
        #expect(found.contains { $0.hasPrefix("line 6: trust[2].origin: ") && $0.contains("on line 4") })
    }

    @Test("trust that has ended, or ends soon, is a warning and not a mistake")
    func warnings() throws {
        let text = Loading.minimal(
            "trust: [\(try TrustKeys.entry("a.example/log", "expires: 2027-01-01T00:00:00Z"))]")
        let configuration = try Loading.configuration(text)
        func warnings(_ moment: String) throws -> [String] {
            configuration.warnings(at: try Timestamp(parsing: moment)).map(\.description)
        }
        #expect(try warnings("2026-06-01T00:00:00Z").isEmpty)
        #expect(try warnings("2026-12-20T00:00:00Z").first?.contains("ends at 2027-01-01") == true)
        #expect(try warnings("2027-01-01T00:00:00Z").first?.contains("ended at") == true)
        #expect(try warnings("2027-01-01T00:00:00Z").first?.hasPrefix("line 3: trust[0].expires") == true)
    }

    @Test("following over plain http is worth a word")
    func plainHTTP() throws {
        let entry = try TrustKeys.entry("a.example/log", "follow: true, url: \"http://a.example/-/log\"")
        let configuration = try Loading.configuration(Loading.minimal("trust: [\(entry)]"))
        #expect(configuration.warnings(at: .earliest).map(\.keyPath) == ["trust[0].url"])
    }

    @Test("the effective text of a trust section means the same when it is loaded again")
    func effectiveText() throws {
        let witness = try TrustKeys.vkey("w1.example", seed: 11, type: .cosignatureV1)
        let text = Loading.minimal(
            """
            trust:
              - \(try TrustKeys.entry("a.example/log"))
              - \(try TrustKeys.entry(
                "b.example/log",
                "witnesses: [\"\(witness)\"], quorum: 0, weights: { clean: satisfy }, url: \"https://b.example/\", follow: true, "
                    + "analyzers: [static], expires: 2030-01-01, packages: ['@a/*'], quota: { size: 1MiB }"))
            """)
        let configuration = try Loading.configuration(text)
        let again = try Loading.configuration(ConfigurationLoader.effectiveText(configuration))
        #expect(again.trust == configuration.trust)
        #expect(again.trust.count == 2)
    }
}
