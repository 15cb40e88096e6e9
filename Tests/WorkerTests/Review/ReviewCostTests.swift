import Analyzers
import Cryptography
import Platform
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Worker

@Suite("What reviews cost")
struct ReviewCostTests {
    @Test("what the endpoint counts is what is spent; without its counts, what was set aside is")
    func counts() async throws {
        try await ModelServer.run { server in
            let fixture = try ReviewFixture(server)
            server.script(.counts(ReviewFixture.clean, 1200, 34))
            _ = try await fixture.review()
            #expect(try await fixture.spent() == 1234)
            fixture.sha512 = SHA512Digest(hashing: [2])
            server.script(.says(ReviewFixture.clean))
            _ = try await fixture.review()
            #expect(try await fixture.spent() == 1234 + (try fixture.question()))
        }
    }

    @Test("calls that failed count, calls that were refused do not")
    func failures() async throws {
        try await ModelServer.run { server in
            let fixture = try ReviewFixture(server)
            server.script(.counts("no JSON", 1000, 10))
            _ = try await fixture.review()
            #expect(try await fixture.spent() == 2020)
            server.script(.raw(500, "text/plain", ""))
            _ = try await fixture.review()
            #expect(try await fixture.spent() == 2020 + 2 * (try fixture.question()))
            let before = try await fixture.spent()
            server.script(.raw(400, "text/plain", ""))
            _ = try await fixture.review()
            #expect(try await fixture.spent() == before)
        }
    }

    @Test("at the day's ceiling no model is asked any more, also after a restart, until the next day")
    func day() async throws {
        try await ModelServer.run { server in
            let fixture = try ReviewFixture(server)
            fixture.maxTokensPerDay = 3 * (try fixture.question())
            server.script(.says("no JSON"))
            _ = try await fixture.review()
            fixture.sha512 = SHA512Digest(hashing: [2])
            // The third question is within the ceiling, the fourth is not.
            #expect(try await fixture.failure().cause == .limit)
            #expect(server.questions.count == 3)
            fixture.sha512 = SHA512Digest(hashing: [3])
            server.script(.says(ReviewFixture.clean))
            let failure = try await fixture.failure()
            #expect(failure.cause == .limit && failure.detail.contains("left for today"))
            #expect(server.questions.count == 3)
            #expect(try await fixture.spent() <= fixture.maxTokensPerDay)
            fixture.clock.advance(by: .seconds(86_400))
            #expect(try await fixture.review().get().verdict == .clean)
        }
    }

    @Test("an artifact costs no more than its ceiling, whatever its models do and however often it is tried")
    func artifact() async throws {
        try await ModelServer.run { server in
            let fixture = try ReviewFixture(server)
            fixture.models = (0..<3).map { .init(name: "m\($0)", format: .openai, url: server.url) }
            fixture.maxTokensPerArtifact = 4 * (try fixture.question())
            server.script(.says("no JSON"))
            for _ in 0..<4 { _ = try await fixture.failure() }
            #expect(try await fixture.failure().detail.contains("left for this artifact today"))
            #expect(server.questions.count == 4)
            #expect(try await fixture.spent() == fixture.maxTokensPerArtifact)
            fixture.sha512 = SHA512Digest(hashing: [9])
            server.script(.says(ReviewFixture.clean))
            #expect(try await fixture.review().get().verdict == .clean)
        }
    }

    @Test("a question that was answered is not paid for twice; another question, artifact, base or model is another")
    func cache() async throws {
        try await ModelServer.run { server in
            let fixture = try ReviewFixture(server)
            server.script(.says(ReviewFixture.suspicious))
            let first = try await fixture.review().get()
            server.script(.says(ReviewFixture.clean))
            #expect(try await fixture.review().get() == first)
            #expect(server.questions.count == 1)
            #expect(try await fixture.review(base: SHA512Digest(hashing: [7])).get().verdict == .clean)
            fixture.sha512 = SHA512Digest(hashing: [2])
            #expect(try await fixture.review().get().verdict == .clean)
            fixture.sha512 = SHA512Digest(hashing: [1])
            fixture.models = [.init(name: "m", format: .openai, url: server.url, temperature: 10)]
            #expect(try await fixture.review().get().verdict == .clean)
            #expect(server.questions.count == 4)
        }
    }

    @Test("an answer that was tampered with on disk is asked for again")
    func damagedCache() async throws {
        try await ModelServer.run { server in
            let fixture = try ReviewFixture(server)
            let prompt = ReviewPrompt(fixture.material, about: try ReviewFixture.context().purl)
            let question = ReviewCache.question(prompt, to: fixture.models[0], about: fixture.sha512, base: nil)
            let book = try fixture.book()
            try await book.keep(Array("{\"verdict\":\"clean\"}".utf8), for: question)
            await book.close()
            server.script(.says(ReviewFixture.suspicious))
            #expect(try await fixture.review().get().verdict == .suspicious)
        }
    }

    @Test("an answer that cannot be written counts all the same, and is not paid for twice")
    func fullDisk() async throws {
        try await ModelServer.run { server in
            let fixture = try ReviewFixture(server)
            fixture.isDiskFull = true
            server.script(.counts(ReviewFixture.suspicious, 10, 1))
            let first = try await fixture.review().get()
            #expect(first.verdict == .suspicious)
            // What the question cost cannot be written either: the most that it may have cost counts.
            #expect(try await fixture.spent() == (try fixture.question()))
            server.script(.says(ReviewFixture.clean))
            #expect(try await fixture.review().get() == first)
            #expect(server.questions.count == 1)
            // With room on the disk again it is kept for other processes too.
            fixture.isDiskFull = false
            #expect(try await fixture.review().get() == first)
            let question = ReviewCache.question(
                ReviewPrompt(fixture.material, about: try ReviewFixture.context().purl), to: fixture.models[0],
                about: fixture.sha512, base: nil)
            #expect(fixture.unkept.answer(to: question) == nil)
            let book = try fixture.book()
            #expect(try await book.answer(to: question) != nil)
            await book.close()
            #expect(server.questions.count == 1)
        }
    }

    @Test("artifacts that were reviewed before leave half of the day to what is new")
    func rescan() async throws {
        try await ModelServer.run { server in
            let fixture = try ReviewFixture(server)
            let question = try fixture.question()
            fixture.maxTokensPerDay = 4 * question
            server.script(.says(ReviewFixture.clean))
            fixture.isRescan = true
            for number in 1...2 {
                fixture.sha512 = SHA512Digest(hashing: [UInt8(number)])
                #expect(try await fixture.review().get().verdict == .clean)
            }
            fixture.sha512 = SHA512Digest(hashing: [3])
            #expect(try await fixture.failure().cause == .limit)
            let book = try fixture.book()
            let ledger = CostLedger(book: book, settings: fixture.settings, clock: fixture.clock, isRescan: true)
            await #expect(throws: AnalysisFailure.self) { try await ledger.requireRoom() }
            try await CostLedger(book: book, settings: fixture.settings, clock: fixture.clock).requireRoom()
            await book.close()
            fixture.isRescan = false
            #expect(try await fixture.review().get().verdict == .clean)
            #expect(server.questions.count == 3)
        }
    }

    @Test("what a crash leaves is counted as spent")
    func crash() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("reviews.db")
        let ceilings = ReviewBook.Ceilings(perArtifact: 100, perDay: 150)
        let (one, other) = (SHA512Digest(hashing: [1]), SHA512Digest(hashing: [2]))
        let first = try ReviewBook(path: path)
        guard case .reserved = try await first.reserve(90, for: one, on: 5, within: ceilings) else {
            Issue.record("the first reservation is within both ceilings")
            return
        }
        // Never settled: another process opens the book beside it.
        let second = try ReviewBook(path: path)
        #expect(try await second.reserve(20, for: one, on: 5, within: ceilings) == .artifactCeiling(left: 10))
        #expect(try await second.reserve(70, for: other, on: 5, within: ceilings) == .dayCeiling(left: 60))
        guard case .reserved(let kept) = try await second.reserve(60, for: other, on: 5, within: ceilings) else {
            Issue.record("what is left may be spent")
            return
        }
        try await second.settle(kept, spent: 10)
        #expect(try await first.spending(on: 5) == .init(tokens: 100, artifacts: 2))
        #expect(try await first.spending(on: 6) == .init(tokens: 0, artifacts: 0))
        await first.close()
        await second.close()
    }

    @Test("a panel counts every model, and one that gives no answer keeps the others from being clean")
    func panel() async throws {
        try await ModelServer.run { server in
            let fixture = try ReviewFixture(server)
            fixture.models = (0..<2).map { .init(name: "m\($0)", format: .openai, url: server.url) }
            server.script(.counts(ReviewFixture.clean, 10, 1), .counts("prose", 100, 1))
            #expect(try await fixture.failure().cause == .garbage)
            #expect(try await fixture.spent() == 11 + 2 * 101)
            // The valid answer was kept; only the other model is asked again.
            server.script(.counts(ReviewFixture.suspicious, 1000, 1))
            #expect(try await fixture.review().get().verdict == .suspicious)
            #expect(server.questions.count == 4)
        }
    }
}
