import SourceCode

/// Hosts and addresses that code names: NET-* and the sources of other runtimes.
struct NetworkChecks {
    let view: CodeView
    let hits: [IndicatorHits.Hit]
    /// So many places of one kind are followed into calls.
    private static let maxFollowed = 32

    func check(into report: inout FileReport) {
        for hit in hits {
            switch hit.indicator.topic {
            case .host(let purpose): check(hit, purpose, into: &report)
            case .addressURL: checkAddress(hit, into: &report)
            case .metadataService: checkMetadata(hit, into: &report)
            case .brand: checkBrand(hit, into: &report)
            case .credential, .secretShape, .processMemory, .persistence, .agentSettings, .continuousIntegration,
                .packageSettings, .miner, .locale, .analysisTool, .command:
                break
            }
        }
        checkBotToken(into: &report)
        checkConnections(into: &report)
    }

    private func note(_ observation: Observation, _ hit: IndicatorHits.Hit, into report: inout FileReport) {
        report.note(observation, line: view.line(hit), atLoad: view.runsAtLoad(hit))
    }

    private func url(_ hit: IndicatorHits.Hit) -> FoundURL? {
        let isAfterScheme = hit.indicator.text.hasPrefix("://")
        return FoundURL(in: view.value(hit), around: hit.range.lowerBound + (isAfterScheme ? 3 : 0))
    }

    // MARK: Services

    private func check(_ hit: IndicatorHits.Hit, _ purpose: HostPurpose, into report: inout FileReport) {
        guard let url = url(hit) else { return }
        switch purpose {
        case .chatHook: checkChatHook(hit, url, into: &report)
        case .collector, .tunnel:
            guard isHost(url, hit) else { return }
            let isUsed = isEndpoint(url, hit, needsLabel: purpose == .tunnel || hit.indicator.text.hasPrefix("oast"))
            note(isUsed ? (purpose == .tunnel ? .tunnelHost : .collectorHost) : .namesAnonymousHost, hit, into: &report)
            if isUsed { report.fact(.exfiltrationHost, line: view.line(hit), atLoad: view.runsAtLoad(hit)) }
        case .paste:
            guard isHost(url, hit), url.hasScheme else { return }
            let isUsed = !url.isInSentence && hasIdentifier(url.pathBytes)
            note(isUsed ? .pasteText : .namesAnonymousHost, hit, into: &report)
        case .upload:
            guard isHost(url, hit), url.hasScheme, !url.isInSentence, !isPicture(url.pathBytes) else { return }
            report.fact(.exfiltrationHost, line: view.line(hit), atLoad: view.runsAtLoad(hit))
            note(reachesNetwork(hit) ? .uploadHost : .namesAnonymousHost, hit, into: &report)
        case .addressLookup:
            guard isHost(url, hit), url.hasScheme || url.hostBytes.count == view.value(hit).count else { return }
            report.fact(.hostFacts, line: view.line(hit), atLoad: view.runsAtLoad(hit))
            note(.asksOwnAddress, hit, into: &report)
        case .shortener: note(.shortLink, hit, into: &report)
        case .runtimeSource:
            if url.hasScheme, !url.isInSentence { note(.runtimeSource, hit, into: &report) }
        }
    }

    /// Whether the host really is, or lies below, the domain that the indicator begins with.
    private func isHost(_ url: FoundURL, _ hit: IndicatorHits.Hit) -> Bool {
        let domain = String(hit.indicator.text.drop { $0 == "." }.prefix { $0 != "/" })
        return url.isHost(at: domain)
    }

    /// Words that stand where a person puts their own.
    private static let placeholders = [
        "xxx", "your", "example", "<", "{", "...", "123456789", "00000000", "abcdef", "token", "foo", "my-",
        "placeholder",
        "replace", "changeme", "*",
    ]
    /// Labels of a service's own hosts.
    private static let ownLabels: Set<String> = [
        "www", "api", "app", "dashboard", "docs", "status", "update", "dynupdate", "members", "dl", "bin", "cdn",
        "blog",
        "static", "assets", "help", "support", "freedns", "account", "update.dashboard", "connect", "tunnel", "dynamic",
    ]

    private func isPlaceholder(_ text: [UInt8]) -> Bool { Self.placeholders.contains { text.contains(text: $0) } }

    /// Whether a host below a public domain is named to be used: in a URL or alone, with a label or path of its own.
    private func isEndpoint(_ url: FoundURL, _ hit: IndicatorHits.Hit, needsLabel: Bool) -> Bool {
        let domain = String(hit.indicator.text.drop { $0 == "." }.prefix { $0 != "/" })
        guard let depth = url.hostDepth(below: domain) else { return false }
        let value = view.value(hit)
        let isAlone = url.hostBytes.count == value.count || url.start == value.startIndex && url.path.isEmpty
        guard url.hasScheme || isAlone, !url.isInSentence else { return false }
        let labels = url.hostBytes.lowercasedASCII().dropLast(domain.utf8.count).dropLast()
        if isPlaceholder(Array(labels)) || isPlaceholder(url.pathBytes.lowercasedASCII()) { return false }
        if depth > 0, !Self.ownLabels.contains(String(decoding: labels, as: UTF8.self)) { return true }
        let path = url.pathBytes
        return !needsLabel && path.count >= 4 && !path.contains(UInt8(ascii: "#")) && !path.hasPrefix("/docs")
    }

    private func hasIdentifier(_ path: ArraySlice<UInt8>) -> Bool {
        path.split(separator: UInt8(ascii: "/")).contains { part in
            let isMixed =
                part.contains { (0x30...0x39).contains($0) }
                || part.contains { (0x41...0x5A).contains($0) } && part.contains { (0x61...0x7A).contains($0) }
            return part.count >= 4 && part.count <= 64 && isMixed && !part.hasPrefix("v")
                && part.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
        }
    }

    private func isPicture(_ path: ArraySlice<UInt8>) -> Bool {
        let lowered = path.prefix { $0 != UInt8(ascii: "?") }.lowercasedASCII()
        return [".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".mp4", ".ico"].contains { lowered.hasSuffix($0) }
    }

    private func reachesNetwork(_ hit: IndicatorHits.Hit) -> Bool {
        let string = view.strings[hit.string].tokens.lowerBound
        let isUpload: (IndicatorHits.Hit) -> Bool = { $0.indicator.topic == hit.indicator.topic }
        // A list of hundreds of such hosts is a list.
        guard hits.count(where: isUpload) <= Self.maxFollowed else { return false }
        return view.model.calls.contains { call in
            !call.effects.isDisjoint(with: [.network, .sends, .receives])
                && view.sources(of: call).contains { $0.contains(string) }
        }
    }

    // MARK: Webhooks

    private func checkChatHook(_ hit: IndicatorHits.Hit, _ url: FoundURL, into report: inout FileReport) {
        let path = url.pathBytes
        // The secret is what makes it work: a client of the service has none.
        let longest = path.split(whereSeparator: { !isNameByte($0) && $0 != UInt8(ascii: "-") }).map(\.count).max() ?? 0
        let isDiscord = hit.indicator.text.hasPrefix("discord")
        let isHook = !isDiscord || path.contains(text: "/webhooks/")
        let isSecret = isHook && longest >= 20 && !isPlaceholder(path.lowercasedASCII())
        note(isSecret ? .webhookWithSecret : .namesWebhookService, hit, into: &report)
        if isSecret { report.fact(.exfiltrationHost, line: view.line(hit), atLoad: view.runsAtLoad(hit)) }
    }

    /// A bot's token beside the service's address, which is put into it later.
    private func checkBotToken(into report: inout FileReport) {
        guard hits.contains(where: { $0.indicator.text == "api.telegram.org/bot" }) else { return }
        for string in view.strings where string.value.count <= 64 {
            let parts = string.value.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard parts.count == 2, (8...12).contains(parts[0].count), parts[1].count >= 30,
                parts[0].allSatisfy({ (0x30...0x39).contains($0) }),
                parts[1].allSatisfy({ isNameByte($0) || $0 == UInt8(ascii: "-") }),
                !isPlaceholder(parts[1].lowercasedASCII())
            else { continue }
            let (line, atLoad) = (view.line(string.tokens.lowerBound), view.runsAtLoad(string.scope))
            report.note(.webhookWithSecret, line: line, atLoad: atLoad)
            report.fact(.exfiltrationHost, line: line, atLoad: atLoad)
        }
    }

    // MARK: Addresses

    private func checkAddress(_ hit: IndicatorHits.Hit, into report: inout FileReport) {
        let value = view.value(hit)
        let isBracketed = hit.indicator.text.hasSuffix("[")
        let address: InternetAddress?
        if isBracketed {
            let inside = value[hit.range.upperBound...].prefix(60).prefix { $0 != UInt8(ascii: "]") }
            address = InternetAddress(inside)
        } else {
            address = url(hit).flatMap { InternetAddress($0.hostBytes) }
        }
        guard let address, address.isForeign || address.isDisguised && !isHarmless(address) else { return }
        if url(hit)?.isInSentence == true { return note(.namesAddress, hit, into: &report) }
        note(address.isDisguised ? .disguisedAddress : .addressURL, hit, into: &report)
    }

    /// Local addresses in short forms (`http://0:8080`, `http://127.1`) hide nothing.
    private func isHarmless(_ address: InternetAddress) -> Bool {
        guard address.bytes.count == 4 else { return true }
        return [0, 10, 127, 192, 172, 255].contains(address.bytes[0]) || address.bytes[1...].allSatisfy { $0 == 0 }
            || address.bytes[0] == 0
    }

    private func checkMetadata(_ hit: IndicatorHits.Hit, into report: inout FileReport) {
        guard let url = url(hit) else { return }
        let isNumber = hit.indicator.text.utf8.allSatisfy { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: ":") }
        if isNumber {
            guard url.hasScheme, url.hostBytes.count == hit.range.count else { return }
            note(.disguisedAddress, hit, into: &report)
        } else {
            // Where it is a default or a constant, it is asked when what asks it is called.
            let place = view.strings[hit.string].tokens.lowerBound
            let isAsked = view.model.calls.contains { call in
                view.runsAtLoad(call.scope) && !call.effects.isDisjoint(with: [.network, .socket, .process])
                    && view.sources(of: call).contains { $0.contains(place) }
            }
            report.note(.metadataAddress, line: view.line(hit), atLoad: view.runsAtLoad(hit) && isAsked)
        }
    }

    private static let brands: Set<String> = ["npmjs", "pythonhosted", "githubusercontent", "jsdelivr", "unpkg"]
    /// Where the brands themselves are registered.
    private static let brandEndings = ["org", "com", "net"]

    private func checkBrand(_ hit: IndicatorHits.Hit, into report: inout FileReport) {
        guard let url = url(hit), url.hasScheme, url.hostBytes.contains(UInt8(ascii: ".")) else { return }
        let brand = hit.indicator.text.prefix { $0 != "." }
        let labels = url.hostBytes.lowercasedASCII().split(separator: UInt8(ascii: "."))
        // The brand's own domain. Of a look-alike, such as a letter twice, every domain is an imitation.
        if labels.count >= 2, Self.brands.contains(String(brand)), labels[labels.count - 2].elementsEqual(brand.utf8),
            Self.brandEndings.contains(where: { labels[labels.count - 1].elementsEqual($0.utf8) })
        {
            return
        }
        // A mirror's name may contain the brand as a label of its own: `npmjs.mirror.example`.
        guard labels.suffix(2).contains(where: { $0.contains(text: String(brand)) }) else { return }
        note(.imitatedHost, hit, into: &report)
    }

    /// Addresses that a connection is opened to, without a URL.
    private func checkConnections(into report: inout FileReport) {
        guard view.does([.socket, .network]) else { return }
        let places = view.strings.indices.filter { index in
            let value = view.strings[index].value
            guard (7...45).contains(value.count), let address = InternetAddress(value) else { return false }
            return address.bytes.count == 16 || value.count { $0 == UInt8(ascii: ".") } == 3 ? address.isForeign : false
        }
        guard !places.isEmpty else { return }
        let followed = places.prefix(Self.maxFollowed)
        for call in view.model.calls where !call.effects.isDisjoint(with: [.socket, .network]) {
            let sources = view.sources(of: call)
            for place in followed where sources.contains(where: { $0.contains(view.strings[place].tokens.lowerBound) })
            {
                report.note(.addressConnection, line: view.line(call), atLoad: view.runsAtLoad(call.scope))
            }
        }
    }
}
