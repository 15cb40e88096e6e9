import HTTP
import JSON
import Registry
import TestSupport
import Testing

@testable import Gateway

@Suite("No spelling of an address reaches refused bytes")
struct SpellingTests {
    private static let bad = NPMFixture("bad").with("1.0.0").with("1.1.0")
    private static let wheel = PyPIFixture("bad").with("1.0.0").with("1.1.0")

    static let npmSpellings = [
        "/bad/-/bad-1.1.0.tgz", "/bad/-/./bad-1.1.0.tgz", "//bad/-/bad-1.1.0.tgz", "/bad//-/bad-1.1.0.tgz",
        "/bad/-//bad-1.1.0.tgz", "/x/../bad/-/bad-1.1.0.tgz", "/./bad/-/bad-1.1.0.tgz", "/bad/%2d/bad-1.1.0.tgz",
        "/bad/-/%2e/bad-1.1.0.tgz", "/bad%2f-%2fbad-1.1.0.tgz", "/bad%2F-%2Fbad-1.1.0.tgz", "/bad/-%2fbad-1.1.0.tgz",
        "/bad%252f-%252fbad-1.1.0.tgz", "/bad/-/bad-1.1.0%2etgz", "/bad/-/bad-1.1.0%252etgz", "/bad/-/bad-1.1.0.TGZ",
        "/bad/-/bad-1.1.0.tgz/", "/bad/-/bad-1.1.0.tgz?x=1", "/bad/-/bad-1.1.0.tgz%00", "/bad/-/bad-1.1.0.tgz%20",
        "/bad/-/bad-1.1.0.tgz;v=1", "/BAD/-/bad-1.1.0.tgz", "/%62ad/-/bad-1.1.0.tgz", "/%2562ad/-/bad-1.1.0.tgz",
        "/~npmjs/bad/-/bad-1.1.0.tgz", "/~NPMJS/bad/-/bad-1.1.0.tgz", "/~npmjs//bad/-/bad-1.1.0.tgz", "/bad/1.1.0",
        "/bad/v1.1.0", "/bad/=1.1.0", "/bad/1.1.0+build", "/bad/%31.1.0", "/bad/1.1.0/", "/bad/01.1.0",
        "/bad/1.1.0?write=true", "/bad/latest", "/bad/-/../-/bad-1.1.0.tgz", "/bad/x/../-/bad-1.1.0.tgz",
        "/bad/-/bad-v1.1.0.tgz", "/bad/-/bad-1.1.0+b.tgz", "/bad/download/bad-1.1.0.tgz",
        "/@x/../bad/-/bad-1.1.0.tgz", "/bad\\-\\bad-1.1.0.tgz", "/bad/-/bad-1.1.0.tgz%0d%0aX:%20y",
        "/bad/-/%E2%80%8bbad-1.1.0.tgz", "/~npmjs/~npmjs/bad/-/bad-1.1.0.tgz", "/bad/-/bad-1.1.0.tgz#x",
        "/simple/../bad/-/bad-1.1.0.tgz", "/%2e%2e/bad/-/bad-1.1.0.tgz", "/bad/-/bad-1.1.0.tgz/-rev/1",
    ]

    static var pythonSpellings: [String] {
        let path = wheel.path("1.1.0")
        let cut = path.lastIndex(of: "/").map { (String(path[..<$0]), String(path[path.index(after: $0)...])) }
        let (folder, file) = cut ?? ("", "")
        return [
            path, path + ".metadata", path + "/", path + "?x=1", path + "%00", path.uppercased(), path + "%2emetadata",
            path + ".METADATA", "/." + path, "/x/.." + path, "\(folder)/./\(file)", "\(folder)//\(file)",
            "\(folder)%2f\(file)", "\(folder)%252f\(file)", "\(folder)/%2e%2e/\(file)", path + ".metadata/",
            path + ".metadata?x", path.replacing("/bad/", with: "/Bad/"), path.replacing("/~pypi", with: ""),
            path + ".metadata.metadata", path.replacing("1.1.0", with: "1.1"), path + ".asc", "/files" + path,
        ]
    }

    private func withRefused(_ body: @Sendable (GatewayFixture) async throws -> Void) async throws {
        try await GatewayFixture.with { (gateway) async throws in
            Self.bad.publish(on: gateway.upstream)
            Self.wheel.publish(on: gateway.upstream)
            try gateway.load([.init(id: "MAL-2099-0001", package: "bad", versions: ["1.1.0"])])
            try gateway.load(
                [.init(id: "MAL-2099-0002", ecosystem: .pypi, package: "bad", versions: ["1.1.0"])], of: .pypi)
            try await body(gateway)
        }
    }

    @Test("npm: fifty spellings of a refused tarball and manifest")
    func npm() async throws {
        #expect(Self.npmSpellings.count >= 50)
        try await withRefused { (gateway) async throws in
            for target in Self.npmSpellings {
                let answer = await gateway.get(target)
                let text = try answer.text()
                #expect([200, 400, 403, 404, 405].contains(answer.status), "\(target): \(answer.status)")
                #expect(!text.contains("tarball of bad 1.1.0"), "\(target)")
                if answer.status == 200 {
                    #expect(try answer.json()["version"]?.stringValue == "1.0.0", "\(target)")
                }
            }
            let asked = gateway.upstream.requests.map(\.url)
            #expect(asked.allSatisfy { !$0.contains("1.1.0") && !$0.contains("..") && !$0.contains("%25") }, "\(asked)")
        }
    }

    @Test("PyPI: spellings of a refused file and its metadata")
    func python() async throws {
        try await withRefused { (gateway) async throws in
            for target in Self.pythonSpellings {
                let answer = await gateway.get(target)
                let text = try answer.text()
                #expect([400, 403, 404].contains(answer.status), "\(target): \(answer.status)")
                #expect(!text.contains("wheel of bad 1.1.0") && !text.contains("Metadata-Version"), "\(target)")
            }
            #expect(gateway.upstream.requests.allSatisfy { !$0.url.contains("1.1.0") })
        }
    }

    @Test("equal versions in other spellings have the decision of the listed one")
    func equalVersions() async throws {
        try await withRefused { (gateway) async throws in
            for target in ["/bad/1.1.0", "/bad/1.1.0+build", "/bad/%31.1.0", "/bad/1.1.0?write=true"] {
                let answer = await gateway.get(target)
                #expect(answer.status == 403, "\(target)")
                #expect(try answer.json()["code"]?.stringValue == "BLOCKED_MALICIOUS")
            }
        }
    }
}
