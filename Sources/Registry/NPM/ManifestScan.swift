internal import Cryptography
internal import JSON
internal import Platform

/// One version of a packument that can be served, with the places of its parts.
struct ScannedVersion {
    let version: PackageVersion
    let key: Range<Int>
    let manifest: Range<Int>
    let dist: Range<Int>
    let tarball: Range<Int>
    let tarballURL: String
    let abbreviatedRuns: [Range<Int>]
    let integrity: ClaimedIntegrity
    let hasInstallScript: Bool
    let hasRepositoryURL: Bool
    let release: ReleaseFacts

    var text: String { version.text }

    func artifact(filename: String, publishedAt: Timestamp?) -> ListedArtifact {
        ListedArtifact(
            version: version, versionText: text, filename: filename, url: tarballURL, kind: .npmTarball,
            integrity: integrity, publishedAt: publishedAt, hasInstallScript: hasInstallScript,
            hasRepositoryURL: hasRepositoryURL, release: release)
    }
}

/// Why one version cannot be served although the document is sound.
struct ManifestFault: Error {
    let reason: String
}

/// Reads one manifest: the facts that decisions need and the places that renderings copy.
struct ManifestScan {
    private var range = 0..<0
    private var name: String?
    private var version: String?
    private var dist: Range<Int>?
    private var tarball: (text: String, range: Range<Int>)?
    private var integrityText: String?
    private var shasum: String?
    private var hasInstallScript = false
    private var hasExplicitInstall = false
    private var gypfile: Bool?
    private var repository: String?
    private var release = ReleaseScan()
    private var runs: [Range<Int>] = []
    private var lastMemberWasKept = false

    /// What the abbreviated form keeps of a manifest; `hasInstallScript` is computed instead of copied.
    private static let abbreviatedMembers: Set<String> = [
        "name", "version", "deprecated", "dependencies", "optionalDependencies", "devDependencies",
        "bundleDependencies", "bundledDependencies", "peerDependencies", "peerDependenciesMeta",
        "acceptDependencies", "bin", "directories", "dist", "engines", "_hasShrinkwrap", "cpu", "os", "libc",
        "funding",
    ]

    /// Walks the manifest that comes next.
    mutating func manifest(_ reader: inout ListingReader, version: String) throws(ListingError) {
        let start = try reader.startOfValue()
        let path = "the manifest of \(version)"
        try reader.members(of: path) { (reader, member, token) throws(ListingError) in
            try read(member, &reader, path: path)
            let end = try reader.endOfValue()
            keep(member, token.quoted.lowerBound..<end)
        }
        range = start..<reader.position
    }

    private mutating func read(
        _ member: String, _ reader: inout ListingReader, path: String
    ) throws(ListingError) {
        switch member {
        case "name": name = try reader.string()
        case "version": version = try reader.string()
        case "dist": try readDist(&reader, path: path)
        case "scripts": try readScripts(&reader, path: path)
        case "repository": try readRepository(&reader, path: path)
        case "gypfile": gypfile = try reader.boolean()
        case "hasInstallScript": hasInstallScript = try reader.boolean() ?? false || hasInstallScript
        default: try release.read(member, &reader, path: path)
        }
    }

    /// Remembers a member for the abbreviated form, joined to its neighbour when that one is kept as well.
    private mutating func keep(_ member: String, _ memberRange: Range<Int>) {
        let isKept = Self.abbreviatedMembers.contains(member)
        if isKept, lastMemberWasKept, let last = runs.last {
            runs[runs.count - 1] = last.lowerBound..<memberRange.upperBound
        } else if isKept {
            runs.append(memberRange)
        }
        lastMemberWasKept = isKept
    }

    private mutating func readDist(_ reader: inout ListingReader, path: String) throws(ListingError) {
        guard try reader.kind() == .object else { return }
        let start = try reader.startOfValue()
        try reader.members(of: "dist in \(path)") { (reader, member, _) throws(ListingError) in
            switch member {
            case "tarball": tarball = try reader.stringWithRange()
            case "integrity": integrityText = try readClaim(&reader)
            case "shasum": shasum = try readClaim(&reader)
            case "attestations": try release.readAttestations(&reader)
            default: break
            }
        }
        dist = start..<reader.position
    }

    /// A claim as text; nil when it is null or empty, and a text that cannot be valid when it is of another kind.
    private func readClaim(_ reader: inout ListingReader) throws(ListingError) -> String? {
        if try reader.kind() == .null { return nil }
        guard let text = try reader.string() else { return "(not a string)" }
        return text.isEmpty ? nil : text
    }

    private mutating func readScripts(_ reader: inout ListingReader, path: String) throws(ListingError) {
        guard try reader.kind() == .object else { return }
        try reader.members(of: "scripts in \(path)") { (reader, script, _) throws(ListingError) in
            guard ["preinstall", "install", "postinstall"].contains(script) else { return }
            guard let command = try reader.string(), !command.isEmpty else { return }
            hasInstallScript = true
            if script != "postinstall" { hasExplicitInstall = true }
        }
    }

    private mutating func readRepository(_ reader: inout ListingReader, path: String) throws(ListingError) {
        guard try reader.kind() == .object else {
            take(repository: try reader.string())
            return
        }
        try reader.members(of: "repository in \(path)") { (reader, member, _) throws(ListingError) in
            if member == "url" { take(repository: try reader.string()) }
        }
    }

    private mutating func take(repository text: String?) {
        repository = text.flatMap { $0.isEmpty ? nil : $0 }
        release.take(repository: repository)
    }

    /// The version, or the first reason why it cannot be served.
    ///
    /// - Parameter before: what the version before says of itself.
    func result(
        name expected: PackageName, version: PackageVersion, key: Range<Int>, after before: ReleaseFacts?
    ) -> Result<ScannedVersion, ManifestFault> {
        guard let found = self.name, expected.isCanonicalSpelling(found) else {
            return fault("its manifest has the name \(quoted(self.name ?? ""))")
        }
        guard let found = self.version, found.utf8.elementsEqual(version.text.utf8) else {
            return fault("its manifest has the version \(quoted(self.version ?? ""))")
        }
        guard let dist, let tarball else { return fault("its manifest has no dist.tarball") }
        guard let address = URLReference.absolute(tarball.text) else {
            return fault("dist.tarball \(quoted(tarball.text)) is not an http or https address")
        }
        let integrity: ClaimedIntegrity
        do {
            integrity = try claims()
        } catch {
            return fault(error.reason)
        }
        let buildsImplicitly = gypfile == true && !hasExplicitInstall
        return .success(
            ScannedVersion(
                version: version, key: key, manifest: range, dist: dist, tarball: tarball.range,
                tarballURL: address, abbreviatedRuns: runs, integrity: integrity,
                hasInstallScript: hasInstallScript || buildsImplicitly, hasRepositoryURL: repository != nil,
                release: release.facts.sharing(before)))
    }

    private func fault(_ reason: String) -> Result<ScannedVersion, ManifestFault> {
        .failure(ManifestFault(reason: reason))
    }

    private func claims() throws(ManifestFault) -> ClaimedIntegrity {
        var claimed = ClaimedIntegrity()
        do throws(IntegrityError) {
            if let integrityText { claimed = try ClaimedIntegrity(sri: integrityText) }
            if let shasum { claimed = try claimed.adding(shasum: shasum) }
        } catch {
            throw ManifestFault(reason: error.description)
        }
        return claimed
    }
}

extension ClaimedIntegrity {
    /// These claims with npm's legacy SHA-1, hexadecimal of either case.
    fileprivate func adding(shasum: String) throws(IntegrityError) -> ClaimedIntegrity {
        let legacy: SHA1Digest
        do throws(DigestError) {
            legacy = try SHA1Digest(hex: asciiLowercased(shasum))
        } catch {
            throw .malformed(shasum)
        }
        guard let both = merged(with: ClaimedIntegrity(sha1: legacy)) else {
            throw .contradictory("\(strongestText) \(shasum)", algorithm: .sha1)
        }
        return both
    }
}
