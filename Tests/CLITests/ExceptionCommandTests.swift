import Cryptography
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import CLI

@Suite("Exceptions, read from the log")
struct ExceptionCommandTests {
    @Test("a list shows each ruling with its state, and what it is in it for")
    func states() async throws {
        try await RulingFixture.with { fixture in
            try await fixture.judge(.suspicious)
            let end = fixture.clock.now().adding(.seconds(3600))
            let first = try await fixture.rule(.allow, until: end)
            #expect(try await fixture.states() == ["active"])
            let worse = try await fixture.judge(.malicious, by: .diff)
            #expect(try await fixture.states() == ["re-opened"])
            let record = try await fixture.run(["exception", "list", "-o", "json"]).json().arrayValue?[0]
            #expect(record?["because"]?["statements"] == [.string(worse.hex)])
            fixture.clock.advance(by: .seconds(3600))
            #expect(try await fixture.states() == ["expired"])
            let second = try await fixture.rule(.allow, supersedes: first)
            #expect(try await fixture.states() == ["active", "superseded"])
            try await fixture.rule(.deny, by: fixture.bo, actor: "bo")
            #expect(try await fixture.states() == ["active", "overruled", "superseded"])
            try await fixture.rule(.withdraw, supersedes: second)
            #expect(try await fixture.states() == ["active", "withdrawn", "superseded"])
        }
    }

    @Test("the rulings of a revoked key are void, but for a deny")
    func voidKey() async throws {
        try await RulingFixture.with { fixture in
            try await fixture.judge(.suspicious)
            try await fixture.rule(.allow)
            try await fixture.rule(.deny, by: fixture.bo, actor: "bo")
            for (key, holder) in [(fixture.ana, "ana"), (fixture.bo, "bo")] {
                let event = KeyEventStatement(
                    event: .revoke, publicKey: key.publicKey, role: .operator_, holder: holder,
                    scope: .standard(for: .operator_), invalidFromIndex: 0, reason: "lost")
                _ = try await fixture.log.append(Envelope.signing(.keyEvent(event), with: fixture.root))
            }
            #expect(try await fixture.states() == ["active", "void"])
        }
    }

    @Test("filters: by state, operator and package")
    func filters() async throws {
        try await RulingFixture.with { fixture in
            try await fixture.judge(.suspicious)
            let first = try await fixture.rule(.allow)
            try await fixture.rule(.allow, supersedes: first, by: fixture.bo, actor: "bo")
            func actors(_ options: String...) async throws -> [String] {
                let list = try await fixture.run(["exception", "list", "-o", "json"] + options).json()
                return list.arrayValue?.map { $0["actor"]?.stringValue ?? "" } ?? []
            }
            #expect(try await actors() == ["bo", "ana"])
            #expect(try await actors("--active") == ["bo"])
            #expect(try await actors("--actor", "ana") == ["ana"])
            #expect(try await actors("--purl", "pkg:npm/demo@1.1.0").count == 2)
            #expect(try await actors("--purl", "pkg:npm/other").isEmpty)
        }
    }

    @Test("a ruling is shown with what it was in view of and what came after, by digits or by purl")
    func show() async throws {
        try await RulingFixture.with { fixture in
            let seen = try await fixture.judge(.suspicious)
            let allow = try await fixture.rule(.allow)
            let after = try await fixture.judge(.clean, by: .diff)
            for reference in [String(allow.hex.prefix(8)), "pkg:npm/demo@1.1.0"] {
                let shown = try await fixture.run(["exception", "show", reference, "-o", "json"]).json()
                #expect(shown["statement"]?.stringValue == allow.hex)
                #expect(shown["seen"]?.arrayValue?.map { $0["statement"] } == [.string(seen.hex)])
                #expect(shown["after"]?.arrayValue?.map { $0["statement"] } == [.string(after.hex)])
                #expect(shown["record"]?["predicate"]?["actor"]?.stringValue == "ana")
            }
            let text = try await fixture.run(["exception", "show", String(allow.hex.prefix(8))]).results
            #expect(text.hasPrefix("allowed pkg:npm/demo@1.1.0\n  active\n  by ana (key "))
            #expect(try await fixture.run(["exception", "show", String(seen.hex.prefix(12))]).code == .usage)
            #expect(try await fixture.run(["exception", "show", "pkg:npm/none@1.0.0"]).code == .notFound)
        }
    }

    @Test("revoke drafts a withdrawal of the same scope, next in the operator's sequence, and refuses what is over")
    func revoke() async throws {
        try await RulingFixture.with { fixture in
            try await fixture.judge(.suspicious)
            let allow = try await fixture.rule(.allow)
            let words = ["exception", "revoke", String(allow.hex.prefix(12))]
            #expect(try await fixture.run(words).notes.contains("--reason"))
            let draft = try await fixture.run(words + ["--reason", "done", "--dry-run"])
            let predicate = try draft.json()["predicate"]
            #expect(predicate?["decision"] == "withdraw" && predicate?["sequence"] == 2)
            #expect(predicate?["supersedes"]?.stringValue == allow.hex)
            #expect(predicate?["scope"]?["purl"]?.stringValue == "pkg:npm/demo@1.1.0")
            try await fixture.rule(.withdraw, supersedes: allow)
            let again = try await fixture.run(words + ["--reason", "done", "--dry-run"])
            #expect(again.code == .failure && again.notes.contains("withdrawn by"))
        }
    }

    @Test("extend gives a new end, and goes over something worse only when told to")
    func extend() async throws {
        try await RulingFixture.with { fixture in
            let seen = try await fixture.judge(.suspicious)
            let allow = try await fixture.rule(.allow, until: fixture.clock.now().adding(.seconds(60)))
            let words = [
                "exception", "extend", String(allow.hex.prefix(12)), "--until", "7d", "--reason", "no fix yet",
                "--dry-run",
            ]
            let rescan = try await fixture.judge(.suspicious, by: .diff)
            let plain = try await fixture.run(words).json()["predicate"]
            #expect(plain?["expiresAt"]?.stringValue == fixture.clock.now().adding(.seconds(604_800)).rfc3339)
            #expect(plain?["supersedes"]?.stringValue == allow.hex && plain?["decision"] == "allow")
            #expect(plain?["inViewOf"]?.arrayValue?.count == 2)
            let worse = try await fixture.judge(.malicious, by: .diff)
            for _ in 0..<2 {
                let refused = try await fixture.run(words)
                #expect(refused.code == .failure)
                #expect(refused.notes.contains("diff malicious") && refused.notes.contains("--in-view-of-current"))
                // Nor does its end, once it is over, make anybody forget what was not looked at.
                fixture.clock.advance(by: .seconds(60))
            }
            let told = try await fixture.run(words + ["--in-view-of-current"]).json()["predicate"]
            #expect(
                Set(told?["inViewOf"]?.arrayValue?.compactMap(\.stringValue) ?? [])
                    == Set([seen, rescan, worse].map(\.hex)))
        }
    }

    @Test("a record is drafted without its key, signed elsewhere and checked here")
    func signElsewhere() async throws {
        try await RulingFixture.with { fixture in
            try await fixture.judge(.suspicious)
            let deny = try await fixture.rule(.deny)
            let draft = try await fixture.run([
                "exception", "revoke", String(deny.hex.prefix(12)), "--reason", "fine", "--operator", "bo", "--dry-run",
            ])
            #expect(draft.code == .success)
            try Files.writeDurably(Array(draft.results.utf8), to: fixture.directory.path("draft"))
            let keys = fixture.directory.path("home/jurat/keys")
            let sign = [
                "exception", "sign", fixture.directory.path("draft"), "--out", fixture.directory.path("signed"),
            ]
            let environment = ["XDG_CONFIG_HOME": fixture.directory.path("home")]
            let keyless = try await fixture.run(sign, environment: environment)
            #expect(keyless.code == .notFound && keyless.notes.contains(keys))
            try KeyStore(directory: keys).store(fixture.bo, as: .operator(user: "bo"))
            #expect(try await fixture.run(sign, environment: environment).code == .success)
            let leaf = try Files.readAll(fixture.directory.path("signed"))
            let envelope = try Envelope(parsingLeaf: Array(leaf.dropLast()))
            #expect(envelope.payload + [UInt8(ascii: "\n")] == Array(draft.results.utf8))
            let submit = ["exception", "submit", fixture.directory.path("signed"), "--dry-run"]
            #expect(try await fixture.run(submit).results.contains("would send: withdrew \(deny.hex.prefix(12))"))
            // The file is never written over, and a changed one is no ruling.
            #expect(try await fixture.run(sign, environment: environment).code == .failure)
            try Files.writeDurably(leaf.dropLast(3), to: fixture.directory.path("signed"))
            #expect(try await fixture.run(submit).code == .verificationFailed)
        }
    }
}
