import SourceCode

/// Places of secrets that code names or reads: CRED-FILE, CRED-SCAN, CRED-MEM.
///
/// Honest programs read their own credentials, so one place is a note. What collects others' names many kinds of them,
/// or the files of passwords that only their browser reads.
struct CredentialChecks {
    let view: CodeView
    let hits: IndicatorHits

    /// A place of secrets in the form of a path.
    private struct Place {
        let store: CredentialStore
        let hit: IndicatorHits.Hit
        /// Whether the path says where the file lies, not only what it is called.
        let isRooted: Bool
    }

    func check(into report: inout FileReport) {
        let places = hits.hits.compactMap(place)
        checkReads(places, into: &report)
        checkCollection(places, into: &report)
        checkBrowsers(places, into: &report)
        checkChats(places, into: &report)
        checkWallets(places, into: &report)
        checkShapes(into: &report)
        checkMemory(into: &report)
    }

    private func note(_ observation: Observation, _ hit: IndicatorHits.Hit, into report: inout FileReport) {
        report.note(observation, line: view.line(hit), atLoad: view.runsAtLoad(hit))
    }

    private func grave(_ observation: Observation, _ hit: IndicatorHits.Hit, into report: inout FileReport) {
        note(observation, hit, into: &report)
        report.fact(.credentials, line: view.line(hit), atLoad: view.runsAtLoad(hit))
    }

    /// Notes that what thieves collect can leave from the same file.
    private func noteSent(_ hit: IndicatorHits.Hit, into report: inout FileReport) {
        guard let call = view.model.calls.first(where: { !$0.effects.isDisjoint(with: [.network, .sends]) }) else {
            return
        }
        let runsByItself = view.runsAtLoad(hit) && view.runsAtLoad(call.scope)
        report.note(.storedSecretsSent, line: view.line(hit), atLoad: runsByItself)
    }

    // MARK: Paths

    private func place(_ hit: IndicatorHits.Hit) -> Place? {
        guard case .credential(let store) = hit.indicator.topic else { return nil }
        let value = view.value(hit)
        // Longer text is prose or data; a program given as text is judged as a command.
        guard value.count <= 300, !value.contains(0x0A) else { return nil }
        let isSeparator: (UInt8) -> Bool = { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
        if hit.range.lowerBound > value.startIndex, isFilePart(hit.indicator.text) {
            let before = value[hit.range.lowerBound - 1]
            guard isSeparator(before) || Array(" ='\"~@".utf8).contains(before) else { return nil }
        }
        if hit.range.upperBound < value.endIndex {
            let after = value[hit.range.upperBound]
            let isEnding = isFilePart(hit.indicator.text) && !hit.indicator.text.hasSuffix("_")
            guard !isEnding || isSeparator(after) || Array(" '\"*".utf8).contains(after) else { return nil }
        }
        let words = value.split(separator: 0x20).count
        guard words <= 4 else { return nil }
        if store == .ssh, isPublicPart(value) { return nil }
        return Place(store: store, hit: hit, isRooted: value.contains(where: isSeparator) || value.hasPrefix("~"))
    }

    /// Whether an indicator is a file's or folder's whole name, which ends where it ends.
    private func isFilePart(_ text: String) -> Bool {
        text.hasPrefix(".") || text.hasPrefix("_") || text.contains("id_")
    }

    /// What lies beside the keys and is no secret.
    private func isPublicPart(_ value: ArraySlice<UInt8>) -> Bool {
        ["known_hosts", "/config", "\\config", ".pub", "authorized_keys", "ssh_config"].contains {
            value.contains(text: $0)
        }
    }

    // MARK: Reading

    private func checkReads(_ places: [Place], into report: inout FileReport) {
        guard !places.isEmpty else { return }
        var read: Set<Int> = []
        for call in view.model.calls where reads(call) {
            for hit in hits.hits(reaching: call, in: view) { read.insert(hit.string) }
        }
        var kinds: Set<CredentialStore> = []
        for place in places where isSecretOfPrograms(place.store) {
            let isRead = read.contains(place.hit.string)
            guard isRead || place.isRooted else { continue }
            note(isRead ? .credentialRead : .credentialPath, place.hit, into: &report)
            let isHarmless = place.store == .accounts || place.store == .shellHistory
            guard isRead, !isHarmless else { continue }
            // One tool logs in to several registries.
            let isRegistry = place.store == .pypi || place.store == .netrc
            if kinds.insert(isRegistry ? .npm : place.store).inserted, kinds.count == 2 {
                note(.severalCredentials, place.hit, into: &report)
            }
            report.fact(.credentials, line: view.line(place.hit), atLoad: view.runsAtLoad(place.hit))
        }
    }

    /// Whether a call reads a file; methods of paths say so by their names, whatever the path is made of.
    private func reads(_ call: Call) -> Bool {
        !call.effects.isDisjoint(with: [.readsFiles, .listsFolders]) || call.callee.path.hasSuffix(".read_text")
            || call.callee.path.hasSuffix(".read_bytes")
    }

    private func isSecretOfPrograms(_ store: CredentialStore) -> Bool {
        switch store {
        case .npm, .pypi, .aws, .ssh, .kubernetes, .docker, .google, .azure, .git, .netrc, .github, .gnupg, .vault,
            .terraform, .shellHistory, .accounts:
            true
        case .browserPasswords, .browserCookies, .browserProfile, .chat, .wallet, .walletExtension, .keychain: false
        }
    }

    /// Three kinds of secrets in one file belong to nobody's own program.
    private func checkCollection(_ places: [Place], into report: inout FileReport) {
        let counted = places.filter { isSecretOfPrograms($0.store) && ($0.isRooted || isAlone($0)) }
        let rooted = Set(counted.filter(\.isRooted).map(\.store))
        let kinds = Set(counted.map(\.store))
        guard kinds.count >= 3, rooted.count >= 2, let last = counted.last else { return }
        // One tool logs in to several registries of packages.
        if kinds.isSubset(of: [.npm, .pypi, .netrc]) { return }
        grave(kinds.count >= 4 ? .credentialCollection : .severalCredentials, last.hit, into: &report)
    }

    /// Whether the string is the name alone, as it is joined to the home folder.
    private func isAlone(_ place: Place) -> Bool { place.hit.range == view.value(place.hit).indices }

    // MARK: Browsers, chats, wallets

    private func checkBrowsers(_ places: [Place], into report: inout FileReport) {
        let passwords = places.filter { $0.store == .browserPasswords && isLastComponent($0) }
        guard let found = passwords.last else { return }
        let others = places.filter { $0.store == .browserProfile || $0.store == .browserCookies }
        if others.isEmpty { return note(.browserPasswordFile, found.hit, into: &report) }
        grave(.browserSecrets, found.hit, into: &report)
        noteSent(found.hit, into: &report)
    }

    /// Whether the indicator is the whole last part of the path, in the letters that the file has.
    private func isLastComponent(_ place: Place) -> Bool {
        let value = view.value(place.hit)
        let name = value[value.index(after: value.lastIndex { $0 == 0x2F || $0 == 0x5C } ?? value.startIndex - 1)...]
        return ["Login Data", "Login Data For Account", "logins.json", "key4.db", "key3.db", "signons.sqlite"]
            .contains { name.equals($0) }
    }

    private func checkChats(_ places: [Place], into report: inout FileReport) {
        let chats = places.filter { $0.store == .chat }
        guard let last = chats.last else { return }
        let names = Set(
            chats.map { $0.hit.indicator.text.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? "" })
        let isToken = chats.contains { $0.hit.indicator.text.hasPrefix("dqw4") }
        guard isToken || names.contains("leveldb") && names.count >= 2 else { return }
        grave(.chatTokens, last.hit, into: &report)
        noteSent(last.hit, into: &report)
    }

    private func checkWallets(_ places: [Place], into report: inout FileReport) {
        let wallets = places.filter { $0.store == .wallet && $0.isRooted || $0.hit.indicator.text == "wallet.dat" }
        let extensions = places.filter { $0.store == .walletExtension }
        let names = Set((wallets + extensions).map { Self.folded($0.hit.indicator.text) })
        guard let last = (wallets + extensions).last else { return }
        guard names.count >= 3 || names.count == 2 && !extensions.isEmpty else {
            return note(.walletPath, last.hit, into: &report)
        }
        grave(.walletFiles, last.hit, into: &report)
        noteSent(last.hit, into: &report)
    }

    private static func folded(_ text: String) -> String { text.replacing("\\", with: "/") }

    // MARK: Shapes of secrets

    private func checkShapes(into report: inout FileReport) {
        var shapes: Set<SecretShape> = []
        var firstLine: Int?
        func add(_ indicator: Indicator, _ line: Int) {
            guard case .secretShape(let shape) = indicator.topic else { return }
            shapes.insert(shape)
            firstLine = firstLine ?? line
        }
        for hit in hits.hits { add(hit.indicator, view.line(hit)) }
        for token in view.model.tokens where token.kind == .regularExpression {
            let text = view.model.source.bytes[Int(token.start)..<Int(token.end)]
            for match in IndicatorTable.set.matches(in: text, limit: 20) {
                add(IndicatorTable.all[match.pattern], view.file.line(at: Int(token.start)))
            }
        }
        if shapes.contains(.chatToken), shapes.count == 1, let place = hits.hits.first(where: isChatPlace) {
            grave(.chatTokens, place, into: &report)
            return noteSent(place, into: &report)
        }
        shapes.remove(.chatToken)
        guard shapes.count >= 3 else { return }
        let isConnected = view.does([.network, .sends, .process, .shell])
        report.note(isConnected ? .secretShapesSent : .secretShapes, line: firstLine, atLoad: false)
    }

    private func isChatPlace(_ hit: IndicatorHits.Hit) -> Bool { hit.indicator.topic == .credential(.chat) }

    // MARK: Memory of other programs

    private func checkMemory(into report: inout FileReport) {
        var marks: [ProcessMemoryMark: IndicatorHits.Hit] = [:]
        for hit in hits.hits {
            guard case .processMemory(let mark) = hit.indicator.topic else { continue }
            let value = view.value(hit)
            guard value.count <= 200 else { continue }
            if mark == .memoryFile {
                let isFile = value.count <= 60 && (value.hasSuffix("/mem") && !value.hasSuffix("/kmem"))
                guard isFile, value.contains(text: "/proc/") || hasProcessFolder(hit) else { continue }
            }
            marks[mark] = marks[mark] ?? hit
        }
        if let runner = marks[.runner] {
            let readsMemory = marks[.memoryFile] != nil
            grave(readsMemory ? .runnerMemory : .namesRunnerProcess, runner, into: &report)
        } else if let memory = marks[.memoryFile] {
            note(.processMemoryFile, memory, into: &report)
        }
        if let service = marks[.securityService], marks[.dump] != nil || view.does([.processMemory]) {
            grave(.securityServiceMemory, service, into: &report)
        }
    }

    /// Whether the string before in the same expression names the folder of processes.
    private func hasProcessFolder(_ hit: IndicatorHits.Hit) -> Bool {
        guard hit.string > 0 else { return false }
        let before = view.strings[hit.string - 1]
        return before.value.hasPrefix("/proc")
            && view.strings[hit.string].tokens.lowerBound - before.tokens.upperBound < 12
    }
}
