import SourceCode

/// CAP-ENV-ALL and what machines and users are told of: where the environment and facts about the host go.
enum EnvironmentFlow {
    static func check(_ scan: CodeScan) {
        for call in scan.model.calls {
            if call.does([.sends, .network]), !call.does([.resolvesNames]) {
                checkSent(call, scan)
            } else if call.does([.serialises]) {
                guard scan.effects.contains(.wholeEnvironment) else { continue }
                if scan.origin(of: call).effects.contains(.wholeEnvironment) { scan.note(.environmentSerialised, call) }
            }
        }
        let identity: Effects = [.hostName, .userName, .interfaces]
        for call in scan.model.calls where call.does(identity) { noteIdentity(call.callee, scan) }
        for read in scan.model.reads where !read.effects.isDisjoint(with: identity) { noteIdentity(read, scan) }
    }

    private static func noteIdentity(_ reference: Reference, _ scan: CodeScan) {
        scan.fact(.hostFacts, reference.tokens, reference.scope)
    }

    private static func checkSent(_ call: Call, _ scan: CodeScan) {
        let effects = scan.origin(of: call).effects
        if effects.contains(.wholeEnvironment) {
            scan.note(.environmentSent, call)
        } else if !effects.isDisjoint(with: [.hostName, .userName]) {
            scan.note(.hostFactsSent, call)
        }
    }
}
