import Analyzers
import Glibc
import Platform
import Registry

/// Compares pairs of artifacts in this process and says what each took.
///
///     difference-benchmark < pairs
///
/// A pair is a line with two paths and a tab between them. One line for each: seconds of processor time to read both
/// artifacts, to compare them and to write the difference as text; files that differ, lines that came and went. At the
/// end `peak` with the highest memory of this process, in kilobytes. `Benchmarks/differences.py` makes sense of it.
@main
enum DifferenceBenchmark {
    static func main() {
        while let line = readLine() {
            let paths = line.split(separator: "\t").map(String.init)
            guard paths.count == 2, let old = artifact(paths[0]), let new = artifact(paths[1]) else {
                return print("\(line) is no pair of artifacts")
            }
            let start = processorSeconds()
            let before = ArtifactTree(reading: old.file, context: old.context)
            let after = ArtifactTree(reading: new.file, context: new.context, sharing: before)
            let read = processorSeconds()
            let difference = ArtifactDifference(base: before, new: after)
            let compared = processorSeconds()
            let text = difference.shown().map { DifferenceText.unified($0) } ?? []
            let written = processorSeconds()
            guard difference.isComplete else { return print("\(line) could not be read as a whole") }
            let tree = difference.tree
            print(
                read - start, compared - read, written - compared, tree.changes.count, tree.addedLines,
                tree.removedLines, text.count, separator: "\t")
        }
        print("peak", usage().ru_maxrss, separator: "\t")
    }
}

private func artifact(_ path: String) -> (file: OpenFile, context: ArtifactContext)? {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let ecosystem: Ecosystem = name.hasSuffix(".tgz") ? .npm : .pypi
    guard let file = try? OpenFile.openForReading(path),
        let purl = try? PackageURL(parsing: "pkg:\(ecosystem.rawValue)/package@1.0.0")
    else { return nil }
    return (file, ArtifactContext(ecosystem: ecosystem, purl: purl, filename: name))
}

private func processorSeconds() -> Double {
    let used = usage()
    let seconds = used.ru_utime.tv_sec + used.ru_stime.tv_sec
    return Double(seconds) + Double(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6
}

private func usage() -> rusage {
    var used = rusage()
    unsafe getrusage(RUSAGE_SELF.rawValue, &used)
    return used
}
