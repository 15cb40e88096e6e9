import Platform
import Registry

/// What a person (or the log of `serve`) sees of an import while it runs.
struct SyncObserver: Sendable {
    private let console: Console?
    private let line: ProgressLine?

    init(console: Console) {
        self.console = console
        line = ProgressLine(console: console, what: "")
    }

    private init() {
        console = nil
        line = nil
    }

    /// For imports that nobody watches.
    static let silent = SyncObserver()

    /// Says something once.
    func note(_ text: String) {
        line?.finish()
        console?.note("jurat: \(Logger.printable(text))")
    }

    /// Bytes of a bundle have come.
    func received(_ bytes: Int64, of total: Int64?, _ ecosystem: Ecosystem) {
        line?.show(part: bytes, of: total) {
            "\(ecosystem.rawValue) bundle: \(Self.megabytes(bytes))" + (total.map { " of \(Self.megabytes($0))" } ?? "")
        }
    }

    /// Records of a bundle have been read.
    func read(_ records: Int, of total: Int, _ ecosystem: Ecosystem) {
        line?.show(part: Int64(records), of: Int64(total)) { "\(ecosystem.rawValue) records: \(records) of \(total)" }
    }

    func finish() { line?.finish() }

    /// A size for people: `17 bytes`, `0.4 MiB`, `213.9 MiB`.
    static func megabytes(_ bytes: Int64) -> String {
        guard bytes >= 50_000 else { return "\(bytes) bytes" }
        let tenths = bytes / 1024 * 10 / 1024
        return "\(tenths / 10).\(tenths % 10) MiB"
    }
}
