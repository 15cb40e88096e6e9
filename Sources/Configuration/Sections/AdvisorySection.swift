import Registry
import YAML

/// The `advisories` section.
struct AdvisorySection {
    let baseDirectory: String

    func read(_ setting: Setting?) -> AdvisorySettings {
        let map = setting.flatMap { $0.isNull ? nil : $0.map() }
        let settings = AdvisorySettings(
            sources: sources(map?.setting("sources")),
            refresh: map?.setting("refresh").flatMap(Self.positive) ?? .seconds(3600),
            required: map?.setting("required")?.word(of: AdvisoryRequirement.self) ?? .whenLoaded,
            maxAge: map?.setting("maxAge").flatMap(Self.positive) ?? .seconds(48 * 3600),
            timeout: map?.setting("timeout").flatMap(Self.positive) ?? .seconds(30),
            maxBundleBytes: map?.setting("maxBundleSize").flatMap(Self.positiveSize) ?? 1 << 30,
            liveFallback: map?.setting("liveFallback").flatMap(Self.liveFallback))
        map?.finish()
        return settings
    }

    private func sources(_ setting: Setting?) -> [Ecosystem: String] {
        guard let setting, !setting.isNull, let map = setting.map() else { return [:] }
        var sources: [Ecosystem: String] = [:]
        for ecosystem in Ecosystem.allCases {
            guard let entry = map.setting(ecosystem.rawValue), !entry.isNull else { continue }
            sources[ecosystem] = entry.value("a path, or an address that begins with https:// or http://", location)
        }
        map.finish()
        return sources
    }

    /// An address as it is, or a path made absolute. Other schemes are mistakes, not odd paths.
    private func location(_ text: String) -> String? {
        if text.hasPrefix("https://") || text.hasPrefix("http://") {
            return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? text : nil
        }
        let path = text.hasPrefix("file://") ? String(text.dropFirst("file://".count)) : text
        guard !path.isEmpty, !path.contains("://"), !path.utf8.contains(0) else { return nil }
        return resolvePath(path, against: baseDirectory)
    }

    /// An address alone, or a mapping with an address and limits.
    private static func liveFallback(_ setting: Setting) -> LiveFallbackSettings? {
        if setting.isNull { return nil }
        if case .scalar = setting.node.value {
            return address(setting).map {
                LiveFallbackSettings(url: $0, timeout: standardTimeout, cacheFor: standardCacheTime)
            }
        }
        guard let map = setting.map() else { return nil }
        defer { map.finish() }
        let url = map.required("url").flatMap(address)
        let timeout = map.setting("timeout").flatMap(positive) ?? standardTimeout
        let cacheFor = map.setting("cacheFor").flatMap(positive) ?? standardCacheTime
        return url.map { LiveFallbackSettings(url: $0, timeout: timeout, cacheFor: cacheFor) }
    }

    private static let standardTimeout = Duration.seconds(2)
    private static let standardCacheTime = Duration.seconds(3600)

    private static func address(_ setting: Setting) -> String? {
        setting.value("the address of an OSV API such as https://osv.example.com, without user, query or fragment") {
            guard NetworkAddress.isWebAddress($0) else { return nil }
            return String($0.reversed().drop { $0 == "/" }.reversed())
        }
    }

    private static func positiveSize(_ setting: Setting) -> Int64? {
        setting.value("\(Quantity.sizeForm), more than nothing") { text in
            Quantity.sizeBytes(text).flatMap { $0 > 0 ? $0 : nil }
        }
    }

    private static func positive(_ setting: Setting) -> Duration? {
        setting.value("\(Quantity.durationForm), more than nothing") { text in
            Quantity.duration(text).flatMap { $0 > .zero ? $0 : nil }
        }
    }
}
