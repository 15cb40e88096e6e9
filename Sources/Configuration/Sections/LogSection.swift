public import TransparencyLog
import YAML

/// Who must have seen a checkpoint of our log before others are shown it.
public struct LogSettings: Hashable, Sendable {
    /// A witness of our log.
    public struct Witness: Hashable, Sendable {
        /// The address below which `add-checkpoint` is, without a slash at its end.
        public let url: String
        public let key: NoteVerifier
    }

    public let witnesses: [Witness]
    /// How many of them must have cosigned; 0 only without any.
    public let quorum: Int

    public static let standard = LogSettings(witnesses: [], quorum: 0)
}

/// The `log` section: witnesses of our own log.
enum LogSection {
    private static let maxWitnesses = 20

    static func read(_ setting: Setting?) -> LogSettings {
        guard let setting, !setting.isNull, let map = setting.map() else { return .standard }
        let witnesses =
            map.setting("witnesses").map { list in
                list.isNull ? [] : list.list("witnesses of the form { url, key }", witness) ?? []
            } ?? []
        let different = Set(witnesses.map(\.key.publicKey)).count
        if different < witnesses.count { map.report("witnesses", "a witness is listed twice; remove one") }
        if witnesses.count > maxWitnesses { map.report("witnesses", "at most \(maxWitnesses) can be listed") }
        let quorum = map.setting("quorum").flatMap { $0.isNull ? nil : $0.integer(in: 1...maxWitnesses) } ?? different
        if quorum > different {
            map.report("quorum", "\(quorum) witnesses are asked for and \(different) are listed in witnesses")
        }
        map.finish()
        return LogSettings(witnesses: witnesses, quorum: min(quorum, different))
    }

    private static func witness(_ setting: Setting) -> LogSettings.Witness? {
        guard let map = setting.map() else { return nil }
        var url = map.required("url")?.value(
            "the address of a witness, such as https://witness.example.com, without user, query or fragment"
        ) { NetworkAddress.isWebAddress($0) ? $0 : nil }
        while let text = url, text.hasSuffix("/") { url = String(text.dropLast()) }
        let key = map.required("key")?.value(TrustSection.vkeyForm) { try? NoteVerifier(vkey: $0) }
        map.finish()
        guard let url, let key else { return nil }
        guard key.type == .cosignatureV1 else {
            map.report("key", "this is a log key, not a witness key; take the one that the witness prints")
            return nil
        }
        return LogSettings.Witness(url: url, key: key)
    }
}

extension ConfigurationLoader {
    /// The `log` section with every default written out.
    static func write(_ log: LogSettings, to text: inout YAMLWriter) {
        text.section("log") { text in
            text.list("witnesses", of: log.witnesses) { witness, text in
                text.line("url", witness.url)
                text.line("key", witness.key.vkey)
            }
            if log.quorum > 0 { text.bare("quorum", "\(log.quorum)") }
        }
    }
}
