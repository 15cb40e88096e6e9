import HTTP
import Platform
import Registry
import Screening

/// Answers for whole packages: the listing in its representations, and other documents filtered alike.
final class ListingRoute: Sendable {
    private let admission: Admission
    private let derived: DerivedListings
    private let relay: UpstreamRelay
    private let clock: any WallClock

    init(admission: Admission, derived: DerivedListings, relay: UpstreamRelay, clock: any WallClock) {
        self.admission = admission
        self.derived = derived
        self.relay = relay
        self.clock = clock
    }

    func respond(
        _ name: PackageName, at source: RegistryDefinition, as representation: Representation,
        _ context: RequestContext
    ) async -> ServerResponse {
        let key = DerivedListings.Key(
            source: source.name, name: name, representation: representation, registryBase: context.registryBase,
            publicBase: context.origin.publicBase, isCompressed: context.acceptsGzip)
        if let view = admission.readyView(of: name, at: source), let rendered = derived.ready(key, for: view) {
            return answer(rendered, view, context)
        }
        do throws(SourceError) {
            let view = try await admission.view(of: name, at: source)
            return answer(try await derived.rendered(key, for: view), view, context)
        } catch {
            return PlainAnswers.sourceFailure(error, asking: name.canonical)
        }
    }

    private func answer(
        _ rendered: RenderedListing, _ view: PackageView, _ context: RequestContext
    ) -> ServerResponse {
        rendered.response(
            to: context.head.headers, at: clock.now(), freshUntil: view.listing.freshUntil,
            isPublic: view.source.upstream?.isPublic ?? false, staleReason: view.listing.staleReason)
    }

    /// Another document about the package, with the refusals of its listing.
    func respond(
        _ name: PackageName, at source: RegistryDefinition, projection: ListingProjection, _ context: RequestContext
    ) async -> ServerResponse {
        guard let upstream = source.upstream, let url = projection.url(upstream), !Canary.isCanary(name) else {
            return PlainAnswers.failure(404, "\(name) has no such document")
        }
        do throws(SourceError) {
            let view = try await admission.view(of: name, at: source)
            let reading = try await relay.document(at: url, accept: "application/json", of: source.name, upstream)
            let writer = RefusalWriter(publicBase: context.origin.publicBase, requestID: "")
            let refusals = writer.listingRefusals(of: view, view.judgeAll())
            let plan = ListingPlan(
                refused: refusals.refused, registryBase: context.registryBase,
                sourceBase: "\(context.origin.publicBase)/~\(source.name)", restrictionMessage: refusals.message)
            return render(reading, projection, plan, name)
        } catch {
            return PlainAnswers.sourceFailure(error, asking: name.canonical)
        }
    }

    private func render(
        _ reading: DocumentReader.Reading, _ projection: ListingProjection, _ plan: ListingPlan, _ name: PackageName
    ) -> ServerResponse {
        do throws(ListingError) {
            var headers: HeaderFields = ["Content-Type": projection.contentType, "Cache-Control": "no-cache"]
            if reading.staleReason != nil { headers.append("Warning", UpstreamRelay.staleWarning) }
            return ServerResponse(
                status: 200, headers: headers, body: .bytes(try projection.render(reading.document.bytes, plan)))
        } catch {
            return PlainAnswers.failure(502, "The document of \(name) cannot be used: \(error)")
        }
    }
}
