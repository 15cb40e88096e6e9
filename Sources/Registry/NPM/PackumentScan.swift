internal import JSON
internal import Platform

/// What one pass over a packument's bytes found.
struct PackumentScan {
    let name: PackageName
    private(set) var members: [PackumentLayout.Member] = []
    private(set) var versions: [ScannedVersion] = []
    private(set) var distTags: [(tag: String, versionText: String)] = []
    private(set) var times: [String: Timestamp] = [:]
    private(set) var timeMembers: [(name: String, range: Range<Int>)] = []
    private(set) var modified: Range<Int>?
    private(set) var dropped: [DroppedEntry] = []
    private var hasName = false
    private var hasVersions = false
    private var isUnpublished = false

    init(name: PackageName) { self.name = name }

    /// Walks the whole document.
    mutating func document(_ reader: inout ListingReader) throws(ListingError) {
        try reader.require(.object, at: "the document", "an object")
        try reader.members(of: "the document") { (reader, member, token) throws(ListingError) in
            let role = try self.member(member, &reader)
            guard let role else { return }
            // Whatever the member's reader left alone is passed over here, so the range ends behind the value.
            let end = try reader.endOfValue()
            members.append(.init(role: role, range: token.quoted.lowerBound..<end))
        }
    }

    /// A packument must name its package and have versions, unless the whole package was unpublished.
    func requireWhole() throws(ListingError) {
        if !hasName { throw .missingMember(path: "name") }
        if !hasVersions && !isUnpublished { throw .missingMember(path: "versions") }
    }

    /// Reads a member of the document; nil for one that no rendering keeps.
    private mutating func member(
        _ member: String, _ reader: inout ListingReader
    ) throws(ListingError) -> PackumentLayout.Member.Role? {
        switch member {
        case "name":
            let found = try reader.string() ?? ""
            guard name.isCanonicalSpelling(found) else { throw .nameMismatch(found: found, expected: name) }
            hasName = true
            return .identity
        case "versions":
            try reader.require(.object, at: "versions", "an object from version to manifest")
            hasVersions = true
            try readVersions(&reader)
            return .versions
        case "time":
            try reader.require(.object, at: "time", "an object from version to time")
            try readTimes(&reader)
            return .time
        case "dist-tags":
            try reader.require(.object, at: "dist-tags", "an object from tag to version")
            try readTags(&reader)
            return .distTags
        case "policyRestrictions":
            return .policyRestrictions
        case "_attachments", "stagedVersions":
            return nil
        default:
            return .other
        }
    }

    private mutating func readVersions(_ reader: inout ListingReader) throws(ListingError) {
        let name = name
        try reader.members(of: "versions") { (reader, text, token) throws(ListingError) in
            let version: PackageVersion
            do throws(VersionError) {
                version = try PackageVersion(parsing: text, ecosystem: .npm)
            } catch {
                dropped.append(DroppedEntry(text: text, reason: error.description))
                return
            }
            guard try reader.kind() == .object else {
                dropped.append(DroppedEntry(text: text, reason: "its manifest is not an object"))
                return
            }
            var scan = ManifestScan()
            try scan.manifest(&reader, version: text)
            let before = versions.last?.release
            switch scan.result(name: name, version: version, key: token.quoted, after: before) {
            case .success(let scanned): versions.append(scanned)
            case .failure(let fault): dropped.append(DroppedEntry(text: text, reason: fault.reason))
            }
        }
    }

    private mutating func readTimes(_ reader: inout ListingReader) throws(ListingError) {
        try reader.members(of: "time") { (reader, text, token) throws(ListingError) in
            if text == "unpublished" { isUnpublished = true }
            guard let (value, range) = try reader.stringWithRange() else {
                timeMembers.append((text, token.quoted.lowerBound..<(try reader.endOfValue())))
                return
            }
            timeMembers.append((text, token.quoted.lowerBound..<range.upperBound))
            if text == "modified" { modified = range }
            // An unreadable time is no time: the decision then treats the version as published now.
            do throws(TimestampError) {
                times[text] = try Timestamp(parsing: value)
            } catch {
                dropped.append(DroppedEntry(text: "time of \(text)", reason: error.description))
            }
        }
    }

    private mutating func readTags(_ reader: inout ListingReader) throws(ListingError) {
        try reader.members(of: "dist-tags") { (reader, tag, _) throws(ListingError) in
            if let version = try reader.string() {
                distTags.append((tag, version))
            } else {
                dropped.append(DroppedEntry(text: "tag \(tag)", reason: "its version is not a string"))
            }
        }
    }

    /// The versions of which no two are equal, in the document's order.
    ///
    /// Of several spellings of one version the strict one stays, else the first: an address must mean one file.
    func distinctVersions(dropped: inout [DroppedEntry]) -> [ScannedVersion] {
        var chosen: [String: Int] = [:]
        for (place, candidate) in versions.enumerated() {
            guard let earlier = chosen[candidate.version.canonical] else {
                chosen[candidate.version.canonical] = place
                continue
            }
            let replaces = candidate.version.isNormalSpelling && !versions[earlier].version.isNormalSpelling
            let loser = replaces ? versions[earlier] : candidate
            if replaces { chosen[candidate.version.canonical] = place }
            dropped.append(DroppedEntry(text: loser.text, reason: "another spelling of the same version is listed"))
        }
        return versions.enumerated().filter { chosen[$1.version.canonical] == $0 }.map(\.element)
    }
}
