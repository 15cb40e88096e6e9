import Cryptography
import JSON
import Platform
import Registry
import Screening

/// What the gateway knows about a held artifact, as the start of a disposition.
struct DispositionDraft: Sendable {
    let subject: Subject
    let inViewOf: [StatementID]
    let nextSequence: UInt64
    let code: RefusalCode?
    /// The ruling that stands now and that the new one replaces.
    let supersedes: StatementID?

    init(_ resolved: JSONValue) throws(CommandFailure) {
        do {
            let facts = resolved["subject"] ?? .null
            subject = Subject(
                purl: try PackageURL(parsing: facts.text("purl")), sha512: try SHA512Digest(hex: facts.text("sha512")),
                sha256: try SHA256Digest(hex: facts.text("sha256")))
            var seen: [StatementID] = []
            for statement in resolved["statements"]?.arrayValue ?? [] {
                seen.append(try StatementID(hex: statement.text("statement")))
            }
            inViewOf = seen.sorted()
            nextSequence = UInt64(clamping: resolved["nextSequence"]?.integerValue ?? 1)
            supersedes = try resolved["supersedes"]?.stringValue.map { hex throws(StatementError) in
                try StatementID(hex: hex)
            }
            code = RefusalCode(rawValue: resolved.text("code"))
        } catch {
            throw CommandFailure(
                .failure, "the server described the artifact in a form this jurat does not know: \(error)")
        }
    }

    func statement(
        _ decision: DispositionDecision, registries: [RegistryName], reason: String, actor: String, now: Timestamp,
        expiresAt: Timestamp?
    ) -> DispositionStatement {
        DispositionStatement(
            subject: subject, decision: decision, scope: DispositionScope(registries: registries, purl: subject.purl),
            inViewOf: inViewOf, overrides: decision == .allow ? code : nil, reason: reason, actor: actor,
            createdAt: now,
            expiresAt: expiresAt, sequence: nextSequence, supersedes: supersedes)
    }
}
