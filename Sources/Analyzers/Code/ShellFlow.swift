import SourceCode

/// NET-REVSH and NET-DNS: shells given to the network, and data given to name servers.
enum ShellFlow {
    static func check(_ scan: CodeScan) {
        if scan.effects.contains(.socket) { checkShells(scan) }
        if scan.effects.contains(.resolvesNames) { checkNames(scan) }
    }

    private static let shells = [
        "/bin/sh", "/bin/bash", "/bin/zsh", "sh", "bash", "zsh", "cmd", "cmd.exe", "powershell", "powershell.exe",
        "/usr/bin/bash", "/usr/bin/sh", "pwsh", "/bin/dash", "c:\\windows\\system32\\cmd.exe",
    ]

    private static func checkShells(_ scan: CodeScan) {
        var socketUnits: Set<Int32> = []
        for call in scan.model.calls where call.does([.socket]) { socketUnits.insert(scan.unit(of: call.scope)) }
        var pipedUnits: Set<Int32> = []
        for call in scan.model.calls where call.name == "pipe" || call.name == "write" || call.name == "send" {
            pipedUnits.insert(scan.unit(of: call.scope))
        }
        for call in scan.model.calls {
            let unit = scan.unit(of: call.scope)
            if call.name == "pipe", joinsShell(call, scan) { return scan.note(.reverseShell, call) }
            if call.does([.redirects]), !call.does([.process]) {
                // `os.dup2(s.fileno(), 0)`
                if scan.origin(of: call).effects.contains(.socket) { return scan.note(.reverseShell, call) }
            }
            guard call.does([.process]), socketUnits.contains(unit) else { continue }
            let isShell = call.arguments.first?.constant?.texts.first.map(isShellName) ?? false
            let isJoined = call.does([.redirects]) || pipedUnits.contains(unit)
            let streams = scan.origin(of: call) { _, argument in
                ["stdin", "stdout", "stderr"].contains(argument.label ?? "")
            }
            if isShell && isJoined || streams.effects.contains(.socket) { return scan.note(.reverseShell, call) }
        }
    }

    /// `client.pipe(shell.stdin)`, wherever the two were made.
    private static func joinsShell(_ call: Call, _ scan: CodeScan) -> Bool {
        let origin = scan.origin(of: call.tokens, scope: call.scope)
        return origin.effects.isSuperset(of: [.socket, .process]) && origin.texts.contains { isShellName(Array($0)) }
    }

    private static func isShellName(_ text: [UInt8]) -> Bool {
        let program = text.lowercasedASCII().split(separator: 0x20).first.map(Array.init) ?? []
        return shells.contains { program.equals($0) }
    }

    /// A host's name that is put together of something and a constant domain.
    private static func checkNames(_ scan: CodeScan) {
        for call in scan.model.calls where call.does([.resolvesNames]) {
            guard let argument = call.arguments.first, argument.constant == nil else { continue }
            let origin = scan.origin(of: argument.tokens, scope: call.scope)
            let hasDomain = origin.texts.contains { text in
                text.first == UInt8(ascii: ".") && text.dropFirst().contains(UInt8(ascii: ".")) && text.count >= 6
                    && text.allSatisfy { $0 == 0x2D || $0 == 0x2E || isLetterOrDigit($0) }
            }
            if hasDomain { scan.note(.nameCarriesData, call) }
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
