import Registry
import Testing

@Suite("Package versions")
struct PackageVersionTests {
    private func npm(_ text: String) throws -> PackageVersion { try PackageVersion(parsing: text, ecosystem: .npm) }
    private func pypi(_ text: String) throws -> PackageVersion { try PackageVersion(parsing: text, ecosystem: .pypi) }

    @Test("npm versions are ordered by precedence")
    func npmOrder() throws {
        let ascending = [
            "0.0.1", "0.9.0", "0.10.0", "1.0.0-0", "1.0.0-1", "1.0.0-10", "1.0.0--", "1.0.0-A", "1.0.0-alpha",
            "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0",
            "1.0.1", "2.0.0-99999999999999999999", "2.0.0-100000000000000000000", "2.0.0",
        ]
        try expectAscending(ascending.map(npm))
    }

    @Test("Python versions are ordered as PEP 440 says")
    func pypiOrder() throws {
        let ascending = [
            "1.dev0", "1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0b1.dev456", "1.0b2",
            "1.0b2.post345.dev456", "1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0", "1.0+abc.5", "1.0+abc.7",
            "1.0+5",
            "1.0.post456.dev34", "1.0.post456", "1.0.15", "1.1.dev1", "1!0.1",
        ]
        try expectAscending(ascending.map(pypi))
    }

    private func expectAscending(_ versions: [PackageVersion]) throws {
        for (left, leftVersion) in versions.enumerated() {
            for (right, rightVersion) in versions.enumerated() {
                #expect((leftVersion < rightVersion) == (left < right), "\(leftVersion) \(rightVersion)")
                #expect((leftVersion == rightVersion) == (left == right), "\(leftVersion) \(rightVersion)")
            }
        }
    }

    @Test(
        "equal versions are one value whatever their spelling",
        arguments: [
            (Ecosystem.npm, "1.0.0", "1.0.0+build.1"), (.npm, "1.0.0-beta", "1.0.0beta"), (.npm, "1.2.3", "01.02.03"),
            (.npm, "1.0.0-1.a", "1.0.0-01.a"), (.pypi, "1.0", "1.0.0"), (.pypi, "1.0a1", "1.0-ALPHA.1"),
            (.pypi, "1.0.post1", "1.0-1"), (.pypi, "1.0.post1", "1.0-r1"), (.pypi, "1.0rc1", "v1.0c1"),
            (.pypi, "1.0+ubuntu.1", "1.0+Ubuntu-01"), (.pypi, "1.0.dev0", "1.0dev"), (.pypi, "0", "0.0"),
        ])
    func equality(ecosystem: Ecosystem, left: String, right: String) throws {
        let one = try PackageVersion(parsing: left, ecosystem: ecosystem)
        let other = try PackageVersion(parsing: right, ecosystem: ecosystem)
        #expect(one == other && Set([one, other]).count == 1 && one.canonical == other.canonical)
        #expect(!(one < other) && !(other < one))
        #expect(one.text == left && other.text == right)
    }

    @Test("normal spellings are told from others, and pre-releases from releases")
    func properties() throws {
        #expect(try npm("1.0.0-b+x").isNormalSpelling && !npm("1.0.0b").isNormalSpelling)
        #expect(try pypi("1.0.0").isNormalSpelling && !pypi("1.0.0-1").isNormalSpelling)
        #expect(try pypi("1.0.0").normalized == "1.0.0" && pypi("1.0.0").canonical == "1")
        #expect(try npm("1.0.0-0").isPrerelease && !npm("1.0.0+rc").isPrerelease)
        #expect(try pypi("1.0.dev1").isPrerelease && pypi("1.0rc1").isPrerelease && !pypi("1.0.post1").isPrerelease)
        #expect(try npm("1.0.0") != pypi("1.0.0") && npm("2.0.0") < pypi("1.0.0"))
    }

    @Test(
        "what is no npm version is refused",
        arguments: [
            "", "1", "1.0", "1.0.0.0", "1.2.34.5", "v1.0.0", "=1.0.0", " 1.0.0", "1.0.0 ", "1.0.0\n", "1.0.0-", "1.0.x",
            "1.0.0-a..b",
            "1.0.0-a.", "1.0.0+", "1.0.0+a+b", "1.0.0-a_b", "-1.0.0", "1.0.0-\u{E9}", "\u{661}.0.0",
            "9007199254740992.0.0", "1.0.0/2",
            "99999999999999999999.0.0", "1.0.0-" + String(repeating: "a", count: 256), "latest", "^1.0.0",
        ].filter { $0 != "1.0.0-" })
    func npmRefused(text: String) {
        #expect(throws: VersionError.self) { try npm(text) }
    }

    @Test(
        "what is no Python version is refused",
        arguments: [
            "", "a", "1.0-", "1..0", "1.0+", "1.0+a..b", "1.0+a+b", "1!", "!1", "1!1!1", "1.0 ", " 1.0", "1.0\n",
            "1.0.*", "1.0a1b1",
            "1.0.post1.post2", "1.0.dev1.post1", "\u{661}.0", "1.0+\u{E9}", "1.18446744073709551616", "1/2", "1.0-a-b",
            "vv1",
            String(repeating: "1.", count: 200) + "1",
        ])
    func pypiRefused(text: String) {
        #expect(throws: VersionError.self) { try pypi(text) }
    }
}
