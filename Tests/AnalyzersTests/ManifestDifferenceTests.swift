import Compression
import TestSupport
import Testing

@testable import Analyzers

@Suite("Manifest differences")
struct ManifestDifferenceTests {
    @Test("scripts and dependencies of every kind of a package.json are told one by one")
    func scriptsAndDependencies() throws {
        let lists = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"]
        for group in ["scripts", "engines", "publishConfig", "peerDependenciesMeta", "binary"] + lists {
            let difference = try Versions.manifests(
                #"{"\#(group)":{"same":"1","gone":"2","left.pad":"3"}}"#,
                #"{"\#(group)":{"left.pad":"4","new":"5","same":"1"}}"#
            ).difference()
            #expect(
                difference.members == [
                    "removed \(group).gone: 2 > -", "changed \(group).left.pad: 3 > 4", "added \(group).new: - > 5",
                ])
            #expect(difference.manifests.changes.map(\.name) == ["gone", "left.pad", "new"])
            #expect(Set(difference.manifests.changes.map(\.manifest)) == ["package.json"])
        }
        // A name that stands there twice counts with both values.
        let twice = try Versions.manifests(
            #"{"scripts":{"install":"a"}}"#, #"{"scripts":{"install":"b"},"scripts":{"install":"a"}}"#)
        #expect(twice.difference().members == ["changed scripts.install: a > b | a"])
    }

    @Test("files that are run and loaded are compared as npm resolves them")
    func loadedFiles() throws {
        func members(_ old: String, _ new: String) throws -> [String] {
            try Versions.manifests(old, new).difference().members
        }
        #expect(try members(#"{"name":"@a/box","bin":"./x.js"}"#, #"{"name":"@a/box","bin":{"box":"x.js"}}"#) == [])
        #expect(try members(#"{"bin":{"a":"x.js"}}"#, #"{"bin":{"a":"y.js"}}"#) == ["changed bin.a: x.js > y.js"])
        #expect(try members(#"{"main":"./x.js"}"#, #"{"main":"x.js"}"#) == [])
        for name in ["main", "module", "browser", "unpkg"] {
            #expect(
                try members(#"{"\#(name)":"x.js"}"#, #"{"\#(name)":"y.js"}"#) == ["changed \(name): x.js > y.js"])
        }
        #expect(
            try members(
                #"{"exports":{".":{"import":"./a.mjs","require":["./a.js","./b.js"]},"./c":"./c.js"}}"#,
                #"{"exports":{".":{"import":"./a.mjs","require":["./a.js","./e.js"]},"./d":"./d.js"}}"#) == [
                    "removed exports../c: ./c.js > -", "added exports../d: - > ./d.js",
                    "changed exports..[require]: ./a.js | ./b.js > ./a.js | ./e.js",
                ])
        #expect(
            try members(#"{"exports":{"import":"./a.js"}}"#, #"{"exports":{"import":"./b.js"}}"#) == [
                "changed exports.[import]: ./a.js > ./b.js"
            ])
    }

    @Test("lists, people and places of a package.json are compared without regard to spelling and order")
    func listsAndPeople() throws {
        func members(_ old: String, _ new: String) throws -> [String] {
            try Versions.manifests(old, new).difference().members
        }
        #expect(try members(#"{"files":["a","b"],"os":["linux"]}"#, #"{"os":["linux"],"files":["b","a"]}"#) == [])
        #expect(
            try members(#"{"os":["linux"]}"#, #"{"os":["!linux"]}"#) == [
                "added os.!linux: - > !linux", "removed os.linux: linux > -",
            ])
        #expect(
            try members(#"{"bundleDependencies":["a"]}"#, #"{"bundledDependencies":["a","b"]}"#) == [
                "added bundleDependencies.b: - > b"
            ])
        let person = #"{"maintainers":[{"name":"A","email":"a@x.example"}]}"#
        #expect(try members(person, #"{"maintainers":["A <a@x.example>"]}"#) == [])
        #expect(
            try members(person, #"{"maintainers":["A <b@x.example>"]}"#) == [
                "removed maintainers.A <a@x.example>: A <a@x.example> > -",
                "added maintainers.A <b@x.example>: - > A <b@x.example>",
            ])
        let place = #"{"repository":{"type":"git","url":"git+https://github.com/Acme/box.git"}}"#
        #expect(try members(place, #"{"repository":"acme/box"}"#) == [])
        #expect(try members(place, #"{"repository":"github:acme/box"}"#) == [])
        #expect(try members(place, #"{"repository":"acme/boxes"}"#).count == 1)
        #expect(try members(#"{"version":"1","description":"a"}"#, #"{"version":"2","description":"b"}"#) == [])
        #expect(try members(#"{"type":"commonjs"}"#, #"{"type":"module"}"#) == ["changed type: commonjs > module"])
        #expect(try members(#"{}"#, #"{"gypfile":false}"#) == ["added gypfile: - > false"])
    }

    @Test("METADATA and PKG-INFO are compared field by field, requirements by project")
    func metadata() throws {
        let old = """
            Metadata-Version: 2.1
            Name: acme-box
            Version: 1.2.3
            Requires-Python: >=3.8
            Requires-Dist: requests (>=2.0)
            Requires-Dist: PyYAML>=5 ; extra == 'yaml'
            Requires-Dist: typing_extensions
            Maintainer-email: a@x.example
            Project-URL: Source, https://x.example/a
            Provides-Extra: yaml

            A box.
            """
        let new = """
            Metadata-Version: 2.3
            Name: acme-box
            Version: 1.2.4
            Requires-Dist: typing-extensions
            Requires-Dist: Requests>=2.0
            Requires-Dist: pyyaml>=5; extra == "yaml"
            Requires-Dist: left-pad
            Requires-Python: >=3.9
            Maintainer-email: b@x.example
            Project-URL: source, https://x.example/b
            Provides-Extra: toml

            Another box.
            """
        let expected = [
            "changed maintainer-email: a@x.example > b@x.example",
            "changed project-url.source: https://x.example/a > https://x.example/b",
            "added provides-extra.toml: - > toml",
            "removed provides-extra.yaml: yaml > -", "added requires-dist.left-pad: - > left-pad",
            "changed requires-python: >=3.8 > >=3.9",
        ]
        let wheel = try Versions.wheel([("INFO/METADATA", old)], [("INFO/METADATA", new)]).difference()
        #expect(wheel.members == expected)
        #expect(wheel.manifests.changes.first?.manifest == "acme-box.dist-info/METADATA")
        let egg = "acme_box.egg-info/PKG-INFO"
        let source = try Versions.sdist([("PKG-INFO", old), (egg, old)], [("PKG-INFO", new), (egg, new)]).difference()
        #expect(source.members == expected)
        #expect(try Versions.sdist([(egg, old)], [(egg, new)]).difference().members == expected)
    }

    @Test("pyproject.toml is compared by what is built, run and required")
    func pyproject() throws {
        let difference = try Versions.sdist(
            [
                (
                    "pyproject.toml",
                    """
                    [build-system]
                    requires = ["setuptools>=61"]
                    build-backend = "setuptools.build_meta"
                    [project]
                    name = "acme-box"
                    version = "1.2.3"
                    dependencies = ["requests >= 2"]
                    [project.scripts]
                    box = "acme_box:main"
                    [tool.ruff]
                    line-length = 80
                    """
                )
            ],
            [
                (
                    "pyproject.toml",
                    """
                    [project]
                    name = "acme-box"
                    version = "1.2.4"
                    dependencies = ["requests>=2", "left-pad"]
                    [project.scripts]
                    box = "acme_box.cli:main"
                    [project.gui-scripts]
                    window = "acme_box:window"
                    [project.entry-points."acme.plugins"]
                    a = "acme_box.a"
                    [tool.ruff]
                    line-length = 100
                    [build-system]
                    build-backend = "backend"
                    backend-path = ["."]
                    requires = ["setuptools >=61", "wheel"]
                    """
                )
            ]
        ).difference()
        #expect(
            difference.members == [
                "changed build-system.build-backend: setuptools.build_meta > backend",
                "added build-system.backend-path..: - > .",
                "added build-system.requires.wheel: - > wheel", "added project.dependencies.left-pad: - > left-pad",
                "added project.entry-points.acme.plugins.a: - > acme_box.a",
                "added project.gui-scripts.window: - > acme_box:window",
                "changed project.scripts.box: acme_box:main > acme_box.cli:main",
            ])
    }

    @Test("entry_points.txt, setup.cfg and binding.gyp are compared by what they start")
    func entryPoints() throws {
        let wheel = try Versions.wheel(
            [("INFO/entry_points.txt", "[console_scripts]\nbox = acme_box:main\n")],
            [("INFO/entry_points.txt", "[console_scripts]\nbox=acme_box:main\n\n[pytest11]\nbox = acme_box.test\n")])
        #expect(wheel.difference().members == ["added pytest11.box: - > acme_box.test"])
        let source = try Versions.sdist(
            [("setup.cfg", "[options]\ninstall_requires =\n  requests\n")],
            [
                (
                    "setup.cfg",
                    """
                    [options]
                    install-requires =
                      requests
                      left_pad
                    [options.entry_points]
                    console_scripts =
                      box = acme_box:main
                    [flake8]
                    max-line-length = 80
                    """
                )
            ])
        #expect(
            source.difference().members == [
                "added entry-points.console_scripts.box: - > acme_box:main",
                "added options.install_requires.left-pad: - > left_pad",
            ])
        let gyp = try Versions.npm([("binding.gyp", "{}")], [("binding.gyp", "{'variables': {'x': '<!(node a.js)'}}")])
        #expect(gyp.difference().members == ["added commands: - > node a.js"])
    }

    @Test("a manifest that came or went tells everything in it, one that cannot be read tells that")
    func wholeManifests() throws {
        let manifest = #"{"scripts":{"install":"node x"}}"#
        let added = try Versions.npm([("a", "1")], [("a", "1"), ("package.json", manifest)]).difference()
        #expect(added.members == ["added scripts.install: - > node x"])
        let removed = try Versions.npm([("package.json", manifest)], []).difference()
        #expect(removed.members == ["removed scripts.install: node x > -"])
        for broken in ["{", "[]"] {
            let difference = try Versions.manifests(manifest, broken).difference()
            #expect(difference.manifests.changes.map(\.kind) == [.unreadable])
        }
        let limits = DifferenceLimits(textBytes: 0, manifestBytes: 0)
        let unheld = try Versions.manifests(manifest, "{}").difference(limits: limits)
        #expect(unheld.manifests.changes.map(\.kind) == [.unreadable])
        #expect(try Versions.manifests("{", "{").difference().members == [])
    }

    @Test("values are printable and bounded, and compared as a whole")
    func bounded() throws {
        let long = String(repeating: "x", count: 300)
        let difference = try Versions.manifests(
            #"{"scripts":{"a":"\#(long)1","b":"\u001b[2J"}}"#, #"{"scripts":{"a":"\#(long)2","b":"\u202e"}}"#
        ).difference()
        let changes = difference.manifests.changes
        #expect(changes.map(\.member) == ["scripts.a", "scripts.b"])
        #expect(changes[0].old == String(repeating: "x", count: 200) + "… (101 more)")
        #expect(changes[1].old == #"\x1b[2J"#)
        #expect(changes[1].new == #"\u202e"#)
        let many = (0..<50).map { "\"s\($0)\":\"\"" }.joined(separator: ",")
        let cut = try Versions.manifests("{}", #"{"scripts":{\#(many)}}"#)
            .difference(limits: DifferenceLimits(manifestChanges: 10))
        #expect(cut.manifests.changes.count == 10)
        #expect(cut.isCut)
    }
}
