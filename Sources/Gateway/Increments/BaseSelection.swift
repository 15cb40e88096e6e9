import Cryptography
import Registry
import VerdictStore

/// What an artifact may be compared with: artifacts of one line have one layout and are installed in the same places.
enum ReleaseLine: Hashable, Sendable {
    case npmTarball
    /// A source distribution, whatever it is packed with.
    case source
    /// A wheel for one kind of interpreter and platform, by its tag.
    case wheel(tag: String)

    /// The line of a package's file; nil for one that no analyzer opens.
    init?(_ filename: String, of name: PackageName) {
        switch name.ecosystem {
        case .npm: self = .npmTarball
        case .pypi:
            guard let parts = DistributionFilename(parsing: filename, project: name) else { return nil }
            switch parts.kind {
            case .wheel:
                guard let tag = parts.tag else { return nil }
                self = .wheel(tag: tag)
            case .sourceTarball, .sourceZip: self = .source
            case .npmTarball, .other: return nil
            }
        }
    }
}

/// Chooses what a new version is compared with: the newest verified older version in the ecosystem's version order, of the
/// same line, from the same source.
///
/// Version order, not time: 1.9.9 that comes after 2.0.0 stands on 1.9.8. Pre-releases have their place in that order, so
/// 2.0.0 may stand on 2.0.0-rc.1, which was reviewed like everything else. What its source has withdrawn is no base:
/// registries withdraw what turned out to be malicious, and what hides in such a version must show in the next one.
/// Spec: analyzers, section 3, "Base"; rfcs/0023.
struct BaseSelection {
    /// An artifact that the source of the new version ever listed.
    struct Candidate: Sendable, Equatable {
        let version: PackageVersion
        let filename: String
        let line: ReleaseLine
        /// The bytes that were fetched under this name, once they were.
        let sha512: SHA512Digest?
        let isWithdrawn: Bool
        let isTampered: Bool
    }

    /// A candidate and the statement that verifies it.
    struct Choice: Sendable, Equatable {
        let candidate: Candidate
        let sha512: SHA512Digest
        let base: VerifiedBase
    }

    /// Why there is nothing to compare with; of the newest older version in the line, or why there is none.
    enum Refusal: String, Error, Sendable, CaseIterable {
        /// Our records do not say which source the artifact came from.
        case unknownSource
        /// It is the oldest version that its source ever listed.
        case noOlderVersion
        /// Older versions exist as other kinds of files only.
        case otherLine
        case neverFetched
        /// The source sent other bytes under its name than before.
        case tampered
        /// The source lists it no more, or marked it as yanked.
        case withdrawn
        /// No statement that counts says that it is clean.
        case unverified
        /// Its bytes, or those of the full review that its chain begins with, are no longer in the cache and did not come
        /// back in time.
        case evicted
    }

    let version: PackageVersion
    let line: ReleaseLine
    let sha512: SHA512Digest
    let candidates: [Candidate]
    /// What verifies some bytes; nil when nothing does.
    let verified: (SHA512Digest) -> VerifiedBase?

    /// The base to compare with.
    ///
    /// - Parameter isHere: whether bytes can be opened: those of the base, and those of its anchor.
    func choose(isHere: (SHA512Digest) -> Bool) -> Result<Choice, Refusal> {
        let older = older
        guard !older.isEmpty else {
            let hasOlder = candidates.contains { $0.version < version }
            return .failure(hasOlder ? .otherLine : .noOlderVersion)
        }
        var first: Refusal?
        for candidate in older {
            switch standing(of: candidate) {
            case .success(let choice) where isHere(choice.sha512) && isHere(choice.base.anchor): return .success(choice)
            case .success: first = first ?? .evicted
            case .failure(let refusal): first = first ?? refusal
            }
        }
        return .failure(first ?? .unverified)
    }

    /// The base to compare with if its bytes were here.
    var newest: Choice? {
        for candidate in older {
            if case .success(let choice) = standing(of: candidate) { return choice }
        }
        return nil
    }

    /// Every base that may be stood on, newest first; whether its bytes are here is not asked.
    var admissible: [Choice] { older.compactMap { try? standing(of: $0).get() } }

    /// Older versions of the line, newest first; of two files of one version the one whose name is greater.
    private var older: [Candidate] {
        candidates.filter { $0.version < version && $0.line == line && $0.sha512 != sha512 }.sorted { left, right in
            left.version == right.version
                ? right.filename.utf8.lexicographicallyPrecedes(left.filename.utf8) : left.version > right.version
        }
    }

    private func standing(of candidate: Candidate) -> Result<Choice, Refusal> {
        guard let sha512 = candidate.sha512 else { return .failure(.neverFetched) }
        if candidate.isTampered { return .failure(.tampered) }
        if candidate.isWithdrawn { return .failure(.withdrawn) }
        guard let base = verified(sha512) else { return .failure(.unverified) }
        return .success(Choice(candidate: candidate, sha512: sha512, base: base))
    }
}
