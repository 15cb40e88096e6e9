import Cryptography
import Platform
import Registry
import Screening
import TransparencyLog
import YAML

/// The `trust` section: the foreign logs whose statements count here.
enum TrustSection {
    /// Far more than anybody can agree keys with.
    private static let maxEntries = 100
    /// Followed logs are asked about once a minute; less would make every hiccup an expiry.
    private static let leastCheckpointAge = Duration.seconds(300)

    static let vkeyForm = "a verifier key such as example.com/verdicts+9f3c2a10+AQi…"
    static let keyIDForm = "a key id of 64 lowercase hexadecimal digits"

    static func read(_ setting: Setting?) -> [TrustSetting] {
        guard let setting, !setting.isNull else { return [] }
        var lines: [String: Int] = [:]
        let entries = setting.list("foreign logs") { element -> TrustSetting? in
            guard let map = element.map() else { return nil }
            let entry = entry(map)
            guard let origin = map.setting("origin"), case .scalar(let name, _) = origin.node.value else {
                return entry
            }
            if let first = lines[name] {
                origin.report("the log '\(Setting.shown(name))' is already trusted on line \(first); join the entries")
                return nil
            }
            lines[name] = origin.node.line
            return entry
        }
        if let entries, entries.count > maxEntries {
            setting.report("\(entries.count) foreign logs are trusted; at most \(maxEntries) can be")
        }
        return entries ?? []
    }

    /// One entry; every key is read even when an earlier one is wrong, so that all problems are told at once.
    private static func entry(_ map: SettingMap) -> TrustSetting? {
        let origin = map.required("origin")?.value("a log's name: printable characters without blank and plus") {
            NoteVerifier.isName($0) ? $0 : nil
        }
        let verifier = verifier(map, origin: origin)
        let (url, isFollowed) = address(map)
        let (roots, signers) = speakers(map)
        let weights = weights(map.setting("weights"), isFollowed: isFollowed)
        let quota = quota(map.setting("quota"))
        let analyzers = analyzers(map.setting("analyzers"))
        let packages = map.setting("packages")?.list("package patterns") { ScreeningSection.pattern($0, nil) } ?? []
        let expiresAt = map.setting("expires").flatMap { $0.isNull ? nil : moment($0) }
        let maxAge = map.setting("maxCheckpointAge")?.value("\(Quantity.durationForm), at least 5m") { text in
            Quantity.duration(text).flatMap { $0 >= leastCheckpointAge ? $0 : nil }
        }
        map.finish()
        guard let verifier, let weights else { return nil }
        return TrustSetting(
            verifier: verifier, url: url, isFollowed: isFollowed, roots: roots, signers: signers, analyzers: analyzers,
            packages: packages, weights: weights, expiresAt: expiresAt,
            maxCheckpointAge: maxAge ?? TrustSetting.standardMaxCheckpointAge, maxStatements: quota.statements,
            maxBytes: quota.bytes, line: map.line)
    }

    // MARK: Keys

    private static func verifier(_ map: SettingMap, origin: String?) -> CheckpointVerifier? {
        let keys = map.required("keys")?.list("verifier keys") { logKey($0, origin: origin) }
        if keys?.isEmpty == true { map.report("keys", "at least one key of the log is needed") }
        let witnesses =
            map.setting("witnesses").map { setting in
                setting.isNull ? [] : setting.list("verifier keys of witnesses", witnessKey)
            } ?? []
        let quorum = map.setting("quorum")?.integer(in: 0...1000)
        guard let keys, !keys.isEmpty, let witnesses else { return nil }
        let different = Set(witnesses.map(\.publicKey)).count
        if different < witnesses.count { map.report("witnesses", "a witness is listed twice; remove one") }
        if Set(keys.map(\.publicKey)).count < keys.count { map.report("keys", "a key is listed twice; remove one") }
        if let quorum, quorum > different {
            map.report("quorum", "\(quorum) witnesses are asked for and \(different) are listed in witnesses")
            return nil
        }
        guard origin != nil else { return nil }
        do throws(CheckpointError) {
            return try CheckpointVerifier(logKeys: keys, witnesses: witnesses, quorum: quorum ?? different)
        } catch {
            map.report("keys", "\(error)")
            return nil
        }
    }

    private static func logKey(_ setting: Setting, origin: String?) -> NoteVerifier? {
        guard let key = verifierKey(setting) else { return nil }
        if let origin, !key.name.utf8.elementsEqual(origin.utf8) {
            setting.report("the key belongs to '\(Setting.shown(key.name))', and the entry is about '\(origin)'")
            return nil
        }
        guard key.type == .ed25519 else {
            setting.report("this is a witness key, not a log key; list it in witnesses")
            return nil
        }
        return key
    }

    private static func witnessKey(_ setting: Setting) -> NoteVerifier? {
        guard let key = verifierKey(setting) else { return nil }
        guard key.type == .cosignatureV1 else {
            setting.report("this is a log key, not a witness key")
            return nil
        }
        return key
    }

    private static func verifierKey(_ setting: Setting) -> NoteVerifier? {
        setting.value(vkeyForm) { try? NoteVerifier(vkey: $0) }
    }

    /// The keys whose statements count. Without any nothing of the log would.
    private static func speakers(_ map: SettingMap) -> (roots: [KeyID], signers: [KeyID]) {
        let (roots, signers) = (map.setting("roots"), map.setting("signers"))
        let (rootIDs, signerIDs) = (roots.map(keyIDs) ?? [], signers.map(keyIDs) ?? [])
        if let rootIDs, let signerIDs, rootIDs.isEmpty, signerIDs.isEmpty {
            map.context.report(
                map.keyPath(of: "roots"), line: map.line,
                "name the log's root keys (roots) or the keys that may speak (signers); without any nothing would count"
            )
        }
        return (rootIDs ?? [], signerIDs ?? [])
    }

    private static func keyIDs(_ setting: Setting) -> [KeyID]? {
        guard !setting.isNull else { return [] }
        var seen: Set<KeyID> = []
        return setting.list("key ids") { element in
            guard let id = element.value(keyIDForm, { try? KeyID(hex: $0) }) else { return nil }
            guard seen.insert(id).inserted else {
                element.report("the key is listed twice; remove one")
                return nil
            }
            return id
        }
    }

    // MARK: What counts, and how much

    private static func address(_ map: SettingMap) -> (url: String?, isFollowed: Bool) {
        let setting = map.setting("url").flatMap { $0.isNull ? nil : $0 }
        let isFollowed = map.setting("follow")?.bool() ?? false
        var url = setting?.value(
            "the address of the log's read path, such as https://packages.example.com/-/log, without user, query or "
                + "fragment"
        ) { NetworkAddress.isWebAddress($0) ? $0 : nil }
        while let text = url, text.hasSuffix("/") { url = String(text.dropLast()) }
        if isFollowed, setting == nil {
            map.report("follow", "following needs the url of the log, such as https://packages.example.com/-/log")
        }
        return (url, isFollowed)
    }

    private static func weights(_ setting: Setting?, isFollowed: Bool) -> ForeignWeights? {
        guard let setting, !setting.isNull else { return .standard }
        guard let map = setting.map() else { return nil }
        let malicious = weight(map, .malicious)
        let suspicious = weight(map, .suspicious)
        let clean = weight(map, .clean)
        map.finish()
        if clean == .satisfy, !isFollowed {
            map.report(
                "clean",
                "satisfy needs follow: true; a file cannot show that nothing was left out, so its clean verdicts are "
                    + "advisory at most")
            return nil
        }
        guard let malicious, let suspicious, let clean else { return nil }
        return try? ForeignWeights(malicious: malicious, suspicious: suspicious, clean: clean)
    }

    /// The weight of a verdict, the standard one when it is left out.
    private static func weight(_ map: SettingMap, _ verdict: Verdict) -> ForeignEffect? {
        guard let setting = map.setting(verdict.rawValue) else { return ForeignWeights.standard.effect(of: verdict) }
        let allowed = ForeignWeights.allowed(for: verdict)
        let words = allowed.map(\.rawValue)
        let expected = "one of \(words.joined(separator: ", "))"
        guard let text = setting.text(expected) else { return nil }
        guard let effect = allowed.first(where: { $0.rawValue == text }) else {
            let reason =
                ForeignEffect(rawValue: text).map { "; a foreign \(verdict.rawValue) verdict cannot \($0.rawValue)" }
                ?? Suggestion.text(for: text, among: words)
            setting.report("expected \(expected), found '\(setting.written)'\(reason)")
            return nil
        }
        return effect
    }

    private static func analyzers(_ setting: Setting?) -> [AnalyzerID]? {
        guard let setting, !setting.isNull else { return nil }
        let list = setting.list("names of analyzers") { element in
            element.value("the name of an analyzer, such as static") { try? AnalyzerID(parsing: $0) }
        }
        if list?.isEmpty == true { setting.report("no analyzer is listed; leave the key out to take all of them") }
        return list
    }

    private static func quota(_ setting: Setting?) -> (statements: UInt64, bytes: UInt64) {
        let map = setting.flatMap { $0.isNull ? nil : $0.map() }
        let statements = map?.setting("statements")?.integer(in: 1...1_000_000_000)
        let bytes = map?.setting("size")?.value("\(Quantity.sizeForm), more than nothing") { text in
            Quantity.sizeBytes(text).flatMap { $0 > 0 ? $0 : nil }
        }
        map?.finish()
        return (
            statements.map(UInt64.init) ?? TrustSetting.standardMaxStatements,
            bytes.map(UInt64.init) ?? TrustSetting.standardMaxBytes
        )
    }

    /// A moment, or a date that stands for its beginning in UTC.
    private static func moment(_ setting: Setting) -> Timestamp? {
        setting.value("a date such as 2027-06-30, or a time such as 2027-06-30T12:00:00Z") { text in
            if let moment = try? Timestamp(parsing: text) { return moment }
            return text.utf8.count == 10 ? try? Timestamp(parsing: "\(text)T00:00:00Z") : nil
        }
    }
}
