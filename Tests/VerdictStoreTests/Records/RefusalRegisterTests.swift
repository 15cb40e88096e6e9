import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing

@testable import VerdictStore

@Suite("Refusal register")
struct RefusalRegisterTests {
    private let temporary: TemporaryDirectory
    private let start = Timestamp(secondsSinceEpoch: 1_767_225_600)
    private var path: String { temporary.path("refusals.db") }

    init() throws {
        temporary = try TemporaryDirectory()
    }

    private func subject(_ name: String) throws -> RefusalSubject {
        RefusalSubject(
            registry: try RegistryName(parsing: "npmjs"), purl: try PackageURL(parsing: "pkg:npm/\(name)@1.0.0"),
            filename: "\(name)-1.0.0.tgz")
    }

    private func hit(
        _ name: String, by client: String = "a", isCI: Bool = false, after seconds: Int64 = 0,
        code: RefusalCode = .heldCooldown
    ) throws -> RefusalHit {
        RefusalHit(
            subject: try subject(name), sha512: SHA512Digest(hashing: Array(name.utf8)), code: code,
            cause: "published 5h ago", until: start.adding(.seconds(1000)), client: client, isCI: isCI,
            at: start.adding(.seconds(seconds)))
    }

    @Test("a reference depends on source, package, version and file alone")
    func references() throws {
        let reference = try subject("left-pad").reference
        #expect(reference == (try subject("left-pad").reference))
        #expect(reference.text.utf8.count == 8)
        #expect(RefusalReference(parsing: reference.text) == reference)
        #expect(RefusalReference(parsing: reference.short)?.isPrefix(of: reference) == true)
        #expect(reference != (try subject("right-pad").reference))
        for text in ["", "abcde", "abcdefghi", "ABCDEF", "abcde1", "abcde0", "abcdé2"] {
            #expect(RefusalReference(parsing: text) == nil)
        }
    }

    @Test("hits of one artifact are one refusal that counts its clients")
    func counting() throws {
        let register = try RefusalRegister(path: path)
        _ = register.record(try hit("left-pad", by: "a"))
        _ = register.record(try hit("left-pad", by: "a", after: 5))
        _ = register.record(try hit("left-pad", by: "b", isCI: true, after: 7))
        let record = register.record(try hit("left-pad", by: "c", after: 9, code: .heldReview))
        #expect(record.hits == 4)
        #expect(record.waitingClients == 3)
        #expect(record.waitingCIClients == 1)
        #expect(record.firstHitAt == start)
        #expect(record.lastHitAt == start.adding(.seconds(9)))
        #expect(record.code == .heldReview)
        #expect(register.list() == [record])
    }

    @Test("refusals are found by reference, whole or shortened, and by package")
    func finding() throws {
        let register = try RefusalRegister(path: path)
        let first = register.record(try hit("left-pad"))
        let second = register.record(try hit("right-pad", after: 1))
        #expect(register.find(first.reference) == [first])
        let short = try #require(RefusalReference(parsing: second.reference.short))
        #expect(register.find(short) == [second])
        #expect(register.find(try PackageURL(parsing: "pkg:npm/left-pad")) == [first])
        #expect(register.find(try PackageURL(parsing: "pkg:npm/left-pad@1.0.0")) == [first])
        #expect(register.find(try PackageURL(parsing: "pkg:npm/left-pad@2.0.0")) == [])
        #expect(register.list() == [second, first])
        register.resolve(first.subject)
        #expect(register.find(first.reference) == [])
    }

    @Test("what was flushed survives a restart, clients included, and what ended stays away")
    func persistence() async throws {
        let first = try RefusalRegister(path: path)
        for client in ["a", "b"] { _ = first.record(try hit("kept", by: client, isCI: client == "b")) }
        _ = first.record(try hit("ended"))
        try await first.flush()
        first.resolve(try subject("ended"))
        let kept = first.record(try hit("kept", by: "c", after: 3))
        try await first.close()

        let second = try RefusalRegister(path: path)
        #expect(second.list() == [kept])
        #expect(second.record(try hit("kept", by: "a")).waitingClients == 3)
        second.prune(before: start.adding(.seconds(4)))
        #expect(second.list() == [])
        try await second.close()
        let third = try RefusalRegister(path: path)
        #expect(third.list() == [])
        try await third.close()
    }

    @Test("it is bounded: those go that nobody ran into for longest, and clients are counted up to a limit")
    func bounds() async throws {
        let register = try RefusalRegister(path: path, maxEntries: 50)
        for number in 0..<120 as Range<Int64> { _ = register.record(try hit("package-\(number)", after: number)) }
        let left = register.list()
        #expect(left.count <= 50 && left.count >= 40)
        #expect(left.map(\.lastHitAt.secondsSinceEpoch).min() ?? 0 > start.secondsSinceEpoch + 60)
        for number in 0..<1100 { _ = register.record(try hit("package-119", by: "client \(number)")) }
        #expect(register.find(try subject("package-119").reference)[0].waitingClients == RefusalRegister.maxClients)
        try await register.close()
        #expect(try RefusalRegister(path: path).list().count == left.count)
    }

    @Test("what cannot be written now is written with the next flush")
    func failedFlush() async throws {
        let register = try RefusalRegister(path: path)
        let record = register.record(try hit("left-pad"))
        let blocker = try Connection(path, access: .readWrite)
        try blocker.run("DROP TABLE refusals")
        await #expect(throws: DatabaseError.self) { try await register.flush() }
        try RefusalTable.prepare(blocker)
        try await register.close()
        #expect(try RefusalRegister(path: path).list() == [record])
    }
}
