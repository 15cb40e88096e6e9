import YAML

/// How watched packages are fetched and analysed ahead of demand.
public struct WarmingSettings: Hashable, Sendable {
    /// How often each of them is looked at; nil for only when an operator says so.
    public let interval: Duration?
    /// How many versions of a package are wanted where nobody said otherwise.
    public let versions: Int
    /// Requests to one upstream host in a second.
    public let requestsPerSecond: Int
    /// Requests to one upstream host at a time.
    public let connections: Int
    /// Patterns of the wheel tags that clients run, such as `cp312-*-manylinux*_x86_64`.
    public let wheels: [String]

    static let standard = WarmingSettings(
        interval: .seconds(6 * 3600), versions: 5, requestsPerSecond: 2, connections: 2, wheels: [])
}

/// The `warm` section.
enum WarmSection {
    private static let maxPatterns = 50
    /// Who asks more often than that does not watch but scrape.
    private static let shortestInterval = Duration.seconds(60)

    static func read(_ setting: Setting?) -> WarmingSettings {
        let standard = WarmingSettings.standard
        guard let setting, !setting.isNull, let map = setting.map() else { return standard }
        defer { map.finish() }
        let wheels =
            map.setting("wheels").flatMap { $0.isNull ? nil : $0.list("patterns of wheel tags", pattern) } ?? []
        if wheels.count > maxPatterns { map.report("wheels", "at most \(maxPatterns) patterns can be listed") }
        return WarmingSettings(
            interval: interval(map.setting("interval")),
            versions: map.setting("versions")?.integer(in: 1...50) ?? standard.versions,
            requestsPerSecond: map.setting("requestsPerSecond")?.integer(in: 1...100) ?? standard.requestsPerSecond,
            connections: map.setting("connections")?.integer(in: 1...8) ?? standard.connections, wheels: wheels)
    }

    private static func interval(_ setting: Setting?) -> Duration? {
        guard let setting else { return WarmingSettings.standard.interval }
        guard !setting.isNull else { return nil }
        return setting.value("\(Quantity.durationForm), at least 60s, or null for never by itself") { text in
            Quantity.duration(text).flatMap { $0 >= shortestInterval ? $0 : nil }
        }
    }

    /// Three parts between hyphens, as wheels have them, with stars for any text.
    private static func pattern(_ setting: Setting) -> String? {
        setting.value("a pattern of wheel tags such as cp312-*-manylinux*_x86_64") { text in
            let isPlain = text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "*")].contains(byte)
            }
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            let isWhole = parts.count == 3 || (parts.count < 3 && text.contains("*"))
            return isPlain && isWhole && !parts.contains("") && text.utf8.count <= 200 ? text : nil
        }
    }
}

extension ConfigurationLoader {
    /// The `warm` section with every default written out.
    static func write(_ warming: WarmingSettings, to text: inout YAMLWriter) {
        text.section("warm") { text in
            text.bare("interval", warming.interval.map(Quantity.text) ?? "null")
            text.bare("versions", "\(warming.versions)")
            text.bare("requestsPerSecond", "\(warming.requestsPerSecond)")
            text.bare("connections", "\(warming.connections)")
            text.list("wheels", warming.wheels)
        }
    }
}
