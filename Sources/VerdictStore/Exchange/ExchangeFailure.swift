public import Platform
public import TransparencyLog

/// Why something from another log was refused, or what was taken from one cannot be used.
public enum ExchangeFailure: Error, Sendable, CustomStringConvertible {
    /// A line of a bundle is not what it must be; nothing of the file was taken.
    case line(Int, reason: String)
    /// A file or upload over the limit.
    case tooLarge(what: String, found: UInt64, limit: UInt64)
    /// No trust is configured for this log.
    case notTrusted(origin: String)
    case trustExpired(origin: String, at: Timestamp)
    /// The checkpoint is not one that the trusted keys and witnesses signed.
    case checkpoint(origin: String, CheckpointError)
    /// An entry of a followed log is not what it must be.
    case entry(origin: String, index: UInt64, reason: String)
    /// Two histories of one log were signed. Both notes are kept as evidence.
    case splitView(origin: String, seen: UInt64, offered: UInt64, reason: String)
    /// The log shows less than it showed before. Both notes are kept as evidence.
    case rolledBack(origin: String, seen: UInt64, offered: UInt64)
    /// Nothing shows that the offered state and the one seen last belong to one history.
    case unprovenConsistency(origin: String, seen: UInt64, offered: UInt64)
    case overQuota(origin: String, what: String, wanted: UInt64, limit: UInt64)
    /// Something of this log is being taken over already.
    case busy(origin: String)
    /// More, fewer or other entries than were asked for.
    case wrongEntries(origin: String, expected: String)
    /// What is stored is not what was taken over.
    case damaged(ForeignDamage)
    /// The own log did not take the receipt; nothing was taken over.
    case receipt(LogError)
    /// The own log cannot be read.
    case log(LogError)
    case database(DatabaseError)
    case file(FileError)

    public var description: String {
        switch self {
        case .line(let number, let reason): "line \(number): \(reason); nothing of the file was taken"
        case .tooLarge(let what, let found, let limit): "\(what) has \(found) bytes; at most \(limit) are taken"
        case .notTrusted(let origin):
            "the log \(Logger.printable(origin)) is not trusted here; add it to `trust:` (jurat trust add) first"
        case .trustExpired(let origin, let moment):
            "the trust in \(Logger.printable(origin)) ended at \(moment); extend `expires` if it is still wanted"
        case .checkpoint(let origin, let error):
            "the checkpoint of \(Logger.printable(origin)) is not accepted: \(error)"
        case .entry(let origin, let index, let reason):
            "entry \(index) of \(Logger.printable(origin)) does not hold: \(reason)"
        case .splitView(let origin, let seen, let offered, let reason):
            "\(Logger.printable(origin)) shows two histories: the state of \(offered) entries does not fit the one of "
                + "\(seen) seen before (\(reason)); both checkpoints are kept, show them to the log's operators"
        case .rolledBack(let origin, let seen, let offered):
            "\(Logger.printable(origin)) went back: it shows \(offered) entries and had shown \(seen); the last state "
                + "is kept, ask the log's operators whether they restored an old copy"
        case .unprovenConsistency(let origin, let seen, let offered):
            ExchangeFailure.proofAdvice(origin, seen: seen, offered: offered)
        case .overQuota(let origin, let what, let wanted, let limit):
            "\(Logger.printable(origin)) would take \(wanted) \(what); its quota is \(limit)"
        case .busy(let origin): "something of \(Logger.printable(origin)) is being taken over already; try again"
        case .wrongEntries(let origin, let expected):
            "the entries of \(Logger.printable(origin)) are not those asked for; expected \(expected)"
        case .damaged(let damage):
            "what is kept of other logs is damaged: \(damage); move foreign.db aside and take it over again"
        case .receipt(let error): "the own log did not take the receipt, so nothing was taken over: \(error)"
        case .log(let error): "\(error)"
        case .database(let error): "\(error)"
        case .file(let error): "\(error)"
        }
    }

    private static func proofAdvice(_ origin: String, seen: UInt64, offered: UInt64) -> String {
        let name = Logger.printable(origin)
        if offered < seen {
            return
                "the file shows \(name) at \(offered) entries, and \(seen) were seen before; an older state cannot be "
                + "shown to belong to the same history, export it again from the log as it is now"
        }
        return "nothing in the file shows that \(name) with \(offered) entries continues the \(seen) seen before; "
            + "export it again with --since-checkpoint \(seen)"
    }
}

/// What is wrong with the stored statements of other logs.
public enum ForeignDamage: Hashable, Sendable, CustomStringConvertible {
    /// A table or trigger was changed or removed.
    case schema(object: String)
    /// An import does not hold what its receipt says.
    case importContents(number: Int64, origin: String)
    /// An import says that it has a receipt, and the own log has none such.
    case noReceipt(number: Int64, origin: String)
    /// The own log has a receipt of something that is not stored.
    case missingImport(receiptIndex: UInt64, origin: String)
    /// An entry cannot be read, or is not signed as it must be.
    case entry(origin: String, index: UInt64, reason: String)

    public var description: String {
        switch self {
        case .schema(let object): "the definition of \(Logger.printable(object)) was changed or removed"
        case .importContents(let number, let origin):
            "import \(number) of \(Logger.printable(origin)) does not hold what its receipt says"
        case .noReceipt(let number, let origin):
            "import \(number) of \(Logger.printable(origin)) has no receipt in the own log"
        case .missingImport(let index, let origin):
            "what was taken from \(Logger.printable(origin)) by the receipt at log index \(index) is not stored"
        case .entry(let origin, let index, let reason):
            "entry \(index) of \(Logger.printable(origin)): \(reason)"
        }
    }
}
