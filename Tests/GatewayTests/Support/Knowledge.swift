import Advisories
import Cryptography
import JSON
import Platform
import Registry
import Screening
import TestSupport
import VerdictStore

@testable import Gateway

// What tests put into the gateway's knowledge: advisories, verdicts and rulings.
extension GatewayFixture {
    /// One OSV record about exact versions.
    struct Advisory {
        var id: String
        var ecosystem = Ecosystem.npm
        var package: String
        var versions: [String]
        var fixed: String?
        var vector: String?
        var aliases: [String] = []
        var labels: JSONObject = [:]
    }

    /// Loads a snapshot with these records and nothing else of that ecosystem.
    func load(_ records: [Advisory], of ecosystem: Ecosystem = .npm) throws {
        try install(records, of: ecosystem)
        service.advisoriesChanged()
    }

    /// Puts a snapshot where the gateway will find it, and does not tell.
    func install(_ records: [Advisory], of ecosystem: Ecosystem = .npm) throws {
        let members = records.map { record in
            ZipBuilder.Member("\(record.id).json", JSONText.serialize(Self.document(record)))
        }
        _ = try advisories.install(
            [AdvisoryBundle(ecosystem, bytes: ZipBuilder(members).bytes())], now: clock.now(), allowShrink: true)
    }

    private static func document(_ record: Advisory) -> JSONValue {
        var affected: JSONObject = [
            "package": [
                "ecosystem": .string(record.ecosystem == .npm ? "npm" : "PyPI"), "name": .string(record.package),
            ],
            "versions": .array(record.versions.map { .string($0) }),
        ]
        if let fixed = record.fixed {
            affected.append(
                "ranges",
                [["type": "SEMVER", "events": [["introduced": "0"], ["fixed": .string(fixed)]]]])
        }
        var document: JSONObject = [
            "schema_version": "1.6.0", "id": .string(record.id), "modified": "2026-01-01T00:00:00Z",
            "published": "2026-01-01T00:00:00Z", "summary": "test record",
            "aliases": .array(record.aliases.map { .string($0) }), "affected": [.object(affected)],
            "database_specific": .object(record.labels),
        ]
        if let vector = record.vector {
            document.append("severity", [["type": "CVSS_V3", "score": .string(vector)]])
        }
        return .object(document)
    }

    /// Logs a verdict about bytes, signed by the worker's key.
    @discardableResult
    func logVerdict(
        _ verdict: Verdict, by analyzer: AnalyzerID = .static_, of bytes: [UInt8], _ purl: String, rules: [String] = []
    ) async throws -> StatementID {
        let parsed = try PackageURL(parsing: purl)
        let key = JobKey(
            sha512: SHA512Digest(hashing: bytes), analyzer: analyzer, ruleset: SHA256Digest(hashing: [1]),
            coordinates: analyzer == .advisory ? parsed : nil)
        let request = JobRequest(
            key: key, sha256: SHA256Digest(hashing: bytes), purl: parsed, filename: "file",
            ecosystem: parsed.name.ecosystem, registryFacts: RegistryFacts(name: "", version: ""), priority: .waiting,
            sizeBytes: Int64(bytes.count))
        return try await worker { _ in .clean }.sign(request, verdict, rules: rules)
    }

    /// Logs a ruling about bytes, signed by the operator's key.
    @discardableResult
    func rule(
        _ decision: DispositionDecision, on bytes: [UInt8], _ purl: String, until expiry: Timestamp? = nil,
        sequence: UInt64 = 1
    ) async throws -> LoggedStatement {
        let digest = SHA512Digest(hashing: bytes)
        let parsed = try PackageURL(parsing: purl)
        let statement = DispositionStatement(
            subject: Subject(purl: parsed, sha512: digest, sha256: SHA256Digest(hashing: bytes)), decision: decision,
            inViewOf: stores.log.knowledge.about(digest).verdicts.map(\.statement), overrides: nil, reason: "read it",
            actor: "ana", createdAt: clock.now(), expiresAt: expiry, sequence: sequence)
        return try await stores.log.append(try Envelope.signing(.disposition(statement), with: keys.ana))
    }
}
