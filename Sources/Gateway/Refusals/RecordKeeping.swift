import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// Who asked, as records show it.
struct ClientFacts: Sendable, Equatable {
    let address: String
    let profile: ClientProfile
    let requestID: String
}

/// One answered request for an artifact or manifest.
struct AnsweredRequest: Sendable {
    let client: ClientFacts
    let key: ArtifactKey
    let judgement: Judgement
    let moment: Timestamp
}

/// Keeps what auditors and operators ask for later: who fetched what, and what was refused to whom.
///
/// Every call only takes the record over; writing happens off the request's path.
protocol RecordKeeping: Sendable {
    /// Bytes were sent.
    func served(_ request: AnsweredRequest, _ digests: ComputedDigests)
    /// A refusal was sent.
    func refused(_ request: AnsweredRequest, _ refusal: Refusal)
    /// Something else happened that auditors may ask about.
    func noted(_ event: AuditEvent)
    /// Returns when everything that was taken over before is in its store, or was found impossible to write.
    func written() async
    /// A refusal that people ask about by its reference, from this process or an earlier one.
    func refusalTarget(of reference: String) async -> ReferenceIndex.Target?
}
