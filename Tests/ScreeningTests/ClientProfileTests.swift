import Screening
import Testing

@Suite("Clients by their User-Agent")
struct ClientProfileTests {
    @Test("each client is known by the header that it sends, with the time that it waits")
    func clients() {
        let cases: [(String, ClientProfile.Kind, String?, Int64)] = [
            (#"pip/24.2 {"ci":null,"cpu":"x86_64","python":"3.12.5"}"#, .pip, "24.2", 12),
            ("poetry/1.8.3 CPython/3.12.5 Linux/6.1", .poetry, "1.8.3", 12),
            (#"uv/0.4.18 {"installer":{"name":"uv"},"ci":null}"#, .uv, "0.4.18", 25),
            ("yarn/1.22.22 npm/? node/v20.17.0 linux x64", .yarnClassic, "1.22.22", 25),
            ("yarn/4.5.0 npm/? node/v20.17.0 linux x64", .yarnBerry, "4.5.0", 50),
            ("got (https://github.com/sindresorhus/got)", .yarnBerry, nil, 50),
            ("pnpm/9.11.0 npm/? node/v20.17.0 linux x64", .pnpm, "9.11.0", 50),
            ("npm/10.8.2 node/v20.17.0 linux x64 workspaces/false", .npm, "10.8.2", 110),
            ("Bun/1.1.29", .bun, "1.1.29", 110), ("bun/1.1.29 npm/? node/v22", .bun, "1.1.29", 110),
            ("Deno/2.0.0", .deno, "2.0.0", 110), ("Mozilla/5.0 (X11; Linux x86_64)", .unknown, "5.0", 12),
            ("curl/8.5.0", .unknown, "8.5.0", 12), ("", .unknown, nil, 12), ("/", .unknown, nil, 12),
        ]
        for (header, kind, version, seconds) in cases {
            let profile = ClientProfile(userAgent: header)
            #expect(profile.kind == kind, "\(header)")
            #expect(profile.version == version, "\(header)")
            #expect(profile.patience == .seconds(seconds), "\(header)")
            #expect(!profile.isCI, "\(header)")
        }
        #expect(ClientProfile(userAgent: nil) == ClientProfile(kind: .unknown))
    }

    @Test(
        "continuous integration is what npm, pip and uv say it is",
        arguments: [
            "npm/10.8.2 node/v20.17.0 linux x64 workspaces/false ci/github-actions",
            #"pip/24.2 {"ci":true,"cpu":"x86_64"}"#, #"uv/0.4.18 {"ci": true}"#,
        ])
    func continuousIntegration(header: String) {
        #expect(ClientProfile(userAgent: header).isCI)
    }

    @Test("a long or strange header is no client in particular and keeps no strange text")
    func strange() {
        let long = ClientProfile(userAgent: String(repeating: "x", count: 100_000) + " ci/x")
        #expect(long == ClientProfile(kind: .unknown))
        #expect(ClientProfile(userAgent: "npm/1\u{1b}[31m node/v1").version == nil)
        #expect(ClientProfile(userAgent: "npm/" + String(repeating: "1", count: 33)).version == nil)
    }
}
