import Cryptography
import JSON
import Platform
import Registry
import VerdictStore

/// The history of listings on disk, as the gateway's other parts see it.
struct HistoryBook: PackageHistory {
    let history: ListingHistory
    let clock: any WallClock
    let note: @Sendable (AuditEvent) -> Void

    func observe(
        _ artifacts: [ListedArtifact], of name: PackageName, at source: RegistryName
    ) async throws(HistoryError) -> [String: ArtifactRecord] {
        do throws(DatabaseError) {
            let now = clock.now()
            let observed = try await history.record(artifacts, of: name, at: source, now: now)
            for rewritten in observed.rewritten { note(AuditEvent(rewritten, of: name, at: source, now)) }
            return observed.facts.mapValues(ArtifactRecord.init)
        } catch {
            throw HistoryError(reason: "\(error)")
        }
    }

    func recordBytes(
        _ digests: ComputedDigests, of artifact: ListedArtifact, key: ArtifactKey
    ) async throws(HistoryError) -> ArtifactRecord {
        do throws(DatabaseError) {
            return ArtifactRecord(
                try await history.recordBytes(
                    digests, of: artifact, name: key.name, at: key.source, now: clock.now()))
        } catch {
            throw HistoryError(reason: "\(error)")
        }
    }

    func recordTampering(
        _ mismatch: IntegrityMismatch, of artifact: ListedArtifact, key: ArtifactKey
    ) async throws(HistoryError) {
        do throws(DatabaseError) {
            try await history.recordMismatch(of: artifact, name: key.name, at: key.source, now: clock.now())
        } catch {
            throw HistoryError(reason: "\(error)")
        }
    }
}

extension AuditEvent {
    /// The audit line of a listing that contradicts itself.
    fileprivate init(_ rewritten: NoticedRewriting, of name: PackageName, at source: RegistryName, _ moment: Timestamp)
    {
        let version = try? PackageVersion(parsing: rewritten.versionText, ecosystem: name.ecosystem)
        self.init(
            .rewriting, at: moment,
            members: [
                "registry": .string(source.text), "purl": .string(PackageURL(name, version: version).text),
                "file": .string(rewritten.filename),
                "facts": .array(rewritten.members.map { .string($0.rawValue) }),
            ])
    }
}

extension ArtifactRecord {
    init(_ facts: ListingFacts) {
        self.init(
            firstSeenAt: facts.firstSeenAt, isTampered: facts.isTampered,
            isTimeContradicted: facts.isTimeContradicted, sha512: facts.sha512)
    }
}
