import Cryptography
import Testing
import TransparencyLog

@testable import Configuration

@Suite("The log section")
struct LogSectionTests {
    private let head =
        "registries:\n  npmjs: { ecosystem: npm, type: upstream, url: \"https://r.example/\", public: true }\n"

    private func key(_ name: String, _ type: NoteSignatureType = .cosignatureV1) throws -> String {
        let seed = [UInt8](repeating: UInt8(name.utf8.count), count: 32)
        return try NoteVerifier(name: name, type: type, publicKey: Ed25519SigningKey(seed: seed).publicKey).vkey
    }

    @Test("witnesses have an address and a key, and without a quorum all of them must cosign")
    func reading() throws {
        #expect(try Loading.configuration(head).log == .standard)
        let (a, bb) = (try key("w.a"), try key("w.bb"))
        let text =
            head
            + "log: { witnesses: [ { url: \"https://a.example/\", key: \"\(a)\" }, { url: \"http://b:1\", key: \"\(bb)\" } ]"
        let all = try Loading.configuration(text + " }\n").log
        #expect(all.quorum == 2 && all.witnesses.map(\.url) == ["https://a.example", "http://b:1"])
        #expect(all.witnesses.map(\.key.vkey) == [a, bb])
        let one = try Loading.configuration(text + ", quorum: 1 }\n")
        #expect(one.log.quorum == 1)
        #expect(try Loading.configuration(ConfigurationLoader.effectiveText(one)).log == one.log)
        #expect(try Loading.configuration(head + "log: { witnesses: [] }\n").log == .standard)
    }

    @Test("mistakes are told with what to do")
    func mistakes() throws {
        let witness = "{ url: \"https://a.example\", key: \"\(try key("w.a"))\" }"
        let cases: [(text: String, expected: String)] = [
            (
                "log: { witnesses: [ { url: \"https://a.example\", key: \"\(try key("w.a", .ed25519))\" } ] }",
                "not a witness key"
            ),
            ("log: { witnesses: [ { url: \"ftp://a\", key: \"\(try key("w.a"))\" } ] }", "the address of a witness"),
            ("log: { witnesses: [ { url: \"https://a.example\", key: nonsense } ] }", "a verifier key"),
            ("log: { witnesses: [ { url: \"https://a.example\" } ] }", "this key is required"),
            ("log: { witnesses: [ \(witness), \(witness) ] }", "listed twice"),
            ("log: { witnesses: [ \(witness) ], quorum: 2 }", "2 witnesses are asked for and 1"),
            ("log: { quorum: 1 }", "1 witnesses are asked for and 0"),
            ("log: { witness: [] }", "did you mean"),
        ]
        for (text, expected) in cases {
            let problems = Loading.problems(head + text + "\n")
            #expect(problems.contains { $0.contains(expected) }, "\(text): \(problems)")
        }
    }
}
