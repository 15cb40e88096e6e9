import SourceCode

/// CAP-*: what the calls and reads of a file can do.
enum CapabilityScan {
    private static let table: [(effects: Effects, capability: Capability)] = [
        ([.network, .socket, .resolvesNames], .network), ([.process, .shell], .process), ([.readsFiles], .fileRead),
        ([.writesFiles, .changesModes], .fileWrite), ([.deletesFiles, .deletesTrees], .fileDelete),
        ([.environment], .environment), ([.wholeEnvironment], .environmentAll), ([.runsCode, .compiles], .evaluation),
        ([.foreignCode], .foreignCode), ([.crypto, .encrypts, .decrypts], .crypto), ([.clipboard], .clipboard),
        ([.screen], .screen), ([.keyboard], .keyboard),
    ]
    private static let all: Effects = table.reduce(into: []) { $0.formUnion($1.effects) }

    static func check(_ scan: CodeScan) {
        var uses = Uses()
        let (calls, reads) = (scan.model.calls, scan.model.reads)
        for index in scan.actingCalls { uses.note(calls[index].callee, scan) }
        for index in scan.actingReads { uses.note(reads[index], scan) }
        for found in scan.model.imports { noteImport(found, scan) }
        for call in scan.calls(doing: [.environment]) {
            if let name = call.firstText, isSecret(name) {
                scan.report.capability(
                    .environmentSecret, line: scan.line(call.tokens), atLoad: scan.model.runsAtLoad(call.scope))
            }
        }
        uses.finish(scan)
    }

    /// What was counted so far; lines are looked up once, at the first place.
    private struct Uses {
        private var firsts: [(tokens: TokenRange, count: Int)?] = Array(repeating: nil, count: table.count * 2)
        private var hostFacts: Effects = []
        private var hostPlace: (tokens: TokenRange, scope: Int32)?

        mutating func note(_ reference: Reference, _ scan: CodeScan) {
            let effects = reference.effects
            if !effects.isDisjoint(with: .hostFacts) {
                hostFacts.formUnion(effects.intersection(.hostFacts))
                if hostPlace == nil { hostPlace = (reference.tokens, reference.scope) }
            }
            noteFacts(reference, scan)
            guard !effects.isDisjoint(with: all) else { return }
            for (index, row) in table.enumerated() where !effects.isDisjoint(with: row.effects) {
                let slot = index * 2 + (scan.model.runsAtLoad(reference.scope) ? 1 : 0)
                if let first = firsts[slot] {
                    let isEarlier = reference.tokens.lowerBound < first.tokens.lowerBound
                    firsts[slot] = (isEarlier ? reference.tokens : first.tokens, first.count + 1)
                } else {
                    firsts[slot] = (reference.tokens, 1)
                }
            }
            if effects.contains(.environment), isSecret(Array(reference.path.utf8)) {
                scan.report.capability(
                    .environmentSecret, line: scan.line(reference.tokens),
                    atLoad: scan.model.runsAtLoad(reference.scope))
            }
        }

        private func noteFacts(_ reference: Reference, _ scan: CodeScan) {
            let effects = reference.effects
            func fact(_ fact: FileFact, _ wanted: Effects) {
                if !effects.isDisjoint(with: wanted) { scan.fact(fact, reference.tokens, reference.scope) }
            }
            fact(.network, [.network, .socket])
            fact(.sends, [.sends])
            fact(.execution, [.runsCode, .process])
            if !isAskedForMember(reference, scan) { fact(.wholeEnvironment, [.wholeEnvironment]) }
            fact(.writesFiles, [.writesFiles])
            fact(.deletesFiles, [.deletesFiles, .deletesTrees])
        }

        /// `"CI" in os.environ`, `del os.environ["A"]`: one variable, not all of them.
        private func isAskedForMember(_ reference: Reference, _ scan: CodeScan) -> Bool {
            guard scan.isPython, reference.effects.contains(.wholeEnvironment) else { return false }
            let start = reference.tokens.lowerBound
            if scan.model.text(ofToken: reference.tokens.upperBound).equals("[") { return true }
            guard scan.model.text(ofToken: start - 1).equals("in") else { return false }
            // `for name in os.environ` goes through all of them.
            return !(max(start - 12, 0)..<start).reversed().prefix {
                scan.model.tokens[Int($0)].kind != .newline
            }.contains { scan.model.text(ofToken: $0).equals("for") }
        }

        func finish(_ scan: CodeScan) {
            for (index, row) in table.enumerated() {
                for atLoad in [false, true] {
                    guard let first = firsts[index * 2 + (atLoad ? 1 : 0)] else { continue }
                    scan.report.capability(
                        row.capability, line: scan.line(first.tokens), count: first.count, atLoad: atLoad)
                }
            }
            guard let place = hostPlace else { return }
            let kinds = [Effects.hostName, .userName, .platformName, .interfaces].count { hostFacts.contains($0) }
            if kinds >= 3 {
                scan.report.capability(
                    .systemFacts, line: scan.line(place.tokens), count: kinds,
                    atLoad: scan.model.runsAtLoad(place.scope))
            }
        }
    }

    /// Modules that are there for the network, whatever is called of them.
    private static let networkModules: Set<String> = [
        "http", "https", "http2", "net", "tls", "dgram", "dns", "dns/promises", "axios", "node-fetch", "got", "request",
        "undici", "ws", "superagent", "needle", "socket.io-client", "requests", "urllib.request", "urllib2", "urllib3",
        "http.client", "httplib", "socket", "aiohttp", "httpx", "ftplib", "smtplib", "websockets", "websocket",
        "paramiko",
        "telnetlib", "pycurl", "imaplib", "poplib", "xmlrpc.client",
    ]

    private static func noteImport(_ found: ModuleImport, _ scan: CodeScan) {
        let atLoad = scan.model.runsAtLoad(found.scope)
        guard let specifier = found.specifier else {
            return scan.report.capability(.dynamicLoad, line: scan.line(found.tokens), atLoad: atLoad)
        }
        let name = specifier.hasPrefix("node:") ? String(specifier.dropFirst(5)) : specifier
        if networkModules.contains(name) {
            scan.report.capability(.network, line: scan.line(found.tokens), atLoad: atLoad)
        }
    }

    private static let secretWords = LiteralSet(
        ["token", "secret", "passw", "apikey", "api_key", "access_key", "private_key", "credential", "_key", "auth"],
        ignoringCase: true)

    private static func isSecret(_ name: [UInt8]) -> Bool { name.count <= 200 && secretWords.matchesAny(in: name) }
}
