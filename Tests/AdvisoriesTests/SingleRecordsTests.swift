import Advisories
import JSON
import Platform
import Registry
import TestSupport
import Testing

@Suite("Records that come one by one")
struct SingleRecordsTests {
    @Test("are judged as those of a bundle are, and leave nothing behind")
    func judged() throws {
        let folder = try TemporaryDirectory()
        let scratch = folder.path("scratch")
        let name = try PackageName(parsing: "p", ecosystem: .npm)
        func ids(_ records: [JSONValue], _ version: String) throws -> [String] {
            let version = try PackageVersion(parsing: version, ecosystem: .npm)
            return try SingleRecords.matches(
                records.map { JSONText.serialize($0) }, name, version, scratch: scratch, now: Snapshot.now
            ).map(\.id)
        }
        let records = [record("MAL-1", "p", versions: ["1.0.0"]), record("GHSA-2", "p", versions: ["1.0.0", "2.0.0"])]
        #expect(try ids(records, "1.0.0") == ["GHSA-2", "MAL-1"])
        #expect(try ids(records, "2.0.0") == ["GHSA-2"] && ids(records, "3.0.0") == [])
        #expect(try ids([record("MAL-1", "other", versions: ["1.0.0"])], "1.0.0") == [])
        #expect(try ids([["id": 7], .null], "1.0.0") == [] && ids([], "1.0.0") == [])
        #expect(try Files.list(scratch) == [])
    }
}
