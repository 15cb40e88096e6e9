import Cryptography
import Platform
import Registry
import VerdictStore

/// Brings bytes back that a job is to be compared with and that the cache gave up.
///
/// They come the way they came first: from where the listing says that they are, within the limits of their source, and
/// they have to be the very bytes that were recorded then. Whoever waits for a job waits for them only so long; what takes
/// longer is there for the next job.
struct BaseRecovery: Sendable {
    let admission: Admission
    let fetcher: ArtifactFetcher
    let pausing: any Pausing
    let logger: Logger

    /// Well below a worker's lease, and its patience for an answer.
    private static let patience = Duration.seconds(15)
    /// How old a listing may be that says where the bytes are.
    private static let listingTolerance = Duration.seconds(3600)

    /// Returns when the files are in the cache or will not be in time.
    func bring(_ releases: [KnownRelease], of name: PackageName, from source: RegistryDefinition) async {
        guard !releases.isEmpty else { return }
        let end = await waiting(atMost: Self.patience, pausing) { [self] in
            await fetch(releases, name, source)
        }
        guard case .ended = end else { return }
        logger.info("\(releases[0].filename) of \(name), to be compared with, is still being fetched again")
    }

    private func fetch(_ releases: [KnownRelease], _ name: PackageName, _ source: RegistryDefinition) async {
        do {
            let view = try await admission.view(of: name, at: source, maxAge: Self.listingTolerance)
            for release in releases {
                guard let artifact = view.listing.artifact(named: release.filename),
                    view.sha512(of: artifact) == release.sha512
                else { continue }
                _ = try await fetcher.ensure(artifact, of: view)
            }
        } catch {
            logger.info("\(releases[0].filename) of \(name), to be compared with, cannot be fetched again: \(error)")
        }
    }
}
