import Screening
import Testing

@testable import Analyzers

/// Characters that hide nothing where honest packages have them, and the same characters where they do.
private let honestCharacters: [(file: String, honest: String, hostile: String)] = [
    // A table of emoji joins the parts of a flag as it joins those of a family.
    (
        "emoji.py",
        "FLAGS = {':england:': '\u{1F3F4}\u{200D}\u{E0067}\u{200D}\u{E0062}\u{200D}\u{E0065}\u{200D}\u{E006E}\u{200D}\u{E0067}\u{200D}\u{E007F}'}",
        "FLAGS = {':england:': 'x\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}'}"
    ),
    // A class of characters names direction marks beside escapes.
    ("a.js", "const odd = /[\\x9f\\u2029\u{202D}\u{202E}\\uFEFF]/g", "if (level != 'user\u{202E} // check') run()"),
    // A table of an encoding lists private characters, each once.
    (
        "table.js",
        "const c = '\u{F884}\u{F889}\u{F885}\u{F886}\u{F887}\u{F888}\u{F88A}\u{F88D}\u{F890}\u{F893}\u{F896}'",
        "const c = '\u{F884}\u{F889}\u{F884}\u{F886}\u{F889}\u{F888}\u{F88A}\u{F88D}\u{F884}\u{F893}\u{F896}'"
    ),
    // A class of characters ends with Mongolian's selectors.
    (
        "b.js", "const marks = /[\u{FB1E}\u{180B}-\u{180D}\u{180F}]/g",
        "const marks = 'a\u{FE01}\u{FE02}\u{FE03}b'"
    ),
    // A checker documents what it looks for.
    (
        "check.py", "'''An example.\n\n    access = 'user\u{202E}'\n'''\n",
        "x = 1 # \u{202E} if admin:\n"
    ),
]

@Suite("Characters that honest packages have")
struct HonestCharacterTests {
    private func held(_ name: String, _ text: String) throws -> [String] {
        let artifact =
            name.hasSuffix(".py") ? try wheelCode(text + "\n", at: "acme_box/\(name)") : try npmCode(text + "\n")
        return artifact.report().findings.filter { $0.finding.severity != .info }.map(\.finding.rule)
    }

    @Test("are not held where they hide nothing, and are where they do", arguments: honestCharacters.indices)
    func characters(_ index: Int) throws {
        let (name, honest, hostile) = honestCharacters[index]
        #expect(try held(name, honest) == [])
        #expect(try held(name, hostile).contains { $0.hasPrefix("UNI-") })
    }
}
