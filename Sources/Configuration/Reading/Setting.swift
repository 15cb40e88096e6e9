import YAML

/// What one reading of a configuration shares: the problems found so far, where every key stands, and substitution.
final class ReadingContext {
    let substitution: Substitution
    private(set) var problems: [ConfigurationProblem] = []
    /// The line of every key that was read, by its path.
    private(set) var lines: [String: Int] = [:]

    init(substitution: Substitution) { self.substitution = substitution }

    func report(_ keyPath: String, line: Int, _ message: String) {
        let problem = ConfigurationProblem(keyPath: keyPath, line: line, message: message)
        if !problems.contains(problem) { problems.append(problem) }
    }

    func note(_ keyPath: String, line: Int) { lines[keyPath] = line }
}

/// One value of the configuration with its place. Every reader reports what is wrong and then answers nil.
struct Setting {
    let path: String
    let node: YAMLNode
    let context: ReadingContext

    func report(_ message: String) { context.report(path, line: node.line, message) }

    /// The single value as it stands in the text, for messages: what a reference puts in may be a secret.
    var written: String {
        guard case .scalar(let text, _) = node.value else { return node.kindName }
        return Self.shown(ConfigurationLoader.masked(text))
    }

    /// Written as nothing, `null` or `~`.
    var isNull: Bool { node.isNull }

    /// The single value with its references replaced.
    func text(_ expected: String = "a single value") -> String? {
        guard case .scalar(let text, _) = node.value, !isNull else {
            report("expected \(expected), found \(isNull ? "nothing" : node.kindName)")
            return nil
        }
        do throws(SubstitutionError) {
            return try context.substitution.apply(to: text)
        } catch {
            report(error.message)
            return nil
        }
    }

    /// The single value as whatever `parse` makes of it.
    func value<Value>(_ expected: String, _ parse: (String) -> Value?) -> Value? {
        guard let text = text(expected) else { return nil }
        guard let value = parse(text) else {
            report("expected \(expected), found '\(written)'")
            return nil
        }
        return value
    }

    func duration() -> Duration? { value(Quantity.durationForm, Quantity.duration) }

    func sizeBytes() -> Int64? { value(Quantity.sizeForm, Quantity.sizeBytes) }

    func bool() -> Bool? { value("true or false") { $0 == "true" ? true : $0 == "false" ? false : nil } }

    func integer(in range: ClosedRange<Int>) -> Int? {
        value("a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Quantity.digits(text[...]).flatMap { Int(exactly: $0) }.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// One of the words of an enumeration, with a suggestion when it is nearly one.
    func word<Word: RawRepresentable & CaseIterable>(
        of type: Word.Type = Word.self
    ) -> Word? where Word.RawValue == String {
        let words = Word.allCases.map(\.rawValue)
        let expected = "one of \(words.joined(separator: ", "))"
        guard let text = text(expected) else { return nil }
        guard let word = Word(rawValue: text) else {
            report("expected \(expected), found '\(written)'\(Suggestion.text(for: text, among: words))")
            return nil
        }
        return word
    }

    /// The elements of a list, each read by `read`; nil unless all of them could be read.
    func list<Element>(_ expected: String, _ read: (Setting) -> Element?) -> [Element]? {
        guard case .sequence(let nodes) = node.value else {
            report("expected a list of \(expected), found \(isNull ? "nothing" : node.kindName)")
            return nil
        }
        let elements = nodes.enumerated().map { position, node in
            read(Setting(path: "\(path)[\(position)]", node: node, context: context))
        }
        return elements.contains { $0 == nil } ? nil : elements.compactMap { $0 }
    }

    /// The keys of a mapping.
    func map() -> SettingMap? {
        guard case .mapping(let members) = node.value else {
            report("expected a mapping of keys, found \(isNull ? "nothing" : node.kindName)")
            return nil
        }
        return SettingMap(path: path, line: node.line, members: members, context: context)
    }

    /// A value as a message may repeat it: one short line.
    static func shown(_ text: String) -> String {
        let line = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
        return line.utf8.count <= 80 ? line : "\(line.prefix(77))..."
    }
}
