import Advisories
import Cryptography
import Gateway
import JSON
import Platform
import Registry
import TestSupport
import Testing

@testable import CLI
@testable import HTTP

/// A server of one bundle that answers as the test orders, and remembers what it was asked.
final class BundleServer: UpstreamFetching {
    /// What the server does with one request.
    enum Turn: Sendable {
        /// The bundle, by all rules of conditional and range requests.
        case serve
        /// The same, but the connection breaks after so many bytes of the body.
        case cut(after: Int)
        case status(Int, HeaderFields)
        case body([UInt8], HeaderFields)
        case fail(UpstreamError)
    }

    struct State {
        var bundle: [UInt8]
        var tag: String?
        var turns: [Turn] = []
        var requests: [UpstreamRequest] = []
    }

    let state: Lock<State>

    init(_ bundle: [UInt8], tag: String? = "\"one\"") {
        state = Lock(State(bundle: bundle, tag: tag))
    }

    /// What happens with the next requests; after them the bundle is served.
    func order(_ turns: Turn...) { state.withLock { $0.turns = turns } }

    func replace(_ bundle: [UInt8], tag: String) {
        state.withLock { ($0.bundle, $0.tag) = (bundle, tag) }
    }

    var requests: [UpstreamRequest] { state.withLock { $0.requests } }

    func send(_ request: UpstreamRequest) async throws(UpstreamError) -> UpstreamResponse {
        let (turn, bundle, tag) = state.withLock { state in
            state.requests.append(request)
            return (state.turns.isEmpty ? .serve : state.turns.removeFirst(), state.bundle, state.tag)
        }
        switch turn {
        case .fail(let error): throw error
        case .status(let status, let headers): return respond(status, headers, [])
        case .body(let bytes, let headers): return respond(200, headers, bytes)
        case .serve: return serve(request, bundle, tag, cutAfter: nil)
        case .cut(let count): return serve(request, bundle, tag, cutAfter: count)
        }
    }

    private func serve(
        _ request: UpstreamRequest, _ bundle: [UInt8], _ tag: String?, cutAfter cut: Int?
    ) -> UpstreamResponse {
        var headers: HeaderFields = ["Content-Type": "application/zip"]
        if let tag {
            headers.append("ETag", tag)
            if request.headers["if-none-match"] == tag { return respond(304, headers, []) }
        }
        var (status, body) = (200, bundle)
        if let range = request.headers["range"], request.headers["if-range"] == tag,
            let first = Int(range.dropFirst("bytes=".count).dropLast())
        {
            guard first < bundle.count else {
                return respond(416, ["Content-Range": "bytes */\(bundle.count)"], [])
            }
            status = 206
            body = Array(bundle[first...])
            headers.append("Content-Range", "bytes \(first)-\(bundle.count - 1)/\(bundle.count)")
        }
        headers.append("Content-Length", "\(body.count)")
        return respond(status, headers, body, cutAfter: cut)
    }

    private func respond(
        _ status: Int, _ headers: HeaderFields, _ body: [UInt8], cutAfter cut: Int? = nil
    ) -> UpstreamResponse {
        let channel = ByteChannel<UpstreamError>(
            maxBufferedBytes: body.count + 1, startsPaused: false, cancelled: .aborted, onDemand: {})
        // In pieces, as they come from a network.
        var rest = body[..<min(cut ?? body.count, body.count)]
        while !rest.isEmpty {
            _ = channel.push(Array(rest.prefix(7)))
            rest = rest.dropFirst(7)
        }
        channel.finish(cut == nil ? .success(()) : .failure(.connectionLost(reason: "cut by the test")))
        return UpstreamResponse(status: status, headers: headers, finalURL: "", body: channel, onDrop: {})
    }
}

/// Pauses that take no time and are counted.
final class CountedPause: Pausing {
    let pauses = Lock<[Duration]>([])

    func pause(for duration: Duration) async { pauses.withLock { $0.append(duration) } }

    var all: [Duration] { pauses.withLock { $0 } }
}

/// What a console said beside its results.
final class Sayings: Sendable {
    private let texts = Lock<[String]>([])

    func add(_ text: String) { texts.withLock { $0.append(text) } }

    var all: [String] { texts.withLock { $0 } }
}

/// A data directory with a sync over a scripted server.
struct SyncFixture {
    let folder: TemporaryDirectory
    let server: BundleServer
    let pause = CountedPause()
    let clock = ManualWallClock()
    let directory: AdvisoryDirectory
    var limits = FetchLimits(maxBytes: 1 << 20, silence: .seconds(3))
    var room: Int64 = .max
    let said = Sayings()

    static let place = "https://osv.example/npm/all.zip?token=secret"

    init(_ server: BundleServer) throws {
        folder = try TemporaryDirectory()
        self.server = server
        directory = AdvisoryDirectory(directory: folder.path)
    }

    /// A sync as another process would have it: nothing is remembered but what is on disk.
    func run(
        _ places: [Ecosystem: String] = [.npm: SyncFixture.place], allowShrink: Bool = false
    ) async -> AdvisorySync.Outcome {
        let (room, said) = (room, said)
        let console = Console(
            isTerminal: false, hasColour: false, result: { _ in }, note: { said.add($0) })
        let sync = AdvisorySync(
            directory: AdvisoryDirectory(directory: folder.path), path: folder.path, limits: limits, upstream: server,
            clock: clock, pausing: pause, room: { _ throws(FileError) in room },
            observer: SyncObserver(console: console)
        )
        let outcome = await sync.run(BundleSource.all(places), allowShrink: allowShrink)
        _ = try? directory.reloadIfChanged()
        return outcome
    }

    var state: AdvisorySourceState? { directory.sources[.npm] }

    /// What is left of fetches.
    var incoming: [String] { (try? Files.list(folder.path("incoming"))) ?? [] }

    /// Whether npm's `p` of that version is known as bad.
    func knows(_ version: String) throws -> Bool {
        guard let index = try directory.current() else { return false }
        let name = try PackageName(parsing: "p", ecosystem: .npm)
        return !index.matches(name, try PackageVersion(parsing: version, ecosystem: .npm)).isEmpty
    }

    /// A bundle with one record for each version of npm's `p`.
    static func bundle(_ versions: [String], ecosystem: String = "npm", also: String? = nil) -> [UInt8] {
        let members = versions.map { version -> ZipBuilder.Member in
            let named = [ecosystem, also].compactMap(\.self).map { name -> JSONValue in
                [
                    "package": ["ecosystem": .string(name), "name": "p"],
                    "versions": .array([.string(version)]),
                ]
            }
            let record: JSONValue = [
                "id": .string("MAL-\(version)"), "modified": "2026-01-01T00:00:00Z", "affected": .array(named),
            ]
            return ZipBuilder.Member("MAL-\(version).json", JSONText.serialize(record))
        }
        return ZipBuilder(members).bytes()
    }
}
