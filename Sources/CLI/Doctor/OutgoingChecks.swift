import Configuration
import HTTP
import Platform
import Registry
import TransparencyLog

/// What leaves this machine and where to; with `--online` whether it arrives.
enum OutgoingChecks {
    /// A place that this deployment talks to, and what it tells it.
    struct Place: Equatable {
        let name: String
        let url: String
        let tells: String
    }

    /// Everything that the configuration makes this deployment talk to.
    static func places(_ configuration: ServiceConfiguration) -> [Place] {
        var places: [Place] = []
        for definition in configuration.topology.definitions {
            guard case .upstream(let upstream) = definition.kind else { continue }
            places.append(
                Place(
                    name: "registry \(definition.name.text)", url: upstream.url,
                    tells: "the names and files that clients ask for"))
        }
        for (ecosystem, source) in configuration.advisories.sources.sorted(by: { $0.key.rawValue < $1.key.rawValue })
        where source.hasPrefix("http") {
            places.append(
                Place(name: "advisories \(ecosystem.rawValue)", url: source, tells: "nothing but the request"))
        }
        if let live = configuration.advisories.liveFallback {
            places.append(
                Place(name: "live advisories", url: live.url, tells: "names and versions that the mirror calls clean"))
        }
        for model in configuration.aiReview?.models ?? [] {
            places.append(
                Place(
                    name: "model \(model.name)", url: model.url,
                    tells: "name, version and text of artifacts that 'ai-review' is asked about"))
        }
        for setting in configuration.trust {
            guard setting.isFollowed, let url = setting.url else { continue }
            places.append(Place(name: "log \(setting.origin)", url: url, tells: "nothing but the request"))
        }
        for witness in configuration.log.witnesses {
            places.append(
                Place(
                    name: "witness \(witness.key.name)", url: witness.url,
                    tells: "checkpoints: size and root of the log"))
        }
        return places
    }

    static func outgoing(_ configuration: ServiceConfiguration) -> DoctorCheck {
        let shown = places(configuration).map { place in
            "\(ConfigurationLoader.masked(place.url)) (\(place.name): \(place.tells))"
        }
        guard !shown.isEmpty else { return DoctorCheck("what is sent", .ok, "nothing leaves this machine") }
        return DoctorCheck(
            "what is sent", .ok, "only what is configured, no telemetry: \(shown.joined(separator: "; "))")
    }

    /// Whether each place answers. Any answer will do: what it says is for other commands.
    static func online(
        _ configuration: ServiceConfiguration, environment: ProcessEnvironment
    ) async -> [DoctorCheck] {
        let client = UpstreamClient(
            proxyEnvironment: environment, userAgent: "jurat/\(JuratVersion.text)", maxConnectionsPerHost: 2)
        var checks: [DoctorCheck] = []
        for place in places(configuration) {
            let shown = ConfigurationLoader.masked(place.url)
            var request = UpstreamRequest(method: .head, url: place.url)
            request.totalTimeout = .seconds(20)
            request.retries = 0
            do {
                let status = try await client.send(request).status
                let isDown = status >= 500
                checks.append(
                    DoctorCheck(
                        "online: \(place.name)", isDown ? .warn : .ok, "\(shown) answers \(status)",
                        advice: isDown ? "the server is reached and in trouble; try again later" : nil))
            } catch {
                checks.append(
                    DoctorCheck(
                        "online: \(place.name)", .fail, "\(shown): \(error)",
                        advice: "look at name resolution, proxy and firewall"))
            }
        }
        return checks
    }
}
