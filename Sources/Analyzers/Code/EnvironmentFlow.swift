import SourceCode

/// CAP-ENV-ALL and what machines and users are told of: where the environment and facts about the host go.
enum EnvironmentFlow {
    static func check(_ scan: CodeScan) {
        for call in scan.calls(doing: [.sends, .network, .serialises]) {
            if call.does([.sends, .network]), !call.does([.resolvesNames]) {
                checkSent(call, scan)
            } else if call.does([.serialises]) {
                guard scan.effects.contains(.wholeEnvironment) else { continue }
                if scan.origin(of: call).effects.contains(.wholeEnvironment) { scan.note(.environmentSerialised, call) }
            }
        }
        let identity: Effects = [.hostName, .userName, .interfaces]
        for call in scan.calls(doing: identity) { noteIdentity(call.callee, scan) }
        for read in scan.reads(doing: identity) { noteIdentity(read, scan) }
    }

    private static func noteIdentity(_ reference: Reference, _ scan: CodeScan) {
        scan.fact(.hostFacts, reference.tokens, reference.scope)
    }

    /// Whether the environment itself is sent, rather than something that was taken out of it.
    private static func isWhole(_ call: Call, _ effects: Effects, _ scan: CodeScan) -> Bool {
        if effects.contains(.serialises) { return true }
        return call.arguments.contains { argument in
            ["json", "data", "params"].contains(argument.label ?? "")
                && scan.origin(of: argument.tokens, scope: call.scope).effects.contains(.wholeEnvironment)
        }
    }

    private static func checkSent(_ call: Call, _ scan: CodeScan) {
        let effects = scan.origin(of: call).effects
        if effects.contains(.wholeEnvironment) {
            let isSent =
                isWhole(call, effects, scan) && Address.namesHost(scan.origin(of: call.tokens, scope: call.scope))
            scan.note(isSent ? .wholeEnvironmentSent : .environmentSent, call)
        } else if !effects.isDisjoint(with: [.hostName, .userName]) {
            scan.note(.hostFactsSent, call)
        }
    }
}
