import Registry
import TestSupport
import Testing

/// Compares our versions with what pip and npm themselves use, on generated texts.
@Suite("Versions beside other implementations", .timeLimit(.minutes(5)))
struct VersionDifferentialTests {
    private let textCount = 8_000
    private let pairCount = 20_000

    private func version(_ text: String, _ ecosystem: Ecosystem) -> PackageVersion? {
        try? PackageVersion(parsing: text, ecosystem: ecosystem)
    }

    private func sign(_ left: PackageVersion, _ right: PackageVersion) -> String {
        left == right ? "0" : left < right ? "-1" : "1"
    }

    /// Compares random pairs of versions with the other program's answers to them.
    private func comparePairs(_ valid: [PackageVersion], with other: OtherProgram, _ random: SeededRandom) throws {
        var random = random
        let pairs = (0..<pairCount).map { _ in
            (
                valid[Int.random(in: 0..<valid.count, using: &random)],
                valid[Int.random(in: 0..<valid.count, using: &random)]
            )
        }
        let signs = other.lines(pairs.map { "\($0.text) \($1.text)" })
        try #require(signs.count == pairs.count)
        for (pair, sign) in zip(pairs, signs) where self.sign(pair.0, pair.1) != sign {
            Issue.record("\(pair.0) \(pair.1): \(self.sign(pair.0, pair.1)), expected \(sign)")
        }
        #expect(Set(signs) == ["-1", "0", "1"])
    }

    @Test("Python versions normalise and compare like packaging's")
    func python() throws {
        let other = try OtherProgram.python(Self.packaging)
        let random = SeededRandom()
        var generator = PythonVersionTexts(random: random)
        let texts = (0..<textCount).map { _ in generator.text() }
        let answers = other.lines(texts)
        try #require(answers.count == texts.count)
        var valid: [PackageVersion] = []
        for (text, answer) in zip(texts, answers) {
            let ours = version(text, .pypi)
            let shown = ours.map { "\($0.normalized) \($0.canonical) \($0.isPrerelease ? "pre" : "final")" } ?? "-"
            #expect(shown == answer, "\(text)")
            if let ours { valid.append(ours) }
        }
        #expect(valid.count > textCount / 3 && valid.count < texts.count, "the generator makes both kinds")
        try comparePairs(valid, with: other, random)
    }

    @Test("npm versions are read and compared like node-semver's")
    func node() throws {
        let other = try OtherProgram.node(Self.nodeSemver)
        let random = SeededRandom()
        var generator = SemanticVersionTexts(random: random)
        let texts = (0..<textCount).map { _ in generator.text() }
        let answers = other.lines(texts)
        try #require(answers.count == texts.count)
        var valid: [PackageVersion] = []
        for (text, answer) in zip(texts, answers) {
            let ours = version(text, .npm)
            let shown = ours.map { "\($0.canonical) \($0.isNormalSpelling ? "strict" : "loose")" } ?? "-"
            // node-semver's loose expression backtracks into the patch number: it reads 1.2.34.5 as 1.2.3-4.5. No registry
            // has such a version, and nobody means that by it; we refuse a fourth number.
            let hasFourParts = text.prefixMatch(of: /\d+\.\d+\.\d+\./) != nil
            #expect(shown == (hasFourParts ? "-" : answer), "\(text)")
            if let ours { valid.append(ours) }
        }
        #expect(valid.count > textCount / 3 && valid.count < texts.count, "the generator makes both kinds")
        try comparePairs(valid, with: other, random)
    }

    /// A line `text` is answered with its normal form, canonical form and pre-release flag, or `-`; a line `a b` with the
    /// sign of the comparison.
    private static let packaging = """
        import sys
        from packaging.version import Version, InvalidVersion
        from packaging.utils import canonicalize_version
        out = []
        for line in sys.stdin.read().splitlines():
            parts = line.split(" ")
            try:
                versions = [Version(part) for part in parts]
            except InvalidVersion:
                out.append("-")
                continue
            if len(parts) == 2:
                a, b = versions
                out.append(str((a > b) - (a < b)))
            else:
                v = versions[0]
                out.append(f"{v} {canonicalize_version(str(v))} {'pre' if v.is_prerelease else 'final'}")
        print("\\n".join(out))
        """

    /// A line `text` is answered with the loosely read version and whether it is strict, or `-`; a line `a b` with the sign.
    private static let nodeSemver = """
        const semver = require(process.argv[1] + "/semver");
        const out = [];
        const lines = require("fs").readFileSync(0, "utf8").split("\\n").slice(0, -1);
        for (const line of lines) {
          const parts = line.split(" ");
          const loose = parts.map((part) => semver.parse(part, { loose: true }));
          if (loose.includes(null)) out.push("-");
          else if (parts.length === 2) out.push(String(semver.compare(parts[0], parts[1], { loose: true })));
          else out.push(`${loose[0].version} ${semver.parse(parts[0]) ? "strict" : "loose"}`);
        }
        console.log(out.join("\\n"));
        """
}
