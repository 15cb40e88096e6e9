import Cryptography
import Platform
import Registry
import Testing

@testable import Screening

@Suite("Policy layers")
struct PolicyTests {
    private func layer(_ change: (inout ScreeningLayer) -> Void) -> ScreeningLayer {
        var layer = ScreeningLayer()
        change(&layer)
        return layer
    }

    @Test("without layers the documented defaults hold")
    func defaults() {
        let policy = ScreeningPolicy.standard
        #expect(policy.analyzers == [.advisory, .static_, .diff])
        #expect(policy.holdUntil == [.advisory, .static_])
        #expect(policy.cooldown == .seconds(72 * 3600))
        #expect(policy.cooldownWithoutTime == .hold)
        #expect(policy.cooldownExempt.isEmpty)
        #expect(policy.cooldownLiftForFixes)
        #expect(policy.onMalicious == .block)
        #expect(policy.onSuspicious == .hold)
        #expect(policy.onAnalyzerUnavailable == .hold)
        #expect(policy.maxCVSSTenths == nil)
        #expect(!policy.requireRepositoryURL)
        #expect(!policy.denyInstallScripts)
        #expect(policy.allow.isEmpty && policy.deny.isEmpty)
        #expect(policy.pendingMax == .seconds(120))
    }

    @Test("a later layer overrides key by key and leaves the rest")
    func override() {
        let policy = ScreeningPolicy.resolving([
            layer {
                $0.cooldown = .seconds(10)
                $0.onSuspicious = .block
                $0.maxCVSSTenths = 70
            },
            layer { $0.cooldown = .zero },
            layer { $0.maxCVSSTenths = .some(nil) },
        ])
        #expect(policy.cooldown == .zero)
        #expect(policy.onSuspicious == .block)
        #expect(policy.maxCVSSTenths == nil)
        #expect(policy.onMalicious == .block)
    }

    @Test("allow and deny lists add up, each entry once")
    func listsAddUp() {
        let policy = ScreeningPolicy.resolving([
            layer {
                $0.deny = [Samples.selector("a"), Samples.selector("b")]
                $0.allow = [Samples.selector("x")]
            },
            layer { $0.deny = [] },
            layer { $0.deny = [Samples.selector("b"), Samples.selector("c")] },
        ])
        #expect(policy.deny.map(\.text) == ["a", "b", "c"])
        #expect(policy.allow.map(\.text) == ["x"])
    }

    @Test("limits of differences are overridden one by one")
    func differenceLimits() {
        #expect(ScreeningPolicy.standard.diff == .standard)
        let policy = ScreeningPolicy.resolving([
            layer { $0.diff = DifferenceLayer(maxChangedBytes: 1, maxSteps: 3) },
            layer { $0.diff = DifferenceLayer(maxSteps: 0) }, layer { _ in },
        ])
        #expect(policy.diff == DifferenceLimits(maxChangedBytes: 1, maxChangedFiles: 200, maxSteps: 0))
    }

    @Test("the revision is the digest of a canonical text with every key, and depends on every key")
    func revision() {
        let text = String(decoding: ScreeningPolicy.standard.canonicalJSON, as: UTF8.self)
        #expect(
            text == #"{"allow":[],"analyzers":["advisory","static","diff"],"cooldown":259200,"cooldownExempt":[],"#
                + #""cooldownLiftForFixes":true,"cooldownWithoutTime":"hold","deny":[],"denyInstallScripts":false,"#
                + #""diff":{"maxChangedBytes":1048576,"maxChangedFiles":200,"maxSteps":10},"#
                + #""holdUntil":["advisory","static"],"onAnalyzerUnavailable":"hold","onMalicious":"block","#
                + #""onSuspicious":"hold","pendingMax":120,"requireRepositoryUrl":false}"#)
        #expect(ScreeningPolicy.standard.revision == SHA256Digest(hashing: ScreeningPolicy.standard.canonicalJSON))
        let changes: [(inout ScreeningLayer) -> Void] = [
            { $0.analyzers = [.static_] }, { $0.holdUntil = [] }, { $0.cooldown = .seconds(1) },
            { $0.cooldownWithoutTime = .serve }, { $0.cooldownExempt = [Samples.pattern("@a/*")] },
            { $0.cooldownLiftForFixes = false }, { $0.onMalicious = .report }, { $0.onSuspicious = .allow },
            { $0.onAnalyzerUnavailable = .allow }, { $0.maxCVSSTenths = 90 }, { $0.requireRepositoryURL = true },
            { $0.denyInstallScripts = true }, { $0.allow = [Samples.selector("a")] },
            { $0.deny = [Samples.selector("a")] }, { $0.pendingMax = .seconds(1) },
            { $0.diff.maxChangedBytes = 1 }, { $0.diff.maxChangedFiles = 1 }, { $0.diff.maxSteps = 1 },
        ]
        let revisions = changes.map { Samples.policy($0).revision }
        #expect(Set(revisions + [ScreeningPolicy.standard.revision]).count == changes.count + 1)
        #expect(Samples.policy { $0.cooldown = .seconds(Int64.max) }.canonicalJSON.isEmpty == false)
    }
}

@Suite("Entries of allow and deny lists")
struct PolicySelectorTests {
    private func matches(_ entry: String, _ name: String, _ version: String, _ ecosystem: Ecosystem) throws -> Bool {
        try PolicySelector(parsing: entry).matches(
            Samples.name(name, ecosystem), Samples.version(version, ecosystem))
    }

    @Test("a name matches all its versions in every ecosystem that has such names")
    func names() throws {
        #expect(try matches("demo", "demo", "1.0.0", .npm))
        #expect(try matches("demo", "demo", "2.0", .pypi))
        #expect(try !matches("demo", "demos", "1.0.0", .npm))
        #expect(try matches("@acme/tool", "@acme/tool", "1.0.0", .npm))
        #expect(try matches("@acme/tool@1.0.0", "@acme/tool", "1.0.0", .npm))
        #expect(try !matches("@acme/tool@1.0.0", "@acme/tool", "1.0.1", .npm))
    }

    @Test("names and versions are compared as their ecosystem does")
    func normalized() throws {
        #expect(try matches("Flask_Login", "flask-login", "1.0", .pypi))
        #expect(try matches("flask-login@1.0", "flask-login", "1.0.0", .pypi))
        #expect(try matches("pkg:pypi/flask-login@1.0.0", "flask.login", "1", .pypi))
        #expect(try !matches("pkg:pypi/demo", "demo", "1.0.0", .npm))
    }

    @Test("only an entry with the version names it exactly")
    func exactness() throws {
        let (name, version) = (Samples.name(), Samples.version())
        #expect(try !PolicySelector(parsing: "demo").names(name, exactly: version))
        #expect(try PolicySelector(parsing: "demo@1.1.0").names(name, exactly: version))
        #expect(try !PolicySelector(parsing: "demo@1.1.1").names(name, exactly: version))
    }

    @Test(
        "patterns, ranges and broken texts are refused with a reason",
        arguments: ["", "@acme/*", "**", "demo@^1.0.0", "demo@", "@", "a b", "pkg:gem/x", "pkg:npm/", "démo"])
    func refused(entry: String) {
        let error = #expect(throws: SelectorError.self) { try PolicySelector(parsing: entry) }
        #expect(error?.description.isEmpty == false)
    }
}
