/// Feeds bytes that libFuzzer makes up to the readers of manifests; the first byte says which.
///
///     scripts/fuzz 60 Manifests
import Analyzers
import FuzzSupport
import Platform
import Registry
import Screening
import TestSupport

/// Seeds begin with the letter of the place that they are meant for: `a` is the first.
private let places = [
    "package/package.json", "package/npm-shrinkwrap.json", "package/node_modules/lid/package.json",
    "package/.vscode/tasks.json",
    "acme_box-1.2.3/PKG-INFO", "acme_box-1.2.3/pyproject.toml", "acme_box-1.2.3/setup.cfg",
    "acme_box-1.2.3/acme_box.egg-info/entry_points.txt",
    "acme_box-1.2.3.dist-info/METADATA", "acme_box-1.2.3.dist-info/RECORD",
    "acme_box-1.2.3.dist-info/entry_points.txt", "acme.pth",
]

private func artifact(_ text: [UInt8], at place: String) -> (bytes: [UInt8], purl: String, filename: String) {
    if place.contains(".dist-info") || place.hasSuffix(".pth") {
        let bytes = ZipBuilder([.init("acme_box/__init__.py", []), .init(place, text)]).bytes()
        return (bytes, "pkg:pypi/acme-box@1.2.3", "acme_box-1.2.3-py3-none-any.whl")
    }
    var tar = TarBuilder()
    tar.add(.init(place, content: text))
    let isNode = place.hasPrefix("package/")
    tar.addFile(isNode ? "package/index.js" : "acme_box-1.2.3/setup.py", "1\n")
    return isNode
        ? (tar.finished(), "pkg:npm/acme-box@1.2.3", "acme-box-1.2.3.tgz")
        : (tar.finished(), "pkg:pypi/acme-box@1.2.3", "acme_box-1.2.3.tar.gz")
}

FuzzEntry.run { input in
    guard let first = input.first else { return }
    let text = Array(input.dropFirst())
    let place = places[(Int(first) + places.count * 97 - 97) % places.count]
    let made = artifact(text, at: place)
    guard let purl = try? PackageURL(parsing: made.purl), var memory = try? MemoryFile(name: "input"),
        (try? memory.append(made.bytes)) != nil, let file = try? memory.sealed()
    else { preconditionFailure("no memory for a file") }
    let context = ArtifactContext(ecosystem: purl.name.ecosystem, purl: purl, filename: made.filename)
    let report = StaticAnalyzer.analyze(file, context: context)
    let lines = text.count { $0 == 0x0A || $0 == 0x0D } + 2
    for finding in report.findings where finding.finding.path == place {
        precondition(finding.finding.line.map { (1...lines).contains($0) } ?? true, "a line outside of the text")
    }
}
