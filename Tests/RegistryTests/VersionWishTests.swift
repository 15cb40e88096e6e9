import Registry
import Testing

@Suite("Which versions somebody wants")
struct VersionWishTests {
    private func version(_ text: String, _ ecosystem: Ecosystem = .npm) throws -> PackageVersion {
        try PackageVersion(parsing: text, ecosystem: ecosystem)
    }

    @Test(
        "a range has its bounds in it or not, in the ecosystem's own order",
        arguments: [
            (">=1.2.0,<2.0.0", ["1.2.0", "1.10.0", "2.0.0-rc.1"], ["1.1.9", "2.0.0"]),
            (">1.2.0", ["1.2.1", "9.0.0"], ["1.2.0", "1.2.0-beta.1"]),
            ("<=1.2.0", ["1.2.0", "0.1.0"], ["1.2.1"]),
        ])
    func ranges(text: String, inside: [String], outside: [String]) throws {
        let range = try VersionRange(parsing: text, ecosystem: .npm)
        for one in inside { #expect(range.contains(try version(one)), "\(one) in \(text)") }
        for one in outside { #expect(!range.contains(try version(one)), "\(one) in \(text)") }
    }

    @Test(
        "what is no range says why",
        arguments: [
            ("^1.2.0", "expected comparisons"), ("", "expected comparisons"), (">=1.0.0,", "expected comparisons"),
            (">=1.0.0,>2.0.0", "two bounds"), (">=2.0.0,<1.0.0", "no version"), (">1.0.0,<=1.0.0", "no version"),
            (">=x", "not an npm version"),
        ])
    func badRanges(text: String, reason: String) {
        let error = #expect(throws: VersionRangeError.self) { try VersionRange(parsing: text, ecosystem: .npm) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test("equal ranges have one text, and one version alone is a range")
    func texts() throws {
        let one = try VersionRange(parsing: "<2.0,>=1.0", ecosystem: .pypi)
        #expect(one.text == ">=1,<2")
        #expect(try VersionRange(parsing: ">=1,<2.0.0", ecosystem: .pypi).text == one.text)
        #expect(try VersionRange(parsing: ">=1,<=1", ecosystem: .pypi).contains(version("1.0", .pypi)))
    }

    @Test("a wish is read back from its text")
    func readBack() throws {
        let range = try VersionRange(parsing: ">=1,<2", ecosystem: .pypi)
        for wish in [
            VersionWish.newest, .exactly(try version("1.2", .pypi)), .from(try version("1.2rc1", .pypi)),
            .within(range),
        ] { #expect(VersionWish(reading: wish.text, ecosystem: .pypi)?.text == wish.text) }
        #expect(VersionWish(reading: "=x", ecosystem: .pypi) == nil)
        #expect(VersionWish(reading: "1.2", ecosystem: .pypi) == nil)
    }

    @Test("a package is wanted by purl: alone, with a version, or with a range in its place")
    func wanted() throws {
        let plain = try WantedPackage(parsing: "pkg:npm/%40scope/name")
        #expect(plain.name.canonical == "@scope/name" && plain.wish == .newest)
        let exact = try WantedPackage(parsing: "pkg:npm/@scope/name@1.2.3")
        #expect(exact.wish == .exactly(try version("1.2.3")))
        let ranged = try WantedPackage(parsing: "pkg:npm/@scope/name@>=1.2.3,<2.0.0")
        #expect(ranged.name.canonical == "@scope/name")
        #expect(ranged.wish == .within(try VersionRange(parsing: ">=1.2.3,<2.0.0", ecosystem: .npm)))
        let scoped = try WantedPackage(parsing: "pkg:npm/@scope/name")
        #expect(scoped.wish == .newest && scoped.name.canonical == "@scope/name")
        #expect(throws: WantedPackageError.self) { try WantedPackage(parsing: "pkg:npm/name@>=x") }
        #expect(throws: WantedPackageError.self) { try WantedPackage(parsing: "name@>=1.0.0") }
        #expect(throws: WantedPackageError.self) { try WantedPackage(parsing: "pkg:gem/name") }
    }
}
