import Cryptography
import HTTP
import JSON
import Registry

/// npm's protocol: routes, packuments, and the routes that only npm has.
struct NPMAdapter: EcosystemAdapter {
    var ecosystem: Ecosystem { .npm }

    func route(target: [UInt8], head: RequestHead) throws(RouteError) -> EcosystemRoute {
        let route = try RequestPath.parse(npmTarget: target)
        switch route {
        case .npmAdvisoriesBulk:
            guard head.method == .post else { return .answer(Self.wrongMethod("The bulk advisory route", "POST")) }
            return .special { await NPMAudit.respond(to: $0) }
        case .npmRetiredAudit:
            return .answer(
                PlainAnswers.failure(
                    410, "This audit route is retired; npm 7 and later use /-/npm/v1/security/advisories/bulk"))
        default: break
        }
        guard head.method == .get || head.method == .head else { return .answer(Self.hostedOnly(route)) }
        return Self.readRoute(route, head: head)
    }

    private static func readRoute(_ route: PackageRoute, head: RequestHead) -> EcosystemRoute {
        switch route {
        case .root:
            return .special { PlainAnswers.json(["registry": .string($0.registry.name.text), "ecosystem": "npm"]) }
        case .ping: return .answer(PlainAnswers.json([:]))
        case .npmPackument(let name): return .listing(name, representation(head))
        case .npmManifest(let name, let selector): return .manifest(name, selector)
        case .npmTarball(let name, let filename): return .artifact(name, filename: filename, addressDigest: nil)
        case .npmKeys:
            return .special { await $0.services.relay.answer($0, path: "-/npm/v1/keys") }
        case .npmAttestations(let name, let version):
            return .special {
                await $0.services.relay.answer(
                    $0, about: name, path: "-/npm/v1/attestations/\(name.urlSegment)@\(version.text)")
            }
        case .npmRevision, .npmTarballRevision, .npmDistTags, .npmDistTag, .npmPackageAccess, .npmSearch, .npmWhoami,
            .npmProfile, .npmTokens, .npmToken, .npmWebLogin, .npmUser, .npmSession:
            return .answer(hostedOnly(route))
        case .npmAdvisoriesBulk, .npmRetiredAudit, .pypiIndex, .pypiProject, .pypiFile, .pypiJSON, .pypiProvenance,
            .pypiUpload:
            return .answer(PlainAnswers.failure(404, "There is no such route in an npm registry"))
        }
    }

    /// The abbreviated form for who names it with at least the weight of the full one; browsers and `*/*` get the full.
    static func representation(_ head: RequestHead) -> Representation {
        let choices = Negotiation.choices(head.headers.all("Accept"))
        let named = choices.first { $0.name == NPMListing.abbreviated.contentType }?.weight ?? 0
        let full = Negotiation.weight(of: NPMListing.full.contentType, in: choices)
        return named > 0 && named >= full ? NPMListing.abbreviated : NPMListing.full
    }

    /// What an upstream registry answers to what only a hosted one can do. Nothing is passed on.
    private static func hostedOnly(_ route: PackageRoute) -> ServerResponse {
        switch route {
        case .npmPackument, .npmRevision, .npmTarballRevision, .npmTarball, .npmManifest:
            return wrongMethod("Publishing, deprecating and unpublishing", "GET, HEAD")
        case .npmDistTags, .npmDistTag: return wrongMethod("Listing and changing dist-tags", "")
        case .npmPackageAccess: return wrongMethod("Access settings", "")
        case .npmSearch: return wrongMethod("Search", "")
        case .npmWhoami, .npmProfile, .npmTokens, .npmToken, .npmWebLogin, .npmUser, .npmSession:
            return wrongMethod("Logging in and account settings", "")
        case .root, .ping, .npmKeys, .npmAttestations: return wrongMethod("This method", "GET, HEAD")
        case .npmAdvisoriesBulk, .npmRetiredAudit, .pypiIndex, .pypiProject, .pypiFile, .pypiJSON, .pypiProvenance,
            .pypiUpload:
            return PlainAnswers.failure(404, "There is no such route in an npm registry")
        }
    }

    private static func wrongMethod(_ what: String, _ allowed: String) -> ServerResponse {
        PlainAnswers.wrongMethod(
            "\(what): not available, because this registry screens an upstream and hosts no packages itself",
            allowed: allowed)
    }

    // MARK: Listings

    func loadListing(
        of name: PackageName, with reader: DocumentReader, previous: CachedListing?
    ) async throws(SourceError) -> LoadedListing {
        // Always the full document: the public registry leaves publish times out of the short one.
        let reading = try await reader.document(
            at: reader.upstream.listingURL(for: name), accept: "application/json; q=1.0, */*; q=0.1")
        let documents = [reading.key: reading.document]
        if let previous, CachedListing.digest(of: documents) == previous.digest {
            return LoadedListing(
                listing: previous.listing, documents: documents, staleReason: reading.staleReason, isComplete: true)
        }
        do throws(ListingError) {
            let packument = try Packument(parsing: reading.document.bytes, name: name)
            return LoadedListing(
                listing: NPMListing(packument: packument), documents: documents, staleReason: reading.staleReason,
                isComplete: true)
        } catch {
            throw .unusable(reason: "the listing of \(name) from \(reader.source) cannot be used: \(error)")
        }
    }

    func path(of artifact: ListedArtifact, in name: PackageName) -> String {
        "\(name.canonical)/-/\(artifact.filename)"
    }

    func canaryListing() -> (name: PackageName, listing: any Listing) {
        let document = """
            {"name":"\(Canary.name)","dist-tags":{"latest":"\(Canary.version)"},"versions":{"\(Canary.version)":\
            {"name":"\(Canary.name)","version":"\(Canary.version)","dist":{"tarball":\
            "https://canary.invalid/\(Canary.name)/-/\(Canary.name)-\(Canary.version).tgz",\
            "shasum":"\(SHA1Digest(hashing: []).hex)"}}},"time":{"\(Canary.version)":"\(Canary.publishedAt)"}}
            """
        let name = Canary.packageName(.npm)
        do throws(ListingError) {
            return (name, NPMListing(packument: try Packument(parsing: Array(document.utf8), name: name)))
        } catch {
            preconditionFailure("the built-in canary is not a packument: \(error)")
        }
    }
}
