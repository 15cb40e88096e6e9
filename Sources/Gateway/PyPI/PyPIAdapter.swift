import Cryptography
import HTTP
import JSON
import Registry

/// Python's simple repository protocol: routes, project pages, and the routes that only Python indexes have.
struct PyPIAdapter: EcosystemAdapter {
    var ecosystem: Ecosystem { .pypi }

    /// JSON first; an index that has HTML only sends that, and answers nothing worse for being asked.
    private static let pageAccept =
        "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.2, text/html; q=0.1"

    func route(target: [UInt8], head: RequestHead) throws(RouteError) -> EcosystemRoute {
        let route = try RequestPath.parse(pypiTarget: target)
        guard head.method == .get || head.method == .head else { return .answer(Self.hostedOnly(route)) }
        switch route {
        case .root:
            return .special { PlainAnswers.json(["registry": .string($0.registry.name.text), "ecosystem": "pypi"]) }
        case .ping: return .answer(PlainAnswers.json([:]))
        case .pypiIndex(let isCanonical):
            guard isCanonical else { return .redirect(path: "simple/") }
            return .special { await PyPIIndex.respond(to: $0) }
        case .pypiProject(let name, let isCanonical):
            guard isCanonical else { return .redirect(path: "simple/\(name.canonical)/") }
            return .listing(name, Self.representation(head))
        case .pypiFile(let name, let digest, let filename, let isMetadata):
            return isMetadata
                ? .companion(name, filename: filename, addressDigest: digest)
                : .artifact(name, filename: filename, addressDigest: digest)
        case .pypiJSON(let name, let version): return .projection(name, Self.projectDocument(name, version))
        case .pypiProvenance(let name, let version, let filename):
            return .special {
                await $0.services.relay.answer(
                    $0, about: name, path: "integrity/\(name.canonical)/\(version.text)/\(filename)/provenance",
                    accept: "application/vnd.pypi.integrity.v1+json, application/json; q=0.5")
            }
        case .pypiUpload: return .answer(Self.hostedOnly(route))
        case .npmPackument, .npmManifest, .npmTarball, .npmRevision, .npmTarballRevision, .npmDistTags, .npmDistTag,
            .npmPackageAccess, .npmAdvisoriesBulk, .npmRetiredAudit, .npmKeys, .npmAttestations, .npmSearch, .npmWhoami,
            .npmProfile, .npmTokens, .npmToken, .npmWebLogin, .npmUser, .npmSession:
            return .answer(PlainAnswers.failure(404, "There is no such route in a Python index"))
        }
    }

    /// Spec: PEP 691 "Version + Format Selection"; browsers and clients without preference get HTML.
    static func representation(_ head: RequestHead) -> Representation {
        let html = "text/html"
        let offers = [html, PyPIListing.json.contentType, PyPIListing.versionedHTML.contentType]
        switch Negotiation.bestMediaType(of: offers, accept: head.headers.all("Accept")) {
        case PyPIListing.json.contentType: return PyPIListing.json
        case PyPIListing.versionedHTML.contentType: return PyPIListing.versionedHTML
        default: return PyPIListing.html
        }
    }

    private static func hostedOnly(_ route: PackageRoute) -> ServerResponse {
        let allowed = route == .pypiUpload ? "" : "GET, HEAD"
        return PlainAnswers.wrongMethod(
            "Uploading: not available, because this registry screens an upstream and hosts no projects itself",
            allowed: allowed)
    }

    private static func projectDocument(_ name: PackageName, _ version: PackageVersion?) -> ListingProjection {
        ListingProjection(
            url: { $0.projectJSONURL(for: name, version: version) }, contentType: "application/json",
            render: { (document, plan) throws(ListingError) in
                let parsed = try ProjectDocument(parsing: document, name: name)
                return parsed.rendered(PyPIListing.pagePlan(plan, project: name, artifacts: []))
            })
    }

    // MARK: Listings

    func loadListing(
        of name: PackageName, with reader: DocumentReader, previous: CachedListing?
    ) async throws(SourceError) -> LoadedListing {
        let reading = try await reader.document(
            at: reader.upstream.listingURL(for: name), accept: Self.pageAccept)
        var documents = [reading.key: reading.document]
        let page = try parse(reading, name, reader.source)
        guard page.lacksTimes, let url = reader.upstream.projectJSONURL(for: name) else {
            return LoadedListing(
                listing: unchanged(previous, documents) ?? PyPIListing(page: page), documents: documents,
                staleReason: reading.staleReason, isComplete: true)
        }
        var staleReason = reading.staleReason
        var isComplete = true
        var listing: any Listing = PyPIListing(page: page)
        do throws(SourceError) {
            let facts = try await reader.document(at: url, accept: "application/json")
            documents[facts.key] = facts.document
            staleReason = staleReason ?? facts.staleReason
            if let same = unchanged(previous, documents) {
                listing = same
            } else {
                listing = PyPIListing(page: page.enriched(with: try parseFacts(facts, name, reader.source)))
            }
        } catch {
            // Times stay unknown, and policy says what that means. Only "there is no such document" is worth keeping.
            isComplete = error == .notFound
        }
        return LoadedListing(
            listing: listing, documents: documents, staleReason: staleReason, isComplete: isComplete)
    }

    private func unchanged(
        _ previous: CachedListing?, _ documents: [DocumentKey: UpstreamDocument]
    ) -> (any Listing)? {
        guard let previous, previous.digest == CachedListing.digest(of: documents) else { return nil }
        return previous.listing
    }

    private func parse(
        _ reading: DocumentReader.Reading, _ name: PackageName, _ source: RegistryName
    ) throws(SourceError) -> ProjectPage {
        let document = reading.document
        do throws(ListingError) {
            if document.mediaType.hasSuffix("+json") || document.mediaType == "application/json" {
                return try ProjectPage(parsingJSON: document.bytes, name: name, baseURL: document.finalURL)
            }
            return try ProjectPage(parsingHTML: document.bytes, name: name, baseURL: document.finalURL)
        } catch {
            throw .unusable(reason: "the page of \(name) from \(source) cannot be used: \(error)")
        }
    }

    private func parseFacts(
        _ reading: DocumentReader.Reading, _ name: PackageName, _ source: RegistryName
    ) throws(SourceError) -> ProjectDocument {
        do throws(ListingError) {
            return try ProjectDocument(parsing: reading.document.bytes, name: name)
        } catch {
            throw .unusable(reason: "the JSON document of \(name) from \(source) cannot be used: \(error)")
        }
    }

    func path(of artifact: ListedArtifact, in name: PackageName) -> String {
        "files/\(name.canonical)/\(artifact.integrity.sha256?.hex ?? "")/\(artifact.filename)"
    }

    func canaryListing() -> (name: PackageName, listing: any Listing) {
        let filename = "\(Canary.name.replacing("-", with: "_"))-\(Canary.version)-py3-none-any.whl"
        let document = """
            {"meta":{"api-version":"1.1"},"name":"\(Canary.name)","files":[{"filename":"\(filename)",\
            "url":"https://canary.invalid/\(filename)","hashes":{"sha256":"\(Canary.emptyDigestHex)"},"size":0,\
            "upload-time":"\(Canary.publishedAt)","yanked":false}],"versions":["\(Canary.version)"]}
            """
        let name = Canary.packageName(.pypi)
        do throws(ListingError) {
            let page = try ProjectPage(
                parsingJSON: Array(document.utf8), name: name, baseURL: "https://canary.invalid/")
            return (name, PyPIListing(page: page))
        } catch {
            preconditionFailure("the built-in canary is not a project page: \(error)")
        }
    }
}
