import JSON
import Registry

/// What a supervisor asks of a child that is to prepare an artifact for models, instead of analysing it.
///
/// The same order as for an analysis, with the room that the material may take: the same confinement applies, and the
/// artifact comes on the same descriptor. With a base, whose descriptor comes with the message, what changed is prepared.
public struct ReviewOrder: Sendable, Equatable {
    public let analysis: AnalysisOrder
    /// What is known of the older artifact; nil when the whole artifact is to be shown.
    public let base: ArtifactContext?
    /// The bytes that the material may take, encoded.
    public let room: Int

    private static let word = "review "
    private static let differenceWord = "review-changes "

    public init(_ analysis: AnalysisOrder, base: ArtifactContext? = nil, room: Int) {
        self.analysis = analysis
        self.base = base
        self.room = room
    }

    /// The order as a message: a word, the room, and the order for an analysis, with the base beside it where there is one.
    public var encoded: [UInt8] {
        guard let base else { return Array("\(Self.word)\(room) ".utf8) + analysis.encoded }
        let value: JSONValue = [
            "analysis": .string(String(decoding: analysis.encoded, as: UTF8.self)), "filename": .string(base.filename),
            "purl": .string(base.purl.text),
        ]
        do throws(CanonicalJSONError) {
            return Array("\(Self.differenceWord)\(room) ".utf8) + (try CanonicalJSON.encode(value))
        } catch {
            preconditionFailure("an order is made of values that canonical JSON has: \(error)")
        }
    }

    /// Reads an order; nil when it is not one of this version.
    public init?(decoding bytes: [UInt8]) {
        let isDifference = bytes.starts(with: Self.differenceWord.utf8)
        guard isDifference || bytes.starts(with: Self.word.utf8) else { return nil }
        let rest = bytes.dropFirst((isDifference ? Self.differenceWord : Self.word).utf8.count)
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty, digits.count < 10, let room = Int(String(decoding: digits, as: UTF8.self)),
            rest.dropFirst(digits.count).first == 0x20
        else { return nil }
        let order = Array(rest.dropFirst(digits.count + 1))
        guard isDifference else {
            guard let analysis = AnalysisOrder(decoding: order) else { return nil }
            self.init(analysis, room: room)
            return
        }
        guard let value = try? CanonicalJSON.parse(order), let text = value["analysis"]?.stringValue,
            let analysis = AnalysisOrder(decoding: Array(text.utf8)), let name = value["purl"]?.stringValue,
            let purl = try? PackageURL(parsing: name), purl.name.ecosystem == analysis.context.ecosystem,
            let filename = value["filename"]?.stringValue
        else { return nil }
        let base = ArtifactContext(ecosystem: analysis.context.ecosystem, purl: purl, filename: filename)
        self.init(analysis, base: base, room: room)
    }
}
