/// The help pages, generated from the command table.
struct HelpText: Sendable {
    let commands: [Command]

    private var visible: [Command] { commands.filter { !$0.isHidden } }

    var overview: String {
        var text = "jurat screens every npm and Python package a team installs.\n\nUsage: jurat COMMAND …\n\n"
        let width = (visible.map { $0.name.count }.max() ?? 0) + 2
        for command in visible {
            text += "  " + command.name.padded(to: width) + command.summary + "\n"
        }
        text += "\njurat COMMAND --help shows options and an example.\n"
        text += "Exit codes: 0 ok, 1 error, 2 usage, 3 held or blocked found, 4 verification failed, 5 not found, "
        return text + "6 not ready.\n"
    }

    func page(ofGroup group: String) -> String {
        let members = visible.filter { $0.path.first == group }
        let width = (members.map { $0.name.count }.max() ?? 0) + 2
        var text = "Usage: jurat \(group) COMMAND …\n\n"
        for command in members { text += "  " + command.name.padded(to: width) + command.summary + "\n" }
        if let example = members.first?.example { text += "\nExample: \(example)\n" }
        return text
    }

    func page(of command: Command) -> String {
        var text = "\(command.summary)\n\nUsage: jurat \(command.name)"
        if !command.operands.isEmpty { text += " " + command.operands.joined(separator: " ") }
        text += " [options]\n\n"
        let options = command.options + ArgumentParser.universalOptions
        let spelled = options.map { option in
            (option.letter.map { "-\($0), " } ?? "    ") + "--\(option.name)"
                + (option.valueName.map { " \($0)" } ?? "")
        }
        let width = (spelled.map(\.count).max() ?? 0) + 2
        for (spelling, option) in zip(spelled, options) {
            text += "  " + spelling.padded(to: width) + option.summary + "\n"
        }
        return text + "\nExample: \(command.example)\n"
    }
}

extension String {
    /// The text with blanks after it, at least `width` characters long.
    func padded(to width: Int) -> String {
        count >= width ? self : self + String(repeating: " ", count: width - count)
    }
}
