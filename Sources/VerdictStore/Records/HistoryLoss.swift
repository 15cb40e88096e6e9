public import Platform

/// The notice that the listing history went missing.
///
/// Unlike a cache it cannot be made again: without it a source may change its story unnoticed. Going on is the
/// operator's decision, so the notice stays, over restarts, until somebody removes it.
public struct HistoryLoss: Sendable {
    private let historyPath: String
    private let noticePath: String

    public init(_ directory: DataDirectory) {
        historyPath = directory.historyPath
        noticePath = directory.historyLossPath
    }

    /// Writes the notice when there is no history although artifacts were judged before. Call it before the history is
    /// opened, which makes a new one.
    ///
    /// - Throws: `FileError` when the notice cannot be written.
    public func notice(artifactsWereJudged: Bool, now: Timestamp, logger: Logger) throws(FileError) {
        guard artifactsWereJudged, !Files.exists(historyPath), !Files.exists(noticePath) else { return }
        // ✝ Before it: the next start notices the same. After it: the notice is there for good.
        let text = "history.db was missing at \(now.rfc3339), although artifacts had been judged before.\n"
        try Files.writeDurably(Array(text.utf8), to: noticePath)
        logger.error(advice)
    }

    /// What is wrong and what to do; nil when nothing is.
    public var problem: String? { Files.exists(noticePath) ? advice : nil }

    private var advice: String {
        "\(historyPath) was lost: what sources claimed and sent before is forgotten, so an artifact that was changed "
            + "since is not noticed. Stop jurat and put the file back from a backup, or accept the loss by removing "
            + noticePath
    }
}
