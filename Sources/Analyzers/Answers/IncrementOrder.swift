import JSON
import Registry
public import Screening

/// What a supervisor asks of a child that is to compare an artifact with an older one, besides both descriptors.
///
/// The same order as for an analysis, with what is known of the base and from when on a difference is large. The base's
/// descriptor comes with the message.
public struct IncrementOrder: Sendable, Equatable {
    public let analysis: AnalysisOrder
    public let base: ArtifactContext
    public let thresholds: DiffThresholds
    /// How much of the difference itself is in the answer, for people.
    public let extent: ShownDifference.Extent

    private static let prefix = Array("diff ".utf8)

    public init(
        _ analysis: AnalysisOrder, base: ArtifactContext, thresholds: DiffThresholds,
        showing extent: ShownDifference.Extent = .nothing
    ) {
        self.extent = extent
        self.analysis = analysis
        self.base = base
        self.thresholds = thresholds
    }

    /// The order as a message: a word, and canonical JSON with the order for an analysis as text in it.
    public var encoded: [UInt8] {
        let value: JSONValue = [
            "analysis": .string(String(decoding: analysis.encoded, as: UTF8.self)),
            "filename": .string(base.filename),
            "maxChangedBytes": .integer(thresholds.maxChangedBytes),
            "maxChangedFiles": .integer(Int64(thresholds.maxChangedFiles)),
            "maxNewCodePercent": .integer(Int64(thresholds.maxNewCodePercent)),
            "maxSteps": .integer(Int64(thresholds.maxSteps)),
            "purl": .string(base.purl.text), "shown": .string(extent.rawValue),
        ]
        do throws(CanonicalJSONError) {
            return Self.prefix + (try CanonicalJSON.encode(value))
        } catch {
            preconditionFailure("an order is made of values that canonical JSON has: \(error)")
        }
    }

    /// Reads an order; nil when it is not one of this version.
    public init?(decoding bytes: [UInt8]) {
        guard bytes.starts(with: Self.prefix),
            let order = try? CanonicalJSON.parse(Array(bytes.dropFirst(Self.prefix.count))),
            let text = order["analysis"]?.stringValue, let analysis = AnalysisOrder(decoding: Array(text.utf8)),
            let name = order["purl"]?.stringValue, let purl = try? PackageURL(parsing: name),
            purl.name.ecosystem == analysis.context.ecosystem, let filename = order["filename"]?.stringValue,
            let changedBytes = order["maxChangedBytes"]?.integerValue,
            let changedFiles = order["maxChangedFiles"]?.integerValue,
            let newCode = order["maxNewCodePercent"]?.integerValue, let steps = order["maxSteps"]?.integerValue,
            let extent = order["shown"]?.stringValue.flatMap(ShownDifference.Extent.init(rawValue:))
        else { return nil }
        self.extent = extent
        self.analysis = analysis
        base = ArtifactContext(ecosystem: analysis.context.ecosystem, purl: purl, filename: filename)
        thresholds = DiffThresholds(
            maxChangedBytes: changedBytes, maxChangedFiles: Int(changedFiles), maxSteps: Int(steps),
            maxNewCodePercent: Int(newCode))
    }
}
