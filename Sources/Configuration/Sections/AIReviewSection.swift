import Platform
import Screening
import YAML

/// The `aiReview` section: null, or the model that is asked and further ones beside it.
struct AIReviewSection {
    let baseDirectory: String

    private static let standardTokensPerArtifact = 60_000
    private static let standardTokensPerDay = 2_000_000
    private static let standardAnswerTokens = 1500
    private static let standardTimeout = Duration.seconds(120)
    private static let standardConcurrency = 2

    /// The settings; nil when reviews are off, or when something is wrong, which is then reported.
    func read(_ setting: Setting?) -> AIReviewSettings? {
        guard let setting, !setting.isNull, let map = setting.map() else { return nil }
        defer { map.finish() }
        let panel = map.setting("panel").flatMap { $0.isNull ? nil : $0 }
        let first = model(map, after: nil)
        let others = panel.map { self.panel($0, after: first) } ?? []
        let answerTokens = map.setting("maxAnswerTokens")?.integer(in: 256...32_768) ?? Self.standardAnswerTokens
        let perArtifact = map.setting("maxTokensPerArtifact")?.integer(in: 1...1_000_000_000)
        let perDay = map.setting("maxTokensPerDay")?.integer(in: 1...1_000_000_000_000) ?? Self.standardTokensPerDay
        let quorum = map.setting("quorum")?.integer(in: 1...AIReviewSettings.maxModels)
        let timeout = map.setting("timeout")?.value("a duration from 1s to 1h") { text in
            Quantity.duration(text).flatMap { (.seconds(1) ... .seconds(3600)).contains($0) ? $0 : nil }
        }
        let concurrency = map.setting("concurrency")?.integer(in: 1...AIReviewSettings.maxConcurrency)
        // Whatever is missing here was reported, so that the whole configuration is refused.
        guard let first, let others else { return nil }
        let models = [first] + others
        let settings = AIReviewSettings(
            models: models, quorum: quorum ?? models.count,
            maxTokensPerArtifact: perArtifact ?? Self.standardTokensPerArtifact * models.count,
            maxTokensPerDay: perDay, maxAnswerTokens: answerTokens, timeout: timeout ?? Self.standardTimeout,
            concurrency: concurrency ?? Self.standardConcurrency)
        check(settings, map)
        return settings
    }

    /// Ceilings that no review could stay below, and names that no statement could carry.
    private func check(_ settings: AIReviewSettings, _ map: SettingMap) {
        let count = settings.models.count
        if settings.quorum > count {
            map.report("quorum", "\(settings.quorum) answers cannot come from \(count) models")
        }
        let least = AIReviewSettings.leastTokensPerArtifact(models: count, answerTokens: settings.maxAnswerTokens)
        if settings.maxTokensPerArtifact < least {
            map.report(
                "maxTokensPerArtifact",
                "\(settings.maxTokensPerArtifact) tokens are too few for \(count == 1 ? "a model" : "\(count) models") "
                    + "that may be asked twice; the least with these settings is \(least)")
        }
        if settings.maxTokensPerDay < settings.maxTokensPerArtifact {
            map.report(
                "maxTokensPerDay",
                "fewer tokens a day (\(settings.maxTokensPerDay)) than one artifact may cost "
                    + "(\(settings.maxTokensPerArtifact)) leave artifacts unreviewed; raise it or lower maxTokensPerArtifact"
            )
        }
        if settings.models.map(\.name).joined(separator: ",").utf8.count > 200 {
            map.report("panel", "the names of all models together are longer than the 200 bytes that a statement takes")
        }
    }

    // MARK: Models

    private func panel(_ setting: Setting, after first: AIReviewSettings.Model?) -> [AIReviewSettings.Model]? {
        var known = [first].compactMap { $0 }
        return setting.list("models, each a mapping with the key model") { element in
            guard let map = element.map() else { return nil }
            defer { map.finish() }
            guard let model = model(map, after: first) else { return nil }
            guard !known.contains(where: { $0.name == model.name && $0.url == model.url }) else {
                map.report("model", "'\(model.name)' at this address is already asked; remove one")
                return nil
            }
            known.append(model)
            guard known.count <= AIReviewSettings.maxModels else {
                element.report("a panel has at most \(AIReviewSettings.maxModels) models")
                return nil
            }
            return model
        }
    }

    /// One model; what it leaves out is as for `first`. A key goes to no other address than the one it stands beside.
    private func model(_ map: SettingMap, after first: AIReviewSettings.Model?) -> AIReviewSettings.Model? {
        let name = map.required("model").flatMap(Self.name)
        let format = map.setting("protocol")?.word(of: AIReviewSettings.WireFormat.self) ?? first?.format ?? .openai
        let ownURL = map.setting("url").flatMap { $0.isNull ? nil : $0 }
        let url = ownURL.map(Self.address) ?? first?.url
        if ownURL == nil, first == nil { map.report("url", "say where the model is reached") }
        let ownKey = map.setting("keyFile")
        let isElsewhere = first.map { $0.url != url || $0.format != format } ?? true
        let keyPath = ownKey.map { $0.isNull ? nil : path($0) } ?? (isElsewhere ? nil : first?.keyPath)
        let temperature = map.setting("temperature").map { $0.isNull ? nil : Self.temperature($0) }
        let wanted = map.setting("answerFormat")?.word(of: AIReviewSettings.AnswerFormat.self)
        if format == .anthropic, let wanted, wanted != .text {
            map.report("answerFormat", "endpoints of the protocol anthropic take 'text' alone; remove this setting")
        }
        let inherited = first.flatMap { $0.format == format ? $0.answerFormat : nil }
        guard let name, let url else { return nil }
        return AIReviewSettings.Model(
            name: name, format: format, url: url, keyPath: keyPath,
            answerFormat: wanted ?? inherited ?? (format == .openai ? .schema : .text),
            temperature: temperature ?? (first.map(\.temperature) ?? 0))
    }

    private static func name(_ setting: Setting) -> String? {
        setting.value("a model's name: 1 to 100 printable ASCII characters without spaces and commas") { text in
            let bytes = text.utf8
            let isPlain = bytes.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ",") }
            return isPlain && (1...100).contains(bytes.count) ? text : nil
        }
    }

    /// What is sent is the text of packages and a key: in clear it may go no further than this machine.
    private static func address(_ setting: Setting) -> String? {
        let url = setting.value(
            "an address such as https://models.example.com/v1, without user, query or fragment"
        ) { text in
            NetworkAddress.isWebAddress(text) ? String(text.reversed().drop { $0 == "/" }.reversed()) : nil
        }
        guard let url else { return nil }
        guard url.hasPrefix("https://") || IPAddress.isLoopback(url: url) else {
            setting.report("plain http is for models on this machine; use https, or an address such as 127.0.0.1")
            return nil
        }
        return url
    }

    private func path(_ setting: Setting) -> String? {
        setting.value("the path of a file that holds the key") { $0.isEmpty || $0.utf8.contains(0) ? nil : $0 }
            .map { resolvePath($0, against: baseDirectory) }
    }

    private static func temperature(_ setting: Setting) -> Int? {
        setting.value("a temperature from 0 to 2 with at most two digits after the point, or null", Quantity.hundredths)
    }
}

extension Quantity {
    /// `0.25` in hundredths, from 0 to 2 with at most two digits after the point.
    static func hundredths(_ text: String) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = digits(parts[0]), whole <= 2 else { return nil }
        guard parts.count == 2 else { return Int(whole) * 100 }
        guard (1...2).contains(parts[1].utf8.count), let fraction = digits(parts[1]) else { return nil }
        let value = Int(whole) * 100 + Int(fraction) * (parts[1].utf8.count == 1 ? 10 : 1)
        return value <= 200 ? value : nil
    }

    static func text(hundredths: Int) -> String {
        let fraction = hundredths % 100
        return fraction == 0 ? "\(hundredths / 100)" : "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
