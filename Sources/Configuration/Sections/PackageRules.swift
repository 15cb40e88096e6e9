import Registry
import YAML

/// The `packages` and `teams` keys of a registry: which names live in it, and who may read and publish them.
///
/// Publishing follows later; until then nothing can be published, so rules about it are checked for their form alone.
enum PackageRules {
    /// The declared teams by name; nil when they cannot be read.
    static func teams(_ setting: Setting?) -> [String]? {
        guard let setting, !setting.isNull else { return [] }
        guard let map = setting.map() else { return nil }
        for key in map.keys {
            _ = map.setting(key.name)?.list("user names") { $0.value("a user name") { isName($0) ? $0 : nil } }
            if !isName(key.name) { map.report(key.name, "expected a team name of letters, digits and -_.") }
        }
        return map.keys.map(\.name)
    }

    /// The declared patterns in the order of the text: a list, or a mapping of patterns to rules.
    static func patterns(_ setting: Setting?, ecosystem: Ecosystem?, teams: [String]?) -> [PackagePattern] {
        guard let setting, !setting.isNull else { return [] }
        switch setting.node.value {
        case .sequence:
            return setting.list("package patterns") { ScreeningSection.pattern($0, ecosystem) } ?? []
        case .mapping:
            guard let map = setting.map() else { return [] }
            return map.keys.compactMap { key in
                if let rule = map.setting(key.name), !rule.isNull { checkRule(rule, teams: teams) }
                do throws(PatternError) {
                    return try PackagePattern(parsing: key.name, ecosystem: ecosystem)
                } catch {
                    map.report(key.name, "\(error)")
                    return nil
                }
            }
        case .scalar:
            setting.report("expected package patterns with their rules, or a list of patterns")
            return []
        }
    }

    private static func checkRule(_ setting: Setting, teams: [String]?) {
        guard let map = setting.map() else { return }
        for key in ["access", "publish"] {
            guard let rule = map.setting(key) else { continue }
            if case .sequence = rule.node.value {
                _ = rule.list("groups") { checkGroup($0, teams: teams) }
            } else {
                _ = checkGroup(rule, teams: teams)
            }
        }
        map.finish()
    }

    private static let groups = ["$all", "$anonymous", "$authenticated"]
    private static let groupForm = "$all, $authenticated, $anonymous, team:<name> or a user name"

    private static func checkGroup(_ setting: Setting, teams: [String]?) -> String? {
        guard let text = setting.text(groupForm) else { return nil }
        if text.hasPrefix("team:") {
            let team = String(text.dropFirst("team:".count))
            if let teams, !teams.contains(team) {
                setting.report(
                    "the team '\(Setting.shown(team))' is not declared\(Suggestion.text(for: team, among: teams))")
                return nil
            }
        } else if !groups.contains(text), !isName(text) {
            let suggestion = Suggestion.text(for: text, among: groups)
            setting.report("expected \(groupForm), found '\(setting.written)'\(suggestion)")
            return nil
        }
        return text
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                    || "-_.@".utf8.contains(byte)
            }
    }
}
