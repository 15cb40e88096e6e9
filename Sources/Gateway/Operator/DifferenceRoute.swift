import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// Says which two artifacts make the difference of a release, for `jurat diff`; it compares nothing itself.
///
/// Spec: rfcs/0027; docs/operator-api.md.
struct DifferenceRoute: Sendable {
    let lookup: ArtifactLookup
    let history: ListingHistory
    let differences: DifferenceShelf
    let fetcher: ArtifactFetcher

    /// Why there is no answer: a sentence and its HTTP status.
    typealias Failure = ArtifactLookup.Failure

    /// One of both artifacts.
    private struct Side {
        let purl: PackageURL
        let filename: String
        let digests: ComputedDigests

        var json: JSONValue {
            [
                "purl": .string(purl.text), "filename": .string(filename), "sha512": .string(digests.sha512.hex),
                "sizeBytes": .integer(digests.sizeBytes),
            ]
        }
    }

    /// Why it is this base.
    private enum Choice: String {
        /// The verdict of `diff` stands on it, or was made in view of it.
        case chain
        /// It is the newest older version whose bytes are here.
        case newest
        case asked
    }

    /// - Parameter body: `{purl, file?, against?, registry?, fetch?}`.
    func answer(_ body: JSONValue) async -> ServerResponse {
        do throws(Failure) {
            guard let text = body["purl"]?.stringValue, text.hasPrefix("pkg:") else {
                throw Failure(status: 400, sentence: "purl is missing: the release, such as pkg:npm/demo@1.1.0")
            }
            let fetches = body["fetch"]?.boolValue ?? false
            let candidates = try await lookup.find(text, registry: body["registry"]?.stringValue)
            let found = try Self.chosen(candidates, file: body["file"]?.stringValue, text)
            guard let line = ReleaseLine(found.artifact.filename, of: found.key.name) else {
                throw Failure(status: 422, sentence: "\(found.artifact.filename) is of a kind that nobody opens")
            }
            let new = try await side(found.artifact, in: found, fetches: fetches)
            let (base, choice) = try await base(
                of: found, line, body["against"]?.stringValue, isNot: new.digests.sha512, fetches: fetches)
            return PlainAnswers.json([
                "new": new.json, "base": base.json, "choice": .string(choice.rawValue),
            ])
        } catch {
            return PlainAnswers.failure(error.status, error.sentence)
        }
    }

    // MARK: The newer one

    /// The file that is meant: the one named, the only one, or the source distribution.
    private static func chosen(
        _ candidates: [ArtifactLookup.Found], file: String?, _ text: String
    ) throws(Failure) -> ArtifactLookup.Found {
        let names = candidates.map(\.artifact.filename).joined(separator: ", ")
        if let file {
            guard let found = candidates.first(where: { $0.artifact.filename == file }) else {
                throw Failure(
                    status: 404, sentence: "\(text) has no file \(Logger.printable(file)); it has \(names)")
            }
            return found
        }
        if candidates.count == 1 { return candidates[0] }
        let sources = candidates.filter { ReleaseLine($0.artifact.filename, of: $0.key.name) == .source }
        guard sources.count == 1 else {
            throw Failure(
                status: 409, sentence: "\(text) has \(candidates.count) files; name one of them with --file: \(names)")
        }
        return sources[0]
    }

    /// The bytes of a listed artifact, if they are here or may be fetched.
    private func side(
        _ artifact: ListedArtifact, in found: ArtifactLookup.Found, fetches: Bool
    ) async throws(Failure) -> Side {
        let purl = PackageURL(found.key.name, version: artifact.version)
        if let digests = fetcher.ready(artifact, in: found.view.listing) {
            return Side(purl: purl, filename: artifact.filename, digests: digests)
        }
        guard fetches else { throw Self.absent(purl, artifact.filename) }
        do throws(ArtifactFetchError) {
            let digests = try await fetcher.ensure(artifact, of: found.view)
            return Side(purl: purl, filename: artifact.filename, digests: digests)
        } catch {
            switch error {
            case .source(let cause):
                throw Failure(
                    status: 502, sentence: "\(purl.text) (\(artifact.filename)) cannot be fetched: \(cause)")
            case .tampered:
                throw Failure(
                    status: 422,
                    sentence: "\(purl.text) (\(artifact.filename)) has other bytes at its source than it claims, or had"
                )
            }
        }
    }

    private static func absent(_ purl: PackageURL, _ filename: String) -> Failure {
        Failure(
            status: 404,
            sentence:
                "\(purl.text) (\(filename)) is not in the cache: nobody asked for it yet, or it was removed to make "
                + "room; --fetch has the server fetch it")
    }

    // MARK: The older one

    private func base(
        of found: ArtifactLookup.Found, _ line: ReleaseLine, _ against: String?, isNot own: SHA512Digest, fetches: Bool
    ) async throws(Failure) -> (Side, Choice) {
        if let against {
            let artifact = try Self.artifact(against, of: found, line)
            return (try await side(artifact, in: found, fetches: fetches), .asked)
        }
        let releases: [KnownRelease]
        do throws(DatabaseError) {
            releases = try await history.releases(of: found.key.name, at: found.key.source)
        } catch {
            throw Failure(status: 503, sentence: "\(error)")
        }
        if let chosen = await chainBase(of: found) {
            let release = releases.first { $0.sha512 == chosen }
            if let side = release.flatMap({ here($0, found.key.name) }) { return (side, .chain) }
            guard fetches, let artifact = release.flatMap({ found.view.listing.artifact(named: $0.filename) }) else {
                throw absentBase(release, found)
            }
            return (try await side(artifact, in: found, fetches: true), .chain)
        }
        let older = olderReleases(than: found, line, among: releases, isNot: own)
        for release in older {
            if let side = here(release, found.key.name) { return (side, .newest) }
        }
        let listed = found.view.listing.listing.artifacts.filter { artifact in
            artifact.version < found.artifact.version && ReleaseLine(artifact.filename, of: found.key.name) == line
        }
        guard let newest = listed.max(by: Self.precedes) else {
            throw Failure(
                status: 404,
                sentence:
                    "\(found.key.source) lists no older version of \(found.key.name) with a file of the same kind as "
                    + "\(found.artifact.filename); name one with --against")
        }
        return (try await side(newest, in: found, fetches: fetches), .newest)
    }

    /// What the newest verdict of `diff` about these bytes was compared with.
    private func chainBase(of found: ArtifactLookup.Found) async -> SHA512Digest? {
        let standing = found.judgement.input.statements.filter { $0.source == .own && $0.analyzer == .diff }
            .max { $0.logIndex < $1.logIndex }
        guard let standing else { return nil }
        if let entry = try? lookup.log.entry(at: standing.logIndex),
            case .verdict(let verdict) = entry.logged.statement,
            case .diff(let base, _, _, _) = verdict.basis
        {
            return base
        }
        // A review in full that had a base was made in view of it all the same.
        return await differences.difference(of: standing.statement)?.base.sha512
    }

    private func absentBase(_ release: KnownRelease?, _ found: ArtifactLookup.Found) -> Failure {
        let name = release.map { "\(found.key.name)@\($0.versionText)" } ?? "what it was compared with"
        return Failure(
            status: 404,
            sentence: "\(name), which its verdict was compared with, is no longer in the cache; --fetch has the server "
                + "fetch it if its source still has it, --against VERSION compares with another version")
    }

    /// The listed artifact of a version that somebody named.
    private static func artifact(
        _ against: String, of found: ArtifactLookup.Found, _ line: ReleaseLine
    ) throws(Failure) -> ListedArtifact {
        let name = found.key.name
        var text = against
        if against.hasPrefix("pkg:") {
            guard let purl = try? PackageURL(parsing: against), purl.name == name, let version = purl.version else {
                throw Failure(
                    status: 400, sentence: "--against \(Logger.printable(against)) is no version of \(name)")
            }
            text = "\(version)"
        }
        guard let version = try? PackageVersion(parsing: text, ecosystem: name.ecosystem) else {
            throw Failure(status: 400, sentence: "--against \(Logger.printable(against)) is no version, such as 1.0.0")
        }
        let files = found.view.listing.listing.artifacts.filter { $0.version == version }
        guard !files.isEmpty else {
            throw Failure(status: 404, sentence: "\(found.key.source) lists no \(name)@\(version)")
        }
        guard let artifact = files.first(where: { ReleaseLine($0.filename, of: name) == line }) else {
            throw Failure(
                status: 404,
                sentence: "\(name)@\(version) has no file of the same kind as \(found.artifact.filename): "
                    + files.map(\.filename).joined(separator: ", "))
        }
        guard artifact.filename != found.artifact.filename else {
            throw Failure(status: 400, sentence: "--against names the very version that is compared")
        }
        return artifact
    }

    private func here(_ release: KnownRelease, _ name: PackageName) -> Side? {
        guard let sha512 = release.sha512, lookup.store.contains(sha512),
            let digests = lookup.store.digests(of: sha512),
            let version = try? PackageVersion(parsing: release.versionText, ecosystem: name.ecosystem)
        else { return nil }
        return Side(purl: PackageURL(name, version: version), filename: release.filename, digests: digests)
    }

    /// Older releases of the line whose bytes were here once, newest first.
    private func olderReleases(
        than found: ArtifactLookup.Found, _ line: ReleaseLine, among releases: [KnownRelease], isNot own: SHA512Digest
    ) -> [KnownRelease] {
        let (version, name) = (found.artifact.version, found.key.name)
        return releases.compactMap { release -> (release: KnownRelease, version: PackageVersion)? in
            guard release.sha512 != nil, release.sha512 != own, ReleaseLine(release.filename, of: name) == line,
                let older = try? PackageVersion(parsing: release.versionText, ecosystem: name.ecosystem),
                older < version
            else { return nil }
            return (release, older)
        }.sorted { $0.version > $1.version }.map(\.release)
    }

    private static func precedes(_ left: ListedArtifact, _ right: ListedArtifact) -> Bool {
        left.version == right.version
            ? left.filename.utf8.lexicographicallyPrecedes(right.filename.utf8) : left.version < right.version
    }
}
