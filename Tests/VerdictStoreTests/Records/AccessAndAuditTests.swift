import Cryptography
import JSON
import Platform
import Registry
import TestSupport
import Testing

@testable import VerdictStore

@Suite("Access log")
struct AccessLogTests {
    private let temporary: TemporaryDirectory
    private let start = Timestamp(secondsSinceEpoch: 1_767_225_600)

    init() throws {
        temporary = try TemporaryDirectory()
    }

    private func record(_ package: String, version: String = "1.0.0", after seconds: Int64) throws -> AccessRecord {
        AccessRecord(
            at: start.adding(.seconds(seconds)), requestID: "r\(seconds)", principal: seconds == 0 ? nil : "bo",
            client: "npm/10", address: "192.0.2.1", isCI: seconds % 2 == 1,
            registry: try RegistryName(parsing: "npmjs"),
            purl: try PackageURL(parsing: "pkg:npm/\(package)@\(version)"), filename: "\(package)-\(version).tgz",
            sha512: SHA512Digest(hashing: Array((package + version).utf8)))
    }

    @Test("who got which bytes is found by bytes, package, version and time, newest first")
    func queries() async throws {
        let log = try AccessLog(path: temporary.path("access.db"))
        let records = [
            try record("a", after: 0), try record("b", after: 1), try record("a", version: "2.0.0", after: 2),
            try record("a", after: 3),
        ]
        for record in records { try await log.record(record) }
        func find(_ filter: AccessFilter, limit: Int = 10) async throws -> [AccessRecord] {
            try await log.accesses(matching: filter, limit: limit)
        }
        #expect(try await find(AccessFilter()) == records.reversed())
        #expect(try await find(AccessFilter(), limit: 1) == [records[3]])
        #expect(try await find(AccessFilter(sha512: records[0].sha512)) == [records[3], records[0]])
        let package = try PackageURL(parsing: "pkg:npm/a")
        #expect(try await find(AccessFilter(purl: package)) == [records[3], records[2], records[0]])
        #expect(try await find(AccessFilter(purl: records[2].purl)) == [records[2]])
        #expect(try await find(AccessFilter(purl: package, since: records[2].at)) == [records[3], records[2]])
        await log.close()
        let reopened = try AccessLog(path: temporary.path("access.db"))
        #expect(try await reopened.accesses(matching: AccessFilter(), limit: 10).count == 4)
        #expect(try await reopened.prune(before: records[2].at) == 2)
        #expect(try await reopened.accesses(matching: AccessFilter(), limit: 10) == [records[3], records[2]])
        await reopened.close()
    }

    private func access(
        _ purl: String, from address: String, as principal: String? = nil, after seconds: Int64
    ) throws -> AccessRecord {
        let purl = try PackageURL(parsing: purl)
        return AccessRecord(
            at: start.adding(.seconds(seconds)), requestID: "r\(seconds)", principal: principal, client: "npm/10",
            address: address, isCI: false, registry: try RegistryName(parsing: "npmjs"), purl: purl, filename: "file",
            sha512: SHA512Digest(hashing: Array(purl.text.utf8)))
    }

    @Test("a question is answered with the newest accesses, a count of all and of everybody who made them")
    func questions() async throws {
        let path = temporary.path("access.db")
        #expect(try AccessReader(path: path) == nil)
        let log = try AccessLog(path: path)
        try await log.record([
            try access("pkg:npm/a@1.0.0", from: "192.0.2.1", after: 0),
            try access("pkg:npm/a@1.0.0", from: "192.0.2.1", as: "bo", after: 10),
            try access("pkg:npm/a@2.0.0", from: "192.0.2.2", after: 20),
            try access("pkg:npm/b@1.0.0", from: "192.0.2.1", after: 30),
            try access("pkg:npm/a@1.0.0", from: "192.0.2.1", after: 40),
        ])
        let reader = try #require(try AccessReader(path: path))
        func both(_ question: AccessQuestion) async throws -> AccessFindings {
            let online = try await log.find(question)
            #expect(try reader.find(question) == online)
            return online
        }
        let package = try PackageURL(parsing: "pkg:npm/a")
        let all = try await both(AccessQuestion(.purl(package), limit: 2))
        #expect(all.accesses.map(\.requestID) == ["r40", "r20"])
        #expect(all.total == 4 && all.clients == 3 && all.recordsBegin == start)
        let one = try PackageURL(parsing: "pkg:npm/a@1.0.0")
        let bytes = SHA512Digest(hashing: Array(one.text.utf8))
        for subject in [AccessQuestion.Subject.purl(one), .bytes(bytes)] {
            let found = try await both(AccessQuestion(subject, limit: 9))
            #expect(found.accesses.map(\.requestID) == ["r40", "r10", "r0"] && found.clients == 2)
        }
        let between = try await both(
            AccessQuestion(
                .purl(package), since: start.adding(.seconds(10)), until: start.adding(.seconds(20)), limit: 9))
        #expect(between.accesses.map(\.requestID) == ["r20", "r10"] && between.total == 2)
        let names = [package.name, try PackageURL(parsing: "pkg:npm/b").name]
        let some = try await both(
            AccessQuestion(.versions(of: names, includes: { $0.version?.text == "1.0.0" }), limit: 3))
        #expect(some.accesses.map(\.requestID) == ["r40", "r30", "r10"] && some.total == 4 && some.clients == 2)
        let none = try await both(AccessQuestion(.purl(try PackageURL(parsing: "pkg:npm/c")), limit: 3))
        #expect(none.accesses.isEmpty && none.total == 0 && none.recordsBegin == start)
        await log.close()
    }

    @Test("a summary says how often, by how many and when")
    func summaries() async throws {
        let log = try AccessLog(path: temporary.path("access.db"))
        let one = try access("pkg:npm/a@1.0.0", from: "192.0.2.1", after: 5)
        try await log.record([
            one, try access("pkg:npm/a@1.0.0", from: "192.0.2.2", after: 7),
            try access("pkg:npm/a@2.0.0", from: "192.0.2.3", after: 9),
        ])
        let filter = AccessFilter(sha512: one.sha512, purl: one.purl)
        #expect(
            try await log.summary(matching: filter)
                == AccessSummary(accesses: 2, clients: 2, first: one.at, last: start.adding(.seconds(7))))
        var earlier = filter
        earlier.until = one.at
        #expect(try await log.summary(matching: earlier).accesses == 1)
        earlier.until = start
        #expect(try await log.summary(matching: earlier) == AccessSummary())
        await log.close()
    }

    @Test("what clients call themselves is bounded")
    func boundedClient() async throws {
        let log = try AccessLog(path: temporary.path("access.db"))
        let base = try record("a", after: 0)
        try await log.record(
            AccessRecord(
                at: base.at, requestID: base.requestID, principal: nil, client: String(repeating: "x", count: 100_000),
                address: base.address, isCI: false, registry: base.registry, purl: base.purl, filename: base.filename,
                sha512: base.sha512))
        #expect(try await log.accesses(matching: AccessFilter(), limit: 1)[0].client.utf8.count == 256)
        await log.close()
    }
}

@Suite("Audit log")
struct AuditLogTests {
    private let temporary: TemporaryDirectory
    private let start = Timestamp(secondsSinceEpoch: 1_767_225_600)
    private var path: String { temporary.path("audit.jsonl") }

    init() throws {
        temporary = try TemporaryDirectory()
    }

    private func event(_ number: Int64, after seconds: Int64 = 0, key: String? = nil) -> AuditEvent {
        AuditEvent(
            .decision, at: start.adding(.seconds(seconds)),
            members: ["number": .integer(number), "name": "a\nb\u{2028}\"\\"], deduplicationKey: key)
    }

    private func lines(_ path: String) throws -> [JSONValue] {
        try Files.readAll(path).split(separator: 0x0A).map { try JSONText.parse(Array($0)) }
    }

    @Test("each event is one line of JSON with time and kind first, whatever is in it")
    func lines() async throws {
        let log = try AuditLog(path: path)
        try await log.record(event(1))
        try await log.record(event(2, after: 1))
        try await log.close()
        let lines = try lines(path)
        #expect(lines.map { $0["number"] } == [.integer(1), .integer(2)])
        #expect(lines[0]["name"] == "a\nb\u{2028}\"\\")
        let text = String(decoding: try Files.readAll(path), as: UTF8.self)
        #expect(text.hasPrefix(#"{"time":"2026-01-01T00:00:00Z","event":"decision","number":1"#))
        #expect(try Files.permissions(path) == 0o600)
        await #expect(throws: FileError.self) { try await log.record(event(3)) }
    }

    @Test("equal events of one minute are one line, of different minutes or kinds are not")
    func deduplication() async throws {
        let log = try AuditLog(path: path)
        for seconds in [0, 1, 59, 60, 119, 120] as [Int64] {
            try await log.record(event(seconds, after: seconds, key: "client a, artifact b"))
        }
        try await log.record(event(1000, after: 121, key: "client a, artifact c"))
        try await log.record(
            AuditEvent(
                .refusal, at: start.adding(.seconds(122)), members: ["number": 1001],
                deduplicationKey: "client a, artifact b"))
        try await log.close()
        #expect(try lines(path).map { $0["number"]?.integerValue } == [0, 60, 120, 1000, 1001])
    }

    @Test("files are rotated by size, the newest stay, and no line is lost or torn")
    func rotation() async throws {
        let limits = AuditLog.Limits(maxFileBytes: 400, keptFiles: 3)
        let log = try AuditLog(path: path, limits: limits)
        for number in 0..<40 as Range<Int64> { try await log.record(event(number, after: number / 10)) }
        try await log.close()
        let closed = try Files.list(temporary.path).filter { $0.hasPrefix("audit-") }
        #expect(closed.count == 3)
        #expect(closed.allSatisfy { $0.hasPrefix("audit-20260101T00000") && $0.hasSuffix(".jsonl") })
        var numbers: [Int64] = []
        for name in closed {
            #expect(try Files.sizeBytes(temporary.path(name)) <= 400)
            numbers += try lines(temporary.path(name)).compactMap { $0["number"]?.integerValue }
        }
        numbers += try lines(path).compactMap { $0["number"]?.integerValue }
        #expect(numbers == Array(try #require(numbers.first)...39))
        #expect(numbers.count > 10)
    }

    @Test("a restart goes on in the same file")
    func restart() async throws {
        for number in 0..<3 as Range<Int64> {
            let log = try AuditLog(path: path)
            try await log.record(event(number))
            try await log.close()
        }
        #expect(try lines(path).count == 3)
    }

    @Test("events from many tasks are whole lines")
    func concurrent() async throws {
        let log = try AuditLog(path: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 as Range<Int64> { group.addTask { try await log.record(event(number)) } }
            try await group.waitForAll()
        }
        try await log.close()
        #expect(Set(try lines(path).compactMap { $0["number"]?.integerValue }) == Set(0..<200))
    }
}
