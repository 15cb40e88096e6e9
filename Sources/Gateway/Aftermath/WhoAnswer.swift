public import Advisories
import Cryptography
public import JSON
import Platform
import Registry
public import VerdictStore

/// Who fetched something and when, as the operator API and the command line tell it.
///
/// Spec: docs/operator-api.md.
public struct WhoAnswer: Sendable {
    /// What would become of a request for the same bytes now.
    struct Present: Sendable, Equatable {
        let isRefused: Bool
        let code: String?
    }

    /// One file of one registry with its bytes.
    struct Fetched: Hashable, Sendable {
        let registry: RegistryName
        let purl: PackageURL
        let filename: String
        let sha512: SHA512Digest

        init(_ access: AccessRecord) {
            registry = access.registry
            purl = access.purl
            filename = access.filename
            sha512 = access.sha512
        }
    }

    private let findings: AccessFindings
    private let advisories: [PackageURL: [String]]
    /// Nothing is known of what is missing here: no server was asked, or the source lists it no more.
    var present: [Fetched: Present] = [:]

    /// - Parameter index: the advisories of now, for what is known of each version.
    public init(_ findings: AccessFindings, index: AdvisoryIndex?) {
        self.findings = findings
        var advisories: [PackageURL: [String]] = [:]
        for purl in Set(findings.accesses.map(\.purl)) {
            guard let index, let version = purl.version else { continue }
            advisories[purl] = index.matches(purl.name, version).map(\.id)
        }
        self.advisories = advisories
    }

    /// What was fetched, each once, in the order of the accesses.
    var fetched: [Fetched] {
        var seen: Set<Fetched> = []
        return findings.accesses.map(Fetched.init).filter { seen.insert($0).inserted }
    }

    public var json: JSONValue {
        [
            "accesses": .array(findings.accesses.map(describe)), "total": .integer(Int64(findings.total)),
            "clients": .integer(Int64(findings.clients)),
            "more": .bool(findings.total > findings.accesses.count),
            "recordsBegin": findings.recordsBegin.map { .string($0.rfc3339) } ?? .null,
            "retentionDays": .integer(AccessLog.defaultRetention.components.seconds / 86_400),
        ]
    }

    private func describe(_ access: AccessRecord) -> JSONValue {
        let present = present[Fetched(access)]
        return [
            "time": .string(access.at.rfc3339), "principal": access.principal.map { .string($0) } ?? .null,
            "client": .string(access.client), "address": .string(access.address), "ci": .bool(access.isCI),
            "registry": .string(access.registry.text), "purl": .string(access.purl.text),
            "file": .string(access.filename), "sha512": .string(access.sha512.hex),
            "integrity": .string("sha512-\(access.sha512.base64)"), "requestId": .string(access.requestID),
            "advisories": .array((advisories[access.purl] ?? []).map { .string($0) }),
            "refused": present.map { .bool($0.isRefused) } ?? .null,
            "code": present?.code.map { .string($0) } ?? .null,
        ]
    }
}
