public import Cryptography
public import Platform
public import Registry
public import Screening

/// An artifact of which the log once said that it is malicious, or whose clean verdict was taken back by name.
///
/// What of it still counts is for the reader to decide, who knows the time and the policy.
public struct FlaggedSubject: Sendable, Equatable {
    public let sha512: SHA512Digest
    /// What the log saw it as, each with a version, ascending by their texts.
    public let purls: [PackageURL]
    /// Everything the log says about it now.
    public let knowledge: SubjectKnowledge
    /// Clean verdicts that were revoked one by one and whose place no clean one has taken since, in log order.
    public let lostVerdicts: [StandingVerdict]
    /// When each malicious verdict was made and each lost one was revoked.
    public let moments: [StatementID: Timestamp]
}

/// The few artifacts that may be flagged, by name and by statement. An artifact that was always clean costs nothing.
struct FlagBook {
    /// One artifact that may be flagged.
    struct Flag {
        var purls: [PackageURL] = []
        var moments: [StatementID: Timestamp] = [:]
    }

    private(set) var flags: [SHA512Digest: Flag] = [:]
    private var subjects: [PackageName: [SHA512Digest]] = [:]
    /// When each statement was revoked that was revoked by name.
    private(set) var revokedAt: [StatementID: Timestamp] = [:]
    /// Those of them whose artifact has not been looked for yet.
    private(set) var unplaced: Set<StatementID> = []

    /// The artifacts seen under a name, in the order in which they were flagged.
    func subjects(named name: PackageName) -> [SHA512Digest] { subjects[name] ?? [] }

    /// The artifacts about which a statement counts here whose id begins so, ascending.
    func subjects(ofStatement prefix: [UInt8]) -> [SHA512Digest] {
        flags.filter { $0.value.moments.keys.contains { $0.digest.bytes.starts(with: prefix) } }.keys.sorted()
    }

    mutating func add(_ revocation: RevocationStatement) {
        guard case .statement(let id) = revocation.target else { return }
        revokedAt[id] = revocation.createdAt
        unplaced.insert(id)
    }

    /// Takes note of a verdict that was added to `record`.
    mutating func add(_ verdict: VerdictStatement, _ id: StatementID, record: SubjectRecord) {
        let digest = verdict.subject.sha512
        if verdict.verdict == .malicious { flag(digest, id, at: verdict.createdAt, record: record) }
        if let moment = revokedAt[id] { place(id, at: digest, moment, record: record) }
        // Also under the names that the bytes are met as later.
        if flags[digest] != nil { name(digest, verdict.subject.purl) }
    }

    /// Takes note that the statement, which was revoked, is about this artifact.
    mutating func place(_ id: StatementID, at digest: SHA512Digest, _ moment: Timestamp, record: SubjectRecord) {
        unplaced.remove(id)
        flag(digest, id, at: moment, record: record)
    }

    /// Gives up on statements that no artifact has: they are about something else, or not in this log.
    mutating func giveUp(on ids: Set<StatementID>) { unplaced.subtract(ids) }

    private mutating func flag(
        _ digest: SHA512Digest, _ id: StatementID, at moment: Timestamp, record: SubjectRecord
    ) {
        flags[digest, default: Flag()].moments[id] = moment
        for purl in record.coordinates { name(digest, purl) }
    }

    private mutating func name(_ digest: SHA512Digest, _ purl: PackageURL) {
        guard purl.version != nil, flags[digest]?.purls.contains(purl) == false else { return }
        flags[digest]?.purls.append(purl)
        if subjects[purl.name]?.contains(digest) != true { subjects[purl.name, default: []].append(digest) }
    }
}
