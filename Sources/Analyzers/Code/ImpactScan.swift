import SourceCode

/// IMP-RANSOM, IMP-INJECT and NET-TLSOFF.
enum ImpactScan {
    static func check(_ scan: CodeScan) {
        if scan.effects.isSuperset(of: [.encrypts, .listsFolders]) { checkEncryption(scan) }
        if !scan.effects.isDisjoint(with: [.processMemory, .foreignCode]) { checkInjection(scan) }
        checkCertificates(scan)
    }

    /// Walks folders, encrypts what it finds and replaces or deletes it, all in one function or class.
    private static func checkEncryption(_ scan: CodeScan) {
        var units: [Int32: Effects] = [:]
        for call in scan.actingCalls.map({ scan.model.calls[$0] }) {
            units[scan.unit(of: call.scope), default: []].formUnion(call.effects)
        }
        for call in scan.calls(doing: [.encrypts]) {
            let effects = units[scan.unit(of: call.scope)] ?? []
            let isReplacing =
                !effects.isDisjoint(with: [.deletesFiles, .deletesTrees]) || effects.contains(.writesFiles)
            if effects.contains(.listsFolders), isReplacing, effects.contains(.readsFiles) {
                return scan.note(.encryptsTree, call)
            }
        }
    }

    private static let writers = LiteralSet([
        "WriteProcessMemory", "NtWriteVirtualMemory", "VirtualAllocEx", "RtlMoveMemory", "NtMapViewOfSection",
        "process_vm_writev",
    ])
    private static let starters = LiteralSet([
        "CreateRemoteThread", "NtCreateThreadEx", "RtlCreateUserThread", "QueueUserAPC", "SetThreadContext",
        "CreateThread",
        "PTRACE_POKETEXT",
    ])

    /// Memory of a process is written and a thread started in it.
    private static func checkInjection(_ scan: CodeScan) {
        func firstCall(_ names: LiteralSet) -> Call? {
            scan.model.calls.first { names.matchesAny(in: Array($0.callee.path.utf8)) }
        }
        guard let start = firstCall(starters), firstCall(writers) != nil else { return }
        scan.note(.injectsCode, start)
    }

    // MARK: Certificates

    private static func checkCertificates(_ scan: CodeScan) {
        let (calls, bindings, reads) = (scan.model.calls, scan.model.bindings, scan.model.reads)
        for index in calls.indices
        where calls[index].callee.effects.contains(.network)
            || calls[index].callee.path.endsWith("_create_unverified_context")
        {
            let call = calls[index]
            if call.name == "_create_unverified_context" { return scan.note(.certificatesUnchecked, call) }
            guard call.does([.network]) else { continue }
            if call.argument(labelled: "verify")?.constant?.boolean == false
                || call.arguments.contains(where: { turnsChecksOff($0.constant) })
            {
                return scan.note(.certificatesUnchecked, call)
            }
        }
        for index in bindings.indices where bindings[index].name.endsWith("NODE_TLS_REJECT_UNAUTHORIZED") {
            return scan.note(.certificatesUnchecked, bindings[index].value, bindings[index].scope)
        }
        for index in reads.indices
        where reads[index].path.isText("ssl.CERT_NONE") || reads[index].path.isText("ssl._create_unverified_context") {
            return scan.note(.certificatesUnchecked, reads[index].tokens, reads[index].scope)
        }
    }

    private static func turnsChecksOff(_ constant: Constant?) -> Bool {
        guard case .members(let members) = constant else { return false }
        return members["rejectUnauthorized"]?.boolean == false || members["strictSSL"]?.boolean == false
    }
}
