import Cryptography
import HTTP
import Platform
import Registry
import Screening

/// Answers for one version: its manifest and the metadata beside its artifact, refused exactly as the artifact is.
final class VersionRoutes: Sendable {
    private let admission: Admission
    private let refusals: RefusalResponder
    private let companions: CompanionFetcher

    init(admission: Admission, refusals: RefusalResponder, companions: CompanionFetcher) {
        self.admission = admission
        self.refusals = refusals
        self.companions = companions
    }

    /// `/<package>/<version or tag>`
    func manifest(
        _ name: PackageName, _ selector: VersionSelector, at source: RegistryDefinition, _ context: RequestContext
    ) async -> ServerResponse {
        do throws(SourceError) {
            let found = try await admission.find(of: name, at: source) { self.select(selector, in: $0) }
            guard let (listed, artifact) = found else {
                return PlainAnswers.failure(404, "version not found: \(name)@\(Self.text(of: selector))")
            }
            let view = await admission.consulted(artifact, in: listed)
            let judgement = view.judge(artifact)
            guard judgement.isListed else { return refusals.refuse(judgement, of: view, context) }
            guard let bytes = view.listing.listing.manifest(of: artifact, registryBase: context.registryBase) else {
                return PlainAnswers.failure(404, "\(name) has no manifests")
            }
            let tag = EntityTag.strong(SHA256Digest(hashing: bytes).hex)
            var headers: HeaderFields = ["ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept"]
            if view.listing.staleReason != nil { headers.append("Warning", UpstreamRelay.staleWarning) }
            if EntityTag.isNoneMatch(context.head.headers, tag) {
                return ServerResponse(status: 304, headers: headers)
            }
            headers.append("Content-Type", "application/json")
            return ServerResponse(status: 200, headers: headers, body: .bytes(bytes))
        } catch {
            return PlainAnswers.sourceFailure(error, asking: name.canonical)
        }
    }

    /// A tag leads where listings show it, which takes every decision; a version needs only its own.
    private func select(_ selector: VersionSelector, in view: PackageView) -> ListedArtifact? {
        var refused: Set<String> = []
        if case .tag = selector {
            refused = Set(view.judgeAll().filter { !$0.isListed }.map(\.artifact.filename))
        }
        return view.listing.listing.artifact(selectedBy: selector, refused: refused)
    }

    private static func text(of selector: VersionSelector) -> String {
        switch selector {
        case .version(let version): version.text
        case .tag(let tag): tag
        }
    }

    /// The metadata file beside a Python artifact.
    func companion(
        _ name: PackageName, _ filename: String, _ digest: SHA256Digest, at source: RegistryDefinition,
        _ context: RequestContext
    ) async -> ServerResponse {
        do throws(SourceError) {
            let found = try await admission.find(of: name, at: source) { $0.listing.artifact(named: filename) }
            guard let (listed, artifact) = found else {
                return PlainAnswers.failure(404, "\(name) has no file \(filename)")
            }
            let view = await admission.consulted(artifact, in: listed)
            let judgement = view.judge(artifact)
            guard judgement.isListed else { return refusals.refuse(judgement, of: view, context) }
            guard artifact.integrity.sha256 == digest, artifact.hasCoreMetadata, let upstream = source.upstream else {
                return PlainAnswers.failure(404, "\(filename) of \(name) has no such metadata")
            }
            let bytes = try await companions.metadata(of: artifact, from: source.name, upstream)
            let tag = EntityTag.strong(SHA256Digest(hashing: bytes).hex)
            let headers: HeaderFields = ["ETag": tag, "Cache-Control": "private, max-age=3600"]
            if EntityTag.isNoneMatch(context.head.headers, tag) {
                return ServerResponse(status: 304, headers: headers)
            }
            var full = headers
            full.append("Content-Type", "application/octet-stream")
            return ServerResponse(status: 200, headers: full, body: .bytes(bytes))
        } catch {
            return PlainAnswers.sourceFailure(error, asking: "\(filename).metadata")
        }
    }
}
