import SourceCode

/// CRED-FILE and CAP-ENV-ALL: credentials that are read and given to the network in one flow.
enum SecretFlow {
    static func check(_ scan: CodeScan) {
        guard scan.effects.contains(.readsFiles) else { return }
        if scan.effects.isSuperset(of: [.listsFolders, .homeFolder]) { checkWalk(scan) }
        guard namesCredentials(scan) else { return }
        for call in scan.calls(doing: [.sends, .network]) where !call.does([.resolvesNames]) {
            let origin = scan.origin(of: call.tokens, scope: call.scope)
            guard origin.effects.contains(.readsFiles), Address.namesHost(origin) else { continue }
            if readsCredentials(origin, scan), !OwnRegistry.isAsked(by: call, origin, scan) {
                return scan.note(.credentialSent, call)
            }
        }
    }

    /// Everything below the home folder is gone through, and something is sent.
    private static func checkWalk(_ scan: CodeScan) {
        guard scan.calls(doing: [.sends]).contains(where: { !isConstant($0) }) else { return }
        for call in scan.calls(doing: [.listsFolders]) {
            let origin = scan.origin(of: call)
            guard origin.effects.contains(.homeFolder) else { continue }
            // A folder below it is the program's own.
            let isWhole = !origin.texts.contains { $0.count > 2 && !$0.contains(UInt8(ascii: " ")) }
            if isWhole { return scan.note(.homeFilesSent, call) }
        }
    }

    private static func isConstant(_ call: Call) -> Bool { call.arguments.allSatisfy { $0.constant?.text != nil } }

    private static func namesCredentials(_ scan: CodeScan) -> Bool {
        let names = scan.model.strings.lazy.filter { $0.origin != .documentation && (4...300).contains($0.value.count) }
        return names.contains { isCredential($0.value) }
    }

    /// Whether one of the files that a value was read from keeps secrets.
    private static func readsCredentials(_ origin: DataFlow.Origin, _ scan: CodeScan) -> Bool {
        origin.calls.contains { index in
            let call = scan.model.calls[Int(index)]
            return call.does([.readsFiles]) && scan.origin(of: call).texts.contains(where: isCredential)
        }
    }

    static func isCredential(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count <= 300 else { return false }
        return IndicatorTable.set.matches(in: text, limit: 8).contains { match in
            guard case .credential(let store) = IndicatorTable.all[match.pattern].topic else { return false }
            switch store {
            // The configuration of one's own tools is read by their clients.
            case .npm, .pypi, .aws, .ssh, .kubernetes, .docker, .google, .azure, .git, .netrc, .github, .gnupg, .vault,
                .shellHistory, .browserPasswords, .browserCookies, .wallet, .walletExtension, .keychain, .terraform:
                return true
            case .accounts, .browserProfile, .chat: return false
            }
        }
    }
}

extension Address {
    /// Whether constants in a value name a host: a URL, or a name with dots as in options.
    static func namesHost(_ origin: DataFlow.Origin) -> Bool {
        origin.texts.contains { text in
            if let scheme = text.firstRange(of: "://") {
                let host = text[scheme.upperBound...].prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
                return host.contains(UInt8(ascii: ".")) && !host.hasPrefix("127.")
            }
            return isHostName(text)
        }
    }

    private static let fileEndings: Set<String> = [
        "js", "json", "cjs", "mjs", "ts", "py", "txt", "md", "log", "sh", "xml", "html", "yml", "yaml", "toml", "cfg",
        "ini", "env", "csv", "zip", "gz", "pem", "key", "pub", "exe", "dll", "so", "dat", "db", "conf",
    ]

    static func isHostName(_ text: ArraySlice<UInt8>) -> Bool {
        guard (4...100).contains(text.count), let dot = text.lastIndex(of: UInt8(ascii: ".")), dot > text.startIndex
        else { return false }
        let ending = text[(dot + 1)...]
        let isName = text.allSatisfy { byte in
            byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte)
                || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        let isLetters = ending.allSatisfy { (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) }
        return isName && isLetters && ending.count >= 2
            && !fileEndings.contains(String(decoding: ending, as: UTF8.self).lowercased())
    }
}
