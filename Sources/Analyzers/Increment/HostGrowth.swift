import Registry
import Screening
import SourceCode

/// Hosts that code which uses the network names, and whose domains were nowhere in the version before: D-NEWHOST.
struct HostGrowth {
    /// One such host.
    struct Place {
        let file: Int
        let line: Int
        let reach: Reach
        let domain: [UInt8]
    }

    private(set) var places: [Place] = []

    /// More are counted no more: a list of hosts is a list.
    private static let maxDomains = 256
    private static let maxFileBytes = 4 << 20

    init(_ pair: VersionPair) {
        var found: [Place] = []
        for (file, change) in pair.changedFiles where change.isCode && !pair.isQuiet(file) {
            guard found.count < Self.maxDomains, Self.usesNetwork(pair.new.judgement, file) else { continue }
            found += Self.places(in: change, file, pair)
        }
        guard !found.isEmpty else { return }
        let domains = Array(Set(found.prefix(Self.maxDomains).map { BytesKey($0.domain) })).map(\.bytes)
        let known = Self.known(domains, in: pair.difference.base)
        places = found.prefix(Self.maxDomains).filter { !known.contains(BytesKey($0.domain)) }
    }

    private static func usesNetwork(_ judgement: ArtifactJudgement, _ file: Int) -> Bool {
        judgement.reports(of: file).contains { report in
            report.has(.network) || report.has(.sends) || report.uses.contains { $0.capability == .network }
        }
    }

    private static func places(in change: FileChange, _ file: Int, _ pair: VersionPair) -> [Place] {
        guard let text = change.new?.text, text.count <= maxFileBytes else { return [] }
        let record = pair.new.judgement.files[file]
        let path = record.path.split(separator: UInt8(ascii: "/")).map(Array.init)
        let inspected = InspectedFile(name: record.name, path: path, bytes: text, layout: pair.new.layout)
        guard let model = inspected.model else { return [] }
        var found: [Place] = []
        for string in model.strings + CodeView.addressesInParts(model) where string.origin != .documentation {
            let isHost = string.value.count <= 255 && isPlaceForHost(string, model)
            guard let domain = domain(of: string.value, isHost: isHost) else { continue }
            let line = inspected.line(ofToken: string.tokens.lowerBound)
            let reach = pair.new.judgement.reach(of: file, atLoad: model.runsAtLoad(string.scope)) ?? .call
            if reach > .tests { found.append(Place(file: file, line: line, reach: reach, domain: domain)) }
        }
        return found
    }

    /// Whether a text stands where a host's name does: `host: '…'`, `hostname = '…'`, or alone in a call to the network.
    private static func isPlaceForHost(_ string: StringConstant, _ model: CodeModel) -> Bool {
        let start = string.tokens.lowerBound
        let before = model.text(ofToken: start - 1)
        if before.equals(":") || before.equals("=") {
            return model.text(ofToken: start - 2).lowercasedASCII().contains(text: "host")
        }
        return model.calls.contains { call in
            !call.effects.isDisjoint(with: [.network, .socket, .resolvesNames])
                && call.arguments.contains { $0.tokens == string.tokens }
        }
    }

    /// The registered part of the host of a text that is a URL and nothing else; nil for names that reach nobody.
    ///
    /// - Parameter isHost: whether the text may be the name of a host alone.
    static func domain(of text: ArraySlice<UInt8>, isHost: Bool = false) -> [UInt8]? {
        guard text.count <= 2000 else { return nil }
        let mark = text.firstRange(of: "://")
        let place = mark.map(\.upperBound) ?? text.startIndex
        guard place < text.endIndex,
            mark.map({ text.distance(from: text.startIndex, to: $0.lowerBound) < 20 }) ?? isHost,
            let url = FoundURL(in: text, around: place), url.start == text.startIndex,
            mark == nil ? url.host == text.indices : url.hasScheme
        else { return nil }
        let host = url.hostBytes.lowercasedASCII()
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(Array.init)
        guard labels.count >= 2, let last = labels.last, !labels.contains([]) else { return nil }
        let isNumber = last.allSatisfy { (0x30...0x39).contains($0) }
        // Addresses by number are for other rules; these endings belong to nobody (RFC 2606, RFC 6761, RFC 6762).
        let reserved = ["test", "example", "invalid", "localhost", "local", "internal", "onion"]
        if isNumber || reserved.contains(where: { last.elementsEqual($0.utf8) }) { return nil }
        let isShared = labels.count > 2 && last.count == 2 && labels[labels.count - 2].count <= 3
        let domain = Array(labels.suffix(isShared ? 3 : 2).joined(separator: [UInt8(ascii: ".")]))
        return domain.hasPrefix("example.") ? nil : domain
    }

    /// Those that occur anywhere in the texts of an artifact.
    private static func known(_ domains: [[UInt8]], in tree: ArtifactTree) -> Set<BytesKey> {
        let set = LiteralSet(domains, ignoringCase: true)
        var known: Set<BytesKey> = []
        for entry in tree.entries where known.count < domains.count {
            guard let text = entry.text else { continue }
            let present = set.present(in: text)
            for index in domains.indices where present.contains(index) { known.insert(BytesKey(domains[index])) }
        }
        return known
    }

    func note(_ pair: VersionPair, _ growth: CapabilityGrowth, into findings: inout FindingCollector) {
        for place in places {
            func add(_ observation: Observation) {
                findings.add(
                    observation, path: pair.new.judgement.files[place.file].name, line: place.line, reach: place.reach)
            }
            add(pair.step == .patch ? .hostCameInPatch : .hostCame)
            if pair.isSmallStep, !growth.grave.isEmpty { add(.hostCameWithCapability) }
        }
    }
}
