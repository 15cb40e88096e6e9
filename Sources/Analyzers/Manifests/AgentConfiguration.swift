/// Files that coding agents and editors read from a folder by themselves.
enum AgentConfiguration {
    /// Whether the file at `path` tells an agent what to do, in a folder that people open: the package's own.
    static func isShipped(_ path: [[UInt8]]) -> Bool {
        guard let first = path.first else { return false }
        let top = String(decoding: first.lowercasedASCII(), as: UTF8.self)
        if path.count == 1 { return files.contains(top) }
        if folders.contains(top) { return true }
        return path.count == 2 && top == ".github" && path[1].lowercasedASCII().equals("copilot-instructions.md")
    }

    /// Whether the file at `path`, in any folder of the package, is text that an agent follows.
    static func isInstruction(_ path: [[UInt8]]) -> Bool {
        guard let name = path.last?.lowercasedASCII() else { return false }
        if files.contains(String(decoding: name, as: UTF8.self)) || name.equals("skill.md") { return true }
        return path.dropLast().contains { folders.contains(String(decoding: $0.lowercasedASCII(), as: UTF8.self)) }
    }

    /// Whether it is one whose settings can run commands without being asked.
    static func canRunCommands(_ path: [[UInt8]]) -> Bool {
        guard path.count <= 3, isShipped(path) || path.first?.equals(".vscode") == true, let last = path.last else {
            return false
        }
        let name = last.lowercasedASCII()
        return ["settings.json", "settings.local.json", "tasks.json", ".mcp.json", "mcp.json", "hooks.json"]
            .contains { name.equals($0) }
    }

    /// Whether settings run commands without being asked: hooks, and tasks that start with the folder.
    static func runsCommands(_ settings: [UInt8]) -> Bool {
        let hasHooks = settings.contains(text: "\"hooks\"") && settings.contains(text: "\"command\"")
        return hasHooks || settings.contains(text: "folderOpen")
    }

    private static let files: Set<String> = [
        "claude.md", "claude.local.md", "agents.md", "agent.md", "gemini.md", ".cursorrules", ".windsurfrules",
        ".clinerules", ".mcp.json", ".aider.conf.yml", "copilot-instructions.md", ".goosehints", ".roorules",
    ]
    private static let folders: Set<String> = [
        ".claude", ".cursor", ".opencode", ".gemini", ".codex", ".windsurf", ".continue", ".kiro", ".roo",
        ".clinerules",
        ".amazonq", ".qwen", ".augment",
    ]
}
