import Advisories
import Glibc
import Platform
import Registry

/// One step of the measurement of advisories; `Benchmarks/advisories.py` runs them, each in a process of its own.
///
///     advisory-benchmark generate <bundle.zip> <records> <percent changed>
///     advisory-benchmark import <directory> <bundle.zip>
///     advisory-benchmark open <directory>
///     advisory-benchmark lookups <directory> <records>
@main
enum AdvisoryBenchmark {
    static func main() throws { try run(Array(CommandLine.arguments.dropFirst())) }
}

private let seed: UInt64 = 20_260_101

private func run(_ words: [String]) throws {
    switch (words.first, words.count) {
    case ("generate", 4): try generate(words[1], Int(words[2]) ?? 0, percentChanged: Int(words[3]) ?? 0)
    case ("import", 3): try importBundle(words[1], words[2])
    case ("open", 2): try open(words[1])
    case ("lookups", 3): try lookups(words[1], Int(words[2]) ?? 0)
    default: print("advisory-benchmark generate|import|open|lookups …; run Benchmarks/advisories.py")
    }
}

private func generate(_ path: String, _ count: Int, percentChanged: Int) throws {
    let records = SyntheticRecords(seed: seed, count: count)
    var writer = try BundleWriter(path: path)
    for number in 0..<count {
        let isChanged = percentChanged > 0 && number % (100 / percentChanged) == 42
        let record = records.record(number, revision: isChanged ? 1 : 0)
        try writer.append(record.name, record.text)
    }
    try writer.finish()
}

private func importBundle(_ folder: String, _ bundle: String) throws {
    let directory = AdvisoryDirectory(directory: folder)
    let begin = ContinuousClock.now
    let report = try directory.install([try AdvisoryBundle(.npm, takingOver: bundle)], now: SystemWallClock().now())
    say("seconds", seconds(since: begin))
    say("kept", Double(report.recordsKept))
    say("skipped", Double(report.recordsSkipped))
    say("reread", Double(report.perEcosystem[.npm]?.recordsReread ?? 0))
}

private func open(_ folder: String) throws {
    var times: [Double] = []
    for _ in 0..<5 {
        let begin = ContinuousClock.now
        _ = try AdvisoryIndex.open(path: "\(folder)/index")
        times.append(seconds(since: begin))
    }
    // The first opening of a process also pays for loading code.
    say("first", times[0])
    say("seconds", times.sorted()[2])
}

/// A third of the questions are about unknown packages, a third about unaffected versions of known ones, a third match.
private func lookups(_ folder: String, _ count: Int) throws {
    let records = SyntheticRecords(seed: seed, count: count)
    var random = SyntheticRecords.Generator(7)
    var questions: [(PackageName, PackageVersion, Bool)] = []
    while questions.count < 90_000 {
        let subject = records.subject(random.below(count))
        let kind = questions.count % 3
        if kind == 1 && subject.clean == nil { continue }
        let name = kind == 0 ? subject.name + "x" : subject.name
        let version = kind == 1 ? subject.clean ?? "" : subject.affected
        questions.append(
            (
                try PackageName(parsing: name, ecosystem: .npm), try PackageVersion(parsing: version, ecosystem: .npm),
                kind == 2
            ))
    }
    questions.shuffle(using: &random)
    let before = try residentKilobytes()
    let index = try AdvisoryIndex.open(path: "\(folder)/index")
    for (name, version, isMatch) in questions {
        precondition(index.matches(name, version).isEmpty != isMatch, "\(name) \(version): a wrong answer")
    }
    // Processor time in microseconds (POSIX fixes the unit): what a core can do, whatever else the machine does.
    let begin = clock()
    var matches = 0
    for _ in 0..<20 {
        for (name, version, _) in questions { matches += index.matches(name, version).count }
    }
    let processorSeconds = Double(clock() - begin) / 1_000_000
    say("rate", Double(20 * questions.count) / processorSeconds)
    say("matches", Double(matches))
    say("resident_kb", Double(try residentKilobytes() - before))
    try listing(index, records)
}

/// Microseconds for a listing of a thousand versions of the package with the most records: each version asked of the
/// index, and of the package looked up once.
private func listing(_ index: AdvisoryIndex, _ records: SyntheticRecords) throws {
    let names = try Set((0..<min(records.count, 20_000)).map { records.subject($0).name }).map {
        try PackageName(parsing: $0, ecosystem: .npm)
    }
    guard let name = names.max(by: { index.advisories(for: $0).count < index.advisories(for: $1).count }),
        let package = index.package(name)
    else { return }
    let versions = try (0..<1000).map {
        try PackageVersion(parsing: "\($0 / 100).\($0 / 10 % 10).\($0 % 10)", ecosystem: .npm)
    }
    var matches = 0
    for (what, ask) in [
        ("listing_us", { index.matches(name, $0) }), ("listing_at_once_us", { package.matches($0) }),
    ] as [(String, (PackageVersion) -> [AdvisoryMatch])] {
        let begin = clock()
        for _ in 0..<50 { for version in versions { matches += ask(version).count } }
        say(what, Double(clock() - begin) / 50)
    }
    say("listing_records", Double(index.advisories(for: name).count))
    say("listing_matches", Double(matches / 100))
}

private func residentKilobytes() throws -> Int {
    // The file has no size to read by: the kernel makes it up as it is read.
    let file = try OpenFile.openForReading("/proc/self/status")
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe try bytes.withUnsafeMutableBytes { unsafe try file.read(at: 0, into: $0) }
    let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
    return lines.first { $0.hasPrefix("VmRSS:") }?.split(separator: " ").compactMap { Int($0) }.first ?? 0
}

private func seconds(since begin: ContinuousClock.Instant) -> Double {
    let parts = begin.duration(to: .now).components
    return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
}

private func say(_ name: String, _ value: Double) { print("\(name) \(value)") }
