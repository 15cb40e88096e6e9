import Compression
import HTTP
import JSON
import Registry

/// `POST /-/npm/v1/security/advisories/bulk`: what `npm audit` and every `npm install` ask, answered from our own
/// advisories. Nothing of what a project depends on is told to anybody else.
enum NPMAudit {
    /// More names than any lockfile has, so that one request cannot keep a thread for long.
    private static let maxPackages = 100_000
    private static let maxVersionsOfPackage = 10_000

    static func respond(to incoming: RegistryRequest) async -> ServerResponse {
        let body: [UInt8]
        do throws(BodyError) {
            body = try await incoming.request.body.collect(maxBytes: incoming.services.maxAuditBytes)
        } catch {
            return PlainAnswers.failure(error.status, "The audit request could not be read: \(error)")
        }
        let text: [UInt8]
        do throws(AuditRequestError) {
            text = try decoded(body, incoming)
            let packages = try packages(text)
            var headers: HeaderFields = [:]
            if let notice = NPMNotice.text(about: packages, incoming) { headers.append("npm-notice", notice) }
            return PlainAnswers.json(
                .object(answer(packages, incoming.services.advisories.current())), headers: headers)
        } catch {
            return PlainAnswers.failure(400, "The audit request could not be understood: \(error.reason)")
        }
    }

    private struct AuditRequestError: Error {
        let reason: String
    }

    private static func decoded(_ body: [UInt8], _ incoming: RegistryRequest) throws(AuditRequestError) -> [UInt8] {
        switch incoming.request.head.headers["Content-Encoding"]?.lowercased() {
        case nil, "identity": return body
        case "gzip", "x-gzip":
            do throws(CompressionError) {
                return try Gzip.decompress(body, maxBytes: incoming.services.maxAuditBytes)
            } catch {
                throw AuditRequestError(reason: "its gzip encoding is broken or too large")
            }
        default: throw AuditRequestError(reason: "only gzip is taken as Content-Encoding")
        }
    }

    /// The names and versions asked about. Names that are no npm names are left out: we cannot know anything of them.
    private static func packages(
        _ text: [UInt8]
    ) throws(AuditRequestError) -> [(name: PackageName, versions: [PackageVersion])] {
        let request: JSONValue
        do throws(JSONError) { request = try JSONText.parse(text) } catch {
            throw AuditRequestError(reason: "it is \(error)")
        }
        guard let members = request.objectValue?.members, members.count <= maxPackages else {
            throw AuditRequestError(reason: "an object of package names with arrays of versions is expected")
        }
        var found: [(name: PackageName, versions: [PackageVersion])] = []
        for member in members {
            guard let listed = member.value.arrayValue, listed.count <= maxVersionsOfPackage else {
                throw AuditRequestError(reason: "each package needs an array of versions")
            }
            guard let name = try? PackageName(parsing: member.name, ecosystem: .npm) else { continue }
            let versions = listed.compactMap { value in
                value.stringValue.flatMap { try? PackageVersion(parsing: $0, ecosystem: .npm) }
            }
            found.append((name, versions))
        }
        return found
    }

    private static func answer(
        _ packages: [(name: PackageName, versions: [PackageVersion])], _ advisories: any AdvisorySnapshot
    ) -> JSONObject {
        var answer: JSONObject = [:]
        for package in packages {
            let entries = advisories.audit(of: package.name, package.versions)
            guard !entries.isEmpty else { continue }
            answer.append(package.name.canonical, .array(entries.map(entry)))
        }
        return answer
    }

    /// One advisory as npm reads it; without ranges, the versions asked about stand for all.
    private static func entry(_ advisory: AuditedAdvisory) -> JSONValue {
        var cvss: JSONObject = ["score": .integer(0), "vectorString": .null]
        if let vector = advisory.cvssVector { cvss.set("vectorString", .string(vector)) }
        if let tenths = advisory.cvssTenths { cvss.set("score", .number("\(tenths / 10).\(tenths % 10)")) }
        return [
            "id": .string(advisory.id), "url": .string("https://osv.dev/vulnerability/\(advisory.id)"),
            "title": .string(advisory.title), "severity": .string(severity(advisory)),
            "vulnerable_versions": .string(advisory.range ?? advisory.affected.joined(separator: " || ")),
            "cwe": [],
            "cvss": .object(cvss),
        ]
    }

    /// npm's words for CVSS scores; without a score nothing is known but that somebody thought it worth a record.
    private static func severity(_ advisory: AuditedAdvisory) -> String {
        if advisory.isMalicious { return "critical" }
        guard let tenths = advisory.cvssTenths else { return "moderate" }
        switch tenths {
        case 90...: return "critical"
        case 70..<90: return "high"
        case 40..<70: return "moderate"
        case 1..<40: return "low"
        default: return "info"
        }
    }
}
