import Cryptography
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// What an operator wants analysed again.
enum RescanSelection: Hashable, Sendable {
    case all
    /// A package, or one version of it.
    case package(PackageURL)
    /// Whatever was last judged by these rules.
    case ruleset(SHA256Digest)
}

/// A wish to have artifacts analysed again, and when it is fulfilled.
struct RescanOrder: Hashable, Sendable {
    let selection: RescanSelection
    /// The one whose verdicts are made anew; nil for every analyzer that has rules over bytes.
    let analyzer: AnalyzerID?
    /// Verdicts from this entry of the log on are new enough.
    let before: UInt64

    init(_ selection: RescanSelection, by analyzer: AnalyzerID? = nil, before: UInt64) {
        self.selection = selection
        self.analyzer = analyzer
        self.before = before
    }

    var json: JSONValue {
        let (kind, value): (String, JSONValue) =
            switch selection {
            case .all: ("all", .null)
            case .package(let purl): ("purl", .string(purl.text))
            case .ruleset(let digest): ("ruleset", .string(digest.hex))
            }
        return [
            "selection": .string(kind), "value": value, "analyzer": analyzer.map { .string($0.text) } ?? .null,
            "before": .integer(Int64(clamping: before)),
        ]
    }

    /// Reads what `json` writes; nil for anything else.
    init?(reading value: JSONValue) {
        guard let before = value["before"]?.integerValue, before >= 0 else { return nil }
        let text = value["value"]?.stringValue
        switch value["selection"]?.stringValue {
        case "all": selection = .all
        case "purl":
            guard let purl = text.flatMap({ try? PackageURL(parsing: $0) }) else { return nil }
            selection = .package(purl)
        case "ruleset":
            guard let digest = text.flatMap({ try? SHA256Digest(hex: $0) }) else { return nil }
            selection = .ruleset(digest)
        default: return nil
        }
        // Orders of earlier versions name none.
        switch value["analyzer"] {
        case nil, .null: analyzer = nil
        case let named?:
            guard let known = named.stringValue.flatMap({ try? AnalyzerID(parsing: $0) }) else { return nil }
            analyzer = known
        }
        self.before = UInt64(before)
    }
}

/// The orders that are not fulfilled, durable: neither a restart nor a crash in the middle loses what is yet to be done.
final class RescanBook: Sendable {
    private let path: String
    private let kept: Lock<[RescanOrder]>
    private let disk = BlockingPool(name: "rescan-book", threads: 1)

    private static let maxBytes = 1 << 20
    /// More at once are no orders but a mistake.
    static let maxOrders = 100

    /// - Returns: the book, and why an earlier one could not be read: then its orders are forgotten, which an operator
    ///   repeats.
    static func open(path: String) -> (book: RescanBook, problem: String?) {
        guard Files.exists(path) else { return (RescanBook(path, []), nil) }
        do {
            let value = try JSONText.parse(try Files.readAll(path, maxBytes: maxBytes))
            let listed = value["orders"]?.arrayValue ?? []
            let orders = listed.compactMap(RescanOrder.init(reading:))
            let problem = orders.count == listed.count ? nil : "\(path) has orders that cannot be understood"
            return (RescanBook(path, orders), problem)
        } catch {
            return (RescanBook(path, []), "\(error)")
        }
    }

    private init(_ path: String, _ orders: [RescanOrder]) {
        self.path = path
        kept = Lock(orders)
    }

    var orders: [RescanOrder] { kept.withLock { $0 } }

    /// Takes an order; durable when this returns. One of the same selection that is not fulfilled is joined, so that
    /// asking again goes on instead of beginning anew.
    ///
    /// - Returns: false when there are too many.
    /// - Throws: `FileError` when it cannot be kept; then it is not taken.
    func add(_ order: RescanOrder) async throws(FileError) -> Bool {
        // Reading, writing and taking over are one turn of the one thread: two orders at once must not lose one.
        try await disk.run { () throws(FileError) in
            let now = self.orders
            if now.contains(where: { $0.selection == order.selection && $0.analyzer == order.analyzer }) {
                return true
            }
            guard now.count < Self.maxOrders else { return false }
            try self.write(now + [order])
            return true
        }
    }

    /// Forgets orders that are fulfilled.
    ///
    /// - Throws: `FileError`; then they are looked at again, which finds nothing to do.
    func finish(_ fulfilled: [RescanOrder]) async throws(FileError) {
        guard !fulfilled.isEmpty else { return }
        try await disk.run { () throws(FileError) in
            try self.write(self.orders.filter { !fulfilled.contains($0) })
        }
    }

    /// Blocking; only on the one thread.
    private func write(_ orders: [RescanOrder]) throws(FileError) {
        // ✝ Either the old orders or these, whole.
        try Files.writeDurably(JSONText.serialize(["orders": .array(orders.map(\.json))]), to: path)
        kept.withLock { $0 = orders }
    }
}
