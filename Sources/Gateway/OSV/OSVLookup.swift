import Advisories
import JSON
import Platform
import Registry

/// Answers questions of the OSV API from one snapshot and our own log.
///
/// One value answers one request: what it works out about a package serves all questions about that package.
struct OSVLookup {
    /// A record that an answer names.
    private enum Entry {
        case record(PackageAdvisory)
        case own(OwnFinding)

        var id: String {
            switch self {
            case .record(let record): record.id
            case .own(let finding): finding.id
            }
        }

        var modified: Timestamp {
            switch self {
            case .record(let record): OSVRecords.modified(record)
            case .own(let finding): finding.since
            }
        }
    }

    /// The ids of one page, ascending, and what leads to the next.
    private struct Page {
        let entries: ArraySlice<Entry>
        let nextToken: String?
    }

    static let maxQueries = 1000
    private static let maxEntriesOfPage = 1000
    private static let maxBytesOfPage = 8 << 20
    /// The most ids of one answer to many questions; what is beyond comes as further pages.
    private static let maxEntriesOfBatch = 20_000

    private let snapshot: any AdvisorySnapshot
    private let findings: OwnFindings
    private let publicBase: String
    /// Everything about each package that was asked about, ascending by id.
    private var known: [PackageName: [Entry]] = [:]
    private var affected: [PackageName: [String: AffectedVersions]] = [:]

    init(_ snapshot: any AdvisorySnapshot, _ findings: OwnFindings, publicBase: String) {
        self.snapshot = snapshot
        self.findings = findings
        self.publicBase = publicBase
    }

    // MARK: Questions

    /// The records that answer one question, whole.
    ///
    /// - Throws: `OSVFault` when no records of the ecosystem are loaded: nothing known is not nothing wrong.
    mutating func full(_ query: OSVQuery) throws(OSVFault) -> [UInt8] {
        let page = page(of: try entries(query), after: query.pageAfter, limit: Self.maxEntriesOfPage)
        var body: [UInt8] = []
        var last: String?
        var isCut = false
        for entry in page.entries where entry.id != last {
            let text = text(of: entry)
            if last != nil, body.count + text.count > Self.maxBytesOfPage {
                isCut = true
                break
            }
            body += last == nil ? Array("{\"vulns\":[".utf8) : [UInt8(ascii: ",")]
            body += text
            last = entry.id
        }
        guard let last else { return Array("{}".utf8) }
        body.append(UInt8(ascii: "]"))
        if let token = isCut ? OSVQuery.token(after: last) : page.nextToken {
            body += Array(",\"next_page_token\":".utf8)
            JSONText.appendString(token, to: &body)
        }
        return body + [UInt8(ascii: "}")]
    }

    /// The ids that answer many questions, in their order.
    mutating func brief(_ queries: [OSVQuery]) throws(OSVFault) -> JSONValue {
        var results: [JSONValue] = []
        var left = Self.maxEntriesOfBatch
        for query in queries {
            let page = page(of: try entries(query), after: query.pageAfter, limit: min(left, Self.maxEntriesOfPage))
            left -= page.entries.count
            var result: JSONObject = [:]
            if !page.entries.isEmpty {
                result.append("vulns", .array(Self.unique(page.entries).map(Self.brief)))
            }
            if let token = page.nextToken { result.append("next_page_token", .string(token)) }
            results.append(.object(result))
        }
        return ["results": .array(results)]
    }

    /// One record by its id, withdrawn ones too, or by a name that it gives as an alias.
    func record(_ id: String) throws(OSVFault) -> [UInt8] {
        if id.hasPrefix(OwnFinding.idPrefix) {
            let own = findings.withID(id, snapshot)
            guard !own.isEmpty else { throw .notFound("\(id) is no finding that stands here") }
            return JSONText.serialize(OSVRecords.document(of: own, publicBase: publicBase))
        }
        guard let index = snapshot.records else { throw Self.nothingLoaded("any ecosystem") }
        if let found = Self.original(id, index) { return found }
        if let leader = index.ids(aliasedBy: id).min(by: PackageAdvisory.leads),
            let found = Self.original(leader, index)
        {
            return found
        }
        throw .notFound("no record has this id or gives it as an alias")
    }

    // MARK: Entries

    private mutating func entries(_ query: OSVQuery) throws(OSVFault) -> [Entry] {
        switch query.subject {
        case .unknown: return []
        case .package(let name): return try entries(of: name)
        case .unreadable(let name):
            return try entries(of: name).filter { entry in
                switch entry {
                case .own: false
                case .record(let record): versions(of: record).isEverything
                }
            }
        case .version(let name, let version):
            let isAffected = try !index(for: name).matches(name, version).isEmpty
            return try entries(of: name).filter { entry in
                switch entry {
                case .own(let finding): finding.version == version
                case .record(let record): isAffected && versions(of: record).contains(version)
                }
            }
        }
    }

    private mutating func entries(of name: PackageName) throws(OSVFault) -> [Entry] {
        if let known = known[name] { return known }
        let records = try index(for: name).advisories(for: name).map { Entry.record($0) }
        let entries = records + findings.about(name, snapshot).map { .own($0) }
        let sorted = entries.sorted { $0.id < $1.id }
        known[name] = sorted
        return sorted
    }

    private mutating func versions(of record: PackageAdvisory) -> AffectedVersions {
        if let known = affected[record.package]?[record.id] { return known }
        let versions = AffectedVersions([record])
        affected[record.package, default: [:]][record.id] = versions
        return versions
    }

    private func index(for name: PackageName) throws(OSVFault) -> AdvisoryIndex {
        guard let index = snapshot.records, index.recordCounts[name.ecosystem] != nil else {
            throw Self.nothingLoaded(name.ecosystem.nameInRecords)
        }
        return index
    }

    private static func nothingLoaded(_ what: String) -> OSVFault {
        .unavailable("no advisories of \(what) are loaded here; whoever runs it can load them: jurat advisories sync")
    }

    private func page(of entries: [Entry], after id: String?, limit: Int) -> Page {
        let start = id.map { id in entries.firstIndex { $0.id > id } ?? entries.count } ?? 0
        var end = min(entries.count, start + limit)
        // The same bytes under two versions are one id: no page ends between them.
        while end < entries.count, end > start, entries[end].id == entries[end - 1].id { end += 1 }
        let last = end > start ? entries[end - 1].id : id ?? ""
        return Page(entries: entries[start..<end], nextToken: end < entries.count ? OSVQuery.token(after: last) : nil)
    }

    private static func unique(_ entries: ArraySlice<Entry>) -> [Entry] {
        zip(entries.indices, entries).filter { $0 == entries.startIndex || entries[$0 - 1].id != $1.id }.map(\.1)
    }

    private static func brief(_ entry: Entry) -> JSONValue {
        ["id": .string(entry.id), "modified": .string(entry.modified.rfc3339)]
    }

    // MARK: Texts

    private func text(of entry: Entry) -> [UInt8] {
        switch entry {
        case .own(let finding):
            return JSONText.serialize(
                OSVRecords.document(of: findings.withID(finding.id, snapshot), publicBase: publicBase))
        case .record(let record):
            // An original that cannot be had is made up for by what is known here about this package.
            let original = snapshot.records.flatMap { try? $0.record(withID: record.id) }
            return original ?? JSONText.serialize(OSVRecords.document(of: [record]))
        }
    }

    /// The record as its source published it, else as the index knows it; nil when there is none.
    private static func original(_ id: String, _ index: AdvisoryIndex) -> [UInt8]? {
        if let bytes = try? index.record(withID: id) { return bytes }
        let parts = index.advisories(withID: id)
        return parts.isEmpty ? nil : JSONText.serialize(OSVRecords.document(of: parts))
    }
}
