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
            let now = clock.now()
            let loaded = Ecosystem.allCases.filter { index.recordCounts[$0] != nil }
            let freshness = loaded.map {
                advisories.freshness(of: $0, now: now, maxAge: configuration.advisories.maxAge)
            }
            let seconds = freshness.compactMap(\.age).map(\.components.seconds)
            if seconds.contains(where: { $0 < 0 }) {
                return "ADVISORIES \(counts) CONFIRMED AT A TIME THAT HAS NOT COME: a clock is wrong"
            }
            let age = DurationText.short(seconds: seconds.max() ?? 0)
            guard freshness.allSatisfy(\.isCurrent) else {
                return "ADVISORIES STALE: \(counts), last confirmed \(age) ago (jurat advisories status)"
            }
            let failed = loaded.contains { advisories.sources[$0]?.failure != nil }
            return "advisories \(counts) (\(age) old\(failed ? ", the last refresh failed" : ""))"
        } catch {
            return "ADVISORIES UNREADABLE: \(error)"
        }
    }
}
