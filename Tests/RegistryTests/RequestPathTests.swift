import Cryptography
import Registry
import TestSupport
import Testing

private let digest = String(repeating: "ab", count: 32)

@Suite("Request paths")
struct RequestPathTests {
    private func npm(_ target: String) throws(RouteError) -> PackageRoute {
        try RequestPath.parse(npmTarget: Array(target.utf8))
    }

    private func pypi(_ target: String) throws(RouteError) -> PackageRoute {
        try RequestPath.parse(pypiTarget: Array(target.utf8))
    }

    private func package(_ text: String) throws -> PackageName { try PackageName(parsing: text, ecosystem: .npm) }
    private func project(_ text: String) throws -> PackageName { try PackageName(parsing: text, ecosystem: .pypi) }

    private func version(_ text: String, _ ecosystem: Ecosystem = .npm) throws -> PackageVersion {
        try PackageVersion(parsing: text, ecosystem: ecosystem)
    }

    @Test(
        "every spelling of a scoped package is the same packument",
        arguments: [
            "/@s/demo", "/@s%2fdemo", "/@s%2Fdemo", "/%40s%2fdemo", "/%40s/demo", "/@s/%64emo", "/@s/d%65mo?write=true",
        ])
    func scopedSpellings(target: String) throws {
        #expect(try npm(target) == .npmPackument(try package("@s/demo")))
    }

    @Test("npm's package routes")
    func npmPackages() throws {
        let demo = try package("demo")
        let scoped = try package("@s/demo")
        #expect(try npm("/") == .root)
        #expect(try npm("/demo") == .npmPackument(demo))
        #expect(try npm("/demo/1.0.0") == .npmManifest(demo, .version(try version("1.0.0"))))
        #expect(try npm("/demo/01.0.0") == .npmManifest(demo, .version(try version("1.0.0"))))
        #expect(try npm("/@s%2fdemo/latest") == .npmManifest(scoped, .tag("latest")))
        #expect(try npm("/demo/v14-lts") == .npmManifest(demo, .tag("v14-lts")))
        #expect(try npm("/demo/-/demo-1.0.0.tgz") == .npmTarball(demo, filename: "demo-1.0.0.tgz"))
        #expect(try npm("/@s/demo/-/demo-1.0.0.tgz") == .npmTarball(scoped, filename: "demo-1.0.0.tgz"))
        #expect(try npm("/demo/-/demo-1.0.0%2etgz") == .npmTarball(demo, filename: "demo-1.0.0.tgz"))
        #expect(try npm("/demo/-rev/7-abc") == .npmRevision(demo, revision: "7-abc"))
        #expect(
            try npm("/@s%2fdemo/-/demo-1.0.0.tgz/-rev/7-abc")
                == .npmTarballRevision(scoped, filename: "demo-1.0.0.tgz", revision: "7-abc"))
    }

    @Test("npm's own routes")
    func npmRegistryRoutes() throws {
        let scoped = try package("@s/demo")
        let expected: [(String, PackageRoute)] = [
            ("/-/ping", .ping), ("/-/ping?write=true", .ping), ("/-/whoami", .npmWhoami),
            ("/-/npm/v1/security/advisories/bulk", .npmAdvisoriesBulk), ("/-/npm/v1/keys", .npmKeys),
            ("/-/npm/v1/security/audits/quick", .npmRetiredAudit), ("/-/npm/v1/security/audits", .npmRetiredAudit),
            ("/-/npm/v1/user", .npmProfile), ("/-/npm/v1/tokens", .npmTokens),
            ("/-/npm/v1/tokens/token/abc", .npmToken(key: "abc")), ("/-/v1/search?text=a%20b", .npmSearch),
            ("/-/v1/login", .npmWebLogin), ("/-/user/org.couchdb.user:ana", .npmUser(name: "ana")),
            ("/-/user/token/npm_abc", .npmSession(token: "npm_abc")),
            ("/-/package/@s%2fdemo/dist-tags", .npmDistTags(scoped)),
            ("/-/package/@s/demo/dist-tags/next", .npmDistTag(scoped, tag: "next")),
            ("/-/package/@s%2fdemo/collaborators", .npmPackageAccess(scoped)),
            ("/-/npm/v1/attestations/@s%2fdemo@1.0.0", .npmAttestations(scoped, try version("1.0.0"))),
            ("/-/npm/v1/attestations/@s/demo@1.0.0", .npmAttestations(scoped, try version("1.0.0"))),
            ("/-/npm/v1/attestations/demo%401.0.0", .npmAttestations(try package("demo"), try version("1.0.0"))),
        ]
        for (target, route) in expected { #expect(try npm(target) == route, "\(target)") }
    }

    @Test("PyPI's routes, with every spelling of a project but the canonical one marked")
    func pypiRoutes() throws {
        let project = try project("foo-bar")
        let sha256 = try SHA256Digest(hex: digest)
        let file = "foo_bar-1.0+l-py3-none-any.whl"
        let expected: [(String, PackageRoute)] = [
            ("/simple/", .pypiIndex(isCanonicalSpelling: true)), ("/simple", .pypiIndex(isCanonicalSpelling: false)),
            ("/simple/foo-bar/", .pypiProject(project, isCanonicalSpelling: true)),
            ("/simple/foo-bar", .pypiProject(project, isCanonicalSpelling: false)),
            ("/simple/Foo_Bar/", .pypiProject(project, isCanonicalSpelling: false)),
            ("/simple/foo.-_bar/", .pypiProject(project, isCanonicalSpelling: false)),
            ("/simple/foo%2dbar/", .pypiProject(project, isCanonicalSpelling: false)),
            ("/%73imple/foo-bar/", .pypiProject(project, isCanonicalSpelling: false)),
            ("/files/foo-bar/\(digest)/\(file)", .pypiFile(project, sha256, filename: file, isMetadata: false)),
            (
                "/files/Foo.bar/\(digest)/foo_bar-1.0%2bl-py3-none-any.whl.metadata",
                .pypiFile(project, sha256, filename: file, isMetadata: true)
            ),
            ("/pypi/foo-bar/json", .pypiJSON(project, version: nil)),
            ("/pypi/Foo_bar/1!1.0/json", .pypiJSON(project, version: try version("1!1.0.0", .pypi))),
            (
                "/integrity/foo-bar/1.0/foo_bar-1.0.tar.gz/provenance",
                .pypiProvenance(project, try version("1.0", .pypi), filename: "foo_bar-1.0.tar.gz")
            ),
            ("/legacy/", .pypiUpload), ("/legacy", .pypiUpload), ("/-/ping", .ping), ("/", .root),
        ]
        for (target, route) in expected { #expect(try pypi(target) == route, "\(target)") }
    }

    @Test(
        "a hostile spelling in an npm registry is refused as malformed",
        arguments: [
            "", "demo", "http://registry/demo", "//demo", "/demo//1.0.0", "/demo/", "/@s/demo/", "/./demo", "/../demo",
            "/x/../demo", "/%2e%2e/demo", "/demo/-/../-/demo-1.0.0.tgz", "/demo/-/%2e%2e%2fdemo-1.0.0.tgz",
            "/demo%2f1.0.0", "/demo%2F-%2Fdemo-1.0.0.tgz", "/demo/-%2fdemo-1.0.0.tgz", "/demo%252f1.0.0",
            "/@s%252fdemo", "/@s%2fdemo%2f1.0.0", "/@s%2f", "/@%2fdemo", "/@s", "/@/demo", "/@s%2f..", "/@..%2fdemo",
            "/demo/-/demo-1.0.0%252etgz", "/demo/-/demo-1.0.0.tgz%00", "/demo/-/demo-1.0.0.tgz%20",
            "/demo/-/demo-1.0.0.tgz/", "/demo/-/demo-1.0.0.TGZ", "/demo/-/demo-1.0.0.tgz;x", "/demo/-/.tgz",
            "/demo/-/demo-1.0.0.tar.gz", "/demo%00", "/demo%0d%0aX", "/demo%3fx", "/demo%23x", "/demo%5c..", "/demo\\x",
            "/demo#x", "/dem%", "/dem%6", "/dem%zz", "/dem\u{F6}", "/dem%c3%b6", "/demo x", "/demo\tx", "/demo%7f",
            "/~npmjs/demo", "/_demo", "/.demo", "/demo*", "/demo/v1.0.0", "/demo/=1.0.0", "/demo/1.0", "/demo/1.x",
            "/demo/%5e1.0.0", "/demo/1.0.0%20", "/-/package/demo/dist-tags/1.0.0", "/-/npm/v1/attestations/demo",
            "/node_modules", "/favicon.ico", "/-/user/token/a%252fb", "/demo/-rev/1%252d",
            "/-/user/org.couchdb.user:a%5cb",
            "/-/npm/v1/tokens/token/a%2fb", "/demo%2f", "/%2fdemo", "/%2f", "/@s/demo%2f-/demo-1.0.0.tgz",
        ])
    func hostileNPM(target: String) {
        #expect(throws: RouteError.self) { try npm(target) }
        if case .unknown? = failure({ () throws(RouteError) in _ = try npm(target) }) {
            Issue.record("\(target) is 404, expected 400")
        }
    }

    @Test(
        "a hostile spelling in a PyPI registry is refused as malformed",
        arguments: [
            "/simple//", "/simple//foo/", "/simple/./foo/", "/simple/../simple/foo/", "/simple/%2e%2e/",
            "/simple/foo%2f/",
            "/simple/foo%252dbar/", "/simple/-foo/", "/simple/foo-/", "/simple/f%C3%B6o/", "/simple/foo%00/",
            "/simple/@s%2ffoo/", "/files/foo/\(digest.uppercased())/foo-1.0.tar.gz", "/files/foo/abcd/foo-1.0.tar.gz",
            "/files/foo/\(digest)/..%2ffoo-1.0.tar.gz", "/files/foo/\(digest)/foo-1.0.tar.gz/",
            "/files/foo/\(digest)/.metadata", "/files/foo/\(digest)/foo%25-1.0.zip", "/files/foo/\(digest)/foo 1.zip",
            "/files/foo/\(digest)/-foo.zip", "/files/foo/\(digest)/foo&1.zip", "/pypi/foo/latest/json",
            "/pypi/foo/json/", "/pypi/foo%2fjson", "/integrity/foo/x/foo-1.0.zip/provenance",
        ])
    func hostilePyPI(target: String) {
        #expect(throws: RouteError.self) { try pypi(target) }
        if case .unknown? = failure({ () throws(RouteError) in _ = try pypi(target) }) {
            Issue.record("\(target) is 404, expected 400")
        }
    }

    @Test(
        "a well-formed address of nothing is unknown",
        arguments: ["/-/npm/v2/keys", "/demo/-/demo-1.0.0.tgz/x", "/demo/1.0.0/x", "/-/user/ana", "/-/all", "/-"])
    func unknownNPM(target: String) {
        #expect(throws: RouteError.unknown) { try npm(target) }
    }

    @Test("no single-byte change of a tarball's address leads to another tarball of the package by other bytes")
    func mutationsNeverAlias() throws {
        var random = SeededRandom()
        let honest = Array("/@s/demo/-/demo-1.0.0.tgz".utf8)
        for _ in 0..<20_000 {
            var target = honest
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<target.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: target[place] = UInt8.random(in: 0...255, using: &random)
                case 1:
                    target.insert(
                        contentsOf: ["%2f", "%2e", "..", "//", "%25", "%40"].randomElement(using: &random).map {
                            Array($0.utf8)
                        } ?? [], at: place)
                default: target.replaceSubrange(place...place, with: Array("%\(String(target[place], radix: 16))".utf8))
                }
            }
            guard case .npmTarball(let name, let filename)? = try? RequestPath.parse(npmTarget: target) else {
                continue
            }
            // Whatever is accepted must say the same in plain form: decoding alone, no repair.
            let plain = "/\(name.canonical)/-/\(filename)"
            #expect(decoded(target) == Array(plain.utf8), "\(target)")
        }
    }

    /// Escapes decoded once, everything else untouched, the query cut.
    private func decoded(_ target: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = target.prefix { $0 != UInt8(ascii: "?") }
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                result.append(value)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }

    private func failure<E: Error>(_ body: () throws(E) -> Void) -> E? {
        do throws(E) {
            try body()
            return nil
        } catch {
            return error
        }
    }
}

@Suite("Registry targets and queries")
struct RegistryTargetTests {
    private func parse(_ target: String) throws(RouteError) -> RegistryTarget {
        try RegistryTarget(parsing: Array(target.utf8))
    }

    @Test("a registry's address is cut off whatever its spelling, and its root may lack the slash")
    func named() throws {
        let npmjs = RegistryTarget.Address.named(try RegistryName(parsing: "npmjs"))
        for (text, rest) in [
            ("/~npmjs/demo", "/demo"), ("/%7enpmjs/demo", "/demo"), ("/~npm%6as/@s%2fx?a=b", "/@s%2fx?a=b"),
            ("/~npmjs", "/"), ("/~npmjs?x", "/?x"), ("/~npmjs//demo", "//demo"),
        ] {
            let target = try parse(text)
            #expect(target.address == npmjs && target.target == Array(rest.utf8), "\(text)")
        }
    }

    @Test("without a registry PyPI's three roots are PyPI's and everything else is npm's")
    func aliases() throws {
        for text in ["/simple/", "/simple/foo/", "/%73imple/foo/", "/pypi/foo/json", "/legacy/"] {
            #expect(try parse(text) == RegistryTarget(parsing: Array(text.utf8)))
            #expect(try parse(text).address == .alias(.pypi), "\(text)")
        }
        for text in [
            "/", "/demo", "/simple", "/simple/-/simple-1.0.0.tgz", "/pypi/-/pypi-1.0.0.tgz", "/-/ping", "/legacy",
        ] {
            #expect(try parse(text).address == .alias(.npm), "\(text)")
        }
    }

    @Test(
        "a name behind the tilde that no registry can have is refused",
        arguments: ["/~", "/~/x", "/~A/x", "/~a%2fb/x", "/~../x"])
    func badNames(target: String) {
        #expect(throws: RouteError.self) { try parse(target) }
    }

    @Test("a query is decoded once and refused when it cannot be")
    func queries() throws {
        let query = try RequestQuery(target: Array("/-/v1/search?text=a%20b+c&size=20&empty&text=z".utf8))
        #expect(query["text"] == "a b c" && query["size"] == "20" && query["empty"] == "" && query["none"] == nil)
        #expect(query.items.count == 4)
        for bad in ["/x?a=%2", "/x?a=%ff", "/x?a=%00", "/x?a=b#c"] {
            #expect(throws: RouteError.self) { try RequestQuery(target: Array(bad.utf8)) }
        }
    }
}
