import Registry
import Testing

@testable import Lockfiles

@Suite("Lockfiles that the real tools wrote")
struct FixtureTests {
    private func expect(_ fixture: String, _ format: LockfileFormat, _ entries: [String]) throws {
        let lockfile = try Reading.lockfile(fixture)
        #expect(lockfile.format == format)
        #expect(lockfile.entries.map(Reading.text) == entries)
        #expect(lockfile.entries.allSatisfy { $0.ecosystem == format.ecosystem })
    }

    @Test("npm's in all three versions, with nested packages, an alias, a folder and a workspace")
    func npm() throws {
        try expect(
            "package-lock-v1.json", .npm(version: 1),
            [
                "7 @acme/shared@1.2.0 sha512", "12 devtool@0.1.0-beta.1 sha512 dev", "18 inner@2.0.0 sha512",
                "23 left@1.0.0 sha512", "32 inner@1.0.0 sha512", "39 ? path", "42 ? path",
                "45 optional-bit@3.0.0+build.5 sha512 optional", "51 inner@1.0.0 sha512",
            ])
        for (fixture, version) in [("package-lock-v2.json", 2), ("package-lock-v3.json", 3)] {
            try expect(
                fixture, .npm(version: version),
                [
                    "26 local@0.0.1 workspace", "29 @acme/shared@1.2.0 sha512", "35 devtool@0.1.0-beta.1 sha512 dev",
                    "42 inner@2.0.0 sha512", "48 left@1.0.0 sha512", "58 inner@1.0.0 sha512",
                    "72 optional-bit@3.0.0+build.5 sha512 optional", "79 inner@1.0.0 sha512",
                    "86 member@0.0.1 workspace",
                ])
        }
    }

    @Test("bun's, which is JSON with commas at the end")
    func bun() throws {
        try expect(
            "bun.lock", .bun(version: 2),
            [
                "26 @acme/shared@1.2.0 sha512", "28 devtool@0.1.0-beta.1 sha512", "30 inner@2.0.0 sha512",
                "32 left@1.0.0 sha512", "34 ? path", "36 ? workspace", "38 optional-bit@3.0.0+build.5 sha512",
                "40 inner@1.0.0 sha512", "42 inner@1.0.0 sha512",
            ])
    }

    @Test("pnpm's in three versions, with peers, a folder, git and another registry")
    func pnpm() throws {
        try expect(
            "pnpm-lock-v5.yaml", .pnpm(version: "5.4"),
            [
                "17 @acme/shared@1.2.0 sha512", "21 devtool@0.1.0-beta.1 sha512 dev", "26 inner@1.0.0 sha512",
                "30 inner@2.0.0 sha512", "34 left@1.0.0 sha512", "40 optional-bit@3.0.0+build.5 sha512 optional",
                "46 local@0.0.1 path", "52 tool@4.0.0 git", "58 @acme/shared@1.0.0 sha512",
            ])
        try expect(
            "pnpm-lock-v6.yaml", .pnpm(version: "6.0"),
            [
                "17 @acme/shared@1.2.0 sha512", "21 devtool@0.1.0-beta.1 sha512 dev", "28 inner@1.0.0 sha512",
                "32 inner@2.0.0 sha512", "36 left@1.0.0 sha512", "42 optional-bit@3.0.0+build.5 sha512 optional",
                "47 ? path", "52 tool@4.0.0 git",
            ])
        try expect(
            "pnpm-lock-v9.yaml", .pnpm(version: "9.0"),
            [
                "23 @acme/shared@1.2.0 sha512", "26 devtool@0.1.0-beta.1 sha512", "30 inner@1.0.0 sha512",
                "33 inner@2.0.0 sha512", "36 left@1.0.0 sha512", "41 ? path", "44 optional-bit@3.0.0+build.5 sha512",
                "47 plain@0.9.0 url", "51 tool@4.0.0 git",
            ])
    }

    @Test("yarn's of both kinds; what is patched is judged as what it is made from")
    func yarn() throws {
        try expect(
            "yarn-classic.lock", .yarnClassic,
            [
                "5 @acme/shared@1.2.0 sha512+sha1", "10 devtool@0.1.0-beta.1 sha512+sha1", "15 inner@1.0.0 sha512+sha1",
                "20 inner@2.0.0 sha512+sha1", "25 left@1.0.0 sha512+sha1", "33 local@0.0.1 path",
                "36 optional-bit@3.0.0 sha512+sha1",
            ])
        try expect(
            "yarn-berry.lock", .yarnBerry(version: "8"),
            [
                "8 @acme/shared@1.2.0", "15 consumer@0.0.0-use.local workspace", "26 devtool@0.1.0-beta.1",
                "33 inner@1.0.0", "40 inner@2.0.0", "47 left@1.0.0", "59 left@1.0.0", "66 local@0.0.1 path",
                "73 optional-bit@3.0.0 optional", "80 several@1.0.1", "87 tool@4.0.0 git",
            ])
    }

    @Test("Python's: uv, poetry, pdm, Pipfile and compiled requirements")
    func python() throws {
        let (alpha, beta, devtool) = ("alpha@1.0 sha256", "beta@1.5 sha256", "devtool@0.3rc1 sha256")
        try expect(
            "uv.lock", .uv(version: 1),
            [
                "5 \(alpha)", "21 \(beta)", "29 consumer@1.0.0 workspace", "52 \(devtool)",
                "60 gamma-pkg@2.0.post1 sha256",
            ])
        try expect(
            "poetry.lock", .poetry(version: "2.1"),
            ["3 \(alpha)", "26 \(beta)", "42 \(devtool) dev", "58 gamma-pkg@2.0.post1 sha256"])
        try expect(
            "poetry-v1.lock", .poetry(version: "1.1"),
            ["3 \(alpha)", "14 \(devtool) dev optional", "22 tool@4.0 git"])
        try expect(
            "pdm.lock", .pdm(version: "4.5.0"),
            ["13 \(alpha)", "25 \(alpha)", "38 \(beta)", "47 \(devtool) dev", "56 tool@4.0 git", "65 local@0.1 path"])
        try expect("Pipfile.lock", .pipfile, ["17 \(alpha)", "26 \(beta)", "34 \(devtool) dev"])
        try expect("requirements.txt", .requirements, ["9 \(alpha)", "12 \(beta)", "15 \(devtool)"])
        #expect(try Reading.lockfile("uv.lock").entries[0].files[0].name == "alpha-1.0-py3-none-any.whl")
    }

    @Test("a file is recognised under any name, and without one", arguments: Reading.fixtures)
    func renamed(_ fixture: String) throws {
        let bytes = try Reading.bytes(fixture)
        let expected = try Lockfile(reading: bytes, filename: fixture)
        for name in [nil, "lock.bak", "/home/ana/project/other.lock", "package-lock.json", "poetry.lock"] {
            let renamed = try Lockfile(reading: bytes, filename: name)
            #expect(renamed.format == expected.format)
            #expect(renamed.entries == expected.entries)
        }
        let windows = Array(
            String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
                .joined(separator: "\r\n").utf8)
        #expect(try Lockfile(reading: [0xEF, 0xBB, 0xBF] + windows, filename: fixture).entries == expected.entries)
    }
}
