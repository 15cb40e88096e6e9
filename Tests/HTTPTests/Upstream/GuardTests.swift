import Platform
import Testing

@testable import HTTP

@Suite("Where an upstream may lead")
struct GuardTests {
    private func url(_ text: String) throws -> UpstreamURL { try UpstreamURL(parsing: text) }

    @Test(
        "an address is public unless a special-purpose registry names it",
        arguments: [
            ("8.8.8.8", true), ("1.1.1.1", true), ("172.32.0.1", true), ("100.128.0.1", true), ("192.169.0.1", true),
            ("0.0.0.0", false), ("10.1.2.3", false), ("100.64.0.1", false), ("127.0.0.1", false),
            ("169.254.169.254", false),
            ("172.16.0.1", false), ("172.31.255.255", false), ("192.0.0.8", false), ("192.168.1.1", false),
            ("198.18.0.1", false), ("224.0.0.1", false), ("255.255.255.255", false), ("203.0.113.7", false),
            ("2606:4700::1111", true), ("::1", false), ("::", false), ("fe80::1", false), ("fe80::1%eth0", false),
            ("fc00::1", false), ("fd12::1", false), ("ff02::1", false), ("2001:db8::1", false), ("2001::1", false),
            ("::ffff:8.8.8.8", true), ("::ffff:10.0.0.1", false), ("64:ff9b::8.8.8.8", true),
            ("64:ff9b::7f00:1", false),
            ("2002:7f00:1::", false), ("2002:808:808::", true), ("fec0::1", false), ("[::1]", false),
        ])
    func addresses(_ text: String, _ isPublic: Bool) throws {
        #expect(try #require(IPAddress(text)).isPublic == isPublic)
    }

    @Test(
        "what is not an address is none",
        arguments: ["", "localhost", "1.2.3", "1.2.3.4.5", "::g", "256.1.1.1", "0x7f.1"])
    func noAddress(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(
        "only https, or plain http to the trusted host that is spoken to so, passes by its spelling",
        arguments: [
            ("https://registry.example/", "https://cdn.example/x", true),
            ("https://registry.example/", "https://registry.example:444/x", true),
            ("https://registry.example/", "http://registry.example/x", false),
            ("https://registry.example/", "http://cdn.example/x", false),
            ("http://registry.example/", "http://registry.example:81/x", true),
            ("http://registry.example/", "https://registry.example/x", true),
            ("http://registry.example/", "http://cdn.example/x", false),
            ("http://registry.example/", "http://registry.example.evil/x", false),
            ("http://REGISTRY.example/", "http://registry.EXAMPLE/x", true),
        ])
    func spelling(_ trusted: String, _ target: String, _ passes: Bool) throws {
        let addressGuard = AddressGuard(trusted: try url(trusted), trustedIsPrivate: nil)
        let target = try url(target)
        if passes {
            try addressGuard.check(target, isProxied: false)
        } else {
            #expect(throws: UpstreamError.self) { try addressGuard.check(target, isProxied: false) }
        }
    }

    @Test("a private address is for the trusted host, or for all when the trusted host has one itself")
    func privateAddresses() throws {
        let inside = try #require(IPAddress("10.0.0.1"))
        let outside = try #require(IPAddress("9.9.9.9"))
        let target = try url("https://cdn.example/")
        let unknown = AddressGuard(trusted: try url("https://registry.example/"), trustedIsPrivate: nil)
        #expect(unknown.allows(outside, for: target) == true)
        #expect(unknown.allows(inside, for: target) == nil)
        #expect(unknown.allows(inside, for: try url("https://registry.example/y")) == true)
        let known = AddressGuard(trusted: try url("https://registry.example/"), trustedIsPrivate: false)
        #expect(known.allows(inside, for: target) == false)
        for trusted in ["http://10.9.9.9/", "http://localhost:8081/", "http://[::1]/", "https://x.localhost/"] {
            let ours = AddressGuard(trusted: try url(trusted), trustedIsPrivate: nil)
            #expect(ours.allows(inside, for: target) == true, "\(trusted)")
        }
        // A configured public address is not made private by a wrong belief about it.
        let literal = AddressGuard(trusted: try url("https://9.9.9.9/"), trustedIsPrivate: true)
        #expect(literal.allows(inside, for: target) == false)
    }

    @Test("behind a proxy the spelling must do: literal private addresses are refused")
    func proxied() throws {
        let addressGuard = AddressGuard(trusted: try url("https://registry.example/"), trustedIsPrivate: nil)
        for text in ["https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://169.254.169.254/meta"] {
            #expect(throws: UpstreamError.self) { try addressGuard.check(try url(text), isProxied: true) }
        }
        try addressGuard.check(try url("https://cdn.example/"), isProxied: true)
    }

    @Test("URLs are read as curl will fetch them, without credentials and without tricks")
    func urls() throws {
        let plain = try url("HTTP://Registry.Example:80/a%2fb/../c?d#e")
        #expect(plain.scheme == .http && plain.host == "registry.example" && plain.port == 80)
        #expect(plain.text.hasSuffix("c?d"))
        #expect(try url("https://[2001:DB8::1]/").host == "2001:db8::1")
        #expect(try url("https://a/").port == 443)
        for text in [
            "", "registry.example", "/a", "ftp://a/", "file:///etc/passwd", "https://u:p@a/", "https://u@a/",
            "https:///",
            "https://a:x/", "https://a:70000/", "https://a/\0b", "https://a b/",
        ] {
            #expect(throws: UpstreamError.self, "\(text)") { try url(text) }
        }
    }

    @Test(
        "a Location is resolved against the URL it came from",
        arguments: [
            ("/x?y", "https://a.example/x?y"), ("x", "https://a.example/p/x"), ("../x", "https://a.example/x"),
            ("//b.example/x", "https://b.example/x"), ("http://b.example/", "http://b.example/"),
            ("?z", "https://a.example/p/q?z"),
        ])
    func locations(_ location: String, _ expected: String) throws {
        #expect(try url("https://a.example/p/q?r").resolving(location).text == expected)
    }

    @Test(
        "a Location with credentials or another scheme is refused",
        arguments: ["https://u@b.example/", "ftp://b/", "https://"])
    func badLocations(_ location: String) throws {
        let base = try url("https://a.example/p/q?r")
        #expect(throws: UpstreamError.self) { try base.resolving(location) }
    }
}

@Suite("Proxies from the environment")
struct ProxySettingsTests {
    private func proxy(_ variables: [String: String], _ url: String) throws -> String? {
        ProxySettings(ProcessEnvironment(variables: variables)).proxy(for: try UpstreamURL(parsing: url))
    }

    @Test("each scheme has its variable, all_proxy is for both, HTTP_PROXY in capitals is for none")
    func variables() throws {
        #expect(try proxy([:], "https://a/") == nil)
        #expect(try proxy(["http_proxy": "http://p"], "http://a/") == "http://p")
        #expect(try proxy(["http_proxy": "http://p"], "https://a/") == nil)
        #expect(try proxy(["HTTP_PROXY": "http://p"], "http://a/") == nil)
        #expect(try proxy(["HTTPS_PROXY": "http://p"], "https://a/") == "http://p")
        #expect(try proxy(["https_proxy": "", "ALL_PROXY": "http://q"], "https://a/") == "http://q")
    }

    @Test(
        "no_proxy names hosts, domains, ports, addresses and networks",
        arguments: [
            ("*", "https://a/", true), ("b.example", "https://b.example/", true),
            ("b.example", "https://x.b.example/", true),
            ("b.example", "https://xb.example/", false), (".b.example", "https://x.b.example/", true),
            ("*.b.example", "https://x.b.example/", true), ("B.Example", "https://b.example/", true),
            ("x, b.example", "https://b.example/", true), ("b.example:8443", "https://b.example/", false),
            ("b.example:8443", "https://b.example:8443/", true), ("10.0.0.1", "https://10.0.0.1/", true),
            ("10.0.0.0/8", "https://10.9.9.9/", true), ("10.0.0.0/8", "https://11.0.0.1/", false),
            ("10.0.0.0/9", "https://10.128.0.0/", false), ("fd00::/8", "https://[fd12::1]/", true),
            ("[fd12::1]", "https://[fd12::1]/", true), ("", "https://a/", false),
        ])
    func exceptions(_ exceptions: String, _ url: String, _ isDirect: Bool) throws {
        let proxy = try proxy(["https_proxy": "http://p", "no_proxy": exceptions], url)
        #expect((proxy == nil) == isDirect)
    }
}

@Suite("The course of a request over attempts and redirects")
struct FetchCourseTests {
    private func course(_ change: (inout UpstreamRequest) -> Void = { _ in }) throws -> FetchCourse {
        var request = UpstreamRequest(url: "https://a.example/p", headers: ["Authorization": "x", "Accept": "y"])
        change(&request)
        return try FetchCourse(request)
    }

    private func head(_ status: Int, _ headers: HeaderFields = [:]) -> Transfer.Outcome {
        .success(UpstreamHead(status: status, headers: headers))
    }

    @Test("transient failures are retried with growing pauses, then reported")
    func retries() throws {
        var course = try course { $0.retries = 3 }
        let failure = Transfer.Outcome.failure(TransferFailure(error: .connectionLost(reason: "x")))
        for (chance, expected) in [(0.0, 100.0), (0.5, 250.0), (0.0, 400.0)] {
            guard case .retry(let pause) = course.step(after: failure, chance: chance) else {
                Issue.record("no retry")
                return
            }
            #expect(pause == .milliseconds(expected))
        }
        guard case .fail(.connectionLost) = course.step(after: failure, chance: 0) else {
            Issue.record("the failure is not reported")
            return
        }
    }

    @Test(
        "what would not go better is not retried",
        arguments: [
            UpstreamError.tlsFailed(host: "a", reason: "x"), .tooLarge(maxBytes: 1), .timedOut(.total), .aborted,
            .protocolViolation("x"), .redirectRefused(reason: "x"),
        ])
    func permanentFailures(_ error: UpstreamError) throws {
        var course = try course()
        guard case .fail(error) = course.step(after: .failure(TransferFailure(error: error)), chance: 0) else {
            Issue.record("retried")
            return
        }
    }

    @Test("a request that changes something is not sent twice")
    func unsafeMethods() throws {
        var course = try course { $0.method = .put }
        let failure = Transfer.Outcome.failure(TransferFailure(error: .connectionLost(reason: "x")))
        guard case .fail = course.step(after: failure, chance: 0) else {
            Issue.record("retried")
            return
        }
        guard case .deliver = course.step(after: head(503), chance: 0) else {
            Issue.record("retried")
            return
        }
    }

    @Test("an overloaded upstream is asked again when it says so, unless it asks for long")
    func overload() throws {
        var course = try course { $0.retries = 5 }
        guard case .retry(.seconds(2)) = course.step(after: head(503, ["Retry-After": "2"]), chance: 0),
            case .retry = course.step(after: head(429), chance: 0),
            case .deliver = course.step(after: head(503, ["Retry-After": "60"]), chance: 0),
            case .deliver = course.step(after: head(500), chance: 0),
            case .deliver = course.step(after: head(404), chance: 0)
        else {
            Issue.record("wrong step")
            return
        }
    }

    @Test("redirects change URL, method and credentials as they should")
    func redirects() throws {
        var course = try course {
            $0.method = .post
            $0.body = [1]
        }
        _ = course.step(after: head(307, ["Location": "/q"]), chance: 0)
        #expect(course.url.text == "https://a.example/q" && course.method == .post && course.body == [1])
        #expect(course.headers["authorization"] == "x")
        _ = course.step(after: head(302, ["Location": "https://b.example/r"]), chance: 0)
        #expect(course.url.text == "https://b.example/r" && course.method == .get && course.body == nil)
        #expect(course.headers["authorization"] == nil && course.headers["accept"] == "y")
        #expect(course.trusted.host == "a.example")
    }

    @Test("redirects end at their limit, and where none are followed they are the answer")
    func redirectLimit() throws {
        var limited = try course { $0.redirects = .follow(limit: 1) }
        let redirect = head(301, ["Location": "/q"])
        guard case .follow = limited.step(after: redirect, chance: 0),
            case .fail(.redirectRefused) = limited.step(after: redirect, chance: 0)
        else {
            Issue.record("the limit is not kept")
            return
        }
        var refusing = try course { $0.redirects = .refuse }
        guard case .deliver = refusing.step(after: redirect, chance: 0) else {
            Issue.record("the redirect is not the answer")
            return
        }
        var withoutLocation = try course()
        guard case .deliver = withoutLocation.step(after: head(302), chance: 0) else {
            Issue.record("a redirect to nowhere is not the answer")
            return
        }
    }
}
