/// Feeds bytes that libFuzzer makes up to the readers of archives, as an npm tarball, a wheel and an sdist.
///
///     scripts/fuzz 60 Archives
import Analyzers
import FuzzSupport
import Platform
import Registry

private let names = [
    ("pkg:npm/acme-box@1.2.3", "acme-box-1.2.3.tgz"), ("pkg:pypi/acme-box@1.2.3", "acme_box-1.2.3-py3-none-any.whl"),
    ("pkg:pypi/acme-box@1.2.3", "acme_box-1.2.3.tar.gz"),
]

private func report(_ bytes: [UInt8], _ purl: String, _ filename: String) -> AnalysisReport? {
    guard let purl = try? PackageURL(parsing: purl), var memory = try? MemoryFile(name: "input") else { return nil }
    guard (try? memory.append(bytes)) != nil, let file = try? memory.sealed() else { return nil }
    let context = ArtifactContext(ecosystem: purl.name.ecosystem, purl: purl, filename: filename)
    let limits = AnalysisLimits(entries: 2000, totalBytes: 16 << 20, fileBytes: 1 << 20, ratioFloorBytes: 8 << 20)
    return StaticAnalyzer.analyze(file, context: context, limits: limits)
}

FuzzEntry.run { bytes in
    for (purl, filename) in names {
        guard let first = report(bytes, purl, filename) else { preconditionFailure("no memory for a file") }
        precondition(first == report(bytes, purl, filename), "two analyses of the same bytes differ")
        let answer = AnalysisAnswer.encode(first)
        let decoded = try? AnalysisAnswer.decode(answer)
        precondition(decoded?.verdict == first.verdict, "an answer does not survive its way")
    }
}
