import Advisories
import HTTP
import Platform
import Registry

/// Fetches the configured advisory bundles and installs them as one snapshot.
///
/// A source that cannot be reached, or a bundle that cannot be used, leaves the snapshot in force as it is.
struct AdvisoryRefresher: Sendable {
    /// The bundle of each ecosystem: a URL or a file.
    let sources: [Ecosystem: String]
    let directory: AdvisoryDirectory
    let upstream: any UpstreamFetching
    let clock: any WallClock

    private static let maxBundleBytes: Int64 = 1 << 30

    enum Failure: Error, CustomStringConvertible {
        case nothingConfigured
        case source(String, String)
        case install(String)

        var description: String {
            switch self {
            case .nothingConfigured: "no advisory source is configured; set advisories.sources"
            case .source(let source, let reason): "\(source): \(reason)"
            case .install(let reason): "the bundles cannot be installed: \(reason)"
            }
        }
    }

    /// Loads every configured source. Sources that fail are reported; the others are still installed.
    ///
    /// - Returns: the report of what was installed, and the failures.
    func refresh(allowShrink: Bool = false) async -> (report: AdvisoryImportReport?, failures: [Failure]) {
        guard !sources.isEmpty else { return (nil, [.nothingConfigured]) }
        var bundles: [AdvisoryBundle] = []
        var failures: [Failure] = []
        for (ecosystem, source) in sources.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            do { bundles.append(AdvisoryBundle(ecosystem, bytes: try await bytes(of: source))) } catch {
                failures.append(.source(source, error.reason))
            }
        }
        guard !bundles.isEmpty else { return (nil, failures) }
        do {
            return (try await install(bundles, allowShrink: allowShrink), failures)
        } catch {
            return (nil, failures + [.install("\(error)")])
        }
    }

    private func install(
        _ bundles: [AdvisoryBundle], allowShrink: Bool
    ) async throws(AdvisoryError) -> AdvisoryImportReport {
        let thread = BlockingThread(name: "advisories")
        defer { thread.stop() }
        let directory = directory
        let now = clock.now()
        return try await thread.run { () throws(AdvisoryError) in
            try directory.install(bundles, now: now, allowShrink: allowShrink)
        }
    }

    private struct Unreachable: Error {
        let reason: String
    }

    private func bytes(of source: String) async throws(Unreachable) -> [UInt8] {
        guard source.hasPrefix("http://") || source.hasPrefix("https://") else {
            do { return try Files.readAll(source, maxBytes: Int(Self.maxBundleBytes)) } catch {
                throw Unreachable(reason: "\(error)")
            }
        }
        var request = UpstreamRequest(url: source)
        request.maxBodyBytes = Self.maxBundleBytes
        do {
            let response = try await upstream.send(request)
            guard response.status == 200 else { throw UpstreamError.protocolViolation("status \(response.status)") }
            return try await response.collect(maxBytes: Int(Self.maxBundleBytes))
        } catch {
            throw Unreachable(reason: "\(error)")
        }
    }
}
