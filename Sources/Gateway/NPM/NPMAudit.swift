import Advisories
import HTTP
import JSON
import Registry
import Screening

/// `POST /-/npm/v1/security/advisories/bulk`: what `npm audit` and every `npm install` ask, answered from our own
/// advisories and verdicts. Nothing of what a project depends on is told to anybody else.
///
/// Spec: wire.md, section 2.
struct NPMAudit {
    private let incoming: RegistryRequest
    private let snapshot: any AdvisorySnapshot
    /// Original records are read for so many flaws of one answer; they add words, never a flaw.
    private var originalsLeft = 1000

    static func respond(to incoming: RegistryRequest) async -> ServerResponse {
        do throws(RequestFault) {
            return try await incoming.services.audits.run(
                incoming.request, maxBytes: incoming.services.maxAuditBytes
            ) { body throws(RequestFault) in
                let request = try NPMAuditRequest(parsing: body)
                var audit = NPMAudit(incoming)
                return audit.answer(request.packages)
            }
        } catch {
            return PlainAnswers.failure(
                error.status, "The audit request could not be answered: \(error.sentence)",
                headers: error.status == 429 ? ["Retry-After": "1"] : [:])
        }
    }

    private init(_ incoming: RegistryRequest) {
        self.incoming = incoming
        snapshot = incoming.services.advisories.current()
    }

    private mutating func answer(_ packages: [NPMAuditRequest.Package]) -> ServerResponse {
        var answer: JSONObject = [:]
        var notice = NPMNotice(incoming)
        for package in packages {
            notice.consider(package)
            let entries = entries(about: package)
            if !entries.isEmpty { answer.append(package.name.canonical, .array(entries)) }
        }
        let notices = [notice.text, doubt].compactMap(\.self)
        let headers: HeaderFields = notices.isEmpty ? [:] : ["npm-notice": "jurat: \(notices.joined(separator: "; "))"]
        return PlainAnswers.json(.object(answer), headers: headers)
    }

    /// Why an audit that finds nothing may mean little; npm has no other place to say so.
    private var doubt: String? {
        switch incoming.services.findings.availability(of: .npm, snapshot) {
        case .current: nil
        case .neverLoaded: "no npm advisories are loaded here, so audits show nothing but its own verdicts"
        case .stale(let seconds) where seconds < 0: "the advisories behind this audit are newer than the clock here"
        case .stale(let seconds): "the advisories behind this audit are \(seconds / 3600) hours old"
        }
    }

    private mutating func entries(about package: NPMAuditRequest.Package) -> [JSONValue] {
        let own = incoming.services.findings.about(package.name, at: incoming.registry.name, snapshot)
            .filter { package.versions.contains($0.version) }
            .map { entry($0) }
        guard let index = snapshot.records else { return own }
        return own + index.flaws(of: package.name, affecting: package.versions).map { entry($0, index) }
    }

    /// One advisory as npm reads it.
    private mutating func entry(_ flaw: AuditedAdvisory, _ index: AdvisoryIndex) -> JSONValue {
        var labels = OriginalLabels(of: nil)
        if originalsLeft > 0 {
            originalsLeft -= 1
            // The original only adds words: an audit without them is better than none.
            labels = OriginalLabels(of: try? index.record(withID: flaw.leader.id))
        }
        var cvss: JSONObject = ["score": .integer(0), "vectorString": .null]
        if let scored = flaw.scored, let tenths = scored.cvssTenths {
            cvss.set("score", .number("\(tenths / 10).\(tenths % 10)"))
            if let vector = scored.cvssVector { cvss.set("vectorString", .string(vector)) }
        }
        return [
            "id": .string(flaw.leader.id), "url": .string(flaw.url), "title": .string(flaw.title),
            "severity": .string(Self.severity(of: flaw, labels)),
            "vulnerable_versions": .string(flaw.affected.npmRange),
            "cwe": .array(labels.cwes.map { .string($0) }), "cvss": .object(cvss),
        ]
    }

    /// What our own log says of one version; embedded malicious code is CWE-506.
    private func entry(_ finding: OwnFinding) -> JSONValue {
        [
            "id": .string(finding.id), "url": .string(finding.whyURL(incoming.origin.publicBase)),
            "title": .string(finding.sentence), "severity": "critical",
            "vulnerable_versions": .string(finding.version.canonical),
            "cwe": finding.analyzers.isEmpty ? [] : ["CWE-506"],
            "cvss": ["score": 0, "vectorString": nil],
        ]
    }

    /// npm's words for the computed score, which nobody's word replaces; without one what the record's own database says,
    /// and without either nothing is known but that somebody thought it worth a record.
    private static func severity(of flaw: AuditedAdvisory, _ labels: OriginalLabels) -> String {
        if flaw.isMalicious { return "critical" }
        switch flaw.scored?.cvssTenths {
        case .some(90...): return "critical"
        case .some(70..<90): return "high"
        case .some(40..<70): return "moderate"
        case .some(1..<40): return "low"
        case .some: return "info"
        case nil: break
        }
        switch labels.severity {
        case "critical", "high", "low": return labels.severity ?? ""
        default: return "moderate"
        }
    }
}
