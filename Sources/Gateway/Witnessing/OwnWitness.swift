public import TransparencyLog

/// A witness of our own log: where it answers, and what its cosignatures are checked with.
public struct OwnWitness: Hashable, Sendable {
    /// The address below which `add-checkpoint` is, without a slash at its end.
    public let url: String
    public let key: NoteVerifier

    public init(url: String, key: NoteVerifier) {
        self.url = url
        self.key = key
    }
}

/// Who must have seen a checkpoint of our log before anybody else is shown it.
public struct WitnessPolicy: Hashable, Sendable {
    public let witnesses: [OwnWitness]
    /// How many different witnesses, from 1 to their number; 0 only without any.
    public let quorum: Int

    /// Without witnesses: every checkpoint is shown as soon as it is durable.
    public static let none = WitnessPolicy(witnesses: [], quorum: 0)

    public init(witnesses: [OwnWitness], quorum: Int) {
        precondition(
            witnesses.isEmpty ? quorum == 0 : (1...Set(witnesses.map(\.key.publicKey)).count).contains(quorum),
            "a quorum of \(quorum) among \(witnesses.count) witnesses")
        self.witnesses = witnesses
        self.quorum = quorum
    }
}
