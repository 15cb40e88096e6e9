import Analyzers
import Platform

/// The form in which supervisor and child talk: one message with the order, then the answer with its length before it.
enum ChildChannel {
    /// The child's descriptors.
    static let artifactDescriptor: Int32 = 3
    static let socketDescriptor: Int32 = 4
    /// Compiled rules of the operator, for a process that was started with their digest.
    static let rulesDescriptor: Int32 = 5
    /// Where a template takes jobs from.
    static let controlDescriptor: Int32 = 3
    /// The hidden command of the executable.
    static let argument = "analysis-child"
    /// Makes it a template, which prepares once and copies itself for every artifact.
    static let templateArgument = "--template"
    /// Comes before the digest of the operator's rules.
    static let rulesArgument = "--rules"

    /// Exit codes of the child that mean something.
    static let sandboxMissing: Int32 = 72
    static let foreignRules: Int32 = 73
    static let brokenOrder: Int32 = 74
    static let noProcess: Int32 = 75

    private static let pieceBytes = 64 << 10

    /// Sends an answer in pieces that fit a message.
    static func send(_ answer: [UInt8], over socket: SequencedSocket, timeout: Duration) throws(MessageError) {
        let count = UInt32(answer.count)
        let framed = [UInt8(count >> 24), UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
        var rest = (framed + answer)[...]
        while !rest.isEmpty {
            try socket.send(Array(rest.prefix(pieceBytes)), timeout: timeout)
            rest = rest.dropFirst(pieceBytes)
        }
    }

    /// How receiving an answer ended.
    enum Received: Equatable {
        /// The other end is closed; these are all the bytes that came.
        case all([UInt8])
        case tooLong
        case timedOut
        case broken(String)
    }

    /// Receives until the child closes its end, the deadline passes or too much has come.
    static func receive(
        over socket: SequencedSocket, until deadline: ContinuousClock.Instant, maxBytes: Int = AnalysisAnswer.maxBytes
    ) -> Received {
        var bytes: [UInt8] = []
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return .timedOut }
            do throws(MessageError) {
                guard let piece = try socket.receive(timeout: left) else { return .all(bytes) }
                bytes += piece
            } catch {
                switch error {
                case .timedOut: return .timedOut
                case .tooLong: return .tooLong
                case .peerClosed, .system: return .broken("\(error)")
                }
            }
            if bytes.count > maxBytes + 4 { return .tooLong }
        }
    }

    /// The answer inside its frame; nil when the length does not fit what came.
    static func unframed(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= 4 else { return nil }
        let count = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        return bytes.count == count + 4 ? Array(bytes.dropFirst(4)) : nil
    }
}
