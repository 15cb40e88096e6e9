import SourceCode

/// NET-REVSH and NET-DNS: shells given to the network, and data given to name servers.
enum ShellFlow {
    static func check(_ scan: CodeScan) {
        if scan.effects.contains(.socket) { checkShells(scan) }
        if scan.effects.contains(.resolvesNames) { checkNames(scan) }
    }

    private static let shells = CommandVocabulary.shells.union(["cmd", "powershell", "pwsh"])

    private static func checkShells(_ scan: CodeScan) {
        var socketUnits: Set<Int32> = []
        for call in scan.calls(doing: [.socket]) { socketUnits.insert(scan.unit(of: call.scope)) }
        var pipedUnits: Set<Int32> = []
        for call in scan.model.calls where call.name == "pipe" || call.name == "write" || call.name == "send" {
            pipedUnits.insert(scan.unit(of: call.scope))
        }
        let found: Observation = isOnlyListening(scan) ? .listeningShell : .reverseShell
        for call in scan.model.calls {
            let unit = scan.unit(of: call.scope)
            if call.name == "pipe", joinsShell(call, scan) { return scan.note(found, call) }
            if call.does([.redirects]), !call.does([.process]) {
                // `os.dup2(s.fileno(), 0)`
                if scan.origin(of: call).effects.contains(.socket) { return scan.note(found, call) }
            }
            guard call.does([.process]), socketUnits.contains(unit) else { continue }
            let isShell = call.arguments.first?.constant?.texts.first.map(isShellName) ?? mayBeShell(call, scan)
            let isJoined = call.does([.redirects]) || pipedUnits.contains(unit)
            let streams = scan.origin(of: call) { _, argument in
                ["stdin", "stdout", "stderr"].contains(argument.label ?? "")
            }
            if isShell && isJoined || streams.effects.contains(.socket) { return scan.note(found, call) }
        }
    }

    private static let listening: Set<Substring> = [
        "WebSocketServer", "Server", "createServer", "listen", "bind", "accept", "start_server", "serve",
        "start_unix_server", "create_server", "TCPServer", "ThreadingTCPServer",
    ]

    /// Whether every connection of the file is one that others open: terminals for a browser do that openly.
    private static func isOnlyListening(_ scan: CodeScan) -> Bool {
        var listens = false
        for call in scan.calls(doing: [.socket]) {
            if listening.contains(call.name) {
                listens = true
            } else if call.name.lowercased().contains("connect") || call.isConstruction {
                return false
            }
        }
        return listens
    }

    /// `spawn(process.env.ComSpec || '/bin/bash')`: one of what the program may be is a shell.
    private static func mayBeShell(_ call: Call, _ scan: CodeScan) -> Bool {
        guard let first = call.arguments.first, first.constant == nil, first.tokens.count <= 40 else { return false }
        return scan.origin(of: first.tokens, scope: call.scope).texts.prefix(8).contains { isShellName(Array($0)) }
    }

    /// `client.pipe(shell.stdin)`, wherever the two were made.
    private static func joinsShell(_ call: Call, _ scan: CodeScan) -> Bool {
        let origin = scan.origin(of: call.tokens, scope: call.scope)
        return origin.effects.isSuperset(of: [.socket, .process]) && origin.texts.contains { isShellName(Array($0)) }
    }

    private static func isShellName(_ text: [UInt8]) -> Bool {
        shells.contains(baseName(text.split(separator: 0x20).first.map(Array.init) ?? []))
    }

    // MARK: Names that carry data

    private static let encoders: Set<Substring> = [
        "hexlify", "b64encode", "b32encode", "urlsafe_b64encode", "b16encode", "standard_b64encode", "btoa",
        "hexdigest",
    ]

    /// A host's name that is put together of something and a constant domain.
    private static func checkNames(_ scan: CodeScan) {
        var encodingUnits: Set<Int32> = []
        for call in scan.model.calls where encoders.contains(call.name) || isEncoding(call) {
            encodingUnits.insert(scan.unit(of: call.scope))
        }
        for call in scan.calls(doing: [.resolvesNames]) {
            guard let argument = call.arguments.first, argument.constant == nil else { continue }
            let origin = scan.origin(of: argument.tokens, scope: call.scope)
            guard origin.texts.contains(where: isForeignDomain) else { continue }
            // Lists of blocked addresses are asked with the address turned around.
            if origin.texts.contains(where: { $0.hasSuffix(".arpa") }) { continue }
            let facts: Effects = [.hostName, .userName, .interfaces, .wholeEnvironment, .readsFiles]
            let carries =
                !origin.effects.isDisjoint(with: facts) || encodingUnits.contains(scan.unit(of: call.scope))
                || origin.effects.contains(.environment) && origin.texts.contains(where: namesSecret)
            scan.note(carries ? .nameCarriesData : .nameComputed, call)
        }
    }

    /// `bytes.toString('hex')`.
    private static func isEncoding(_ call: Call) -> Bool {
        guard call.name == "toString" || call.name == "encode", let text = call.firstText else { return false }
        return ["hex", "base64", "base64url"].contains { text.equals($0) }
    }

    private static func namesSecret(_ text: ArraySlice<UInt8>) -> Bool {
        let lowered = text.prefix(80).lowercasedASCII()
        return ["token", "secret", "password", "passwd", "_key", "credential"].contains { lowered.contains(text: $0) }
    }

    private static let privateDomains = [
        ".local", ".internal", ".lan", ".home", ".localdomain", ".intranet", ".corp", ".consul", ".test",
        ".localhost", ".onion",
    ]

    /// Whether a text is the end of a host's name below a domain of the internet.
    private static func isForeignDomain(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: "."), text.dropFirst().contains(UInt8(ascii: ".")), text.count >= 6,
            text.allSatisfy({ $0 == 0x2D || $0 == 0x2E || isLetterOrDigit($0) })
        else { return false }
        return !privateDomains.contains { text.hasSuffix($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
