import Configuration
import Testing

@Suite("Problems of a configuration")
struct ConfigurationProblemTests {
    @Test("all problems are reported at once, in the order of their lines")
    func allAtOnce() {
        let problems = Loading.problems(
            """
            lisen: 127.0.0.1:80
            workers: many
            registries:
              npmjs: { ecosystem: nmp, type: upstream, url: "https://registry.npmjs.org/", public: true }
              main:
                ecosystem: npm
                type: router
                sources: [npmjs, othr]
              other: { ecosystem: npm, type: hosted, packages: ['@a/*/b'] }
            screening:
              cooldwn: 3d
              cooldown: 3 days
              onMalicious: blok
              holdUntil: [advisory, diff, stattic]
            notify: [ { url: x } ]
            """)
        #expect(
            problems == [
                "line 1: lisen: unknown key; did you mean 'listen'?",
                "line 2: workers: expected a whole number from 0 to 256, found 'many'",
                "line 4: registries.npmjs.ecosystem: expected one of npm, pypi, found 'nmp'; did you mean 'npm'?",
                "line 8: registries.main.sources: router 'main' has the source 'othr', which is not declared; "
                    + "did you mean 'other'?",
                "line 9: registries.other.packages[0]: '@a/*/b' is not a package pattern: '*' is allowed only as "
                    + "'**', '@*/*' or '@scope/*'",
                "line 11: screening.cooldwn: unknown key; did you mean 'cooldown'?",
                "line 12: screening.cooldown: expected a duration such as 90s, 15m, 72h, 7d or 2w, found '3 days'",
                "line 13: screening.onMalicious: expected one of block, hold, report, found 'blok'; "
                    + "did you mean 'block'?",
                "line 14: screening.holdUntil[2]: expected one of advisory, static, diff, ai-review, found 'stattic'; "
                    + "did you mean 'static'?",
                "line 15: notify: signed notifications are not available in this version; remove this setting",
            ])
    }

    @Test("an empty configuration lacks its registries")
    func empty() {
        for text in ["", "# nothing\n", "{}", "null", "registries: {}"] {
            let problems = Loading.problems(text)
            #expect(problems.count == 1, "\(text): \(problems)")
            #expect(problems.first?.contains("registries") == true)
        }
        #expect(Loading.problems("just text") == ["line 1: expected a mapping of keys, found a single value"])
    }

    @Test("a key that is set twice is refused where it is set again")
    func duplicates() {
        #expect(
            Loading.problems(Loading.minimal("data: a\nworkers: 1\ndata: b"))
                == ["line 5: data: the key is already set on line 3"])
        #expect(
            Loading.problems(
                Loading.minimal("  npmjs: { ecosystem: npm, type: upstream, url: 'https://x.example/', public: true }"))
                == ["line 3: registries.npmjs: the key is already set on line 2"])
    }

    @Test("an unknown key that resembles nothing is answered with the known ones")
    func unknownKey() {
        let problems = Loading.problems(Loading.minimal("cache: { colour: red }"))
        #expect(problems == ["line 3: cache.colour: unknown key; known here: path, maxSize"])
        let cased = Loading.problems(Loading.minimal("advisories: { maxage: 1h }"))
        #expect(cased == ["line 3: advisories.maxage: unknown key; did you mean 'maxAge'?"])
    }

    @Test("analyzers that do not exist are named, and required ones must run")
    func analyzers() {
        #expect(
            Loading.problems(Loading.minimal("screening: { analyzers: [advisory, static, dif] }")) == [
                "line 3: screening.analyzers[2]: expected one of advisory, static, diff, ai-review, found 'dif'; "
                    + "did you mean 'diff'?"
            ])
        #expect(
            Loading.problems(Loading.minimal("screening: { analyzers: [advisory, static], holdUntil: [diff] }")) == [
                "line 3: screening.holdUntil: holdUntil requires a verdict of 'diff', which analyzers does not run; "
                    + "add it there or remove it here"
            ])
        #expect(
            Loading.problems(Loading.minimal("screening:\n  analyzers: [static]")) == [
                "line 4: screening.analyzers: holdUntil requires a verdict of 'advisory', which analyzers does not run; "
                    + "add it there or remove it here"
            ])
        #expect(
            Loading.problems(Loading.minimal("screening: { analyzers: [static], holdUntil: [static] }")).isEmpty)
        #expect(
            Loading.problems(Loading.minimal("screening: { holdUntil: [static, static] }"))
                == ["line 3: screening.holdUntil[1]: 'static' is listed twice; remove one"])
    }

    @Test("features that follow later are a problem only when they are set")
    func laterFeatures() {
        #expect(Loading.problems(Loading.minimal("trust: []\nnotify:\naiReview: ~\nadminListen: null")).isEmpty)
        #expect(Loading.problems(Loading.minimal("advisories: { liveFallback: null }")).isEmpty)
        let problems = Loading.problems(Loading.minimal("notify: [ { url: 'https://x' } ]"))
        #expect(problems.count == 1)
        #expect(problems.allSatisfy { $0.contains("not available in this version") })
        let silent = ["adminListen: 127.0.0.1:7678"]
        for text in silent {
            #expect(Loading.problems(Loading.minimal(text)).count == 1, "\(text)")
            #expect(Loading.problems(Loading.minimal(text)).first?.contains("remove this setting") == true, "\(text)")
        }
    }

    @Test("listening on every address needs a public address")
    func publicAddress() {
        #expect(
            Loading.problems(Loading.minimal("listen: 0.0.0.0:7677")) == [
                "line 3: listen: publicUrl must say how clients reach this service, because it listens on every address"
            ])
        #expect(Loading.problems(Loading.minimal("listen: 0.0.0.0:7677\npublicUrl: http://host:7677")).isEmpty)
        for bad in ["host", "ftp://host/", "http://u:p@host/", "http://host/?q", "http://", "http://ho st/"] {
            #expect(Loading.problems(Loading.minimal("publicUrl: '\(bad)'")).count == 1, "\(bad)")
        }
    }

    @Test(
        "addresses to listen on are checked",
        arguments: ["7677", "host:", ":1", "1.2.3:4", "1.2.3.256:4", "[::1::7]:1", "a:70000", "[1.2.3.4]:1", "::1:80"])
    func listenAddress(text: String) {
        let problems = Loading.problems(Loading.minimal("listen: '\(text)'"))
        #expect(problems.first?.contains("expected an address and port such as 127.0.0.1:7677") == true)
    }

    @Test("scores, sizes, switches and paths are checked")
    func values() {
        let cases = [
            "screening: { maxCvssScore: 10.1 }", "screening: { maxCvssScore: 9.85 }",
            "screening: { maxCvssScore: '-1' }", "screening: { cooldown: 5 }", "screening: { cooldown: 3000w9d }",
            "screening: { cooldown: 99999999w }", "screening: { cooldown: -1h }",
            "screening: { requireRepositoryUrl: yes }", "screening: { allow: demo }",
            "screening: { allow: ['demo@^1'] }", "screening: { cooldownExempt: ['a*'] }", "screening: [a]",
            "cache: { maxSize: 5MB }", "cache: { maxSize: 99999999TiB }", "cache: { path: '' }", "cache: ./cache",
            "trustedProxies: [10.0.0.0/33]", "trustedProxies: [proxy]", "sandbox: none", "data:",
            "advisories: { refresh: 0s }", "advisories: { sources: { gem: x } }",
            "advisories: { sources: { npm: 'ftp://x/' } }",
            "ecosystems: { gem: {} }", "defaultRegistry: { npm: Main }", "defaultRegistry: { npm: nothing }",
            "defaultRegistry: { pypi: npmjs }",
        ]
        for text in cases { #expect(Loading.problems(Loading.minimal(text)).count == 1, "\(text)") }
    }
}
