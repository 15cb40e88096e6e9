import Advisories
import Configuration
import Platform
import Registry

/// What `serve` says when it is ready: where it is, how clients use it, and what is not as it should be.
struct Banner: Sendable {
    let configuration: ServiceConfiguration
    let advisories: AdvisoryDirectory
    let clock: any WallClock

    func print(on console: Console) {
        let base = configuration.publicURL.hasSuffix("/") ? configuration.publicURL : configuration.publicURL + "/"
        console.note(
            "jurat \(JuratVersion.text) · \(configuration.publicURL) · \(configuration.workers) workers · \(advisoryState)"
        )
        if configuration.topology.defaultRegistry(for: .npm) != nil {
            console.note("npm:  npm config set registry \(base)")
        }
        if configuration.topology.defaultRegistry(for: .pypi) != nil {
            console.note("pip:  pip config set global.index-url \(base)simple/")
            console.note("uv:   export UV_DEFAULT_INDEX=\(base)simple/")
        }
    }

    private var advisoryState: String {
        do {
            guard let index = try advisories.current() else {
                return configuration.advisories.required == .always
                    ? "NO ADVISORIES LOADED: everything is held until they are (jurat advisories sync)"
                    : "NO ADVISORIES LOADED: artifacts are judged without them (jurat advisories sync)"
            }
            let counts = Ecosystem.allCases.map { "\($0.rawValue) \(index.recordCounts[$0] ?? 0)" }.joined(
                separator: ", ")
            let age = DurationText.short(seconds: index.builtAt.distance(to: clock.now()).components.seconds)
            return "advisories \(counts) (\(age) old)"
        } catch {
            return "ADVISORIES UNREADABLE: \(error)"
        }
    }
}
