import Cryptography
import JSON
import Screening
import TestSupport

@testable import Worker

/// A job with what it is to be compared with, as a gateway offers it.
struct IncrementOffer {
    var new: [UInt8]
    /// Nil for none.
    var base: [UInt8]?
    var anchor: [UInt8]?
    var depth: Int64 = 0
    var facts: JSONValue = ["own": [:]]
    var analyzer = "diff"
    var maxChangedBytes: Int64 = 1_048_576
    var ruleset: SHA256Digest?
    var id = "1"

    init(new: [UInt8], base: [UInt8]?) {
        self.new = new
        self.base = base
    }

    func job(in fixture: WorkerFixture) throws -> JSONValue {
        guard case .object(var job) = try fixture.job(new, id: id, analyzer: analyzer) else { throw NoObject() }
        job.set("facts", facts)
        job.set("thresholds", ["maxChangedBytes": .integer(maxChangedBytes), "maxChangedFiles": 200, "maxSteps": 10])
        if let ruleset { job.set("ruleset", .string(ruleset.hex)) }
        guard let base else {
            job.set("noBase", "noOlderVersion")
            return .object(job)
        }
        guard case .object(var record) = try artifact(fixture, base, "1.2.2", "base-\(id)") else { throw NoObject() }
        record.set("sha256", .string(SHA256Digest(hashing: base).hex))
        record.set("statement", .string(Self.statement(1).hex))
        record.set("anchorStatement", .string(Self.statement(depth > 0 ? 2 : 1).hex))
        record.set("depth", .integer(depth))
        job.set("base", .object(record))
        if let anchor { job.set("anchor", try artifact(fixture, anchor, "1.2.1", "anchor-\(id)")) }
        return .object(job)
    }

    private func artifact(
        _ fixture: WorkerFixture, _ bytes: [UInt8], _ version: String, _ name: String
    ) throws -> JSONValue {
        [
            "sha512": .string(SHA512Digest(hashing: bytes).hex),
            "path": .string(try fixture.directory.write(bytes, to: name)),
            "purl": .string("pkg:npm/acme-box@\(version)"), "filename": .string("acme-box-\(version).tgz"),
        ]
    }

    /// The basis of a verdict on this offer.
    var basis: Basis {
        .diff(
            base: SHA512Digest(hashing: base ?? []), baseStatement: Self.statement(1),
            anchorStatement: Self.statement(depth > 0 ? 2 : 1), depth: Int(depth) + 1)
    }

    static func statement(_ number: UInt8) -> StatementID { StatementID(digest: SHA256Digest(hashing: [number])) }

    /// `acme-box` with one file of code.
    static func tarball(_ text: String, manifest: String = "") -> [UInt8] {
        var tar = TarBuilder()
        tar.addFile("package/package.json", #"{"name":"acme-box","version":"1.2.3"\#(manifest)}"#)
        tar.addFile("package/index.js", text)
        return StoredGzip.member(tar.finished())
    }

    private struct NoObject: Error {}
}
