import Cryptography
import JSON
import Platform
import TestSupport
import Testing

@testable import Screening

/// The statements that are about the log itself: revocations, import receipts and successions.
enum LogStatementSamples {
    static let ruleset = Samples.revision().ruleset
    static let digest = SHA256Digest(hashing: Array("bundle".utf8))
    static let root = SHA256Digest(hashing: Array("root".utf8))
    static let origin = "peer.example/log"

    static let targets: [RevocationTarget] = [
        .statement(Samples.statementID(1)), .ruleset(ruleset), .analyzer(.static_, version: "3"),
        .key(Samples.key("verdict").publicKey.keyID),
    ]

    static func revocation(_ target: RevocationTarget) -> RevocationStatement {
        RevocationStatement(target: target, reason: "rule 7 was wrong", createdAt: Samples.now)
    }

    static func receipt(
        _ source: ImportSource = .bundle, origin: String = origin, treeSize: UInt64 = 600, count: UInt64 = 12
    ) -> ImportReceiptStatement {
        ImportReceiptStatement(
            origin: origin, source: source, digest: digest, treeSize: treeSize, root: root, statementCount: count,
            statementsRoot: SHA256Digest(hashing: [7]), createdAt: Samples.now)
    }

    static func succession(
        _ event: SuccessionEvent, state: (size: UInt64, root: SHA256Digest)? = nil, origin: String = origin
    ) -> LogSuccessionStatement {
        LogSuccessionStatement(
            event: event, origin: origin, logKey: Samples.key("other log").publicKey, treeSize: state?.size,
            root: state?.root, reason: "the disk was lost", createdAt: Samples.now)
    }

    static let all: [Statement] =
        targets.map { .revocation(revocation($0)) } + [
            .importReceipt(receipt()), .importReceipt(receipt(.followed)), .logSuccession(succession(.ends)),
            .logSuccession(succession(.begins, state: (size: 41, root: root))), .logSuccession(succession(.begins)),
        ]
}

@Suite("Statements about the log")
struct LogStatementTests {
    private typealias Sample = LogStatementSamples

    private func text(_ statement: Statement) throws -> String {
        String(decoding: try statement.canonicalBytes(), as: UTF8.self)
    }

    private func inToto(_ predicate: String, _ type: String, digest: String, name: String) -> String {
        #"{"_type":"https://in-toto.io/Statement/v1","predicate":\#(predicate),"#
            + #""predicateType":"urn:jurat:attestation:\#(type):v1","#
            + #""subject":[{"digest":{"sha256":"\#(digest)"},"name":"\#(name)"}]}"#
    }

    @Test("a revocation has exactly the members of the format, whatever it takes back")
    func revocationText() throws {
        let (id, rules) = (Samples.statementID(1).hex, Sample.ruleset.digest.hex)
        let key = Samples.key("verdict").publicKey.keyID.hex
        let analyzer = SHA256Digest(hashing: Array("urn:jurat:analyzer:static@3".utf8)).hex
        let expected = [
            (#"{"kind":"statement","statement":"\#(id)"}"#, id, "statement:\(id)"),
            (
                #"{"kind":"ruleset","ruleset":{"digest":{"sha256":"\#(rules)"},"name":"rules-12"}}"#, rules,
                "ruleset:\(rules)"
            ),
            (#"{"analyzer":{"id":"static","version":"3"},"kind":"analyzer"}"#, analyzer, "analyzer:static@3"),
            (#"{"key":"\#(key)","kind":"key"}"#, key, "key:\(key)"),
        ]
        for (target, (members, digest, name)) in zip(Sample.targets, expected) {
            let predicate =
                #"{"createdAt":"2026-11-21T00:00:00Z","reason":"rule 7 was wrong","target":\#(members)}"#
            #expect(
                try text(.revocation(Sample.revocation(target)))
                    == inToto(predicate, "revocation", digest: digest, name: "urn:jurat:\(name)"))
        }
    }

    @Test("an import receipt has exactly the members of the format")
    func receiptText() throws {
        for (source, name) in [(ImportSource.bundle, "bundle"), (.followed, "checkpoint")] {
            let predicate =
                #"{"checkpoint":{"digest":{"sha256":"\#(Sample.root.hex)"},"size":600},"#
                + #""createdAt":"2026-11-21T00:00:00Z","digest":{"sha256":"\#(Sample.digest.hex)"},"#
                + #""origin":"peer.example/log","source":"\#(source.rawValue)","#
                + #""statements":{"digest":{"sha256":"\#(SHA256Digest(hashing: [7]).hex)"},"size":12}}"#
            #expect(
                try text(.importReceipt(Sample.receipt(source)))
                    == inToto(
                        predicate, "import-receipt", digest: Sample.digest.hex,
                        name: "urn:jurat:\(name):peer.example/log"))
        }
    }

    @Test("a succession has exactly the members of the format")
    func successionText() throws {
        let key = Samples.key("other log").publicKey
        let state = #""checkpoint":{"digest":{"sha256":"\#(Sample.root.hex)"},"size":41},"#
        for (statement, event, checkpoint) in [
            (Sample.succession(.ends), "ends", ""), (Sample.succession(.begins), "begins", ""),
            (Sample.succession(.begins, state: (size: 41, root: Sample.root)), "begins", state),
        ] {
            let predicate =
                #"{\#(checkpoint)"createdAt":"2026-11-21T00:00:00Z","event":"\#(event)","#
                + #""logKey":"\#(Base64.encode(key.bytes))","origin":"peer.example/log","reason":"the disk was lost"}"#
            #expect(
                try text(.logSuccession(statement))
                    == inToto(
                        predicate, "log-succession", digest: key.keyID.hex, name: "urn:jurat:log:peer.example/log"))
        }
    }

    @Test("they are about no artifact, and each has its own predicate type")
    func subjects() {
        for statement in Sample.all { #expect(statement.subject == nil) }
        #expect(Set(Sample.all.map(\.predicateType)) == [.revocation, .importReceipt, .logSuccession])
    }

    @Test("random ones survive writing and reading, and write the same bytes twice")
    func roundTrips() throws {
        var random = SeededRandom()
        func number() -> UInt64 { UInt64.random(in: 0...UInt64(CanonicalJSON.maxInteger), using: &random) }
        func hash() -> SHA256Digest { SHA256Digest(hashing: [UInt8](repeating: 3, count: Int(number() % 97))) }
        func text(_ alphabet: [Character], _ count: ClosedRange<Int>) -> String {
            String(
                (0..<Int.random(in: count, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) })
        }
        func sentence() -> String { text(Array("aZ0 \"\\/\t\né\u{1F600}<>&"), 1...200) }
        func origin() -> String { text(Array("aZ09./:-_!~\"\\<>"), 1...255) }
        func moment() -> Timestamp { Timestamp(secondsSinceEpoch: Int64(number() % 4_000_000_000)) }
        for _ in 0..<300 {
            let size = number()
            let key = Samples.key(String(number())).publicKey
            let target: [RevocationTarget] = [
                .statement(StatementID(digest: hash())),
                .ruleset(RulesetReference(name: text(Array("aZ 0~"), 1...9) + "x", digest: hash())),
                .analyzer(Samples.analyzer(text(Array("az09"), 1...64)), version: text(Array("aZ09.@+"), 1...200)),
                .key(key.keyID),
            ]
            let state = Bool.random(using: &random)
            let statements: [Statement] =
                target.map {
                    .revocation(RevocationStatement(target: $0, reason: sentence(), createdAt: moment()))
                } + [
                    .importReceipt(
                        ImportReceiptStatement(
                            origin: origin(), source: ImportSource.allCases.randomElement(using: &random) ?? .bundle,
                            digest: hash(), treeSize: size, root: hash(), statementCount: size % 1000,
                            statementsRoot: hash(), createdAt: moment())),
                    .logSuccession(
                        LogSuccessionStatement(
                            event: state ? .begins : .ends, origin: origin(), logKey: key,
                            treeSize: state ? size : nil, root: state ? hash() : nil, reason: sentence(),
                            createdAt: moment())),
                ]
            for statement in statements {
                // A ruleset's name may not begin with a space.
                guard let bytes = try? statement.canonicalBytes() else { continue }
                #expect(try Statement(parsingCanonical: bytes) == statement)
                #expect(try CanonicalJSON.encode(try CanonicalJSON.parse(bytes)) == bytes)
            }
        }
    }

    @Test("what breaks the format is not written")
    func refusesToWrite() {
        let bad: [Statement] = [
            .revocation(RevocationStatement(target: Sample.targets[0], reason: "", createdAt: Samples.now)),
            .revocation(RevocationStatement(target: Sample.targets[0], reason: "a\u{1B}[2Jb", createdAt: Samples.now)),
            .revocation(Sample.revocation(.analyzer(.static_, version: ""))),
            .revocation(Sample.revocation(.analyzer(.static_, version: "naïve"))),
            .revocation(Sample.revocation(.ruleset(RulesetReference(name: " x", digest: Sample.digest)))),
            .importReceipt(Sample.receipt(origin: "")), .importReceipt(Sample.receipt(origin: "a b")),
            .importReceipt(Sample.receipt(origin: "a+b")),
            .importReceipt(Sample.receipt(origin: String(repeating: "o", count: 256))),
            .importReceipt(Sample.receipt(treeSize: 11, count: 12)),
            .importReceipt(Sample.receipt(treeSize: 1 << 53, count: 0)),
            .logSuccession(Sample.succession(.ends, state: (size: 1, root: Sample.root))),
            .logSuccession(Sample.succession(.begins, origin: "new\nline")),
            .logSuccession(
                LogSuccessionStatement(
                    event: .begins, origin: Sample.origin, logKey: Samples.key("k").publicKey, treeSize: 4,
                    reason: "half a state", createdAt: Samples.now)),
        ]
        for statement in bad {
            #expect(throws: StatementError.self, "\(statement)") { try statement.canonicalBytes() }
        }
    }

    @Test("a verdict that stands names the rules that weigh, gravest first; notes are the reason for nothing")
    func standingRules() throws {
        let findings = [
            Finding(rule: "CAP-NET", severity: .info), Finding(rule: "UNI-BIDI", severity: .suspicious),
            Finding(rule: "INST-SCRIPT-NET", severity: .malicious),
        ]
        func rules(_ findings: [Finding], by analyzer: AnalyzerID) -> [String] {
            StandingVerdict(
                Samples.verdict(.malicious, by: analyzer, findings: findings), statement: Samples.statementID(1),
                logIndex: 1,
                signer: Ed25519SigningKey.generate().publicKey.keyID
            ).rules
        }
        #expect(rules(findings, by: .static_) == ["INST-SCRIPT-NET", "UNI-BIDI"])
        #expect(rules([findings[0]], by: .static_) == [])
        #expect(rules([findings[0]], by: .advisory) == ["CAP-NET"])
    }
}
