/// Feeds bytes that libFuzzer makes up to the reader of build files of gyp.
///
///     scripts/fuzz 60 Gyp
import Analyzers
import FuzzSupport
import Platform
import Registry
import Screening
import TestSupport

private func findings(_ text: [UInt8]) -> Set<String> {
    var tar = TarBuilder()
    tar.addFile("package/package.json", #"{"name":"acme-box","version":"1.2.3"}"#)
    tar.add(.init("package/binding.gyp", content: text))
    tar.addFile("package/box.cc", "int box;\n")
    guard let purl = try? PackageURL(parsing: "pkg:npm/acme-box@1.2.3"), var memory = try? MemoryFile(name: "input"),
        (try? memory.append(tar.finished())) != nil, let file = try? memory.sealed()
    else { preconditionFailure("no memory for a file") }
    let context = ArtifactContext(ecosystem: .npm, purl: purl, filename: "acme-box-1.2.3.tgz")
    let report = StaticAnalyzer.analyze(file, context: context)
    let lines = text.count { $0 == 0x0A || $0 == 0x0D } + 1
    for finding in report.findings where finding.finding.path == "package/binding.gyp" {
        precondition(finding.finding.line.map { (1...lines).contains($0) } ?? true, "a line outside of the text")
    }
    return Set(report.findings.filter { $0.finding.rule == "INST-GYP" }.compactMap(\.finding.evidence))
}

FuzzEntry.run { text in
    let found = findings(text)
    // What stands behind a comment changes nothing.
    precondition(found == findings(Array("# note\n".utf8) + text), "a comment changes what a build file does")
}
