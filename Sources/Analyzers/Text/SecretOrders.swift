/// INJ-AGENT: orders to a coding agent that its user shall not hear of.
///
/// Prompts of programs say what not to speak of, and instructions for agents say what to install; only both together,
/// close to each other, are an order behind the user's back.
enum SecretOrders {
    /// What only somebody says who speaks to an agent about its user.
    static let secrecy = LiteralSet(
        [
            "not tell the user", "n't tell the user", "not inform the user", "n't inform the user",
            "not mention this to", "not mention that you", "not mention it to", "n't mention this to",
            "n't mention it to", "not notify the user", "without telling the user", "without informing the user",
            "without notifying the user", "not reveal this to", "not show the user", "not let the user",
            "not alert the user", "n't alert the user", "without the user's knowledge", "hide this from the user",
            "not disclose this to", "user must not know", "user should not know", "not explain this to the user",
            "keep this secret from the user", "never mention this to", "user will get very upset",
        ], ignoringCase: true)
    /// What instructions for agents say of what shall not be noticed.
    private static let quiet = LiteralSet(
        [
            "silently", "without asking", "without confirmation", "without telling", "not ask for confirmation",
            "not tell anyone", "quietly", "not mention",
        ], ignoringCase: true)
    private static let secrets = LiteralSet(
        [
            ".ssh/", "id_rsa", "id_ed25519", ".aws/credentials", ".npmrc", ".pypirc", ".cursor/mcp.json", ".env file",
            "/.env", "`.env`", ".git-credentials", "private key", "/etc/passwd", "wallet.dat", "seed phrase", ".netrc",
            ".kube/config", "claude_desktop_config", "api key", "access token",
        ], ignoringCase: true)
    private static let reading = LiteralSet(
        [
            "read ", "cat ", "send ", "upload", "post ", "pass its", "pass the", "include the", "content of",
            "contents of", "curl", "exfil", "append", "as the value", "sidenote", "parameter",
        ], ignoringCase: true)
    private static let reach = 700
    private static let maxPlaces = 64

    static func check(_ file: InspectedFile, _ bytes: [UInt8], into report: inout FileReport) {
        var end = 0
        let isForAgents = AgentConfiguration.isInstruction(file.path)
        guard isForAgents || file.foundLiterals.hasSecrecy else { return }
        let places =
            (isForAgents ? quiet.matches(in: bytes, limit: maxPlaces) : [])
            + secrecy.matches(in: bytes, limit: maxPlaces)
        for match in places.sorted(by: { $0.range.lowerBound < $1.range.lowerBound })
        where match.range.lowerBound >= end {
            let window =
                bytes[max(0, match.range.lowerBound - reach)..<min(bytes.count, match.range.upperBound + reach)]
            end = match.range.upperBound
            guard isOrder(window, isForAgents) else { continue }
            report.note(.secretOrder, line: lineNumber(of: match.range.lowerBound, in: bytes))
            return report.fact(.reviewerText)
        }
    }

    /// Whether an agent is told to run what it downloads, or to hand over secrets.
    private static func isOrder(_ window: ArraySlice<UInt8>, _ isForAgents: Bool) -> Bool {
        if isForAgents, CarriedCommands.areHostile(window) { return true }
        return secrets.matchesAny(in: window) && reading.matchesAny(in: window) && speaksToAgent(window)
    }

    private static let agents = LiteralSet(
        [
            "<important>", "this tool", "before using", "before any", "before calling", "mcp", "the assistant", "agent",
            "claude", "cursor", "copilot", "you must", "always ", "ai ",
        ], ignoringCase: true)

    private static func speaksToAgent(_ window: ArraySlice<UInt8>) -> Bool { agents.matchesAny(in: window) }
}
