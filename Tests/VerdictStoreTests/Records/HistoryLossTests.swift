import Platform
import Registry
import TestSupport
import Testing

@testable import VerdictStore

@Suite("A listing history that is lost or damaged")
struct HistoryLossTests {
    private let temporary: TemporaryDirectory
    private var data: DataDirectory { DataDirectory(path: temporary.path("data")) }

    init() throws {
        temporary = try TemporaryDirectory()
        try DataDirectory(path: temporary.path("data")).create()
    }

    private func notice(judged: Bool) throws -> HistoryLoss {
        let loss = HistoryLoss(data)
        try loss.notice(artifactsWereJudged: judged, now: Timestamp(secondsSinceEpoch: 0), logger: .silent)
        return loss
    }

    @Test("a new deployment has lost nothing")
    func newDeployment() throws {
        #expect(try notice(judged: false).problem == nil)
    }

    @Test("a missing history of a used deployment is a problem until an operator removes the notice, over restarts")
    func lost() async throws {
        #expect(try notice(judged: true).problem != nil)
        await (try ListingHistory(path: data.historyPath)).close()
        #expect(try notice(judged: true).problem?.contains("history.lost") == true)
        try Files.remove(data.historyLossPath)
        #expect(try notice(judged: true).problem == nil)
    }

    @Test("a damaged history is refused when it is opened, wherever the damage is", arguments: [0, 100, 4096, 8192])
    func damaged(offset: Int) async throws {
        await (try ListingHistory(path: data.historyPath)).close()
        var bytes = try Files.readAll(data.historyPath)
        try #require(bytes.count > offset + 64)
        bytes.replaceSubrange(offset..<offset + 64, with: Array(repeating: 0xEE, count: 64))
        try Files.writeDurably(bytes, to: data.historyPath)
        let error = #expect(throws: DatabaseError.self) { try ListingHistory(path: data.historyPath) }
        #expect(error?.kind == .corrupt)
    }
}
