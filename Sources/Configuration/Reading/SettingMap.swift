import YAML

/// The keys of one mapping. Whoever reads it asks for every key that it knows and then calls `finish`, which reports the
/// keys that nobody asked for.
final class SettingMap {
    let path: String
    let line: Int
    let context: ReadingContext
    private var members: [YAMLMember] = []
    private var asked: [String] = []

    init(path: String, line: Int, members all: [YAMLMember], context: ReadingContext) {
        self.path = path
        self.line = line
        self.context = context
        for member in all {
            if let first = members.first(where: { $0.key == member.key }) {
                context.report(
                    keyPath(of: member.key), line: member.line, "the key is already set on line \(first.line)")
            } else {
                members.append(member)
                context.note(keyPath(of: member.key), line: member.line)
            }
        }
    }

    /// All keys in the order of the text, for mappings whose keys are names.
    var keys: [(name: String, line: Int)] { members.map { ($0.key, $0.line) } }

    func keyPath(of key: String) -> String { Self.keyPath(path, key) }

    /// The path of a key below `parent`; keys with unusual characters stand in quotes.
    static func keyPath(_ parent: String, _ key: String) -> String {
        let isPlain = key.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                || byte == 0x2D || byte == 0x5F
        }
        let shown = isPlain ? key : "'\(Setting.shown(key))'"
        return parent.isEmpty ? shown : "\(parent).\(shown)"
    }

    func report(_ key: String, _ message: String) {
        context.report(keyPath(of: key), line: members.first { $0.key == key }?.line ?? line, message)
    }

    /// The value of a known key, nil when it is left out; `null` counts as a value.
    func setting(_ key: String) -> Setting? {
        asked.append(key)
        guard let member = members.first(where: { $0.key == key }) else { return nil }
        return Setting(path: keyPath(of: key), node: member.node, context: context)
    }

    /// The value of a known key; nil, with a problem, when it is left out.
    func required(_ key: String) -> Setting? {
        if let setting = setting(key) { return setting }
        context.report(keyPath(of: key), line: line, "this key is required")
        return nil
    }

    /// Reports every key that nobody asked for.
    func finish() {
        for member in members where !asked.contains(member.key) {
            let suggestion = Suggestion.text(for: member.key, among: asked)
            let known = suggestion.isEmpty ? "; known here: \(asked.joined(separator: ", "))" : suggestion
            context.report(keyPath(of: member.key), line: member.line, "unknown key\(known)")
        }
    }
}
