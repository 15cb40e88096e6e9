import Analyzers
public import HTTP
import Platform
import VerdictStore

/// What a worker needs for reviews by models: the settings that `serve` wrote, read for each job, and the one book.
final class ReviewShelf: Sendable {
    private let settingsPath: String
    private let bookPath: String
    private let opened = Lock<ReviewBook?>(nil)
    /// Answers that could not be written.
    let unkept = UnkeptAnswers()

    private static let maxSettingsBytes = 64 << 10

    init(_ data: DataDirectory) {
        settingsPath = data.reviewSettingsPath
        bookPath = data.reviewsPath
    }

    /// How models are asked now. Blocking.
    ///
    /// - Throws: the reason as it is reported to the gateway.
    func settings() throws(AnalysisFailure) -> ReviewSettings {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.readAll(settingsPath, maxBytes: Self.maxSettingsBytes)
        } catch {
            guard error.isNotFound else {
                throw AnalysisFailure(cause: .crash, detail: "how models are asked cannot be read: \(error)")
            }
            throw AnalysisFailure(cause: .crash, detail: "no model is configured any more")
        }
        guard let settings = ReviewSettings(decoding: bytes), settings.materialTokens != nil else {
            throw AnalysisFailure(
                cause: .crash, detail: "\(settingsPath) was not written by this version of jurat serve")
        }
        return settings
    }

    /// The book, opened when it is first asked for. Blocking.
    ///
    /// - Throws: the reason as it is reported to the gateway.
    func book() throws(AnalysisFailure) -> ReviewBook {
        do throws(DatabaseError) {
            return try opened.withLock { (opened) throws(DatabaseError) in
                if let opened { return opened }
                let book = try ReviewBook(path: bookPath)
                opened = book
                return book
            }
        } catch {
            throw Self.failure(error)
        }
    }

    static func failure(_ error: DatabaseError) -> AnalysisFailure {
        AnalysisFailure(cause: .crash, detail: "what models cost cannot be counted: \(error)")
    }
}

/// The clients that reach models: through the proxies of the environment, but never for models on this machine.
public struct ModelClients: Sendable {
    private let direct: any UpstreamFetching
    private let proxied: any UpstreamFetching

    public init(direct: any UpstreamFetching, proxied: any UpstreamFetching) {
        self.direct = direct
        self.proxied = proxied
    }

    func client(for url: String) -> any UpstreamFetching { IPAddress.isLoopback(url: url) ? direct : proxied }
}
