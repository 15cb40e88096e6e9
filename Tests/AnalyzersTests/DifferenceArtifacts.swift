import Registry
import TestSupport

@testable import Analyzers

/// Two versions of a package that a test compares.
struct Versions {
    var old: Artifact
    var new: Artifact

    func difference(limits: DifferenceLimits = .standard, reading: AnalysisLimits = .standard) -> ArtifactDifference {
        let before = old.tree(limits: limits, reading: reading)
        return ArtifactDifference(
            base: before, new: new.tree(limits: limits, reading: reading, sharing: before), limits: limits)
    }

    /// npm tarballs with these files below `package/`.
    static func npm(_ old: [(String, String)], _ new: [(String, String)]) throws -> Versions {
        try Versions(old: npmFiles(old), new: npmFiles(new, version: "1.2.4"))
    }

    /// npm tarballs whose package.json alone differs.
    static func manifests(_ old: String, _ new: String) throws -> Versions {
        try npm([("package.json", old)], [("package.json", new)])
    }

    /// sdists whose root folders have their versions.
    static func sdist(_ old: [(String, String)], _ new: [(String, String)]) throws -> Versions {
        try Versions(old: sdistFiles(old, version: "1.2.3"), new: sdistFiles(new, version: "1.2.4"))
    }

    /// Wheels whose own folders have their versions; `INFO` stands for the one with the metadata.
    static func wheel(_ old: [(String, String)], _ new: [(String, String)]) throws -> Versions {
        try Versions(old: wheelFiles(old, version: "1.2.3"), new: wheelFiles(new, version: "1.2.4"))
    }
}

extension Artifact {
    func tree(
        limits: DifferenceLimits = .standard, reading: AnalysisLimits = .standard, sharing base: ArtifactTree? = nil
    ) -> ArtifactTree {
        ArtifactTree(reading: .memory(bytes), context: context, limits: reading, keeping: limits, sharing: base)
    }
}

func npmFiles(_ files: [(String, String)], version: String = "1.2.3") throws -> Artifact {
    var tar = TarBuilder()
    for (name, text) in files { tar.addFile("package/\(name)", text) }
    return try npmArtifact(StoredGzip.member(tar.finished()), version: version)
}

func npmEntries(_ entries: [TarBuilder.Entry]) throws -> Artifact {
    var tar = TarBuilder()
    for entry in entries { tar.add(entry) }
    return try npmArtifact(StoredGzip.member(tar.finished()))
}

private func sdistFiles(_ files: [(String, String)], version: String) throws -> Artifact {
    var tar = TarBuilder()
    for (name, text) in files { tar.addFile("acme_box-\(version)/\(name)", text) }
    let purl = try PackageURL(parsing: "pkg:pypi/acme-box@\(version)")
    return Artifact(
        bytes: StoredGzip.member(tar.finished()),
        context: ArtifactContext(ecosystem: .pypi, purl: purl, filename: "acme_box-\(version).tar.gz"))
}

private func wheelFiles(_ files: [(String, String)], version: String) throws -> Artifact {
    let members = files.map { name, text in
        let path = name.hasPrefix("INFO/") ? "Acme_Box-\(version).dist-info/\(name.dropFirst(5))" : name
        return ZipBuilder.Member(path, Array(text.utf8))
    }
    return try wheelArtifact(members, version: version)
}

func wheelArtifact(_ members: [ZipBuilder.Member], version: String = "1.2.3") throws -> Artifact {
    let purl = try PackageURL(parsing: "pkg:pypi/acme-box@\(version)")
    return Artifact(
        bytes: ZipBuilder(members).bytes(),
        context: ArtifactContext(ecosystem: .pypi, purl: purl, filename: "acme_box-\(version)-py3-none-any.whl"))
}

extension FileChange {
    /// The kind and the path in short, for comparisons.
    var short: String {
        let path = String(decoding: path, as: UTF8.self)
        return oldPath.map { "\(kind) \(String(decoding: $0, as: UTF8.self)) > \(path)" } ?? "\(kind) \(path)"
    }
}

extension ManifestChange {
    /// The change in short, for comparisons.
    var short: String { "\(kind) \(member): \(old ?? "-") > \(new ?? "-")" }
}

extension ArtifactDifference {
    var files: [String] { tree.changes.map(\.short) }
    var members: [String] { manifests.changes.map(\.short) }
    var unified: String { String(decoding: shown().map { DifferenceText.unified($0) } ?? [], as: UTF8.self) }

    /// The change of the file at a path.
    func change(of path: String) -> FileChange? { tree.changes.first { $0.path == Array(path.utf8) } }
}

/// So many different lines of code.
func codeLines(_ range: Range<Int>) -> String { range.map { "let value\($0) = \($0);\n" }.joined() }
