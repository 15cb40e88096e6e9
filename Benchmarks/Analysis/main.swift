import CLinux
import Glibc
import Platform
import Worker

/// Analyses files one after the other as a worker does, each in a child of its own, and says what each took.
///
///     analysis-benchmark <jurat> [--alone] < paths
///
/// One line for each file: path, seconds on the clock, seconds of processor time. At the end `total` with the
/// processor time of everything, and `peak` with the highest memory that any child held, in kilobytes.
/// `Benchmarks/analysis.py` makes sense of it.
///
/// A worker's children are copies of one process that prepares them, and their processor time is known only once that
/// one has ended; so each file's own is told only with `--alone`, when each has such a process for itself. It is then
/// higher by one start.
@main
enum AnalysisBenchmark {
    static func main() async { await run(Array(CommandLine.arguments.dropFirst())) }
}

private func run(_ words: [String]) async {
    let isAlone = words.contains("--alone")
    guard let jurat = words.first, words.count == (isAlone ? 2 : 1) else {
        return print("analysis-benchmark <jurat> [--alone] < paths; run Benchmarks/analysis.py")
    }
    let begin = processorSeconds()
    var analysis: LocalAnalysis? = LocalAnalysis(executablePath: jurat, concurrent: 1)
    while let path = readLine() {
        guard let file = try? OpenFile.openForReading(path) else { return print("\(path) cannot be opened") }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let processorBefore = processorSeconds()
        let start = ContinuousClock.now
        let result = await analysis?.analyze(.init(file: file, filename: name))
        let elapsed = start.duration(to: .now) / .seconds(1)
        guard case .success = result else { return print("\(path) was not analysed: \(String(describing: result))") }
        if isAlone {
            analysis = nil
            waitForChildren()
        }
        print(path, elapsed, processorSeconds() - processorBefore, separator: "\t")
        if isAlone { analysis = LocalAnalysis(executablePath: jurat, concurrent: 1) }
    }
    analysis = nil
    waitForChildren()
    print("total", processorSeconds() - begin, separator: "\t")
    print("peak", usage(of: RUSAGE_CHILDREN.rawValue).ru_maxrss, separator: "\t")
}

/// Returns once every child was collected by whoever started it: only then is its time counted.
private func waitForChildren() {
    var information = unsafe siginfo_t()
    while unsafe waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT) == 0 { usleep(100) }
}

/// Processor time of this process and of the children that were collected.
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
