import Platform
import Registry
import Screening
import YAML

/// The top level of the configuration.
struct ServiceSection {
    let baseDirectory: String

    private static let standardListen = HostPort(host: "127.0.0.1", port: 7677)
    private static let standardCacheBytes: Int64 = 20 << 30
    private static let standardWorkers = 2

    /// The whole configuration; nil, with problems reported, when it cannot be had.
    func read(_ root: SettingMap) -> ServiceConfiguration? {
        let listen = root.setting("listen").flatMap(Self.hostPort) ?? Self.standardListen
        let publicURL = Self.publicURL(root, listen: listen)
        let proxies = root.setting("trustedProxies")?.list("addresses", Self.network) ?? []
        let dataPath = path(root.setting("data"), standard: "./data")
        let cache = cache(root.setting("cache"))
        let workers = root.setting("workers")?.integer(in: 0...256) ?? Self.standardWorkers
        let passphrasePath = passphrasePath(root.setting("keys"))
        let sandbox = root.setting("sandbox")?.word(of: SandboxRequirement.self) ?? .required

        let defaults = root.setting("defaultRegistry")
        let registries = RegistrySection.read(root.required("registries"))
        let layers = ScreeningSection.readLayers(
            screening: root.setting("screening"), ecosystems: root.setting("ecosystems"))
        let advisories = AdvisorySection(baseDirectory: baseDirectory).read(root.setting("advisories"))
        let (userRulesPath, allowance) = staticAnalysis(root.setting("static"))
        let aiReview = root.setting("aiReview")
        let review = AIReviewSection(baseDirectory: baseDirectory).read(aiReview)
        let trust = TrustSection.read(root.setting("trust"))
        let log = LogSection.read(root.setting("log"))
        let warming = WarmSection.read(root.setting("warm"))
        LaterFeatures.check(root)
        root.finish()

        if aiReview?.isNull ?? true {
            ScreeningSection.refuseModels(layers, registries: registries, context: root.context)
        }
        let policies = ScreeningSection.resolve(layers, registries: registries, context: root.context)
        guard let topology = RegistrySection.topology(registries, defaults: defaults, context: root.context),
            let publicURL
        else { return nil }
        return ServiceConfiguration(
            listen: listen, publicURL: publicURL, trustedProxies: proxies, dataPath: dataPath,
            cachePath: cache.path, cacheMaxBytes: cache.maxBytes, workers: workers, sandbox: sandbox,
            topology: topology,
            policies: policies, defaultPolicy: .resolving([layers.global]), advisories: advisories,
            userRulesPath: userRulesPath, analysisAllowance: allowance, aiReview: review, trust: trust, log: log,
            warming: warming, keyPassphrasePath: passphrasePath)
    }

    private static func hostPort(_ setting: Setting) -> HostPort? {
        setting.value("an address and port such as 127.0.0.1:7677") { HostPort(parsing: $0) }
    }

    private static func network(_ setting: Setting) -> String? {
        setting.value("an IP address or network such as 10.0.0.0/8") { NetworkAddress.isNetwork($0) ? $0 : nil }
    }

    /// The address that clients use, by default the one that we listen on.
    private static func publicURL(_ root: SettingMap, listen: HostPort) -> String? {
        guard let setting = root.setting("publicUrl"), !setting.isNull else {
            guard !listen.isEveryAddress else {
                root.report(
                    root.keys.contains { $0.name == "publicUrl" } ? "publicUrl" : "listen",
                    "publicUrl must say how clients reach this service, because it listens on every address")
                return nil
            }
            return "http://\(listen)"
        }
        guard
            let url = setting.value(
                "an address such as https://packages.example.com, without user, query or fragment",
                { NetworkAddress.isWebAddress($0) ? $0 : nil })
        else { return nil }
        var trimmed = url[...]
        while trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
        return String(trimmed)
    }

    private func cache(_ setting: Setting?) -> (path: String, maxBytes: Int64) {
        let map = setting.flatMap { $0.map() }
        let path = path(map?.setting("path"), standard: "./cache")
        let maxBytes = map?.setting("maxSize")?.sizeBytes() ?? Self.standardCacheBytes
        map?.finish()
        return (path, maxBytes)
    }

    private func passphrasePath(_ setting: Setting?) -> String? {
        let map = setting.flatMap { $0.map() }
        defer { map?.finish() }
        guard let file = map?.setting("passphraseFile"), !file.isNull else { return nil }
        return file.value("a path") { $0.isEmpty || $0.utf8.contains(0) ? nil : $0 }
            .map { resolvePath($0, against: baseDirectory) }
    }

    private func staticAnalysis(_ setting: Setting?) -> (rulesPath: String?, AnalysisAllowance) {
        let map = setting.flatMap { $0.isNull ? nil : $0.map() }
        defer { map?.finish() }
        var path: String?
        if let folder = map?.setting("rules"), !folder.isNull {
            path = folder.value("the path of a folder") { $0.isEmpty || $0.utf8.contains(0) ? nil : $0 }
                .map { resolvePath($0, against: baseDirectory) }
        }
        let standard = AnalysisAllowance()
        let memory = map?.setting("memory")?.value("a size from 256MiB to 1TiB") { text in
            Quantity.sizeBytes(text).flatMap { AnalysisAllowance.memoryRange.contains($0) ? $0 : nil }
        }
        let seconds = map?.setting("time")?.value("a duration from 1s to 1d") { text in
            Quantity.duration(text).map { Int($0.components.seconds) }
                .flatMap { AnalysisAllowance.secondsRange.contains($0) ? $0 : nil }
        }
        return (
            path,
            AnalysisAllowance(memoryBytes: memory ?? standard.memoryBytes, seconds: seconds ?? standard.seconds)
        )
    }

    private func path(_ setting: Setting?, standard: String) -> String {
        let text = setting?.value("a path") { $0.isEmpty || $0.utf8.contains(0) ? nil : $0 }
        return resolvePath(text ?? standard, against: baseDirectory)
    }
}
