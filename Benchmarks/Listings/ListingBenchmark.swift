import Glibc
import Platform
import Registry
import VerdictStore

/// What it takes to keep what a listing says of its releases, beside the reading of the same packument.
///
///     swift run -c release listing-benchmark [releases]
///
/// Releases in runs of ten say the same, as those of real packages do. Three lines of seconds of processor time, each the
/// median of nine: reading the packument, noting it for the first time, and noting it again unchanged.
@main
enum ListingBenchmark {
    static func main() async throws {
        let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 2000
        let folder = "listing-benchmark.\(getpid())"
        defer { try? Files.removeTree(folder) }
        try Files.createDirectory(folder)
        let bytes = packument(releases: count)
        let name = try PackageName(parsing: "acme-box", ecosystem: .npm)
        let source = try RegistryName(parsing: "npmjs")
        var (reading, first, again): ([Double], [Double], [Double]) = ([], [], [])
        for round in 0..<9 {
            let start = processorSeconds()
            let artifacts = try Packument(parsing: bytes, name: name).artifacts
            precondition(artifacts.count == count, "releases were dropped")
            let read = processorSeconds()
            let history = try ListingHistory(path: "\(folder)/history\(round).db")
            let opened = processorSeconds()
            let now = Timestamp(secondsSinceEpoch: 1_767_225_600)
            _ = try await history.record(artifacts, of: name, at: source, now: now)
            let noted = processorSeconds()
            let known = try await history.record(artifacts, of: name, at: source, now: now)
            precondition(known.facts.count == count && known.rewritten.isEmpty)
            reading.append(read - start)
            first.append(noted - opened)
            again.append(processorSeconds() - noted)
            await history.close()
        }
        print("releases", count, "bytes", bytes.count)
        for (what, times) in [("read", reading), ("first", first), ("again", again)] {
            print(what, times.sorted()[times.count / 2], separator: "\t")
        }
    }
}

/// A packument whose releases have forty dependencies, five maintainers and a time.
private func packument(releases: Int) -> [UInt8] {
    let maintainers = (0..<5).map { #"{"name":"person\#($0)","email":"p\#($0)@example.org"}"# }.joined(separator: ",")
    var versions: [String] = []
    var times: [String] = []
    for index in 0..<releases {
        let version = "\(index / 100).\(index / 10 % 10).\(index % 10)"
        let dependencies = (0..<40).map { #""dependency-\#($0 + index / 10)":"^\#($0).0.0""# }.joined(separator: ",")
        versions.append(
            #""\#(version)":{"name":"acme-box","version":"\#(version)","maintainers":[\#(maintainers)],"#
                + #""_npmUser":{"name":"person1","email":"p1@example.org"},"dependencies":{\#(dependencies)},"#
                + #""repository":{"type":"git","url":"git+https://example.org/acme/box.git"},"#
                + #""dist":{"tarball":"https://registry.example.org/acme-box/-/acme-box-\#(version).tgz","#
                + #""shasum":"da39a3ee5e6b4b0d3255bfef95601890afd80709"}}"#)
        times.append(#""\#(version)":"2026-01-01T00:00:00.000Z""#)
    }
    let text =
        #"{"name":"acme-box","dist-tags":{},"versions":{\#(versions.joined(separator: ","))},"#
        + #""time":{\#(times.joined(separator: ","))}}"#
    return Array(text.utf8)
}

private func processorSeconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
