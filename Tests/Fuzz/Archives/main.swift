/// Feeds bytes that libFuzzer makes up to the readers of archives, as an npm tarball, a wheel and an sdist.
///
///     scripts/fuzz 60 Archives
import Analyzers
import Platform
import Registry

@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>, Int) -> Int32
) -> Int32

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

@_cdecl("LLVMFuzzerTestOneInput")
func tryOneInput(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    for (purl, filename) in names {
        guard let first = report(bytes, purl, filename) else { preconditionFailure("no memory for a file") }
        precondition(first == report(bytes, purl, filename), "two analyses of the same bytes differ")
        let answer = AnalysisAnswer.encode(first)
        let decoded = try? AnalysisAnswer.decode(answer)
        precondition(decoded?.verdict == first.verdict, "an answer does not survive its way")
    }
    return 0
}

private var count = CommandLine.argc
private var arguments = unsafe CommandLine.unsafeArgv
_ = unsafe runFuzzer(&count, &arguments, tryOneInput)
