import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

/// One way to disturb a bundle, and where and how it must be refused.
struct HostileBundle: Sendable, CustomTestStringConvertible {
    let name: String
    /// The line that the refusal names, counted from 1; negative ones from the end of the disturbed file.
    let line: Int
    let reason: String
    let disturb: @Sendable (inout BundleText) throws -> Void
    /// Disturbs the bytes of the file after its lines.
    let bytes: @Sendable ([UInt8]) -> [UInt8]

    /// A disturbance of the lines.
    init(
        _ name: String, line: Int, _ reason: String, disturb: @escaping @Sendable (inout BundleText) throws -> Void
    ) {
        self.name = name
        self.line = line
        self.reason = reason
        self.disturb = disturb
        bytes = { $0 }
    }

    /// A disturbance of the file.
    init(_ name: String, line: Int, _ reason: String, bytes: @escaping @Sendable ([UInt8]) -> [UInt8]) {
        self.name = name
        self.line = line
        self.reason = reason
        self.bytes = bytes
        disturb = { _ in }
    }

    var testDescription: String { name }
}

/// Nine entries (four key events, four verdicts, a disposition) on lines 1 to 9, the header on 10, proofs on 11 to 19.
private let header = 9

extension HostileBundle {
    static let files: [HostileBundle] = [
        HostileBundle("nothing", line: 1, "without a verdictBundle", bytes: { _ in [] }),
        HostileBundle("an empty line", line: 1, "it is empty", bytes: { _ in [0x0A] }),
        HostileBundle("a byte order mark", line: 1, "byte order mark", bytes: { [0xEF, 0xBB, 0xBF] + $0 }),
        HostileBundle("a carriage return", line: 1, "carriage return") { $0.lines[0] += [0x0D] },
        HostileBundle("a carriage return on the last line", line: 19, "carriage return") { $0.lines[18] += [0x0D] },
        HostileBundle("a NUL", line: 2, "control character 0x00") { $0.lines[1].insert(0, at: 40) },
        HostileBundle("a tab", line: 3, "control character 0x09") { $0.lines[2].insert(9, at: 1) },
        HostileBundle("a leading space", line: 1, "not a JSON object") { $0.lines[0].insert(0x20, at: 0) },
        HostileBundle("a space before the end of a line", line: 4, "bytes follow the end") { $0.lines[3] += [0x20] },
        HostileBundle("no last line feed", line: 19, "ends within the line", bytes: { $0.dropLast() }),
        HostileBundle("one byte more", line: 20, "ends within the line", bytes: { $0 + [0x7B] }),
        HostileBundle("an empty line in between", line: 5, "it is empty") { $0.lines.insert([], at: 4) },
        HostileBundle("an empty line at the end", line: 20, "it is empty") { $0.lines.append([]) },
        HostileBundle("cut within an entry", line: 1, "ends within", bytes: { Array($0.prefix(300)) }),
        HostileBundle("cut after the entries", line: 10, "without a verdictBundle") { $0.lines.removeLast(10) },
        HostileBundle("cut after the header", line: 11, "after 0 proofs for 9") { $0.lines.removeLast(9) },
        HostileBundle("cut before the last proof", line: 19, "after 8 proofs for 9") { $0.lines.removeLast() },
        HostileBundle("a line over the limit", line: 2, "more than 49152 bytes") {
            $0.lines[1] += Array(repeating: 0x20, count: 50_000)
        },
        HostileBundle("binary", line: 1, "control character", bytes: { _ in [0x1F, 0x8B, 0x08, 0x00, 0x0A] }),
        HostileBundle("a JSON array", line: 1, "not a JSON object") { $0.lines[0] = Array("[]".utf8) },
        HostileBundle("deep nesting", line: 10, "nested deeper than 4") {
            $0.lines[header] = Array(#"{"verdictBundle":{"a":[[[[[]]]]]}}"#.utf8)
        },
        HostileBundle("a line of another kind", line: 5, "expected {\"payload\":\"") {
            $0.lines.insert(Array(#"{"comment":"hello"}"#.utf8), at: 4)
        },
    ]

    static let entries: [HostileBundle] = [
        HostileBundle("another member order", line: 1, "expected {\"payload\"") {
            $0.lines[0] = Array(#"{"payloadType":"application/vnd.in-toto+json","payload":"","signatures":[]}"#.utf8)
        },
        HostileBundle("a member twice", line: 1, "expected") {
            $0.replace(0, #""payloadType""#, #""payload":"e30=","payloadType""#)
        },
        HostileBundle("another payload type", line: 1, "expected") {
            $0.replace(0, "application/vnd.in-toto+json", "application/vnd.in-toto+text")
        },
        HostileBundle("base64 with unused bits", line: 1, "strict base64") {
            $0.replace(0, #"=="}]}"#, #"=x"}]}"#)
        },
        HostileBundle("no signature", line: 1, "leaf") { text in
            let line = String(decoding: text.lines[0], as: UTF8.self)
            let end = line.firstRange(of: #""signatures":["#)
            text.lines[0] = Array((end.map { String(line[..<$0.upperBound]) } ?? "").utf8) + Array("]}".utf8)
        },
        HostileBundle("the same signature twice", line: 1, "ascending order") { text in
            let line = String(decoding: text.lines[0], as: UTF8.self)
            let start = line.firstRange(of: #"{"keyid""#)?.lowerBound ?? line.endIndex
            let signature = String(line[start...].dropLast(2))
            text.lines[0] = Array((line.dropLast(2) + "," + signature + "]}").utf8)
        },
        HostileBundle("an upper-case key id", line: 5, "lowercase") { text in
            let line = String(decoding: text.lines[4], as: UTF8.self)
            let start = line.firstRange(of: #""keyid":""#)?.upperBound ?? line.endIndex
            let id = String(line[start...].prefix(64))
            text.replace(4, id, id.uppercased())
        },
        HostileBundle("an entry left out", line: 9, "says that 9 entries come before it, and there are 8") {
            $0.lines.remove(at: 6)
        },
        HostileBundle("an entry twice", line: 11, "says that 9 entries come before it, and there are 10") {
            $0.lines.insert($0.lines[6], at: 6)
        },
        HostileBundle("two entries exchanged", line: 16, "is not shown to be in the log") {
            $0.lines.swapAt(5, 6)
        },
        HostileBundle("key events exchanged", line: 1, "a log begins with a root key") { $0.lines.swapAt(0, 1) },
        HostileBundle("a verdict before its signer's key event", line: 3, "not in the log's key events") {
            $0.lines.swapAt(2, 4)
        },
        HostileBundle("a signature of another entry", line: 6, "does not match the payload") { text in
            func signature(_ line: Int) -> String {
                let line = String(decoding: text.lines[line], as: UTF8.self)
                let start = line.firstRange(of: #""sig":""#)?.upperBound ?? line.endIndex
                return String(line[start...].prefix(88))
            }
            text.replace(5, signature(5), signature(6))
        },
        HostileBundle("an entry after the header", line: 11, "only proofs follow") {
            $0.lines.insert($0.lines[4], at: header + 1)
        },
        HostileBundle("an entry at the end", line: 20, "only proofs follow") { $0.lines.append($0.lines[4]) },
        HostileBundle("a payload that is not canonical", line: 5, "not in canonical form") { text in
            let line = String(decoding: text.lines[4], as: UTF8.self)
            let payload = String(line.dropFirst(12).prefix { $0 != "\"" })
            let spaced = [UInt8(ascii: " ")] + (try Base64.decode(payload))
            text.replace(4, payload, Base64.encode(spaced))
        },
        HostileBundle("a payload that is nothing", line: 5, "not in canonical form") { text in
            let line = String(decoding: text.lines[4], as: UTF8.self)
            text.replace(4, String(line.dropFirst(12).prefix { $0 != "\"" }), "")
        },
    ]

    static let headers: [HostileBundle] = [
        HostileBundle("no header", line: 10, "a proof comes before") { $0.lines.remove(at: header) },
        HostileBundle("two headers", line: 11, "second verdictBundle") {
            $0.lines.insert($0.lines[header], at: header)
        },
        HostileBundle("the header first", line: 1, "says that 9 entries come before it, and there are 0") {
            $0.lines.insert($0.lines.remove(at: header), at: 0)
        },
        HostileBundle("a space in the header", line: 10, "not canonical JSON") {
            $0.replace(header, #""origin":"#, #""origin": "#)
        },
        HostileBundle("an escape that is not needed", line: 10, "not canonical JSON") {
            $0.replace(header, "origin", "\\u006frigin")
        },
        HostileBundle("a member twice in the header", line: 10, "not canonical JSON") {
            $0.replace(header, #""version":1"#, #""version":1,"version":1"#)
        },
        HostileBundle("members in another order", line: 10, "not canonical JSON") {
            $0.replace(header, #"{"checkpoint""#, #"{"version":1,"checkpoint""#)
        },
        HostileBundle("an unknown member", line: 10, "not defined: zeal") {
            $0.replace(header, #""version":1"#, #""version":1,"zeal":1"#)
        },
        HostileBundle("an unknown outer member", line: 10, "not defined: zeal") {
            $0.replace(header, #""version":1}}"#, #""version":1},"zeal":1}"#)
        },
        HostileBundle("a missing member", line: 10, "lacks selection") {
            $0.replace(header, #""selection":{},"#, "")
        },
        HostileBundle("another version", line: 10, "another version") {
            $0.replace(header, #""version":1"#, #""version":2"#)
        },
        HostileBundle("a version with a fraction", line: 10, "not canonical JSON") {
            $0.replace(header, #""version":1"#, #""version":1.0"#)
        },
        HostileBundle("a count as text", line: 10, "statements is not a count") {
            $0.replace(header, #""statements":9"#, #""statements":"9""#)
        },
        HostileBundle("a negative count", line: 10, "statements is not a count") {
            $0.replace(header, #""statements":9"#, #""statements":-9"#)
        },
        HostileBundle("a count beyond integers", line: 10, "not canonical JSON") {
            $0.replace(header, #""statements":9"#, #""statements":99999999999999999999"#)
        },
        HostileBundle("another origin beside the checkpoint", line: 10, "not the one that the checkpoint is of") {
            $0.replace(header, #""origin":"test.example"#, #""origin":"evil.example"#)
        },
        HostileBundle("a checkpoint of nothing", line: 10, "checkpoint cannot be read") {
            $0.replace(header, #"\n— test"#, #"— test"#)
        },
        HostileBundle("a checkpoint of another size", line: 10, "the checkpoint is not accepted") {
            $0.replace(header, #"verdicts\n9\n"#, #"verdicts\n10\n"#)
        },
        HostileBundle("a checkpoint without signature", line: 10, "checkpoint cannot be read") { text in
            let line = String(decoding: text.lines[header], as: UTF8.self)
            let start = line.firstRange(of: "— test")?.lowerBound ?? line.startIndex
            let end = line.firstRange(of: #"","origin""#)?.lowerBound ?? line.endIndex
            text.replace(header, String(line[start..<end]), "")
        },
        HostileBundle("a selection that does not cover an entry", line: 5, "not part of the bundle's selection") {
            $0.replace(header, #""selection":{}"#, #""selection":{"verdict":"malicious"}"#)
        },
        HostileBundle("a selection with an unknown word", line: 10, "verdict is not clean") {
            $0.replace(header, #""selection":{}"#, #""selection":{"verdict":"evil"}"#)
        },
        HostileBundle("a selection with an unknown member", line: 10, "not defined: since") {
            $0.replace(header, #""selection":{}"#, #""selection":{"since":4}"#)
        },
        HostileBundle("a selection with a purl in another spelling", line: 10, "canonical spelling") {
            $0.replace(header, #""selection":{}"#, #""selection":{"purl":"pkg:NPM/Alpha"}"#)
        },
        HostileBundle("a selection with a short digest", line: 10, "64 bytes in Base64") {
            $0.replace(header, #""selection":{}"#, #""selection":{"integrity":"sha512-AAAA"}"#)
        },
        HostileBundle("a consistency proof with a short hash", line: 10, "32 bytes in strict Base64") {
            $0.replace(
                header, #""origin":"test"#, #""consistency":{"hashes":["AAAA"],"size":4},"origin":"test"#)
        },
    ]

    static let proofs: [HostileBundle] = [
        HostileBundle("two proofs exchanged", line: 13, "does not come after") { $0.lines.swapAt(11, 12) },
        HostileBundle("a proof twice", line: 13, "does not come after") { $0.lines.insert($0.lines[11], at: 11) },
        HostileBundle("one proof too many", line: 20, "more proofs than") { $0.lines.append($0.lines[18]) },
        HostileBundle("an index beyond the checkpoint", line: 19, "beyond the checkpoint's 9") {
            $0.replace(18, #""index":8"#, #""index":9"#)
        },
        HostileBundle("a negative index", line: 11, "index is not a count") {
            $0.replace(10, #""index":0"#, #""index":-1"#)
        },
        HostileBundle("an index with a leading zero", line: 12, "not canonical JSON") {
            $0.replace(11, #""index":1"#, #""index":01"#)
        },
        HostileBundle("the proof of another entry", line: 15, "is not shown to be in the log") {
            let index = #""index":4"#
            $0.lines[14] = $0.lines[15]
            $0.replace(14, #""index":5"#, index)
        },
        HostileBundle("a hash left out", line: 12, "is not shown to be in the log") { text in
            let line = String(decoding: text.lines[11], as: UTF8.self)
            let start = line.firstRange(of: #"["#)?.upperBound ?? line.startIndex
            text.replace(11, String(line[start...].prefix(47)), "")
        },
        HostileBundle("a hash too many", line: 12, "is not shown to be in the log") {
            $0.replace(11, #""hashes":["#, #""hashes":["\#(SHA256Digest(hashing: [1]).base64)","#)
        },
        HostileBundle("an endless proof", line: 12, "at most 64 hashes") { text in
            let hash = "\"\(SHA256Digest(hashing: [1]).base64)\","
            text.replace(11, #""hashes":["#, #""hashes":["# + String(repeating: hash, count: 70))
        },
        HostileBundle("a hash in another base64", line: 12, "strict Base64") {
            $0.replace(11, #"="]"#, #"_"]"#)
        },
        HostileBundle("a hash without padding", line: 12, "strict Base64") { $0.replace(11, #"="]"#, #""]"#) },
        HostileBundle("hashes that are no list", line: 12, "not a list") {
            $0.lines[11] = Array(#"{"tlogProof":{"hashes":{},"index":1}}"#.utf8)
        },
        HostileBundle("a proof with an unknown member", line: 12, "not defined: size") {
            $0.replace(11, #""index":1"#, #""index":1,"size":9"#)
        },
        HostileBundle("a proof that is a text", line: 12, "not an object") {
            $0.lines[11] = Array(#"{"tlogProof":"here"}"#.utf8)
        },
        HostileBundle("a first entry that is not the log's first", line: 10, "first of its log") {
            $0.lines.remove(at: 10)
            $0.lines.remove(at: 0)
            $0.replace(8, #""statements":9"#, #""statements":8"#)
        },
    ]
}

@Suite("Hostile bundles")
struct HostileBundleTests {
    @Test("at least sixty disturbed bundles are refused, each naming line and reason")
    func refusals() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("alpha", "suspicious-beta", "malicious-gamma", "delta")
        try await fixture.append([try fixture.peer.dispositionEnvelope("alpha", .deny, sequence: 1)])
        let good = try fixture.export()
        _ = try fixture.verified(good)
        let cases = HostileBundle.files + HostileBundle.entries + HostileBundle.headers + HostileBundle.proofs
        #expect(cases.count >= 60)
        for hostile in cases {
            var text = BundleText(good)
            try hostile.disturb(&text)
            let bytes = hostile.bytes(text.bytes)
            #expect(bytes != good, "\(hostile.name) changes nothing")
            do {
                _ = try fixture.verified(bytes)
                Issue.record("\(hostile.name) was accepted")
            } catch let error as ExchangeFailure {
                guard case .line(let line, let reason) = error else {
                    Issue.record("\(hostile.name): \(error)")
                    continue
                }
                #expect(line == hostile.line && reason.contains(hostile.reason), "\(hostile.name): \(error)")
            }
        }
    }

    @Test("a bundle over a limit is refused before it is read further")
    func limits() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("alpha")
        let good = try fixture.export()
        func refusal(_ limits: BundleLimits) -> String {
            let error = #expect(throws: ExchangeFailure.self) { try ReceivedBundle(parsing: good, limits: limits) }
            return error.map { "\($0)" } ?? ""
        }
        #expect(refusal(BundleLimits(maxFileBytes: UInt64(good.count) - 1)).hasPrefix("the bundle has"))
        #expect(refusal(BundleLimits(maxLineBytes: 400)).hasPrefix("line 1: it has more than 400"))
        #expect(refusal(BundleLimits(maxStatements: 4)).hasPrefix("line 5: the bundle has more than 4"))
        _ = try ReceivedBundle(parsing: good, limits: BundleLimits(maxFileBytes: UInt64(good.count), maxStatements: 5))
    }

    /// Every third byte, from a random one on: a few runs see them all.
    @Test("a change of any byte is refused or means the same")
    func everyByte() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("malicious-gamma")
        let good = try fixture.export()
        let meant = try fixture.verified(good)
        var random = SeededRandom()
        for offset in stride(from: Int.random(in: 0..<3, using: &random), to: good.count, by: 3) {
            var changed = good
            changed[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            do {
                let other = try fixture.verified(changed)
                #expect(other.checkpoint.checkpoint == meant.checkpoint.checkpoint, "byte \(offset)")
                #expect(other.received.entries.map(\.leafHash) == meant.received.entries.map(\.leafHash))
                #expect(other.received.entries.map(\.logIndex) == meant.received.entries.map(\.logIndex))
            } catch let error as ExchangeFailure {
                guard case .line = error else {
                    // Only the origin leads to another refusal: then nobody trusts the log that it names.
                    guard case .notTrusted = error else {
                        Issue.record("byte \(offset): \(error)")
                        return
                    }
                    continue
                }
            }
        }
    }

    @Test("random damage never stops the reader, and never gets in")
    func randomDamage() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("alpha", "malicious-gamma")
        let good = try fixture.export()
        let meant = try fixture.verified(good).received.entries.map(\.leafHash)
        var random = SeededRandom()
        for _ in 0..<400 {
            var changed = good
            switch Int.random(in: 0..<4, using: &random) {
            case 0: changed.removeSubrange(Self.range(changed.count, &random))
            case 1: changed.insert(contentsOf: changed[Self.range(changed.count, &random)], at: changed.count / 2)
            case 2: changed.replaceSubrange(Self.range(changed.count, &random), with: random.bytes(9))
            default:
                var text = BundleText(good)
                text.lines.shuffle(using: &random)
                changed = text.bytes
            }
            if let other = try? fixture.verified(changed) { #expect(other.received.entries.map(\.leafHash) == meant) }
        }
    }

    private static func range(_ count: Int, _ random: inout SeededRandom) -> Range<Int> {
        let start = Int.random(in: 0..<count, using: &random)
        return start..<min(count, start + Int.random(in: 1..<200, using: &random))
    }
}
