import Cryptography
import JSON
import TestSupport
import Testing

@testable import Screening

@Suite("Hostile statements")
struct HostileStatementTests {
    private let verdict: String
    private let disposition: String
    private let keyEvent: String
    /// Revocations of each kind, import receipts and successions.
    private let others: [String]

    init() throws {
        func text(_ statement: Statement) throws -> String {
            String(decoding: try statement.canonicalBytes(), as: UTF8.self)
        }
        verdict = try text(.verdict(Samples.verdict(findings: [Finding(rule: "R-1", severity: .info, line: 3)])))
        disposition = try text(.disposition(Samples.disposition(inViewOf: [Samples.statementID(1)])))
        keyEvent = try text(.keyEvent(Samples.keyEvent(Samples.key("verdict"), .verdict)))
        others = try LogStatementSamples.all.map(text)
    }

    private func refuses(
        _ body: String, _ change: (String) -> String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let changed = change(body)
        #expect(changed != body, "the case changes nothing", sourceLocation: sourceLocation)
        #expect(throws: StatementError.self, sourceLocation: sourceLocation) {
            try Statement(parsingCanonical: Array(changed.utf8))
        }
    }

    private func swap(_ old: String, _ new: String) -> (String) -> String {
        { $0.replacing(old, with: new, maxReplacements: 1) }
    }

    @Test("the unchanged texts are accepted")
    func baseline() throws {
        for body in [verdict, disposition, keyEvent] + others { _ = try Statement(parsingCanonical: Array(body.utf8)) }
    }

    @Test("other spellings of the same document are refused")
    func spellings() {
        refuses(verdict) { " " + $0 }
        refuses(verdict) { $0 + "\n" }
        refuses(verdict, swap(#""kind":"bytes""#, #""kind": "bytes""#))
        refuses(verdict, swap(#""clean""#, #""cle\u0061n""#))
        refuses(verdict, swap(#""line":3"#, #""line":3.0"#))
        refuses(verdict, swap(#""line":3"#, #""line":03"#))
        refuses(verdict, swap(#""line":3"#, #""line":3e0"#))
        refuses(verdict, swap("static", "st\u{0}tic"))
        refuses(verdict, swap(#"{"kind":"full"}"#, "null"))
        refuses(verdict) { String($0.dropLast()) }
    }

    @Test("members out of order, twice, extra or missing are refused")
    func members() {
        refuses(verdict, swap(#""count":1,"line":3"#, #""line":3,"count":1"#))
        refuses(verdict, swap(#""count":1"#, #""count":1,"count":1"#))
        refuses(verdict, swap(#""verdict":"clean""#, #""verdict":"clean","verdict":"malicious""#))
        refuses(verdict, swap(#""count":1"#, #""count":1,"extra":1"#))
        refuses(verdict, swap(#""createdAt""#, #""comment":"x","createdAt""#))
        refuses(verdict, swap(#""findings":[{"count":1,"line":3,"rule":"R-1","severity":"info"}],"#, ""))
        refuses(verdict, swap(#""_type":"https://in-toto.io/Statement/v1","#, ""))
        refuses(verdict, swap("Statement/v1", "Statement/v2"))
        refuses(disposition, swap(#""actor":"ana","#, ""))
        refuses(disposition, swap(#""scope":{}"#, #""scope":{"registries":[]}"#))
        refuses(keyEvent, swap(#""event":"add","#, #""event":"add","invalidFromIndex":1,"#))
    }

    @Test("the refused member is named with its path")
    func paths() {
        func error(_ change: (String) -> String) -> StatementError? {
            #expect(throws: StatementError.self) { try Statement(parsingCanonical: Array(change(verdict).utf8)) }
        }
        #expect(
            error(swap(#""severity":"info""#, #""severity":"mild""#))
                == .invalidMember(
                    path: "predicate.findings[0].severity", expected: "one of info, suspicious, malicious"))
        #expect(
            error(swap(#""kind":"full""#, #""kind":"full","since":1"#))
                == .unexpectedMember(path: "predicate.basis.since"))
        #expect(error(swap(#","version":"3""#, "")) == .missingMember(path: "predicate.analyzer.version"))
    }

    @Test("values outside their form are refused")
    func values() {
        let sha512 = Samples.subject.sha512.hex
        refuses(verdict, swap(sha512, sha512.uppercased()))
        refuses(verdict, swap(sha512, String(sha512.dropLast(2))))
        refuses(verdict, swap("2026-11-21T00:00:00Z", "2026-11-21T00:00:00.5Z"))
        refuses(verdict, swap("2026-11-21T00:00:00Z", "2026-11-21T01:00:00+01:00"))
        refuses(verdict, swap("2026-11-21T00:00:00Z", "2026-02-30T00:00:00Z"))
        refuses(verdict, swap("pkg:npm/demo@1.1.0", "pkg:NPM/demo@1.1.0"))
        refuses(verdict, swap("pkg:npm/demo@1.1.0", "pkg:npm/demo@1.1.0?a=b"))
        refuses(verdict, swap(#""id":"static""#, #""id":"Static""#))
        refuses(verdict, swap(#""count":1"#, #""count":0"#))
        refuses(verdict, swap(#""count":1"#, #""count":-1"#))
        refuses(verdict, swap(#""count":1"#, #""count":9007199254740993"#))
        refuses(verdict, swap(#""count":1"#, #""count":"1""#))
        refuses(verdict, swap(#""kind":"bytes""#, #""kind":"names""#))
        refuses(verdict, swap(#"{"kind":"bytes"}"#, #"{"kind":"coordinates","purl":[]}"#))
        refuses(disposition, swap("HELD_REVIEW", "HELD_FOREVER"))
        refuses(disposition, swap(#""sequence":1"#, #""sequence":0"#))
        refuses(disposition, swap(#""allow""#, #""withdraw""#))
        let id = Samples.statementID(1).hex
        refuses(disposition, swap(#"["\#(id)"]"#, #"["\#(id)","\#(id)"]"#))
        refuses(keyEvent, swap(#""role":"verdict""#, #""role":"operator""#))
        refuses(keyEvent, swap(#""role":"verdict""#, #""role":"operator-""#))
        refuses(
            keyEvent,
            swap(Base64.encode(Samples.key("verdict").publicKey.bytes), Base64.encode([UInt8](repeating: 0, count: 32)))
        )
        refuses(keyEvent, swap(Samples.key("verdict").publicKey.keyID.hex, Samples.key("other").publicKey.keyID.hex))
    }

    @Test("statements about the log are refused in any other form")
    func aboutTheLog() {
        for body in others {
            refuses(body) { $0 + " " }
            refuses(body) { $0.replacing(#""createdAt""#, with: #""comment":"x","createdAt""#) }
            refuses(body, swap(#""createdAt":"2026-11-21T00:00:00Z","#, ""))
            refuses(body, swap("2026-11-21T00:00:00Z", "2026-11-21T00:00:00+00:00"))
            refuses(body, swap(#""subject":[{"#, #""subject":[{},{"#))
            refuses(body, swap(#""name":"urn:jurat:"#, #""name":"urn:jurat:x"#))
            // What the subject says twice must be the same twice.
            guard let subject = body.firstRange(of: #""subject""#) else { continue }
            let digest = body[subject.upperBound...].split(separator: #"""#)[3]
            refuses(body) { text in
                String(text[..<subject.upperBound])
                    + text[subject.upperBound...].replacing(digest, with: digest.reversed())
            }
        }
        let (statement, ruleset, analyzer, key) = (others[0], others[1], others[2], others[3])
        for body in [statement, ruleset, analyzer, key] {
            refuses(body, swap(#""kind":""#, #""kind":"other-"#))
            refuses(body, swap(#""kind":""#, #""also":1,"kind":""#))
            refuses(body, swap(#""reason":"rule 7 was wrong","#, ""))
        }
        refuses(statement, swap(#""statement":""#, #""statement":"A"#))
        refuses(statement, swap(#""kind":"statement""#, #""kind":"key""#))
        refuses(ruleset, swap(#","name":"rules-12"}"#, "}"))
        refuses(analyzer, swap(#""id":"static""#, #""id":"Static""#))
        refuses(analyzer, swap(#""version":"3""#, #""version":3"#))
        refuses(key, swap(#""key":""#, #""key":"00"#))
    }

    @Test("receipts and successions name one origin and sizes that agree")
    func exchangeMembers() {
        let (receipt, ends, begins) = (others[4], others[6], others[7])
        refuses(receipt, swap(#""source":"bundle""#, #""source":"followed""#))
        refuses(receipt, swap(#""source":"bundle""#, #""source":"rumour""#))
        refuses(receipt, swap(#""size":600"#, #""size":11"#))
        refuses(receipt, swap(#""size":600"#, #""size":-600"#))
        refuses(receipt, swap(#""size":600"#, #""size":6e2"#))
        refuses(receipt, swap(#""origin":"peer.example/log""#, #""origin":"other.example/log""#))
        refuses(receipt) { $0.replacing("peer.example/log", with: "peer example/log") }
        refuses(receipt) { $0.replacing("peer.example/log", with: "peer+example/log") }
        refuses(ends, swap(#""event":"ends""#, #""event":"pauses""#))
        refuses(begins, swap(#""event":"begins""#, #""event":"ends""#))
        refuses(begins, swap(#","size":41"#, ""))
        let key = Base64.encode(Samples.key("other log").publicKey.bytes)
        refuses(begins, swap(key, String(key.dropLast())))
        refuses(begins, swap(key, Base64.encode(Samples.key("third log").publicKey.bytes)))
        refuses(begins, swap(key, Base64.encode([UInt8](repeating: 0, count: 32))))
    }

    @Test("predicate types of later versions are refused by name")
    func laterTypes() {
        for type in ["revocation:v2", "import-receipt:v2", "log-succession:v0", "verdict:v2", "verdict:v10"] {
            let body = verdict.replacing("verdict:v1", with: type)
            #expect(throws: StatementError.unknownPredicateType("urn:jurat:attestation:\(type)")) {
                try Statement(parsingCanonical: Array(body.utf8))
            }
        }
    }

    @Test("nesting beyond the format is refused, however deep")
    func deep() {
        for depth in [9, 100, 100_000] {
            let nest = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            refuses(verdict, swap(#""kind":"full""#, #""kind":\#(nest)"#))
        }
    }

    @Test("no cut of a statement is accepted, and no change of one byte is read as the same statement")
    func cutsAndFlips() throws {
        for body in [verdict, disposition, keyEvent] + others {
            let bytes = Array(body.utf8)
            let original = try Statement(parsingCanonical: bytes)
            for position in bytes.indices {
                #expect(throws: StatementError.self) { try Statement(parsingCanonical: Array(bytes[..<position])) }
                var flipped = bytes
                flipped[position] ^= 0x20
                if let read = try? Statement(parsingCanonical: flipped) {
                    #expect(read != original, "byte \(position)")
                }
            }
        }
    }

    @Test("random damage never traps, and what is still accepted writes back as the same bytes")
    func damage() {
        var random = SeededRandom()
        for _ in 0..<3000 {
            var bytes = Array(
                ([verdict, disposition, keyEvent] + others).randomElement(using: &random)?.utf8 ?? "".utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let position = Int.random(in: bytes.indices, using: &random)
                if Bool.random(using: &random) {
                    bytes[position] = UInt8.random(in: 0x20...0x7E, using: &random)
                } else {
                    bytes.remove(at: position)
                }
            }
            if let read = try? Statement(parsingCanonical: bytes) { #expect((try? read.canonicalBytes()) == bytes) }
        }
    }
}
