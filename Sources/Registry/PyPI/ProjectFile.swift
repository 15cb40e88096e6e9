internal import Cryptography
internal import JSON
internal import Platform

/// What an index says of one file, before it is checked: from JSON, from HTML, or from both.
struct ProjectFileDraft {
    var filename = ""
    /// Absolute, without fragment; nil when the declared address cannot be used.
    var url: String?
    /// Lower-case algorithm names with the digests as declared.
    var hashes: [(name: String, value: String)] = []
    var requiresPython: String?
    var sizeBytes: Int64?
    var uploadTime: String?
    var yank = Yank.no
    var coreMetadata = CoreMetadata.unknown
    var provenance: String?
    /// Whether its index says of every file whether it has provenance.
    var saysWithoutProvenance = false
    /// Members nobody here knows, as `"name":value` in their own bytes.
    var otherMembers: [[UInt8]] = []

    enum Yank: Sendable, Equatable {
        case no
        case yes(reason: String?)
    }

    enum CoreMetadata: Sendable, Equatable {
        case unknown
        case absent
        case present(sha256: SHA256Digest?)
    }
}

/// Why a listed file is left out.
struct ProjectFileFault: Error {
    let reason: String
}

/// One file of a project page, checked, with its unchanging JSON already written.
struct ProjectFile: Sendable {
    let artifact: ListedArtifact
    let sha256: SHA256Digest
    let requiresPython: String?
    /// The upload time in UTC as it goes into listings; nil when there is none.
    let uploadTime: String?
    let provenance: String?
    let coreMetadata: ProjectFileDraft.CoreMetadata
    let hashes: [(name: String, value: String)]
    let otherMembers: [[UInt8]]
    /// The members of the file's JSON object that no plan changes, without braces.
    let fixedJSON: [UInt8]
    /// The file's address behind `fileBase`: `/<sha256>/<filename>`. Nothing in it needs escaping anywhere.
    let addressPath: [UInt8]

    init(_ draft: ProjectFileDraft, project: PackageName) throws(ProjectFileFault) {
        guard let name = DistributionFilename(parsing: draft.filename, project: project) else {
            throw ProjectFileFault(reason: "its name is not that of a distribution of '\(project)'")
        }
        guard let url = draft.url else { throw ProjectFileFault(reason: "its address is not an http or https address") }
        let integrity = try Self.integrity(draft.hashes)
        guard let sha256 = integrity.sha256 else { throw ProjectFileFault(reason: "it has no sha256 digest") }
        let published = draft.uploadTime.flatMap { try? Timestamp(parsing: $0) }
        var isYanked = false
        var yankedReason: String?
        if case .yes(let reason) = draft.yank {
            isYanked = true
            yankedReason = reason
        }
        var metadataDigest: SHA256Digest?
        var hasMetadata = false
        if case .present(let digest) = draft.coreMetadata {
            hasMetadata = true
            metadataDigest = digest
        }
        self.init(
            artifact: ListedArtifact(
                version: name.version, versionText: name.versionText, filename: draft.filename, url: url,
                kind: name.kind, integrity: integrity, publishedAt: published,
                sizeBytes: draft.sizeBytes.flatMap { $0 >= 0 ? $0 : nil }, isYanked: isYanked,
                yankedReason: yankedReason, hasCoreMetadata: hasMetadata, coreMetadataSHA256: metadataDigest,
                release: ReleaseFacts(hasProvenance: Self.provenance(draft))),
            sha256: sha256, requiresPython: draft.requiresPython,
            uploadTime: published.map { time in
                // Microseconds are worth keeping; other offsets are not, since PEP 700 wants UTC.
                draft.uploadTime.flatMap { $0.hasSuffix("Z") ? $0 : nil } ?? time.rfc3339
            },
            provenance: draft.provenance, coreMetadata: draft.coreMetadata, hashes: draft.hashes,
            otherMembers: draft.otherMembers)
    }

    private init(
        artifact: ListedArtifact, sha256: SHA256Digest, requiresPython: String?, uploadTime: String?,
        provenance: String?, coreMetadata: ProjectFileDraft.CoreMetadata, hashes: [(name: String, value: String)],
        otherMembers: [[UInt8]]
    ) {
        self.artifact = artifact
        self.sha256 = sha256
        self.requiresPython = requiresPython
        self.uploadTime = uploadTime
        self.provenance = provenance
        self.coreMetadata = coreMetadata
        self.hashes = hashes
        self.otherMembers = otherMembers
        var written: [UInt8] = []
        written.write("", name: "filename", string: artifact.filename)
        written.write(",\"hashes\":{")
        for (place, hash) in hashes.enumerated() {
            written.write(place > 0 ? "," : "", name: hash.name, string: hash.value)
        }
        written.write("}")
        if let requiresPython { written.write(",", name: "requires-python", string: requiresPython) }
        if let sizeBytes = artifact.sizeBytes { written.write(",\"size\":\(sizeBytes)") }
        if let uploadTime { written.write(",", name: "upload-time", string: uploadTime) }
        if let provenance { written.write(",", name: "provenance", string: provenance) }
        for member in otherMembers {
            written.write(",")
            written.append(contentsOf: member)
        }
        fixedJSON = written
        addressPath = Array("/\(sha256.hex)/\(artifact.filename)".utf8)
    }

    private static func provenance(_ draft: ProjectFileDraft) -> Bool? {
        draft.provenance != nil ? true : draft.saysWithoutProvenance ? false : nil
    }

    private static func integrity(
        _ hashes: [(name: String, value: String)]
    ) throws(ProjectFileFault) -> ClaimedIntegrity {
        func claim<D: Digest>(_ algorithm: DigestAlgorithm) throws(ProjectFileFault) -> D? {
            var claimed: D?
            for hash in hashes where hash.name == algorithm.rawValue {
                guard let digest = try? D(hex: asciiLowercased(hash.value)), claimed ?? digest == digest else {
                    throw ProjectFileFault(reason: "its \(algorithm.rawValue) digest is malformed or claimed twice")
                }
                claimed = digest
            }
            return claimed
        }
        return ClaimedIntegrity(
            sha512: try claim(.sha512), sha256: try claim(.sha256), sha1: try claim(.sha1), md5: try claim(.md5))
    }

    /// The file with what its page left open filled in; what the page says wins, but a yank by either side counts.
    func enriched(with facts: ProjectFileFacts) -> ProjectFile {
        let known = artifact
        return ProjectFile(
            artifact: ListedArtifact(
                version: known.version, versionText: known.versionText, filename: known.filename, url: known.url,
                kind: known.kind, integrity: known.integrity.merged(with: facts.integrity) ?? known.integrity,
                publishedAt: known.publishedAt ?? facts.publishedAt, sizeBytes: known.sizeBytes ?? facts.sizeBytes,
                isYanked: known.isYanked || facts.isYanked,
                yankedReason: known.yankedReason ?? (facts.isYanked ? facts.yankedReason : nil),
                hasCoreMetadata: known.hasCoreMetadata, coreMetadataSHA256: known.coreMetadataSHA256,
                release: known.release),
            sha256: sha256, requiresPython: requiresPython ?? facts.requiresPython,
            uploadTime: uploadTime ?? facts.uploadTime, provenance: provenance, coreMetadata: coreMetadata,
            hashes: hashes, otherMembers: otherMembers)
    }

}

/// What `/pypi/<project>/json` says of one file.
struct ProjectFileFacts: Sendable {
    let filename: String
    let integrity: ClaimedIntegrity
    let sizeBytes: Int64?
    let publishedAt: Timestamp?
    let uploadTime: String?
    let isYanked: Bool
    let yankedReason: String?
    let requiresPython: String?
}

extension [UInt8] {
    mutating func write(_ text: String) { append(contentsOf: text.utf8) }

    /// Appends `"name":"string"` behind a separator.
    fileprivate mutating func write(_ separator: String, name: String, string: String) {
        write(separator)
        JSONText.appendString(name, to: &self)
        append(UInt8(ascii: ":"))
        JSONText.appendString(string, to: &self)
    }
}
