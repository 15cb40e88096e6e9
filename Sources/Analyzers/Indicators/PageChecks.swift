import SourceCode

/// CRED-PAGE: what a script takes from the person who looks at a page, or from their browser: cookies, what is stored,
/// what is typed into forms.
struct PageChecks {
    let model: CodeModel
    let file: InspectedFile

    static func check(_ file: InspectedFile, _ model: CodeModel, into report: inout FileReport) {
        let checks = PageChecks(model: model, file: file)
        switch model.language {
        case .python: checks.checkBrowserCookies(into: &report)
        case .javaScript, .typeScript:
            let stores = model.reads.filter { isStore($0.path) }.map(\.tokens.lowerBound)
            let listener = model.calls.first { checks.listensToForms($0) }
            guard !stores.isEmpty || listener != nil, let view = CodeView(file, made: []) else { return }
            if !stores.isEmpty { checks.checkStores(stores, view, into: &report) }
            if let listener { checks.checkForms(listener, view, into: &report) }
        }
    }

    // MARK: Cookies and stored data

    private static func isStore(_ path: String) -> Bool {
        let count = path.utf8.count
        guard (12...22).contains(count) else { return false }
        return path == "document.cookie" || path == "window.document.cookie" || path == "localStorage"
            || path == "sessionStorage" || path == "window.localStorage"
    }

    private func checkStores(_ stores: [Int32], _ view: CodeView, into report: inout FileReport) {
        func leaves(_ ranges: [TokenRange]) -> Bool {
            ranges.contains { range in stores.contains { range.contains($0) } } && namesHost(ranges, view)
        }
        for call in model.calls where isSending(call) && leaves(view.sources(of: call)) {
            return report.note(.pageSecretsSent, line: view.line(call), atLoad: view.runsAtLoad(call.scope))
        }
        for binding in model.bindings where asksForAddress(binding.name) && leaves(view.sources(of: binding.value)) {
            let line = view.line(binding.value.lowerBound)
            return report.note(.pageSecretsSent, line: line, atLoad: view.runsAtLoad(binding.scope))
        }
    }

    private func isSending(_ call: Call) -> Bool {
        !call.effects.isDisjoint(with: [.sends, .network]) || call.callee.path.hasSuffix("sendBeacon")
    }

    /// Whether giving a name a value makes a browser ask for that address: `image.src`, `location.href`.
    private func asksForAddress(_ name: String) -> Bool {
        [".src", ".href", "location"].contains { name.hasSuffix($0) }
    }

    private func namesHost(_ ranges: [TokenRange], _ view: CodeView) -> Bool {
        ranges.contains { range in
            view.stringIndices(in: range).prefix(32).contains { isAddress(view.strings[$0].value) }
        }
    }

    private func isAddress(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.hasPrefix("https://") || text.hasPrefix("http://") || text.hasPrefix("//") else { return false }
        let host = text.drop { $0 != UInt8(ascii: "/") }.dropFirst(2).prefix { $0 != UInt8(ascii: "/") }
        return host.contains(UInt8(ascii: ".")) && !host.hasPrefix("localhost") && !host.hasPrefix("127.")
    }

    // MARK: Forms

    private static let formEvents = ["submit", "input", "change", "keydown", "keyup", "keypress", "blur"]
    private static let paymentWords = LiteralSet(
        ["cvv", "cvc", "cardnumber", "card-number", "card_number", "*=card", "cc-num", "ccnum", "creditcard", "iban"],
        ignoringCase: true)

    /// `document.addEventListener('submit', …)`: every form of a page, not one that the code made.
    private func listensToForms(_ call: Call) -> Bool {
        guard call.callee.path.utf8.count >= 16, call.name == "addEventListener",
            call.callee.path.hasPrefix("document.")
                || call.callee.path.hasPrefix("window.") || call.callee.path.utf8.count == 16,
            let event = call.arguments.first?.constant?.text, model.runsAtLoad(call.scope)
        else { return false }
        return Self.formEvents.contains { event.equals($0) }
    }

    private func checkForms(_ listener: Call, _ view: CodeView, into report: inout FileReport) {
        let takesForms = model.calls.contains { $0.callee.path == "FormData" || $0.callee.path == "window.FormData" }
        let isPayment = view.strings.contains { $0.value.count < 200 && Self.paymentWords.matchesAny(in: $0.value) }
        guard takesForms || isPayment else { return }
        let sends = model.calls.contains { isSending($0) && namesHost(view.sources(of: $0), view) }
        if sends { report.note(.formsSent, line: view.line(listener), atLoad: true) }
    }

    // MARK: Cookies of the browsers of a machine

    private static let cookieModules: Set<String> = [
        "browser_cookie3", "browsercookie", "rookiepy", "pycookiecheat", "browser_cookie", "rookie",
    ]

    private func checkBrowserCookies(into report: inout FileReport) {
        let isImported = model.imports.contains { found in
            Self.cookieModules.contains(String((found.specifier ?? "").prefix { $0 != "." }))
        }
        guard isImported else { return }
        let takes = model.calls.filter { call in
            Self.cookieModules.contains(String(call.callee.path.prefix { $0 != "." }))
        }
        guard let first = takes.first, let sending = model.calls.first(where: { $0.effects.contains(.network) }) else {
            return
        }
        let atLoad = takes.contains { model.runsAtLoad($0.scope) } && model.runsAtLoad(sending.scope)
        report.note(.browserCookiesTaken, line: file.line(ofToken: first.tokens.lowerBound), atLoad: atLoad)
        report.fact(.credentials, line: file.line(ofToken: first.tokens.lowerBound), atLoad: atLoad)
    }
}
