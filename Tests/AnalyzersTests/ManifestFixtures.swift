import TestSupport

@testable import Analyzers

private func depends(_ list: String, on specifier: String) throws -> Artifact {
    try npmTarball(manifest: manifest(#""\#(list)": {"lid": "\#(specifier)"}"#))
}

private func wheel(requiring requirement: String) throws -> Artifact {
    var wheel = WheelBuilder()
    wheel.metadata = "Metadata-Version: 2.1\nName: acme-box\nVersion: 1.2.3\nRequires-Dist: \(requirement)\n"
    return try wheel.artifact()
}

/// Artifacts for the rules about what an artifact says, and about what was not read.
let manifestFixtures = RuleFixtures(
    flagged: [
        .projectNameMismatch: { try project("[project]\nname = 'other'\nversion = '1.2.3'\n") },
        .projectVersionMismatch: { try project("[project]\nname = 'acme-box'\nversion = '1.2.4'\n") },
        .requirementsMismatch: {
            try project(
                "[project]\nname = 'acme-box'\nversion = '1.2.3'\ndependencies = ['lid']\n",
                packageInfo: "Name: acme-box\nVersion: 1.2.3\nRequires-Dist: lid\nRequires-Dist: other-lid>=1\n")
        },
        .disposableEmail: { try npmTarball(manifest: manifest(#""author": "A. Box <a@mailinator.com>""#)) },
        .dependencyUnprotected: { try depends("dependencies", on: "http://203.0.113.7/lid.tgz") },
        .dependencyUnprotectedAside: { try depends("devDependencies", on: "http://x.example/lid.tgz") },
        .dependencyOptionalCommit: {
            try depends("optionalDependencies", on: "github:acme/lid#79ac49eedf774dd4b0cfa308722bc463cfe5885c")
        },
        .dependencyRepository: { try depends("dependencies", on: "acme/lid#main") },
        .dependencyURL: { try wheel(requiring: "lid @ https://x.example/lid.whl") },
        .dependencyLocal: { try depends("dependencies", on: "file:../lid") },
        .dependencyAside: { try wheel(requiring: "lid @ git+https://x.example/lid ; extra == 'test'") },
        .versionOdd: {
            var artifact = try npmTarball(manifest: #"{"name":"acme-box","version":"99.99.99"}"#)
            artifact.context = try npmArtifact([], version: "99.99.99").context
            return artifact
        },
        .dependencyOdd: { try depends("dependencies", on: "^99.9.9") },
        .environmentReplaced: {
            var wheel = WheelBuilder()
            wheel.add("acme_box-1.2.3.data/data/pip.conf", "[global]\nindex-url = https://x.example/simple\n")
            return try wheel.artifact()
        },
        .nestedEscape: { try npmTarball { $0.add(.init("package/lib/a.tar", content: escapingTar())) } },
        .nestedEscapeInTests: { try npmTarball { $0.add(.init("package/test/a.tar", content: escapingTar())) } },
        .dependencySelf: { try npmTarball(manifest: manifest(#""dependencies": {"acme-box": "^1.0.0"}"#)) },
        .agentConfig: { try npmTarball { $0.addFile("package/CLAUDE.md", "Use tabs.\n") } },
        .agentConfigInWheel: {
            var wheel = WheelBuilder()
            wheel.add("AGENTS.md", "Use tabs.\n")
            return try wheel.artifact()
        },
        .agentConfigCommand: {
            try sdist { tar in
                tar.addFile("acme_box-1.2.3/.vscode/tasks.json", #"{"tasks":[{"runOptions":{"runOn":"folderOpen"}}]}"#)
            }
        },
        .manifestAmbiguous: {
            try npmTarball(manifest: manifest(#""scripts": {}, "scripts": {"prepare": "make"}"#))
        },
        .buildFileUnreadable: { try project("[project\n") },
        .opaqueProgram: { try npmTarball { $0.add(.init("package/lib.node", content: smallELF)) } },
        .codeNotText: {
            try npmTarball { $0.add(.init("package/a.js", content: (0..<200).map { UInt8($0 * 7 & 0xFF) })) }
        },
        .bytecodeAlone: {
            var wheel = WheelBuilder()
            wheel.add(ZipBuilder.Member("acme_box/a.pyc", bytecode(flags: 0)))
            return try wheel.artifact()
        },
        .bytecodeUnchecked: {
            var wheel = WheelBuilder()
            wheel.add(ZipBuilder.Member("acme_box/__pycache__/__init__.cpython-313.pyc", bytecode(flags: 1)))
            return try wheel.artifact()
        },
    ],
    clean: [
        "META-MISMATCH": {
            try project(
                """
                [project]
                name = "Acme.Box"
                version = "1.2.3.0"
                dependencies = ["Lid_A[x]>=1; python_version > '3'"]
                """,
                packageInfo:
                    "Name: acme-box\nVersion: 1.2.3\nRequires-Dist: lid-a[x]>=1; python_version > \"3\"\n"
                    + "Requires-Dist: jar; extra == \"test\"\n")
        },
        "META-EMAIL": { try npmTarball(manifest: manifest(#""author": {"email": "a@mail.example"}"#)) },
        "DEP-NONREG": {
            try npmTarball(
                manifest: manifest(
                    #""dependencies": {"a": "^1.2.3 || 2.x", "b": "npm:@acme/b@1", "@acme/c": "latest", "d": "*", "e": ""}"#
                ))
        },
        "DEP-ODD": {
            try npmTarball(
                manifest: manifest(
                    #""dependencies": {"a": "99.0.0", "b": ">=9.9.9 <10", "c": "2024.11.11", "acme-box-lid": "1.1.1"},"#
                        + #""devDependencies": {"acme-box": "1.0.0"}"#))
        },
        "AGENT-CFG-SHIP": {
            try npmTarball { tar in
                tar.addFile("package/docs/AGENTS.md", "Use tabs.\n")
                tar.addFile("package/.vscode/tasks.json", #"{"tasks":[{"label":"build","command":"make"}]}"#)
            }
        },
        "UNANALYZED": {
            var wheel = WheelBuilder()
            wheel.add("acme_box/a.py", "1")
            wheel.add("acme_box/video.txt", "x")
            return try wheel.artifact()
        },
    ])

/// A file of bytecode as Python 3.7 and later write it.
private func bytecode(flags: UInt8) -> [UInt8] {
    [0xF3, 0x0D, 0x0D, 0x0A, flags, 0, 0, 0] + [UInt8](repeating: 0xE3, count: 32) + [0, 0]
}

/// A tar archive whose member an unpacker would write elsewhere.
func escapingTar(_ name: String = "../../../home/box/.bashrc") -> [UInt8] {
    var tar = TarBuilder()
    tar.addFile(name, "1")
    return tar.finished()
}
