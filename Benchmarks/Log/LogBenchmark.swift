import Cryptography
import Glibc
import Platform
import Screening
import TransparencyLog
import VerdictStore

/// Appending and verifying, each beside the least that any program would need for it, in one run.
///
///     swift run -c release log-benchmark [entries] [append|verify]
@main
enum LogBenchmark {
    static func main() async throws {
        let words = CommandLine.arguments.dropFirst()
        let entries = words.first.flatMap { Int($0) } ?? 100_000
        let folder = "log-benchmark.\(getpid())"
        defer { try? Files.removeTree(folder) }
        try Files.createDirectory(folder)
        let bench = try Bench(folder: folder)
        if !words.contains("verify") { try await bench.appends() }
        if !words.contains("append") { try await bench.verification(entries: entries) }
    }
}

/// The measurements, on one folder.
struct Bench: Sendable {
    let folder: String
    private let verdicts = SyntheticVerdicts(key: .generate())
    private let root = Ed25519SigningKey.generate()
    private let log = Ed25519SigningKey.generate()

    init(folder: String) throws { self.folder = folder }

    private func newLog(_ name: String) throws -> DataDirectory {
        let directory = DataDirectory(path: "\(folder)/\(name)")
        try VerdictLogGenesis.initialize(
            directory, origin: "bench.example/log",
            keys: VerdictLogGenesis.Keys(root: root, log: log, verdict: verdicts.key.publicKey, operators: []))
        return directory
    }

    // MARK: Appending

    /// Appends per second with 1, 16 and 256 statements under way at once, and bare inserts of the same bytes in
    /// transactions of the same size; in turns, medians of three.
    func appends() async throws {
        print("appends/s   batch      log     bare    share")
        for (batch, count) in [(1, 500), (16, 8_000), (256, 51_200)] {
            var rates: [(log: Double, bare: Double)] = []
            for round in 0..<3 {
                let envelopes = try (0..<count).map { try verdicts.envelope($0 + round * 1_000_000) }
                let leaves = envelopes.map(\.leafBytes)
                let directory = try newLog("append-\(batch)-\(round)")
                let log = try await VerdictLog.open(directory, signingWith: log, logger: .silent)
                var begin = ContinuousClock.now
                try await append(envelopes, to: log, batch: batch)
                let logSeconds = Self.seconds(since: begin)
                await log.close()
                let bare = BareInserts(path: "\(folder)/bare-\(batch)-\(round).db")
                begin = ContinuousClock.now
                bare.insert(leaves[...], groupsOf: batch)
                let bareSeconds = Self.seconds(since: begin)
                rates.append((log: Double(count) / logSeconds, bare: Double(count) / bareSeconds))
            }
            let (ours, bare) = (median(rates.map(\.log)), median(rates.map(\.bare)))
            print("          \(pad(batch, 7))\(pad(ours, 9))\(pad(bare, 9))\(pad(100 * ours / bare, 7)) %")
        }
    }

    /// Keeps exactly `batch` statements waiting until all are in.
    private func append(_ envelopes: [Envelope], to log: VerdictLog, batch: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<batch {
                group.addTask {
                    for number in stride(from: lane, to: envelopes.count, by: batch) {
                        _ = try await log.append(envelopes[number])
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    // MARK: Verifying

    /// Signatures per second of the bare verifier on all cores, `log verify`, and opening, on a log of some size.
    func verification(entries: Int) async throws {
        let directory = try newLog("verify")
        let log = try await VerdictLog.open(directory, signingWith: log, logger: .silent)
        var sample: [Envelope] = []
        for start in stride(from: 0, to: entries, by: 10_000) {
            let envelopes = try (start..<min(start + 10_000, entries)).map { try verdicts.envelope($0) }
            if sample.isEmpty { sample = envelopes }
            try await append(envelopes, to: log, batch: 256)
        }
        await log.close()
        let size = try Files.sizeBytes(directory.verdictsPath)
        print("\nstorage     \(entries) entries, \(size / Int64(entries)) bytes a record")
        let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        var bareRates: [Double] = []
        var rates: [Double] = []
        var opening: [Double] = []
        for _ in 0..<3 {
            bareRates.append(try await bareRate(sample, threads: cores))
            let reader = try LogReader(directory)
            let result = try reader.verify()
            rates.append(Double(result.signatures) / result.seconds)
            let begin = ContinuousClock.now
            let reopened = try await VerdictLog.open(directory, signingWith: self.log, logger: .silent)
            opening.append(Double(entries) / Self.seconds(since: begin))
            await reopened.close()
        }
        let (ours, bare) = (median(rates), median(bareRates))
        print("verify/s    \(cores) cores      log     bare    share")
        print("                 \(pad(ours, 9))\(pad(bare, 9))\(pad(100 * ours / bare, 7)) %")
        print("            1,000,000 entries in \(pad(1_000_000 / ours, 0)) s")
        print("opening/s        \(pad(median(opening), 9))")
    }

    /// How fast libsodium checks these signatures over ready-made messages, on as many threads.
    private func bareRate(_ envelopes: [Envelope], threads: Int) async throws -> Double {
        let ready = envelopes.map {
            (message: Envelope.preAuthenticationEncoding(of: $0.payload), signature: $0.signatures[0].signature)
        }
        let key = verdicts.key.publicKey
        let pool = BlockingPool(name: "bare", threads: threads)
        defer { pool.stop() }
        let begin = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<threads {
                group.addTask {
                    await pool.run {
                        for number in stride(from: thread, to: ready.count, by: threads) {
                            precondition(key.isValid(signature: ready[number].signature, for: ready[number].message))
                        }
                    }
                }
            }
        }
        return Double(ready.count) / Self.seconds(since: begin)
    }

    // MARK: Time and print

    private static func seconds(since begin: ContinuousClock.Instant) -> Double {
        let parts = begin.duration(to: .now).components
        return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private func pad(_ value: Double, _ width: Int) -> String { pad(Int(value.rounded()), width) }

    private func pad(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
