import CLinux
import Glibc
import Platform
import Worker

/// Analyses files one after the other as a worker does, each in a child of its own, and says what each took.
///
///     analysis-benchmark <jurat> < paths
///
/// One line for each file: path, seconds on the clock, seconds of processor time of its child. At the end the highest
/// memory that any child held, in kilobytes. `Benchmarks/analysis.py` makes sense of it.
@main
enum AnalysisBenchmark {
    static func main() async { await run(Array(CommandLine.arguments.dropFirst())) }
}

private func run(_ words: [String]) async {
    guard words.count == 1 else { return print("analysis-benchmark <jurat> < paths; run Benchmarks/analysis.py") }
    let analysis = LocalAnalysis(executablePath: words[0], concurrent: 1)
    while let path = readLine() {
        guard let file = try? OpenFile.openForReading(path) else { return print("\(path) cannot be opened") }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let processorBefore = processorSeconds()
        let begin = ContinuousClock.now
        let result = await analysis.analyze(.init(file: file, filename: name))
        let elapsed = begin.duration(to: .now) / .seconds(1)
        guard case .success = result else { return print("\(path) was not analysed: \(result)") }
        print(path, elapsed, processorSeconds() - processorBefore, separator: "\t")
    }
    print("peak", usage(of: RUSAGE_CHILDREN.rawValue).ru_maxrss, separator: "\t")
}

/// Processor time of this process and of the children that ended.
private func processorSeconds() -> Double {
    [RUSAGE_SELF.rawValue, RUSAGE_CHILDREN.rawValue].map { who in
        let used = usage(of: who)
        let seconds = used.ru_utime.tv_sec + used.ru_stime.tv_sec
        let microseconds = used.ru_utime.tv_usec + used.ru_stime.tv_usec
        return Double(seconds) + Double(microseconds) / 1e6
    }.reduce(0, +)
}

private func usage(of who: __rusage_who_t) -> rusage {
    var used = rusage()
    unsafe getrusage(who, &used)
    return used
}
