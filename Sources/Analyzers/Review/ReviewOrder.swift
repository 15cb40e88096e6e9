/// What a supervisor asks of a child that is to prepare an artifact for models, instead of analysing it.
///
/// The same order as for an analysis, with the room that the material may take: the same confinement applies, and the
/// artifact comes on the same descriptor.
public struct ReviewOrder: Sendable, Equatable {
    public let analysis: AnalysisOrder
    /// The bytes that the material may take, encoded.
    public let room: Int

    private static let prefix = Array("review ".utf8)

    public init(_ analysis: AnalysisOrder, room: Int) {
        self.analysis = analysis
        self.room = room
    }

    /// The order as a message: a word, the room, and the order for an analysis.
    public var encoded: [UInt8] { Self.prefix + Array("\(room) ".utf8) + analysis.encoded }

    /// Reads an order; nil when it is not one of this version.
    public init?(decoding bytes: [UInt8]) {
        guard bytes.starts(with: Self.prefix) else { return nil }
        let rest = bytes.dropFirst(Self.prefix.count)
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty, digits.count < 10, let room = Int(String(decoding: digits, as: UTF8.self)),
            rest.dropFirst(digits.count).first == 0x20,
            let analysis = AnalysisOrder(decoding: Array(rest.dropFirst(digits.count + 1)))
        else { return nil }
        self.init(analysis, room: room)
    }
}
