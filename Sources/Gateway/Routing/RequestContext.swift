import HTTP
import Platform
import Registry
import Screening

/// One request to one registry, with what every route needs to know of it.
struct RequestContext: Sendable {
    let request: ServerRequest
    let origin: RequestOrigin
    /// The registry that the address names (may be a router).
    let registry: RegistryDefinition
    /// The registry's address as the client used it, without a slash at its end.
    let registryBase: String

    var head: RequestHead { request.head }

    /// Which client asks; read only where waiting or wording depends on it.
    var profile: ClientProfile { ClientProfile(userAgent: head.headers["User-Agent"]) }

    /// Who asks, as records show it, under a fresh request id.
    func client() -> ClientFacts {
        ClientFacts(address: origin.clientAddress, profile: profile, requestID: RequestID.make())
    }

    var acceptsGzip: Bool { Negotiation.acceptsGzip(head.headers.all("Accept-Encoding")) }
}

/// Names one request in answers and records.
enum RequestID {
    /// Sixteen hexadecimal digits of randomness.
    static func make() -> String {
        let digits = Array("0123456789abcdef".utf8)
        let letters = SystemRandom().bytes(8).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: letters, as: UTF8.self)
    }
}
