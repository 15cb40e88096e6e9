import Advisories
import Configuration
import Cryptography
import Platform
import Registry

/// Where one ecosystem's bundle comes from.
struct BundleSource: Sendable, Equatable {
    let ecosystem: Ecosystem
    /// A URL or the path of a file.
    let place: String

    init(_ ecosystem: Ecosystem, _ place: String) {
        self.ecosystem = ecosystem
        self.place = place
    }

    /// Those of a configuration, in the order of the ecosystems.
    static func all(_ places: [Ecosystem: String]) -> [BundleSource] {
        Ecosystem.allCases.compactMap { ecosystem in places[ecosystem].map { BundleSource(ecosystem, $0) } }
    }

    var isURL: Bool { Self.isURL(place) }

    static func isURL(_ text: String) -> Bool { text.hasPrefix("https://") || text.hasPrefix("http://") }

    /// The place as people may see it: addresses can carry a secret.
    var shown: String { ConfigurationLoader.masked(place) }

    /// By which what is remembered of a place is told from what is remembered of another.
    var digest: SHA256Digest { SHA256Digest(hashing: Array(place.utf8)) }

    /// A sentence of somebody who knows the whole place, without what is secret in it.
    func masked(_ sentence: String) -> String { sentence.replacing(place, with: shown) }
}

/// What a fetch of a bundle may cost.
struct FetchLimits: Sendable, Equatable {
    /// The largest bundle that is taken.
    var maxBytes: Int64
    /// The longest silence of a server.
    var silence: Duration
    /// The longest time for one attempt: what is missing then is fetched by the next.
    var attempt: Duration = .seconds(3600)

    init(maxBytes: Int64, silence: Duration) {
        self.maxBytes = maxBytes
        self.silence = silence
    }

    init(_ settings: AdvisorySettings) {
        self.init(maxBytes: settings.maxBundleBytes, silence: settings.timeout)
    }
}

/// Why no bundle came: a sentence that follows the name of the source.
struct BundleFailure: Error, Sendable, CustomStringConvertible {
    let reason: String
    /// How long the source asked not to be asked again.
    let pause: Duration?

    init(_ reason: String, pause: Duration? = nil) {
        self.reason = reason
        self.pause = pause
    }

    var description: String { reason }
}
