public import Platform

/// Why a source gave us nothing to answer with. None of these is a decision about a package.
public enum SourceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The source says that it does not have it.
    case notFound
    /// The source cannot be reached, or answers that it cannot.
    case unreachable(reason: String)
    /// The source did not answer in time.
    case timedOut(reason: String)
    /// The source failed too often and is not asked before `until`.
    case resting(reason: String, until: Timestamp)
    /// The source answered with something that cannot be filtered safely, or is too large.
    case unusable(reason: String)
    /// Our own disk failed; the log says how, in the line that has this request id.
    case storage(requestID: String)
    /// Too much is under way.
    case overloaded
    /// The client left, or the gateway is stopping.
    case abandoned

    public var description: String {
        switch self {
        case .notFound: "the source does not have it"
        case .unreachable(let reason): reason
        case .timedOut(let reason): reason
        case .resting(let reason, let until): "\(reason); it will be asked again at \(until)"
        case .unusable(let reason): reason
        case .storage(let id): "the gateway could not use its own storage; its log says why, under request \(id)"
        case .overloaded: "too many different packages are being fetched; retry"
        case .abandoned: "the gateway is stopping"
        }
    }

    /// The status to answer with; 404 only when the one declared source says so.
    var status: Int {
        switch self {
        case .notFound: 404
        case .unreachable, .resting, .unusable: 502
        case .timedOut: 504
        case .storage: 500
        case .overloaded: 429
        case .abandoned: 503
        }
    }

    /// Whether an older copy may stand in: the source is ill, but has not said anything else.
    var allowsStaleCopy: Bool {
        switch self {
        case .unreachable, .timedOut, .resting, .unusable, .overloaded: true
        case .notFound, .storage, .abandoned: false
        }
    }
}

extension SourceError {
    /// Our own disk failed: the reason, which names files of ours, goes to the log and to nobody else.
    ///
    /// Everybody who waits for the same thing gets the same request id.
    static func storage(_ reason: any CustomStringConvertible, _ logger: Logger) -> SourceError {
        let id = RequestID.make()
        logger.error("request \(id): \(reason.description)")
        return .storage(requestID: id)
    }
}
