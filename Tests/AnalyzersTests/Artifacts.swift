import Analyzers
import Cryptography
import Registry
import Screening
import TestSupport

@testable import Analyzers

/// An artifact made by a test, with how the registry lists it.
struct Artifact {
    var bytes: [UInt8]
    var context: ArtifactContext

    func report(limits: AnalysisLimits = .standard) -> AnalysisReport {
        StaticAnalyzer.analyze(.memory(bytes), context: context, limits: limits)
    }

    /// The codes of what is noticed, without the reach.
    func observations(limits: AnalysisLimits = .standard) -> Set<String> {
        Set(
            report(limits: limits).findings.compactMap(\.finding.evidence).compactMap { evidence in
                evidence.split(separator: "@").first.map(String.init)
            })
    }
}

/// An npm tarball called `acme-box` 1.2.3.
func npmTarball(
    manifest: String = #"{"name":"acme-box","version":"1.2.3"}"#, _ extra: (inout TarBuilder) -> Void = { _ in }
) throws -> Artifact {
    var tar = TarBuilder()
    tar.addFile("package/package.json", manifest)
    extra(&tar)
    return try npmArtifact(StoredGzip.member(tar.finished()))
}

func npmArtifact(_ bytes: [UInt8], version: String = "1.2.3") throws -> Artifact {
    let purl = try PackageURL(parsing: "pkg:npm/acme-box@\(version)")
    return Artifact(
        bytes: bytes, context: ArtifactContext(ecosystem: .npm, purl: purl, filename: "acme-box-\(version).tgz"))
}

/// A tarball whose package.json has an install script.
func npmScript(_ command: String, hook: String = "postinstall") throws -> Artifact {
    var escaped = ""
    for character in command {
        if character == "\"" || character == "\\" { escaped.append("\\") }
        escaped.append(character)
    }
    return try npmTarball(manifest: #"{"name":"acme-box","version":"1.2.3","scripts":{"\#(hook)":"\#(escaped)"}}"#)
}

/// A tarball with a build file of gyp.
func npmGyp(_ text: String, source: String? = "package/src/box.cc") throws -> Artifact {
    try npmTarball { tar in
        tar.addFile("package/binding.gyp", text)
        if let source { tar.addFile(source, "int box;") }
    }
}

/// A wheel of `acme-box` 1.2.3 with a right RECORD over everything that was added before it is made.
struct WheelBuilder {
    private var zip = ZipBuilder([])
    private var record = ""
    private static let info = "acme_box-1.2.3.dist-info"
    var filename = "acme_box-1.2.3-py3-none-any.whl"
    var metadata = "Metadata-Version: 2.1\nName: acme-box\nVersion: 1.2.3\n\nA box.\n"
    var folder = info

    mutating func add(_ name: String, _ text: String, isListed: Bool = true) {
        add(ZipBuilder.Member(name, Array(text.utf8)), isListed: isListed)
    }

    mutating func add(_ entry: ZipBuilder.Member, isListed: Bool = true) {
        zip.members.append(entry)
        if isListed { addDigest(of: entry.data, for: String(decoding: entry.name, as: UTF8.self)) }
    }

    mutating func addDigest(of content: [UInt8], for name: String) {
        let digest = Base64.encodeURL(SHA256Digest(hashing: content).bytes).prefix { $0 != "=" }
        addRow("\(name),sha256=\(digest),\(content.count)")
    }

    mutating func addRow(_ row: String) { record += row + "\n" }

    mutating func artifact(withRecord: Bool = true, _ change: (inout ZipBuilder) -> Void = { _ in }) throws -> Artifact
    {
        add("acme_box/__init__.py", "VALUE = 1\n")
        if !metadata.isEmpty { add("\(folder)/METADATA", metadata) }
        add("\(folder)/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        if withRecord { add("\(folder)/RECORD", record + "\(folder)/RECORD,,\n", isListed: false) }
        change(&zip)
        let purl = try PackageURL(parsing: "pkg:pypi/acme-box@1.2.3")
        return Artifact(
            bytes: zip.bytes(), context: ArtifactContext(ecosystem: .pypi, purl: purl, filename: filename))
    }
}

/// An sdist of `acme-box` 1.2.3.
func sdist(
    packageInfo: String = "Metadata-Version: 2.1\nName: acme_box\nVersion: 1.2.3\n",
    setup: String = "from setuptools import setup\nsetup()\n",
    _ extra: (inout TarBuilder) -> Void = { _ in }
) throws -> Artifact {
    var tar = TarBuilder()
    tar.addFile("acme_box-1.2.3/PKG-INFO", packageInfo)
    tar.addFile("acme_box-1.2.3/setup.py", setup)
    extra(&tar)
    let purl = try PackageURL(parsing: "pkg:pypi/acme-box@1.2.3")
    return Artifact(
        bytes: StoredGzip.member(tar.finished()),
        context: ArtifactContext(ecosystem: .pypi, purl: purl, filename: "acme_box-1.2.3.tar.gz"))
}
