import Registry
import Screening
import TestSupport

@testable import Analyzers

/// Two releases of a package, the older one first.
struct ReleasePair {
    let base: Artifact
    let new: Artifact

    func report(
        thresholds: DiffThresholds = .standard, limits: AnalysisLimits = .standard,
        showing extent: ShownDifference.Extent = .nothing
    ) -> IncrementReport {
        DiffAnalyzer.analyze(
            new: .memory(new.bytes), base: .memory(base.bytes), context: new.context, baseContext: base.context,
            thresholds: thresholds, limits: limits, showing: extent)
    }

    /// The codes of what the rules about differences notice, without the reach.
    var observations: Set<String> {
        Set(
            report().difference.compactMap(\.finding.evidence).compactMap {
                $0.split(separator: "@").first.map(String.init)
            })
    }
}

/// A release of `acme-box` with an honest library in it, and what it has besides.
///
/// - Parameters:
///   - files: paths in the package with their texts; `index.js` may be among them.
///   - members: members of package.json besides name, version and main, with a comma before each.
func npmRelease(_ version: String, _ files: [(String, String)] = [], members: String = "") throws -> Artifact {
    var tar = TarBuilder()
    tar.addFile("package/package.json", #"{"name":"acme-box","version":"\#(version)","main":"index.js"\#(members)}"#)
    if !files.contains(where: { $0.0 == "index.js" }) { tar.addFile("package/index.js", honestLibrary) }
    for file in files { tar.addFile("package/\(file.0)", file.1) }
    return try npmArtifact(StoredGzip.member(tar.finished()), version: version)
}

/// A wheel of `acme-box` with a version of its own.
func wheelRelease(
    _ version: String, _ files: [(String, String)] = [], metadata: String = ""
) throws -> Artifact {
    var wheel = WheelBuilder()
    wheel.filename = "acme_box-\(version)-py3-none-any.whl"
    wheel.folder = "acme_box-\(version).dist-info"
    wheel.metadata = "Metadata-Version: 2.1\nName: acme-box\nVersion: \(version)\n\(metadata)\nA box.\n"
    for file in files { wheel.add(file.0, file.1) }
    var artifact = try wheel.artifact()
    artifact.context = ArtifactContext(
        ecosystem: .pypi, purl: try PackageURL(parsing: "pkg:pypi/acme-box@\(version)"), filename: wheel.filename)
    return artifact
}

/// Code that does nothing to the world.
let honestLibrary = """
    'use strict'
    exports.pack = function pack (items) {
      return items.map((item) => item.name).join(', ')
    }

    """

/// Functions that differ from each other, so many of them.
func honestFunctions(_ range: Range<Int>) -> String {
    range.map { "exports.fold\($0) = function (list) {\n  return list.slice(\($0)).concat(\($0 * 7))\n}\n" }.joined()
}
