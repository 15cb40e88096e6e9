import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

/// Two deployments: a peer whose log is exported and followed, and the one that takes over.
struct ExchangeFixture {
    let peer: LogFixture
    let home: LogFixture
    let clock = ManualWallClock()

    init() throws {
        peer = try LogFixture()
        home = try LogFixture()
    }

    init(peer: LogFixture, home: LogFixture) {
        self.peer = peer
        self.home = home
    }

    /// A verdict for each name: clean, or what the name says.
    func say(_ names: String...) async throws { try await append(names.map { try verdict(about: $0) }) }

    func verdict(about name: String) throws -> Envelope {
        try peer.verdictEnvelope(name, Verdict.allCases.first { name.hasPrefix($0.rawValue) } ?? .clean)
    }

    /// Appends to the peer's log, in this order.
    func append(_ envelopes: [Envelope]) async throws {
        let log = try await peer.open()
        for envelope in envelopes { _ = try await log.append(envelope) }
        await log.close()
    }

    func export(_ selection: BundleSelection = BundleSelection(), since: UInt64? = nil) throws -> [UInt8] {
        try Self.export(peer, selection, since: since)
    }

    static func export(
        _ fixture: LogFixture, _ selection: BundleSelection = BundleSelection(), since: UInt64? = nil
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let export = BundleExport(try LogReader(fixture.directory), selection: selection, sinceCheckpoint: since)
        let summary = try export.write { (piece) throws(ExchangeFailure) in bytes += piece }
        #expect(summary.digest == SHA256Digest(hashing: bytes))
        #expect(summary.sizeBytes == UInt64(bytes.count))
        return bytes
    }

    /// Trust in the peer's log key and root.
    func trust(_ change: (inout TrustedLog) -> Void = { _ in }) throws -> TrustedLog {
        let key = try NoteVerifier(name: LogFixture.origin, publicKey: peer.log.publicKey)
        var trust = TrustedLog(
            verifier: try CheckpointVerifier(logKeys: [key]), roots: [peer.root.publicKey.keyID])
        change(&trust)
        return trust
    }

    func verified(_ bytes: [UInt8], _ trust: TrustedLog? = nil) throws -> VerifiedBundle {
        try VerifiedBundle(
            verifying: try ReceivedBundle(parsing: bytes), with: try trust ?? self.trust(), at: clock.now())
    }

    /// Opens what takes over. Close both again before opening them anew.
    func open(
        seams: ForeignStore.Seams = .none, book: ((any ReceiptBook) -> any ReceiptBook)? = nil
    ) async throws -> (log: VerdictLog, store: ForeignStore) {
        let log = try await home.open()
        let real = LogReceiptBook(log: log, reader: try LogReader(home.directory))
        do {
            let store = try await ForeignStore.open(
                home.directory, book: book?(real) ?? real, clock: clock, logger: .silent, seams: seams)
            return (log, store)
        } catch {
            await log.close()
            throw error
        }
    }

    /// Opens, runs and closes.
    func withStore(_ body: (VerdictLog, ForeignStore) async throws -> Void) async throws {
        let (log, store) = try await open()
        do {
            try await body(log, store)
            await store.close()
            await log.close()
        } catch {
            await store.close()
            await log.close()
            throw error
        }
    }

    /// The peer's newest checkpoint note.
    func note() throws -> [UInt8] { Array(try LogReader(peer.directory).head().note.utf8) }

    func leaves(_ range: Range<UInt64>) throws -> [[UInt8]] {
        try LogReader(peer.directory).entries(from: range.lowerBound, count: range.count).map(\.leaf)
    }

    /// Follows the peer up to what it shows now, some entries at a time.
    func follow(_ store: ForeignStore, atOnce: Int = 3, _ trust: TrustedLog? = nil) async throws -> ImportOutcome {
        let session = try await store.follow(try trust ?? self.trust(), to: note())
        var next = session.wanted.lowerBound
        while next < session.wanted.upperBound {
            let end = min(next + UInt64(atOnce), session.wanted.upperBound)
            try await session.add(leaves(next..<end))
            next = end
        }
        return try await session.finish()
    }
}

extension ImportOutcome {
    /// How many entries were new; nil when there was nothing to do.
    var newStatements: UInt64? {
        switch self {
        case .imported(_, let statements): statements
        case .alreadyImported: nil
        }
    }
}

/// The lines of a bundle, to be disturbed.
struct BundleText {
    var lines: [[UInt8]]

    init(_ bytes: [UInt8]) {
        lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map(Array.init)
    }

    var bytes: [UInt8] { lines.flatMap { $0 + [0x0A] } }

    var headerLine: Int { lines.firstIndex { $0.starts(with: Array(#"{"verdictBundle""#.utf8)) } ?? -1 }

    /// Replaces text within one line; the text must be there.
    mutating func replace(_ line: Int, _ old: String, _ new: String) {
        let text = String(decoding: lines[line], as: UTF8.self)
        #expect(text.contains(old), "line \(line + 1) has no \(old): \(text)")
        lines[line] = Array(text.replacing(old, with: new, maxReplacements: 1).utf8)
    }
}
