import TestSupport
import Testing

@testable import Analyzers

@Suite("Entry points of artifacts")
struct EntryPointTests {
    private func points(
        _ manifests: [(ManifestKind, String)], files: [String], layout: ArtifactLayout
    ) -> (install: Set<String>, load: Set<String>) {
        let kept = manifests.map { ManifestFile(kind: $0.0, name: Array("x/y".utf8), bytes: Array($0.1.utf8)) }
        let entries = EntryPoints(kept, files: Set(files.map { Array($0.utf8) }), layout: layout)
        func names(_ reach: Reach) -> Set<String> {
            Set(
                entries.points.filter { $0.reach == reach }.map { point in
                    switch point.target {
                    case .file(let path): String(decoding: path, as: UTF8.self)
                    case .module(let name): "module " + String(decoding: name, as: UTF8.self)
                    }
                })
        }
        return (names(.install), names(.load))
    }

    private func run(_ script: String, files: [String], more: String = "") -> Set<String> {
        let escaped = script.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let manifest = #"{"name":"a","main":"lib","scripts":{"postinstall":"\#(escaped)"\#(more)}}"#
        return points([(.packageJSON, manifest)], files: files, layout: .npmTarball).install
    }

    @Test("files that install scripts run are found through interpreters, scripts and folders")
    func scripts() {
        let files = ["setup.js", "lib/index.js", "tools/a.js", "tools/b.sh", "pre.js", "node_modules/x/i.js"]
        #expect(run("node setup", files: files) == ["setup.js"])
        #expect(run("node ./setup.js --flag tools/a.js", files: files) == ["setup.js"])
        #expect(run("cd tools && node a.js || true", files: files) == ["tools/a.js"])
        #expect(run("cross-env A=b node -r ./pre.js tools/a.js", files: files) == ["pre.js", "tools/a.js"])
        #expect(run("sh -c 'tools/b.sh; node lib'", files: files) == ["tools/b.sh", "lib/index.js"])
        #expect(run(#"node -e "require('./tools/a')""#, files: files) == ["tools/a.js"])
        #expect(
            run("npm run own -- x", files: files, more: #","own":"node setup.js","preown":"sh tools/b.sh""#) == [
                "setup.js", "tools/b.sh",
            ])
        #expect(run("npm run postinstall; npm run a", files: files, more: #","a":"npm run a""#) == [])
        #expect(run("node .", files: files) == ["lib"])
        #expect(run("node ../../etc/x.js && echo lib/index.js", files: ["etc/x.js"]) == [])
        #expect(run("tools\\b.sh", files: files).isEmpty)
    }

    @Test("what a package loads is main, every file of exports, patterns and commands")
    func loaded() {
        let manifest = """
            {"main":"./a","bin":{"x":"bin/x.js"},"exports":{".":{"import":"./m.mjs","types":"./t.d.ts"},"./f/*":"./f/*.js"}}
            """
        let found = points([(.packageJSON, manifest)], files: ["f/1.js", "f/2.js", "f/2.md"], layout: .npmTarball)
        #expect(found.load == ["index.js", "a", "bin/x.js", "m.mjs", "f/1.js", "f/2.js"])
        #expect(found.install == [])
    }

    @Test("commands of build files run files of the package")
    func gyp() {
        let found = points(
            [
                (
                    .gypFile,
                    "{'a': '<!(node index.js > /dev/null && echo stub.c)', 'actions': [{'action': ['python', 'g.py']}]}"
                )
            ],
            files: ["index.js", "g.py"], layout: .npmTarball)
        #expect(found.install == ["index.js", "g.py"])
    }

    @Test("a wheel runs .pth imports and start-up modules at every start, and the rest when it is loaded")
    func wheel() {
        let found = points(
            [
                (.pathFile, "import acme.boot, other; from third import x\nlib\n"),
                (.entryPoints, "[console_scripts]\nbox = acme.cli:main [extra]\n[pytest11]\np = acme.plugin\n"),
            ],
            files: ["acme/__init__.py", "acme/cli.py", "single.py", "sitecustomize.py", "a.data/scripts/run"],
            layout: .wheel)
        #expect(found.install == ["module acme.boot", "module other", "module third", "sitecustomize.py"])
        #expect(
            found.load == [
                "module acme.cli", "module acme.plugin", "acme/__init__.py", "single.py", "a.data/scripts/run",
            ])
    }

    @Test("an sdist runs setup.py, its own backend and the hooks of every build tool")
    func source() {
        let project = """
            [build-system]
            build-backend = "own.backend:api"
            backend-path = ["tools", "."]
            [project.scripts]
            box = "acme.cli:main"
            [tool.hatch.build.targets.wheel.hooks.custom]
            [tool.hatch.metadata.hooks.custom]
            path = "meta.py"
            [tool.hatch.version]
            source = "code"
            path = "acme/version.py"
            [tool.poetry.build]
            script = "build.py"
            [tool.pdm.build]
            [tool.setuptools.cmdclass]
            build_py = "acme.commands.Build"
            """
        let setup = "[options]\ncmdclass =\n  install = acme.other.Install\n[global]\ncommand-packages = acme.more\n"
        let found = points(
            [(.pyproject, project), (.setupConfig, setup)],
            files: ["setup.py", "tools/own/backend.py", "src/acme/__init__.py"], layout: .sourceDistribution)
        #expect(
            found.install == [
                "setup.py", "tools/own/backend.py", "hatch_build.py", "meta.py", "acme/version.py", "build.py",
                "pdm_build.py", "module acme.commands", "module acme.other", "module acme.more",
            ])
        #expect(found.load == ["module acme.cli", "src/acme/__init__.py"])
    }
}
