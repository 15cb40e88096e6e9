import Cryptography
import Registry
import Screening
import Testing
import VerdictStore

@testable import Gateway

@Suite("What a version is compared with")
struct BaseSelectionTests {
    /// An older artifact of a table, by its version: npm tarballs, or whatever the file name says.
    private struct Listed {
        var version: String
        var filename: String?
        var isVerified = true
        var isFetched = true
        var isWithdrawn = false
        var isTampered = false
        var isHere = true
        /// The version that its chain begins with; itself when nil.
        var anchor: String?
    }

    private static func digest(_ version: String) -> SHA512Digest { SHA512Digest(hashing: Array(version.utf8)) }

    private static func id(_ version: String) -> StatementID {
        StatementID(digest: SHA256Digest(hashing: Array(version.utf8)))
    }

    /// The version that is chosen, or why none is.
    private func choose(
        _ version: String, _ filename: String? = nil, among listed: [Listed], _ ecosystem: Ecosystem = .npm
    ) throws -> String {
        let name = try PackageName(parsing: "demo", ecosystem: ecosystem)
        func fileName(of version: String, _ own: String?) -> String { own ?? "demo-\(version).tgz" }
        let candidates = try listed.map { entry in
            let file = fileName(of: entry.version, entry.filename)
            return BaseSelection.Candidate(
                version: try PackageVersion(parsing: entry.version, ecosystem: ecosystem), filename: file,
                line: try #require(ReleaseLine(file, of: name)),
                sha512: entry.isFetched ? Self.digest(file) : nil, isWithdrawn: entry.isWithdrawn,
                isTampered: entry.isTampered)
        }
        let own = fileName(of: version, filename)
        let selection = BaseSelection(
            version: try PackageVersion(parsing: version, ecosystem: ecosystem),
            line: try #require(ReleaseLine(own, of: name)), sha512: Self.digest(own), candidates: candidates
        ) { digest in
            let entry = listed.first { Self.digest(fileName(of: $0.version, $0.filename)) == digest }
            guard let entry, entry.isVerified else { return nil }
            let anchor = entry.anchor ?? fileName(of: entry.version, entry.filename)
            return VerifiedBase(
                statement: Self.id(entry.version), anchorStatement: Self.id(anchor), anchor: Self.digest(anchor),
                depth: 0)
        }
        let here = Set(listed.filter(\.isHere).map { Self.digest(fileName(of: $0.version, $0.filename)) })
        return switch selection.choose(isHere: here.contains) {
        case .success(let choice): choice.candidate.filename
        case .failure(let refusal): refusal.rawValue
        }
    }

    @Test("versions that arrive out of order stand on the newest verified one that is older than themselves")
    func outOfOrder() throws {
        #expect(try choose("1.0.0", among: []) == "noOlderVersion")
        let first = [Listed(version: "1.0.0"), Listed(version: "1.1.0", isFetched: false), Listed(version: "1.2.0")]
        #expect(try choose("1.2.0", among: Array(first.prefix(2))) == "demo-1.0.0.tgz")
        #expect(try choose("1.1.0", among: first) == "demo-1.0.0.tgz", "never on a newer one")
        #expect(try choose("1.3.0", among: first) == "demo-1.2.0.tgz")
        #expect(try choose("0.9.0", among: first) == "noOlderVersion")
    }

    @Test("majors that are maintained in parallel each go on from their own last version")
    func parallelMajors() throws {
        let listed = ["1.9.8", "2.0.0", "2.0.1"].map { Listed(version: $0) }
        #expect(try choose("1.9.9", among: listed) == "demo-1.9.8.tgz")
        #expect(try choose("2.0.2", among: listed) == "demo-2.0.1.tgz")
        #expect(try choose("2.0.0", among: [listed[0]]) == "demo-1.9.8.tgz")
    }

    @Test("pre-releases have their place in the order, as bases and as what stands on one")
    func prereleases() throws {
        let listed = ["1.0.0", "2.0.0-rc.1"].map { Listed(version: $0) }
        #expect(try choose("2.0.0", among: listed) == "demo-2.0.0-rc.1.tgz")
        #expect(try choose("2.0.0-rc.2", among: listed) == "demo-2.0.0-rc.1.tgz")
        #expect(try choose("2.0.0-beta.1", among: listed) == "demo-1.0.0.tgz")
        #expect(try choose("1.0.1", among: listed) == "demo-1.0.0.tgz")
        let python = [
            ("1.0", "demo-1.0.tar.gz"), ("1.1.dev1", "demo-1.1.dev1.tar.gz"), ("1.1rc1", "demo-1.1rc1.tar.gz"),
        ]
        .map { Listed(version: $0.0, filename: $0.1) }
        #expect(try choose("1.1", "demo-1.1.tar.gz", among: python, .pypi) == "demo-1.1rc1.tar.gz")
        #expect(try choose("1.1a1", "demo-1.1a1.tar.gz", among: python, .pypi) == "demo-1.1.dev1.tar.gz")
    }

    @Test("npm versions that differ in build metadata alone are one version, and no base of each other")
    func buildMetadata() throws {
        #expect(try choose("1.0.0+b", among: [Listed(version: "1.0.0+a")]) == "noOlderVersion")
    }

    @Test("what cannot be stood on is passed over; when all of it cannot, the newest says why")
    func refusals() throws {
        let older = Listed(version: "1.0.0")
        let cases: [(Listed, String)] = [
            (Listed(version: "1.1.0", isVerified: false), "unverified"),
            (Listed(version: "1.1.0", isFetched: false), "neverFetched"),
            (Listed(version: "1.1.0", isWithdrawn: true), "withdrawn"),
            (Listed(version: "1.1.0", isTampered: true), "tampered"),
            (Listed(version: "1.1.0", isHere: false), "evicted"),
            (Listed(version: "1.1.0", anchor: "gone"), "evicted"),
        ]
        for (unusable, reason) in cases {
            #expect(try choose("1.2.0", among: [unusable]) == reason)
            #expect(try choose("1.2.0", among: [older, unusable]) == "demo-1.0.0.tgz", "\(reason)")
            #expect(
                try choose("1.2.0", among: [Listed(version: "0.1.0", isVerified: false), unusable]) == reason,
                "the newest one's reason")
        }
    }

    @Test("wheels are compared with wheels of their tag, source distributions with each other")
    func lines() throws {
        let listed = [
            Listed(version: "1.0", filename: "demo-1.0-py3-none-any.whl"),
            Listed(version: "1.0", filename: "demo-1.0.zip"),
            Listed(version: "1.1", filename: "demo-1.1-cp312-cp312-win_amd64.whl"),
        ]
        func chosen(_ filename: String) throws -> String { try choose("1.2", filename, among: listed, .pypi) }
        #expect(try chosen("demo-1.2-py3-none-any.whl") == "demo-1.0-py3-none-any.whl")
        #expect(try chosen("demo-1.2-1-PY3-none-any.whl") == "demo-1.0-py3-none-any.whl", "build numbers are no tag")
        #expect(try chosen("demo-1.2.tar.gz") == "demo-1.0.zip")
        #expect(try chosen("demo-1.2-cp312-cp312-win_amd64.whl") == "demo-1.1-cp312-cp312-win_amd64.whl")
        #expect(try chosen("demo-1.2-cp313-cp313-win_amd64.whl") == "otherLine")
        let name = try PackageName(parsing: "demo", ecosystem: .pypi)
        #expect(ReleaseLine("demo-1.2.egg", of: name) == nil && ReleaseLine("other-1.2.tar.gz", of: name) == nil)
    }

    @Test("every base that could be stood on is admissible, whether its bytes are here or not; nothing else is")
    func admissible() throws {
        func candidate(_ version: String, isWithdrawn: Bool = false) throws -> BaseSelection.Candidate {
            BaseSelection.Candidate(
                version: try PackageVersion(parsing: version, ecosystem: .npm), filename: "demo-\(version).tgz",
                line: .npmTarball, sha512: Self.digest(version), isWithdrawn: isWithdrawn, isTampered: false)
        }
        let selection = BaseSelection(
            version: try PackageVersion(parsing: "1.3.0", ecosystem: .npm), line: .npmTarball,
            sha512: Self.digest("1.3.0"),
            candidates: [
                try candidate("1.0.0"), try candidate("1.2.0"), try candidate("1.1.0", isWithdrawn: true),
                try candidate("1.3.0"), try candidate("1.4.0"),
            ]
        ) { digest in
            VerifiedBase(statement: Self.id("x"), anchorStatement: Self.id("x"), anchor: digest, depth: 0)
        }
        #expect(selection.admissible.map(\.candidate.version.text) == ["1.2.0", "1.0.0"])
    }
}
