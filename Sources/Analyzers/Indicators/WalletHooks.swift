import SourceCode
import UnicodeText

/// CRED-WALLET: code that changes where payments go, by replacing what pages call or what was copied.
struct WalletHooks {
    let view: CodeView

    func check(into report: inout FileReport) {
        let wallets = walletNames
        let aliased = view.model.bindings.contains { replacesWallet($0, wallets) }
        let hooks = view.model.bindings.filter { Self.isHook($0.name) || replacesFetch($0) }
        let replacesClipboard = view.does(.clipboard)
        let asksForPayment = view.strings.contains { $0.value.equals("eth_sendTransaction") }
        guard !hooks.isEmpty || replacesClipboard || aliased || asksForPayment else { return }
        var kinds: Set<AddressKind> = []
        var count = 0
        var line: Int?
        var recipient: StringConstant?
        for string in view.strings where (25...110).contains(string.value.count) {
            guard let kind = AddressKind(string.value) else { continue }
            kinds.insert(kind)
            count += 1
            line = line ?? view.line(string.tokens.lowerBound)
            if recipient == nil, isRecipient(string) { recipient = string }
        }
        let hasWalletHook = aliased || hooks.contains { $0.name.contains("ethereum.") }
        if hasWalletHook, let recipient {
            return report.note(.paymentHook, line: view.line(recipient.tokens.lowerBound))
        }
        if asksForPayment, let recipient {
            report.note(
                .paymentAsked, line: view.line(recipient.tokens.lowerBound), atLoad: view.runsAtLoad(recipient.scope))
        }
        let hasRequestHook = hooks.contains { !$0.name.contains("ethereum") }
        if !hooks.isEmpty, count >= 8 && kinds.count >= 2 || hasWalletHook && hasRequestHook && count > 0 {
            report.note(.paymentHook, line: line)
        } else if count >= 1,
            aliased || !hooks.isEmpty && kinds.count >= 1 && count >= 3 || replacesClipboard && kinds.count >= 1
        {
            report.note(.paymentAddresses, line: line)
        }
    }

    /// Names that stand for what a page talks to wallets by: `const w = window.ethereum`.
    private var walletNames: Set<String> {
        var names: Set<String> = []
        for binding in view.model.bindings where binding.value.count <= 8 && !binding.name.contains(".") {
            let isWallet = binding.value.contains { token in
                ["ethereum", "solana", "tronWeb", "phantom"].contains { view.isPunctuator(token, $0) }
            }
            if isWallet { names.insert(binding.name) }
        }
        return names
    }

    private static let walletMethods = [
        ".request", ".send", ".sendAsync", ".signTransaction", ".signAndSendTransaction", ".sendTransaction",
    ]

    /// `w.request = async function …`, where `w` is a wallet.
    private func replacesWallet(_ binding: Binding, _ wallets: Set<String>) -> Bool {
        guard let dot = binding.name.firstIndex(of: "."), wallets.contains(String(binding.name[..<dot])) else {
            return false
        }
        return Self.walletMethods.contains(String(binding.name[dot...]))
    }

    /// Whether an address is who is paid: `to: '0x…'`, `params[0].to = '0x…'`.
    private func isRecipient(_ string: StringConstant) -> Bool {
        let token = string.tokens.lowerBound
        guard view.isPunctuator(token - 1, "=") || view.isPunctuator(token - 1, ":") else { return false }
        return ["to", "recipient", "toAddress", "destination"].contains { view.isPunctuator(token - 2, $0) }
    }

    /// `window.fetch = …`: a variable of that name in a module replaces nothing.
    private func replacesFetch(_ binding: Binding) -> Bool {
        guard binding.name == "fetch" || binding.name.hasSuffix(".fetch") else { return false }
        return ["window", "globalThis", "self", "global"].contains {
            view.isPunctuator(binding.target.lowerBound, $0)
        }
    }

    private static let hookEndings = [
        "window.fetch", "globalThis.fetch", "XMLHttpRequest.prototype.open", "XMLHttpRequest.prototype.send",
        "window.ethereum.request", "window.ethereum.send", "ethereum.request", "window.ethereum",
        "window.XMLHttpRequest",
        "ethereum.sendAsync",
    ]

    private static let shortestHook = hookEndings.map(\.utf8.count).min() ?? 0

    private static func isHook(_ name: String) -> Bool {
        guard name.utf8.count >= shortestHook else { return false }
        return hookEndings.contains { name == $0 || name.hasSuffix("." + $0) }
    }
}

/// The currencies whose addresses are known by their form.
private enum AddressKind: Hashable {
    case ethereum, bitcoin, bitcoinSegwit, tron, litecoin, solana, monero

    init?(_ text: ArraySlice<UInt8>) {
        let isBase58 = text.allSatisfy(isBase58Letter)
        let hasDigit = text.contains { (0x31...0x39).contains($0) }
        if text.hasPrefix("0x"), text.count == 42, text.dropFirst(2).allSatisfy({ HexadecimalDigit.value($0) != nil }) {
            // Zero and other made-up addresses have few different digits.
            guard Set(text.dropFirst(2)).count > 8 else { return nil }
            self = .ethereum
        } else if text.hasPrefix("bc1"), (42...62).contains(text.count), text.allSatisfy(isNameByte) {
            self = .bitcoinSegwit
        } else if text.hasPrefix("ltc1") || text.first == UInt8(ascii: "L") && text.count == 34 && isBase58 && hasDigit
        {
            self = .litecoin
        } else if !isBase58 || !hasDigit {
            return nil
        } else if text.first == UInt8(ascii: "T"), text.count == 34 {
            self = .tron
        } else if text.first == UInt8(ascii: "1") || text.first == UInt8(ascii: "3"), (26...35).contains(text.count) {
            self = .bitcoin
        } else if text.first == UInt8(ascii: "4") || text.first == UInt8(ascii: "8"), text.count == 95 {
            self = .monero
        } else if (43...44).contains(text.count) {
            self = .solana
        } else {
            return nil
        }
    }
}

private func isBase58Letter(_ byte: UInt8) -> Bool {
    (0x31...0x39).contains(byte)
        || (0x41...0x5A).contains(byte) && byte != UInt8(ascii: "I") && byte != UInt8(ascii: "O")
        || (0x61...0x7A).contains(byte) && byte != UInt8(ascii: "l")
}
