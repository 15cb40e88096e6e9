import Cryptography
import Platform
import Screening
import TestSupport
import Testing

@testable import VerdictStore

@Suite("The book of differences")
struct DifferenceBookTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func statement(_ number: UInt8) -> StatementID { StatementID(digest: SHA256Digest(hashing: [number])) }

    @Test("a record is found by its statement, also after a restart, and replaced by a later one")
    func kept() async throws {
        let path = directory.path("differences.db")
        let book = try DifferenceBook(path: path)
        try await book.keep([1, 2], of: statement(1))
        try await book.keep([3], of: statement(2))
        try await book.keep([4], of: statement(1))
        await book.close()
        let again = try DifferenceBook(path: path)
        #expect(try await again.record(of: statement(1)) == [4])
        #expect(try await again.record(of: statement(2)) == [3])
        #expect(try await again.record(of: statement(3)) == nil)
        await again.close()
    }

    @Test("the oldest are forgotten beyond the bound, and nothing else")
    func bounded() async throws {
        let book = try DifferenceBook(path: directory.path("differences.db"), maxBytes: 100)
        for number in 1...5 as ClosedRange<UInt8> {
            try await book.keep([UInt8](repeating: number, count: 30), of: statement(number))
        }
        for number in 1...2 as ClosedRange<UInt8> { #expect(try await book.record(of: statement(number)) == nil) }
        for number in 3...5 as ClosedRange<UInt8> {
            #expect(try await book.record(of: statement(number))?.count == 30)
        }
        try await book.keep([UInt8](repeating: 9, count: 101), of: statement(9))
        #expect(try await book.record(of: statement(9)) == nil, "nothing is kept that alone is too large")
        #expect(try await book.record(of: statement(5)) == nil)
        await book.close()
    }

    @Test("a file that is no database is said to be damaged")
    func damaged() throws {
        let path = try directory.write([UInt8](repeating: 0x61, count: 4096), to: "differences.db")
        #expect(throws: DatabaseError.self) { try DifferenceBook(path: path) }
        do { _ = try DifferenceBook(path: path) } catch { #expect(error.kind == .corrupt) }
    }
}
