import SourceCode

/// What code does to a machine or to many: IMP-WIPE, IMP-MINER, PROP-*, PROT-LOCALE, ANTI-ANALYSIS, CRED-WALLET.
struct ImpactChecks {
    let view: CodeView
    let hits: IndicatorHits

    func check(into report: inout FileReport) {
        checkWipes(into: &report)
        checkMiners(into: &report)
        checkSpreading(into: &report)
        checkLocale(into: &report)
        checkAnalysisTools(into: &report)
        WalletHooks(view: view).check(into: &report)
    }

    private func note(_ observation: Observation, _ hit: IndicatorHits.Hit, into report: inout FileReport) {
        report.note(observation, line: view.line(hit), atLoad: view.runsAtLoad(hit))
    }

    private func hits(_ topic: Indicator.Topic) -> [IndicatorHits.Hit] {
        hits.hits.filter { $0.indicator.topic == topic }
    }

    // MARK: Wiping

    private static let roots: Set<String> = [
        "/", "/*", "~", "~/", "/home", "/root", "/etc", "/usr", "C:\\", "C:/", "C:\\Windows", "C:\\Users", "/Users",
        "/var",
    ]

    private func checkWipes(into report: inout FileReport) {
        // More of them than anyone writes would only cost time.
        for call in view.model.calls.lazy.filter({ $0.effects.contains(.deletesTrees) }).prefix(100) {
            guard let target = call.arguments.first, isRoot(target.tokens, target.constant, steps: 0) else { continue }
            report.note(.deletesEverything, line: view.line(call), atLoad: view.runsAtLoad(call.scope))
        }
        checkSweeps(into: &report)
    }

    /// A walk through the home folder or a root, in code that deletes files on the way.
    private func checkSweeps(into report: inout FileReport) {
        guard view.does(.deletesFiles), view.does(.listsFolders) else { return }
        let deleting = Set(
            view.model.calls.filter { $0.effects.contains(.deletesFiles) }.map { view.function(of: $0.scope) })
        // Functions that list and delete: what is given to them is swept.
        let sweepers = Set(
            view.model.calls.filter { $0.effects.contains(.listsFolders) }
                .map { view.function(of: $0.scope) }.filter { deleting.contains($0) && $0 > 0 }
                .compactMap { view.model.scopes[Int($0)].name })
        let sweeps = view.model.calls.lazy.filter { call in
            call.effects.contains(.listsFolders) && deleting.contains(view.function(of: call.scope))
                || call.callee.root == .local && sweepers.contains(call.callee.path)
        }
        for call in sweeps.prefix(50) {
            guard let target = call.arguments.first, isRoot(target.tokens, target.constant, steps: 0) else { continue }
            return report.note(.sweepsHome, line: view.line(call), atLoad: view.runsAtLoad(call.scope))
        }
    }

    private func isRoot(_ range: TokenRange, _ constant: Constant?, steps: Int) -> Bool {
        if case .text(let text)? = constant { return Self.roots.contains(String(decoding: text, as: UTF8.self)) }
        if view.model.calls.contains(where: { $0.tokens == range && isHomeFolder($0) }) { return true }
        guard range.count == 1, steps < 2 else { return false }
        // Only a name that is given one value is sure to hold it.
        let values = view.valueRanges(ofName: range.lowerBound, before: range)
        guard values.count == 1, let value = values.first else { return false }
        let constant = view.model.bindings.first { $0.value == value }?.constant
        return isRoot(value, constant, steps: steps + 1)
    }

    private func isHomeFolder(_ call: Call) -> Bool {
        guard call.effects.contains(.homeFolder) else { return false }
        // `expanduser` is the home folder only when it is asked for that.
        guard let first = call.arguments.first else { return true }
        if case .text(let text)? = first.constant { return text.equals("~") || text.equals("~/") }
        return false
    }

    // MARK: Mining

    private func checkMiners(into report: inout FileReport) {
        let found = hits(.miner).filter { view.value($0).count <= 2000 }
        guard let last = found.last else { return }
        for hit in found where isPool(hit) { return note(.miningPool, hit, into: &report) }
        let names = Set(found.map(\.indicator.text))
        if names.count >= 2, view.does([.process, .shell]) { return note(.minerNames, last, into: &report) }
        note(.namesMiner, last, into: &report)
    }

    /// Whether a pool is named to be used: with its protocol and host, or with a port.
    private func isPool(_ hit: IndicatorHits.Hit) -> Bool {
        let value = view.value(hit)
        if hit.indicator.text.hasPrefix("stratum") {
            let rest = value[hit.range.upperBound...]
            return rest.hasPrefix("://") && rest.count > 8 && rest.contains(UInt8(ascii: "."))
        }
        guard hit.indicator.text.contains("."), let url = FoundURL(in: value, around: hit.range.lowerBound) else {
            return false
        }
        return url.port != nil || url.hasScheme && url.pathBytes.hasSuffix(".js")
    }

    // MARK: Spreading

    private func checkSpreading(into report: inout FileReport) {
        let texts = Set(hits.hits.map(\.indicator.text))
        let marks = [
            texts.contains("-/whoami"), texts.contains("maintainer:"),
            texts.contains(".npmrc") || texts.contains("_authtoken") || texts.contains("npm_token"),
            texts.contains("npm publish") || report.notes.contains { $0.observation == .commandPublishes },
            texts.contains("runs-on: self-hosted") || texts.contains("registration-token"),
            texts.contains("trufflehog"), texts.contains(".github/workflows"),
        ]
        if marks.count(where: { $0 }) >= 3, view.does([.network, .process, .shell]) {
            let line = hits.hits.last { $0.indicator.topic == .command }.map(view.line)
            report.note(.spreadsItself, line: line, atLoad: false)
        }
        // Only what does both by itself; tools for releases are called.
        let tokens = hits.hits.filter {
            $0.indicator.topic == .credential(.npm) || $0.indicator.topic == .credential(.pypi)
        }
        let readsToken = report.notes.contains { $0.observation == .credentialRead && $0.atLoad }
        if let publishing = report.notes.first(where: { $0.observation == .commandPublishes && $0.atLoad }),
            readsToken, tokens.contains(where: view.runsAtLoad)
        {
            report.note(.publishesWithToken, line: publishing.line)
        }
        for hit in hits(.command) where hit.indicator.text == "api.github.com/user/repos" {
            note(.createsRepository, hit, into: &report)
        }
    }

    // MARK: Behaviour by country

    private func checkLocale(into report: inout FileReport) {
        let found = hits(.locale)
        guard let last = found.last else { return }
        let texts = Set(found.map(\.indicator.text))
        let isList = texts.count > 12
        let countries = texts.intersection(["belarus", "russia", "ru_ru", "ru-ru"])
        let zones = texts.filter { $0.contains("/") }
        let asksWhere =
            view.does(.locale) || report.has(.hostFacts)
            || !texts.isDisjoint(with: ["country_name", "country_code", "countrycode"])
        guard !isList, asksWhere, countries.count + zones.count >= 2 else { return }
        let isHarmful =
            view.does([.deletesFiles, .deletesTrees, .runsCode, .process, .shell])
            || view.does(.writesFiles) && view.does(.listsFolders)
        note(isHarmful ? .countryDecides : .namesCountries, last, into: &report)
    }

    // MARK: Tools of analysts

    private func checkAnalysisTools(into report: inout FileReport) {
        let found = hits(.analysisTool).filter { view.value($0).count <= 80 }
        let names = Set(found.map(\.indicator.text))
        guard let last = found.last, names.count >= 2 else { return }
        note(names.count >= 4 ? .looksForAnalysts : .namesAnalysisTools, last, into: &report)
    }
}
