import Screening
import Testing
import YAML

@testable import Configuration

@Suite("Editing the trust section in place")
struct TrustEditingTests {
    private func draft(_ origin: String) throws -> TrustDraft {
        var draft = TrustDraft(origin: origin, keys: [try TrustKeys.vkey(origin, seed: 9)])
        draft.roots = [try TrustKeys.keyID(seed: 8)]
        return draft
    }

    /// Texts whose `trust` has these logs, in every layout that people write.
    private func layouts() throws -> [(text: String, origins: [String])] {
        let (a, b) = (try TrustKeys.entry("a.example/log"), try TrustKeys.entry("b.example/log", seed: 2))
        let keyA = try TrustKeys.vkey("a.example/log")
        let root = try TrustKeys.keyID(seed: 101)
        let blockA = "origin: a.example/log # ours\n    keys:\n      - \"\(keyA)\"\n    roots:\n    - \(root)"
        let head =
            "# head\nregistries:\n  npmjs: { ecosystem: npm, type: upstream, url: \"https://r.example/\", public: true }\n"
        return [
            (head, []), (String(head.dropLast()), []), (head + "# tail", []),
            (head + "trust:\n", []), (head + "trust: # none yet\nworkers: 1\n", []), (head + "trust: []", []),
            (head + "trust: []   # none yet\n# more\nworkers: 1 # one\n", []), (head + "trust: ~\nworkers: 1\n", []),
            (head + "trust: [ ]\nworkers: 1\n", []), (head + "trust: [\n  # nobody\n]\nworkers: 1\n", []),
            ("trust: null\n" + head, []), ("\u{FEFF}" + head, []),
            (head + "trust: [\(a)]\nworkers: 1\n", ["a.example/log"]),
            (head + "trust: [\(a), \(b)] # two\n", ["a.example/log", "b.example/log"]),
            (head + "trust: [\n    \(a),\n    \(b), # last\n]\n", ["a.example/log", "b.example/log"]),
            (head + "trust:\n- \(a)\n- \(b)\nworkers: 1\n", ["a.example/log", "b.example/log"]),
            (
                head + "trust:\n  # first\n  - \(a)\n\n  # second\n  - \(b)\n\n# tail\nworkers: 1",
                ["a.example/log", "b.example/log"]
            ),
            (head + "trust:\n  - \(blockA)\n# tail", ["a.example/log"]),
            (head + "trust:\n  - \(blockA)", ["a.example/log"]),
            ("trust:\n  - \(blockA)\n\n  - \(b)\n" + head, ["a.example/log", "b.example/log"]),
            (
                head + "trust:\n  -   # comment\n    \(blockA)\n  -\n    \(b)\nworkers: 1\n",
                ["a.example/log", "b.example/log"]
            ),
            ("\"trust\":\n    - \(blockA.replacing("\n", with: "\n  "))\n" + head, ["a.example/log"]),
            (
                (head + "trust:\n  - \(blockA)\n  - \(b)\nworkers: 1\n").replacing("\n", with: "\r\n"),
                ["a.example/log", "b.example/log"]
            ),
            (head + "trust:\n  - { origin: é.example,\n      keys: [] }\n", ["é.example"]),
        ]
    }

    private func origins(_ bytes: [UInt8]) throws -> [String] {
        try TrustDocument(bytes, advice: []).elements.map { element in
            guard case .mapping(let members) = element.value, case .scalar(let name, _)? = members.first?.node.value
            else {
                return "?"
            }
            return name
        }
    }

    /// Every comment of a text, and every line that is not about trust.
    private func comments(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
            line.firstIndex(of: "#").map { String(line[$0...]) }
        }
    }

    @Test("an entry is added at the end in every layout, and every comment stays")
    func add() throws {
        for (text, before) in try layouts() {
            let edited = try TrustEditing.adding(try draft("c.example/log"), to: Array(text.utf8))
            #expect(try origins(edited) == before + ["c.example/log"], "\(text)")
            let isEmptyFlow = text.contains("# nobody")
            #expect(comments(edited) == (isEmptyFlow ? ["# head"] : comments(Array(text.utf8))), "\(text)")
        }
    }

    @Test("an added entry is what loading it gives")
    func addedIsLoaded() throws {
        var draft = try draft("c.example/log")
        draft.url = "https://c.example/-/log"
        draft.isFollowed = true
        draft.weights = [.malicious: .block, .clean: .satisfy]
        draft.packages = ["@acme/*"]
        draft.expires = "2030-01-01"
        let text = Loading.minimal("trust:\n  - \(try TrustKeys.entry("a.example/log"))\n")
        let edited = try TrustEditing.adding(draft, to: Array(text.utf8))
        let entries = try Loading.configuration(String(decoding: edited, as: UTF8.self)).trust
        #expect(entries.map(\.origin) == ["a.example/log", "c.example/log"])
        #expect(entries[1].isFollowed && entries[1].weights.malicious == .block && entries[1].weights.clean == .satisfy)
        #expect(entries[1].weights.suspicious == .hold)
    }

    @Test("removing what was added gives the text back")
    func addAndRemove() throws {
        for (text, before) in try layouts() where !before.isEmpty {
            let edited = try TrustEditing.adding(try draft("c.example/log"), to: Array(text.utf8))
            let back = try TrustEditing.removing(origin: "c.example/log", from: edited)
            let isEnded = text.utf8.last == 0x0A || text.contains("# tail") || text.hasSuffix("1")
            #expect(String(decoding: back, as: UTF8.self) == text + (isEnded ? "" : "\n"), "\(text)")
        }
    }

    @Test("each entry can be removed in every layout, and the others stay")
    func remove() throws {
        for (text, before) in try layouts() {
            for origin in before {
                let edited = try TrustEditing.removing(origin: origin, from: Array(text.utf8))
                #expect(try origins(edited) == before.filter { $0 != origin }, "\(text) without \(origin)")
                let kept = comments(edited)
                for comment in ["# head", "# tail", "# first", "# second"] where text.contains(comment) {
                    #expect(kept.contains(comment), "\(comment) of \(text)")
                }
            }
        }
    }

    @Test("following is switched on in every layout")
    func follow() throws {
        for (text, before) in try layouts() {
            for (position, origin) in before.enumerated() {
                let edited = try TrustEditing.following(
                    origin: origin, url: "https://x.example/-/log", in: Array(text.utf8))
                guard case .mapping(let members) = try TrustDocument(edited, advice: []).elements[position].value else {
                    Issue.record("no entry")
                    continue
                }
                let keys = members.map(\.key)
                #expect(keys.contains("follow") && keys.contains("url"), "\(text)")
                #expect(comments(edited) == comments(Array(text.utf8)), "\(text)")
                let again = try TrustEditing.following(origin: origin, url: "https://y.example/", in: edited)
                #expect(again.count == edited.count - "https://x.example/-/log".count + "https://y.example/".count)
            }
        }
    }

    @Test("weights are changed one by one")
    func weigh() throws {
        let text = Loading.minimal(
            "trust:\n  - \(try TrustKeys.entry("a.example/log", "weights: { suspicious: advisory } # low"))\n"
        )
        .replacing(" # low }", with: " }")
        let edited = try TrustEditing.weighing(origin: "a.example/log", [.malicious: .block], in: Array(text.utf8))
        let weights = try Loading.configuration(String(decoding: edited, as: UTF8.self)).trust[0].weights
        #expect(weights.malicious == .block && weights.suspicious == .shown && weights.clean == .shown)
    }

    @Test("what cannot be edited safely is refused with the lines to paste")
    func refused() throws {
        let registry = "registries: { npmjs: { ecosystem: npm, type: hosted } }"
        for text in [
            "{ \(registry) }", "trust: text\n\(registry)", "trust: { a: b }\n\(registry)", "\(registry)\n...\n",
        ] {
            do {
                let edited = try TrustEditing.adding(try draft("c.example/log"), to: Array(text.utf8))
                Issue.record("\(text) became \(String(decoding: edited, as: UTF8.self))")
            } catch let refusal as TrustEditRefusal {
                #expect(refusal.advice.first == "trust:" && refusal.advice.count > 2, "\(text)")
            }
        }
        let twice = Loading.minimal("trust: [\(try TrustKeys.entry("a.example/log"))]")
        #expect(throws: TrustEditRefusal.self) {
            try TrustEditing.adding(try draft("a.example/log"), to: Array(twice.utf8))
        }
        #expect(throws: TrustEditRefusal.self) {
            try TrustEditing.removing(origin: "b.example/log", from: Array(twice.utf8))
        }
    }
}
