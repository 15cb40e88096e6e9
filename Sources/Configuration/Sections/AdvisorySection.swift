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
            maxAge: map?.setting("maxAge").flatMap(Self.positive) ?? .seconds(48 * 3600))
        if let map { LaterFeatures.check(advisories: map) }
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

    private static func positive(_ setting: Setting) -> Duration? {
        setting.value("\(Quantity.durationForm), more than nothing") { text in
            Quantity.duration(text).flatMap { $0 > .zero ? $0 : nil }
        }
    }
}
