import Registry
import YAML

/// The keys of an upstream registry.
enum UpstreamSection {
    static let keys = [
        "url", "public", "access", "auth", "maxage", "timeout", "maxFails", "failTimeout", "maxListingSize",
        "maxArtifactSize",
    ]

    /// The origin's settings; nil when they cannot be had. Asks for every key even when the registry is of another kind,
    /// so that a misplaced key is told from an unknown one.
    static func read(_ map: SettingMap, isUpstream: Bool) -> UpstreamDefinition? {
        let url = map.setting("url")
        let isPublic = map.setting("public")
        let access = map.setting("access")
        let auth = map.setting("auth")
        let maxAge = map.setting("maxage")?.duration()
        let timeout = map.setting("timeout")?.duration()
        let maxFails = map.setting("maxFails")?.integer(in: 1...1000)
        let failTimeout = map.setting("failTimeout")?.duration()
        let maxListing = map.setting("maxListingSize")?.sizeBytes()
        let maxArtifact = map.setting("maxArtifactSize")?.sizeBytes()
        guard isUpstream else { return nil }
        guard let url else {
            map.report("url", "an upstream registry needs the address of its origin")
            return nil
        }
        let address = url.value("an address such as https://registry.example.com/, without user, query or fragment") {
            NetworkAddress.isWebAddress($0) ? $0 : nil
        }
        let isOpen = checkAccess(map, isPublic: isPublic, access: access, auth: auth)
        guard let address else { return nil }
        let standard = UpstreamDefinition(url: address, isPublic: isOpen)
        return UpstreamDefinition(
            url: address, isPublic: isOpen, maxAge: maxAge ?? standard.maxAge, timeout: timeout ?? standard.timeout,
            maxFails: maxFails ?? standard.maxFails, failTimeout: failTimeout ?? standard.failTimeout,
            maxListingBytes: maxListing ?? standard.maxListingBytes,
            maxArtifactBytes: maxArtifact ?? standard.maxArtifactBytes)
    }

    /// A public origin has neither credentials nor access rules; any other must say who may read it.
    private static func checkAccess(
        _ map: SettingMap, isPublic: Setting?, access: Setting?, auth: Setting?
    ) -> Bool {
        let isOpen = isPublic?.bool() ?? false
        if let auth, !auth.isNull {
            auth.report(
                isOpen
                    ? "public: true excludes credentials; remove one of the two"
                    : "credentials for upstream registries are not available in this version; remove this setting")
        }
        if let access, !access.isNull {
            if isOpen {
                access.report("public: true excludes access rules; remove one of the two")
            } else if access.text("who may read") != "$all" {
                access.report("only 'access: $all' is available in this version; tokens and teams follow later")
            }
        } else if !isOpen {
            map.report("public", "say who may read this registry: 'public: true' or 'access: $all'")
        }
        return isOpen
    }
}
