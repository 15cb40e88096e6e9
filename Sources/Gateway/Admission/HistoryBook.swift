import Cryptography
import Platform
import Registry
import VerdictStore

/// The history of listings on disk, as the gateway's other parts see it.
struct HistoryBook: PackageHistory {
    let history: ListingHistory
    let clock: any WallClock

    func observe(
        _ artifacts: [ListedArtifact], of name: PackageName, at source: RegistryName
    ) async throws(HistoryError) -> [String: ArtifactRecord] {
        do throws(DatabaseError) {
            return try await history.observe(artifacts, of: name, at: source, now: clock.now())
                .mapValues(ArtifactRecord.init)
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

extension ArtifactRecord {
    init(_ facts: ListingFacts) {
        self.init(
            firstSeenAt: facts.firstSeenAt, isTampered: facts.isTampered,
            isTimeContradicted: facts.isTimeContradicted, sha512: facts.sha512)
    }
}
