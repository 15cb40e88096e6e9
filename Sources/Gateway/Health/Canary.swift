import Cryptography
import Platform
import Registry
import Screening

/// The built-in package of each ecosystem that policy must refuse: proof that enforcement works, without any upstream.
///
/// It is listed as an old version with one malicious advisory, and goes through the same decision, refusal and routes as
/// any package. Its name is never looked up at a source.
enum Canary {
    static let name = "jurat-canary"
    static let version = "1.0.0"
    /// Old enough for any cooldown: only the advisory may refuse it.
    static let publishedAt = Timestamp(secondsSinceEpoch: 1_577_836_800)
    /// The canary has no bytes; their digest completes its Python listing.
    static var emptyDigestHex: String { SHA256Digest(hashing: [UInt8]()).hex }
    /// The advisory that stands against it in every snapshot.
    static let advisory = AdvisoryFact(id: "MAL-JURAT-CANARY", isMalicious: true)

    static func packageName(_ ecosystem: Ecosystem) -> PackageName {
        do throws(NameError) {
            return try PackageName(parsing: name, ecosystem: ecosystem)
        } catch {
            preconditionFailure("the canary's name is not valid: \(error)")
        }
    }

    /// Whether `name` is the canary's.
    static func isCanary(_ name: PackageName) -> Bool { name.canonical == Canary.name }
}

extension Canary {
    /// The canary as an adapter lists it, never stale and never in any history.
    static func listing(of adapter: any EcosystemAdapter) -> CachedListing {
        let canary = adapter.canaryListing()
        guard let registry = try? RegistryName(parsing: name) else {
            preconditionFailure("the canary's name is not a registry name")
        }
        let loaded = LoadedListing(listing: canary.listing, documents: [:], staleReason: nil, isComplete: true)
        return CachedListing(
            name: canary.name, source: registry, loaded: loaded, record: PackageRecord([:]), freshUntil: .latest,
            validatedAt: publishedAt)
    }
}
