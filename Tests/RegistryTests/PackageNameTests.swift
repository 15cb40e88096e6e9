import Registry
import Testing

@Suite("Package names")
struct PackageNameTests {
    @Test(
        "an npm name is kept exactly",
        arguments: ["demo", "Demo", "a.b_c-d~e", "@s/demo", "@S/_demo", "@s-1/-x", "0", "JSONStream", "-x"])
    func npm(text: String) throws {
        let name = try PackageName(parsing: text, ecosystem: .npm)
        #expect(name.canonical == text && name.isCanonicalSpelling(text) && name.description == text)
    }

    @Test("an npm name gives its scope, its part behind it and its upstream path segment")
    func scope() throws {
        let scoped = try PackageName(parsing: "@s/demo", ecosystem: .npm)
        #expect(scoped.scope == "s" && scoped.unscoped == "demo" && scoped.urlSegment == "@s%2fdemo")
        let plain = try PackageName(parsing: "demo", ecosystem: .npm)
        #expect(plain.scope == nil && plain.unscoped == "demo" && plain.urlSegment == "demo")
    }

    @Test(
        "what is no npm name is refused",
        arguments: [
            "", "-", ".demo", "_demo", "~demo", "@", "@s", "@s/", "@/demo", "@s/.demo", "@.s/demo", "@s/a/b", "a/b",
            "a b",
            " a", "a%2fb", "a\u{0}", "d\u{E9}mo", "de\u{301}mo", "a*", "a!", "a'b", "a(b)", "node_modules",
            "Favicon.ico",
            "@@s/a", "a@1", String(repeating: "a", count: 215), "a\n", "a\\b", "a?b", "a#b", "a:b",
        ])
    func npmRefused(text: String) {
        #expect(throws: NameError.self) { try PackageName(parsing: text, ecosystem: .npm) }
    }

    @Test(
        "all spellings of a Python project are one name",
        arguments: [
            "friendly-bard", "Friendly-Bard", "FRIENDLY-BARD", "friendly.bard", "friendly_bard", "friendly--bard",
            "FrIeNdLy-._.-bArD",
        ])
    func pypi(text: String) throws {
        let name = try PackageName(parsing: text, ecosystem: .pypi)
        #expect(name == (try PackageName(parsing: "friendly-bard", ecosystem: .pypi)))
        #expect(name.canonical == "friendly-bard")
        #expect(name.isCanonicalSpelling(text) == (text == "friendly-bard"))
    }

    @Test(
        "what is no Python project name is refused",
        arguments: ["", "-a", "a-", ".a", "a_", "a/b", "a b", "@s/a", "\u{E9}", "a%62", "a\u{0}b", "a+b", "\u{212A}"])
    func pypiRefused(text: String) {
        #expect(throws: NameError.self) { try PackageName(parsing: text, ecosystem: .pypi) }
    }

    @Test("the order is by ecosystem, then by bytes")
    func order() throws {
        let names = try ["b", "B", "@s/a", "a"].map { try PackageName(parsing: $0, ecosystem: .npm) }
        let project = try PackageName(parsing: "a", ecosystem: .pypi)
        #expect((names + [project]).sorted().map(\.canonical) == ["@s/a", "B", "a", "b", "a"])
        #expect(names[3] != project, "the same word is another package in another ecosystem")
    }

    @Test("messages name the text, what is wrong and what is expected")
    func messages() {
        let error = #expect(throws: NameError.self) { try PackageName(parsing: "a b", ecosystem: .npm) }
        #expect(
            error?.description
                == "'a b' is not an npm package name: a space is not allowed in it; expected letters, digits, "
                + "'-', '.', '_' and '~', with or without '@scope/' before it")
        let hostile = #expect(throws: NameError.self) { try PackageName(parsing: "a\u{1B}[31m", ecosystem: .pypi) }
        #expect(hostile?.description.contains("\u{1B}") == false)
    }
}

@Suite("Package URLs")
struct PackageURLTests {
    @Test(
        "a purl's text is canonical",
        arguments: [
            ("pkg:npm/demo@1.0.0", "pkg:npm/demo@1.0.0"), ("pkg:npm/%40s/demo@1.0.0", "pkg:npm/%40s/demo@1.0.0"),
            ("pkg:npm/@s/demo", "pkg:npm/%40s/demo"), ("PKG:NPM/demo@1.0.0%2Bb", "pkg:npm/demo@1.0.0%2Bb"),
            ("pkg:pypi/Foo_Bar@1.0.0RC1", "pkg:pypi/foo-bar@1.0.0rc1"), ("pkg:pypi/foo@1!2.0", "pkg:pypi/foo@1%212.0"),
            ("pkg:npm/%40s%2fdemo@1.0.0", ""),
        ])
    func texts(text: String, canonical: String) throws {
        if canonical.isEmpty {
            #expect(throws: PackageURLError.self) { try PackageURL(parsing: text) }
        } else {
            let purl = try PackageURL(parsing: text)
            #expect(purl.text == canonical)
            #expect(try PackageURL(parsing: purl.text) == purl)
        }
    }

    @Test(
        "what is no usable purl is refused",
        arguments: [
            "", "npm/demo", "pkg:demo", "pkg:gem/rails@1", "pkg:npm/", "pkg:npm/demo@", "pkg:npm/demo@1",
            "pkg:pypi/a/b",
            "pkg:npm/a/b", "pkg:npm/demo?x=y", "pkg:npm/demo@1.0.0#x", "pkg:npm/de%6", "pkg:npm/demo%00", "pkg:npm/@s",
            "pkg:npm/demo@1.0.0@2.0.0", "pkg:pypi/%2e%2e", "pkg:npm//demo",
        ])
    func refused(text: String) {
        #expect(throws: PackageURLError.self) { try PackageURL(parsing: text) }
    }
}
