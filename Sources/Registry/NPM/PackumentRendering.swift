internal import JSON

extension Packument {
    /// The document that clients of one registry see: refused versions gone, `latest` repaired, our tarball addresses.
    ///
    /// Unchanged parts are copied; the cost is that of copying the result. Refused versions leave `versions`, `time` and
    /// `dist-tags` and are named, with their `dist`, under `policyRestrictions`, which npm prints. Nothing refused
    /// still rewrites the addresses.
    public func rendered(_ plan: PackumentPlan) -> [UInt8] {
        var output = PackumentOutput(packument: self, plan: plan)
        output.writeDocument()
        return output.bytes
    }

    /// The manifest of one version with our tarball address; nil when the document does not have that version.
    /// - Parameter tarballBase: as in `PackumentPlan`.
    public func manifest(of versionText: String, tarballBase: String) -> [UInt8]? {
        guard let place = indexOf(versionText: versionText) else { return nil }
        var output = PackumentOutput(
            packument: self, plan: PackumentPlan(form: .full, refused: [:], tarballBase: tarballBase))
        output.copy(layout.versions[place].manifest, tarballOf: place)
        return output.bytes
    }

    /// The tags as clients see them when `refused` versions are gone.
    ///
    /// `latest` moves to the greatest allowed stable version, to the greatest allowed one when none is stable, and goes
    /// when none is allowed; any other tag of a version that is not shown goes.
    public func distTags(refusing refused: [String: String]) -> [(tag: String, versionText: String)] {
        distTags.compactMap { tag, versionText in
            if artifact(versionText: versionText) != nil && refused[versionText] == nil { return (tag, versionText) }
            guard tag == "latest", let best = greatestAllowed(refusing: refused) else { return nil }
            return (tag, best)
        }
    }

    private func greatestAllowed(refusing refused: [String: String]) -> String? {
        let allowed = artifacts.filter { refused[$0.versionText] == nil }
        let stable = allowed.filter { !$0.version.isPrerelease }
        return (stable.isEmpty ? allowed : stable).max { $0.version < $1.version }?.versionText
    }
}

/// Writes one rendering of a packument.
private struct PackumentOutput {
    let packument: Packument
    let plan: PackumentPlan
    private let isRefused: [Bool]
    private let refusedPlaces: [Int]
    /// Everything of a tarball's JSON string up to the file name.
    private let addressStart: [UInt8]
    private(set) var bytes: [UInt8] = []

    init(packument: Packument, plan: PackumentPlan) {
        self.packument = packument
        self.plan = plan
        let isRefused = packument.artifacts.map { plan.refused[$0.versionText] != nil }
        self.isRefused = isRefused
        refusedPlaces = isRefused.indices.filter { isRefused[$0] }
        var start: [UInt8] = []
        JSONText.appendString("\(plan.tarballBase)/\(packument.name.canonical)/-/", to: &start)
        start.removeLast()
        addressStart = start
        bytes.reserveCapacity(packument.bytes.count + packument.artifacts.count * 64)
    }

    mutating func writeDocument() {
        write("{")
        var isFirst = true
        for member in packument.layout.members where shows(member.role) {
            if !isFirst { write(",") }
            isFirst = false
            switch member.role {
            case .versions: writeVersions()
            case .time: writeTimes()
            case .distTags: writeTags()
            case .policyRestrictions, .other, .identity: copy(member.range)
            }
        }
        if plan.form == .abbreviated, let modified = packument.layout.modified {
            write(",\"modified\":")
            copy(modified)
        }
        if !refusedPlaces.isEmpty {
            write(",")
            writeRestrictions()
        }
        write("}")
    }

    private func shows(_ role: PackumentLayout.Member.Role) -> Bool {
        switch role {
        case .versions, .time, .distTags, .identity: true
        case .other: plan.form == .full
        // An upstream that is a gateway itself may have restrictions of its own; ours replace them.
        case .policyRestrictions: refusedPlaces.isEmpty
        }
    }

    private mutating func writeVersions() {
        write("\"versions\":{")
        var isFirst = true
        for (place, version) in packument.layout.versions.enumerated() where !isRefused[place] {
            if !isFirst { write(",") }
            isFirst = false
            copy(version.key)
            write(":")
            switch plan.form {
            case .full: copy(version.manifest, tarballOf: place)
            case .abbreviated: writeAbbreviated(version, place: place)
            }
        }
        write("}")
    }

    private mutating func writeAbbreviated(_ version: PackumentLayout.Version, place: Int) {
        write("{")
        for index in version.abbreviated {
            if index > version.abbreviated.lowerBound { write(",") }
            copy(packument.layout.abbreviatedRuns[index], tarballOf: place)
        }
        // Every servable manifest has at least its name, version and dist, so a comma is right here.
        if version.hasInstallScript { write(",\"hasInstallScript\":true") }
        write("}")
    }

    private mutating func writeTimes() {
        write("\"time\":{")
        var isFirst = true
        for time in packument.layout.times {
            if let version = time.version, isRefused[version] { continue }
            if !isFirst { write(",") }
            isFirst = false
            copy(time.range)
        }
        write("}")
    }

    private mutating func writeTags() {
        write("\"dist-tags\":{")
        for (place, tag) in packument.distTags(refusing: plan.refused).enumerated() {
            if place > 0 { write(",") }
            JSONText.appendString(tag.tag, to: &bytes)
            write(":")
            JSONText.appendString(tag.versionText, to: &bytes)
        }
        write("}")
    }

    private mutating func writeRestrictions() {
        write("\"policyRestrictions\":{\"message\":")
        JSONText.appendString(plan.restrictionMessage ?? composedMessage(), to: &bytes)
        write(",\"versions\":{")
        for (count, place) in refusedPlaces.enumerated() {
            if count > 0 { write(",") }
            let version = packument.layout.versions[place]
            copy(version.key)
            write(":{\"name\":")
            JSONText.appendString(packument.name.canonical, to: &bytes)
            write(",\"version\":")
            copy(version.key)
            write(",\"dist\":")
            copy(version.dist, tarballOf: place)
            write("}")
        }
        write("}}")
    }

    /// The sentences of the three greatest refused versions.
    private func composedMessage() -> String {
        let refused = refusedPlaces.map { packument.artifacts[$0] }.sorted { $0.version > $1.version }
        var sentences = refused.prefix(3).compactMap { plan.refused[$0.versionText] }
        if refused.count > 3 { sentences.append("\(refused.count - 3) more versions are refused.") }
        return sentences.joined(separator: " ")
    }

    private mutating func write(_ text: StaticString) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func copy(_ range: Range<Int>) {
        bytes.append(contentsOf: packument.bytes[range])
    }

    /// Copies a range, with our address in place of the version's tarball string when that lies in it.
    mutating func copy(_ range: Range<Int>, tarballOf place: Int) {
        let tarball = packument.layout.versions[place].tarball
        guard range.lowerBound <= tarball.lowerBound && tarball.upperBound <= range.upperBound else {
            copy(range)
            return
        }
        copy(range.lowerBound..<tarball.lowerBound)
        bytes.append(contentsOf: addressStart)
        // Only characters that JSON leaves as they are occur in a file name of ours.
        bytes.append(contentsOf: packument.artifacts[place].filename.utf8)
        write("\"")
        copy(tarball.upperBound..<range.upperBound)
    }
}
