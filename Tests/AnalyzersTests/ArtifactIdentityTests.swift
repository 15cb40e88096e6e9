import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing

@testable import Analyzers

@Suite("What an artifact says that it is")
struct ArtifactIdentityTests {
    private func tarball(_ files: [(String, String)]) -> [UInt8] {
        var tar = TarBuilder()
        for (name, text) in files { tar.addFile(name, text) }
        return StoredGzip.member(tar.finished())
    }

    private func identity(_ bytes: [UInt8], _ filename: String, known: Ecosystem? = nil) -> ArtifactIdentity {
        var reading = IdentityReading(filename: filename, limits: .standard)
        return reading.read(.memory(bytes), known: known)
    }

    private func text(_ bytes: [UInt8], _ filename: String, known: Ecosystem? = nil) -> String {
        let identity = identity(bytes, filename, known: known)
        return identity.purl?.text ?? "\(identity.ecosystem.rawValue) without a name"
    }

    private let packageJSON = ("package/package.json", #"{"name":"@acme/box","version":"1.2.3"}"#)
    private let metadata = ("box-2.0/PKG-INFO", "Metadata-Version: 2.1\nName: Acme_Box\nVersion: 2.0\n\nprose\n")

    @Test("npm's manifest and Python's metadata name their artifacts, whatever the files are called")
    func manifests() {
        #expect(text(tarball([packageJSON]), "anything.tgz") == "pkg:npm/%40acme/box@1.2.3")
        #expect(text(tarball([packageJSON]), "box.tar.gz") == "pkg:npm/%40acme/box@1.2.3")
        #expect(text(tarball([metadata]), "anything.tar.gz") == "pkg:pypi/acme-box@2.0")
        #expect(text(tarball([metadata]), "box.tgz") == "pkg:pypi/acme-box@2.0")
        let wheel = ZipBuilder([.init("box-2.0.dist-info/METADATA", Array("Name: box\nVersion: 2.0\n".utf8))]).bytes()
        #expect(text(wheel, "other-1.0-py3-none-any.whl") == "pkg:pypi/box@2.0")
    }

    @Test("where both manifests are there, the ending of the file's name decides, or who asks")
    func both() {
        let archive = tarball([("x/package.json", packageJSON.1), ("x/PKG-INFO", metadata.1)])
        #expect(text(archive, "box.tgz") == "pkg:npm/%40acme/box@1.2.3")
        #expect(text(archive, "box.tar.gz") == "pkg:pypi/acme-box@2.0")
        #expect(text(archive, "box.tar.gz", known: .npm) == "pkg:npm/%40acme/box@1.2.3")
        #expect(text(archive, "box.tgz", known: .pypi) == "pkg:pypi/acme-box@2.0")
    }

    @Test("a manifest below the package's own folder names nothing")
    func deeper() {
        let archive = tarball([("package/lib/package.json", packageJSON.1), ("package/a/PKG-INFO", metadata.1)])
        #expect(text(archive, "box.tgz") == "npm without a name")
    }

    @Test("an old source distribution is named by its file")
    func byFilename() {
        let archive = tarball([("box-1.0/setup.py", "from setuptools import setup\n")])
        #expect(text(archive, "my-box-1.0.tar.gz") == "pkg:pypi/my-box@1.0")
        #expect(text(archive, "box.tar.gz") == "pypi without a name")
        #expect(text(Array("no zip".utf8), "box-1.0-py3-none-any.whl") == "pkg:pypi/box@1.0")
    }

    @Test("a name that none can have is none, and is compared with nothing")
    func unusable() throws {
        let directory = try TemporaryDirectory()
        let bytes = tarball([("package/package.json", #"{"name":"not a name","version":"1"}"#)])
        let file = try OpenFile.openForReading(try directory.write(bytes, to: "artifact"))
        let context = ArtifactContext(
            ecosystem: .npm, purl: try PackageURL(parsing: "pkg:npm/unnamed"), filename: "box.tgz")
        let found = StaticAnalyzer.identify(file, context: context, left: .everything)
        #expect(found.identity == ArtifactIdentity(ecosystem: .npm, purl: nil))
        let report = StaticAnalyzer.analyze(file, context: found.context)
        #expect(!report.findings.contains { $0.finding.rule == "META-MISMATCH" })
        let listed = StaticAnalyzer.analyze(file, context: context)
        #expect(listed.findings.contains { $0.finding.rule == "META-MISMATCH" })
    }

    @Test("an identity survives the way through an answer, and anything else is refused")
    func answers() throws {
        let report = StaticAnalyzer.analyze(
            .memory(tarball([packageJSON])),
            context: ArtifactContext(
                ecosystem: .npm, purl: try PackageURL(parsing: "pkg:npm/%40acme/box@1.2.3"), filename: "box.tgz"),
            limits: .standard)
        for identity in [
            ArtifactIdentity(ecosystem: .npm, purl: try PackageURL(parsing: "pkg:npm/%40acme/box@1.2.3")),
            ArtifactIdentity(ecosystem: .pypi, purl: nil),
        ] {
            let answer = AnalysisAnswer.encode(report, identity: identity)
            #expect(try AnalysisAnswer.identity(in: answer) == identity)
            #expect(try AnalysisAnswer.decode(answer) == report)
        }
        #expect(try AnalysisAnswer.identity(in: AnalysisAnswer.encode(report)) == nil)
        let bad: [JSONValue] = [
            "npm", ["ecosystem": "cargo"], ["ecosystem": "npm", "purl": "pkg:pypi/box"],
            ["ecosystem": "npm", "purl": "box"], ["ecosystem": "npm", "purl": 1],
            ["ecosystem": "npm", "name": "box"],
        ]
        for value in bad {
            let answer = try CanonicalJSON.encode(["identity": value])
            #expect(throws: AnswerFault.self) { try AnalysisAnswer.identity(in: answer) }
        }
    }
}
