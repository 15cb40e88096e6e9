import Analyzers
import Cryptography
import HTTP
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Worker

/// A review over a model server, with a book of its own that outlives the reviews.
final class ReviewFixture {
    let directory: TemporaryDirectory
    let server: ModelServer
    let clock = ManualWallClock()
    let material: ReviewMaterial
    var models: [ReviewSettings.Model]
    var quorum: Int?
    var maxTokensPerArtifact = 60_000
    var maxTokensPerDay = 2_000_000
    /// Long enough for a busy machine, but for tests of silence.
    var timeoutSeconds = 60
    var sha512 = SHA512Digest(hashing: [1])
    var isRescan = false
    /// What could not be written outlives reviews, as in a worker.
    let unkept = UnkeptAnswers()
    /// Whether the disk takes nothing any more once something was reserved.
    var isDiskFull = false

    static let clean = #"{"verdict":"clean","findings":[]}"#
    static let suspicious =
        #"{"verdict":"suspicious","findings":[{"rule":"AI-CREDENTIALS","path":"package/package.json","line":1}]}"#

    init(_ server: ModelServer, format: ReviewSettings.WireFormat = .openai) throws {
        self.server = server
        directory = try TemporaryDirectory()
        models = [.init(name: "m", format: format, url: server.url)]
        let path = try directory.write(tarball(script: "node a.js"), to: "artifact")
        material = ReviewPreparation.material(
            of: try OpenFile.openForReading(path), context: try Self.context(), limits: .standard, room: 64 << 10)
    }

    static func context() throws -> ArtifactContext {
        ArtifactContext(
            ecosystem: .npm, purl: try PackageURL(parsing: "pkg:npm/acme-box@1.2.3"), filename: "acme-box-1.2.3.tgz")
    }

    var settings: ReviewSettings {
        ReviewSettings(
            models: models, quorum: quorum ?? models.count, maxTokensPerArtifact: maxTokensPerArtifact,
            maxTokensPerDay: maxTokensPerDay, timeoutSeconds: timeoutSeconds)
    }

    func book() throws -> ReviewBook { try ReviewBook(path: directory.path("reviews.db")) }

    /// What one review comes to; the book is opened and closed as over a restart.
    func review(base: SHA512Digest? = nil) async throws -> Result<AnalysisReport, AnalysisFailure> {
        let book = try book()
        let records: any ReviewRecords = isDiskFull ? try await FullDisk(before: book, in: directory) : book
        let client = UpstreamClient(
            proxyEnvironment: ProcessEnvironment(variables: [:]), userAgent: "test", maxConnectionsPerHost: 4)
        let review = ArtifactReview(
            settings: settings,
            ledger: CostLedger(book: records, settings: settings, clock: clock, isRescan: isRescan),
            cache: ReviewCache(book: records, unkept: unkept),
            clients: ModelClients(direct: client, proxied: client), logger: .silent, pause: .zero)
        let subject = ArtifactReview.Subject(sha512: sha512, base: base, purl: try Self.context().purl)
        let result = await review.report(on: material, of: subject)
        await book.close()
        client.shutDown()
        return result
    }

    /// Why a review that must fail did.
    func failure() async throws -> AnalysisFailure {
        switch try await review() {
        case .success(let report):
            Issue.record("a verdict: \(report.verdict)")
            throw UnexpectedVerdict()
        case .failure(let failure): return failure
        }
    }

    /// What was spent today.
    func spent() async throws -> Int {
        let book = try book()
        let tokens = try await book.spending(on: CostLedger.day(clock.now())).tokens
        await book.close()
        return tokens
    }

    /// What is set aside for one question.
    func question() throws -> Int {
        ReviewPrompt(material, about: try Self.context().purl).tokens + settings.maxAnswerTokens
    }
}

struct UnexpectedVerdict: Error {}

/// A book on a disk that is full after each reservation.
private final class FullDisk: ReviewRecords {
    private let book: ReviewBook
    /// Fails whatever it is asked.
    private let broken: ReviewBook

    init(before book: ReviewBook, in directory: TemporaryDirectory) async throws {
        self.book = book
        broken = try ReviewBook(path: directory.path("full.db"))
        await broken.close()
    }

    func reserve(
        _ tokens: Int, for sha512: SHA512Digest, on day: Int64, within ceilings: ReviewBook.Ceilings
    ) async throws(DatabaseError) -> ReviewBook.Outcome {
        try await book.reserve(tokens, for: sha512, on: day, within: ceilings)
    }

    func settle(_ reservation: ReviewBook.Reservation, spent: Int) async throws(DatabaseError) {
        try await broken.settle(reservation, spent: spent)
    }

    func spending(on day: Int64) async throws(DatabaseError) -> ReviewBook.Spending { try await book.spending(on: day) }

    func answer(to question: SHA256Digest) async throws(DatabaseError) -> [UInt8]? {
        try await book.answer(to: question)
    }

    func keep(_ answer: [UInt8], for question: SHA256Digest) async throws(DatabaseError) {
        try await broken.keep(answer, for: question)
    }
}
