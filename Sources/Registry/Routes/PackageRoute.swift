public import Cryptography

/// What one request below a registry's root asks for; the method is the caller's to check.
///
/// Every accepted spelling of an address is one value: escapes are decoded, Python names normalised. There is no value
/// for an address with dot segments, hidden separators or double escapes.
public enum PackageRoute: Sendable, Equatable {
    /// `/`: the registry itself.
    case root
    /// `/-/ping`
    case ping

    // npm: packages

    /// `/<package>`: packument; also where packages are published.
    case npmPackument(PackageName)
    /// `/<package>/<version or tag>`
    case npmManifest(PackageName, VersionSelector)
    /// `/<package>/-/<file>.tgz`
    case npmTarball(PackageName, filename: String)
    /// `/<package>/-rev/<revision>`: changing or removing a whole package.
    case npmRevision(PackageName, revision: String)
    /// `/<package>/-/<file>.tgz/-rev/<revision>`: removing one tarball.
    case npmTarballRevision(PackageName, filename: String, revision: String)
    /// `/-/package/<package>/dist-tags`
    case npmDistTags(PackageName)
    /// `/-/package/<package>/dist-tags/<tag>`
    case npmDistTag(PackageName, tag: String)
    /// `/-/package/<package>/access`, `…/visibility`, `…/collaborators`
    case npmPackageAccess(PackageName)

    // npm: the registry's own routes

    /// `/-/npm/v1/security/advisories/bulk`
    case npmAdvisoriesBulk
    /// `/-/npm/v1/security/audits` and `…/audits/quick`, both retired.
    case npmRetiredAudit
    /// `/-/npm/v1/keys`
    case npmKeys
    /// `/-/npm/v1/attestations/<package>@<version>`
    case npmAttestations(PackageName, PackageVersion)
    /// `/-/v1/search`
    case npmSearch
    /// `/-/whoami`
    case npmWhoami
    /// `/-/npm/v1/user`
    case npmProfile
    /// `/-/npm/v1/tokens`
    case npmTokens
    /// `/-/npm/v1/tokens/token/<key>`
    case npmToken(key: String)
    /// `/-/v1/login`: web login begins.
    case npmWebLogin
    /// `/-/user/org.couchdb.user:<name>`: legacy login.
    case npmUser(name: String)
    /// `/-/user/token/<token>`: logging out.
    case npmSession(token: String)

    // PyPI

    /// `/simple/`
    case pypiIndex(isCanonicalSpelling: Bool)
    /// `/simple/<project>/`; any other spelling of it is redirected there.
    case pypiProject(PackageName, isCanonicalSpelling: Bool)
    /// `/files/<project>/<sha256>/<filename>`, and `.metadata` behind it.
    case pypiFile(PackageName, SHA256Digest, filename: String, isMetadata: Bool)
    /// `/pypi/<project>/json` and `/pypi/<project>/<version>/json`
    case pypiJSON(PackageName, version: PackageVersion?)
    /// `/integrity/<project>/<version>/<file>/provenance`
    case pypiProvenance(PackageName, PackageVersion, filename: String)
    /// `/legacy/`
    case pypiUpload
}

/// How an npm address names a version.
public enum VersionSelector: Sendable, Hashable {
    /// Look it up by equality, not by text: `01.0.0` is `1.0.0`.
    case version(PackageVersion)
    case tag(String)
}

/// Why a request target has no route.
public enum RouteError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No client that follows the protocol sends this: answer 400. `reason` has nothing of the target in it.
    case malformed(reason: String)
    /// Well-formed, but nothing lives there: answer 404.
    case unknown

    /// The status that answers it.
    public var status: Int {
        switch self {
        case .malformed: 400
        case .unknown: 404
        }
    }

    public var description: String {
        switch self {
        case .malformed(let reason): "the request target is not canonical: \(reason)"
        case .unknown: "there is no such route in this registry"
        }
    }
}
