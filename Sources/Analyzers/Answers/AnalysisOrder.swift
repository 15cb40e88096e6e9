public import Cryptography
import JSON
import Registry

/// What a supervisor asks of an analysis child, besides the artifact's descriptor.
public struct AnalysisOrder: Sendable, Equatable {
    public let context: ArtifactContext
    /// What of the context is for the artifact itself to say.
    public let identification: ArtifactIdentification
    public let limits: AnalysisLimits
    /// The rules that the supervisor will sign for; a child with others, such as after an upgrade, refuses.
    public let ruleset: SHA256Digest
    /// The address space that the child may use.
    public let memoryBytes: Int64
    /// Whether the child may go on when the kernel lacks a layer of the sandbox.
    public let allowsDegradedSandbox: Bool

    public init(
        context: ArtifactContext, identification: ArtifactIdentification = .nothing, limits: AnalysisLimits,
        ruleset: SHA256Digest, memoryBytes: Int64, allowsDegradedSandbox: Bool
    ) {
        self.context = context
        self.identification = identification
        self.limits = limits
        self.ruleset = ruleset
        self.memoryBytes = memoryBytes
        self.allowsDegradedSandbox = allowsDegradedSandbox
    }

    /// The same order with room for so many bytes more.
    public func holding(_ moreBytes: Int64) -> AnalysisOrder {
        AnalysisOrder(
            context: context, identification: identification, limits: limits, ruleset: ruleset,
            memoryBytes: memoryBytes + moreBytes, allowsDegradedSandbox: allowsDegradedSandbox)
    }

    /// The order as canonical JSON.
    public var encoded: [UInt8] {
        let value: JSONValue = [
            "allowsDegradedSandbox": .bool(allowsDegradedSandbox),
            "depth": .integer(Int64(limits.depth)),
            "ecosystem": .string(context.ecosystem.rawValue),
            "entries": .integer(Int64(limits.entries)),
            "fileBytes": .integer(Int64(limits.fileBytes)),
            "filename": .string(context.filename),
            "identify": .string(identification.rawValue),
            "memoryBytes": .integer(memoryBytes),
            "pathBytes": .integer(Int64(limits.pathBytes)),
            "purl": .string(context.purl.text),
            "ratio": .integer(limits.ratio),
            "ratioFloorBytes": .integer(limits.ratioFloorBytes),
            "ruleset": .string(ruleset.hex),
            "seconds": .integer(Int64(limits.seconds)),
            "totalBytes": .integer(limits.totalBytes),
        ]
        do throws(CanonicalJSONError) {
            return try CanonicalJSON.encode(value)
        } catch {
            preconditionFailure("an order is made of values that canonical JSON has: \(error)")
        }
    }

    /// Reads an order; nil when it is not one of this version.
    public init?(decoding bytes: [UInt8]) {
        guard let order = try? CanonicalJSON.parse(bytes),
            let ecosystem = order["ecosystem"]?.stringValue.flatMap(Ecosystem.init(rawValue:)),
            let text = order["purl"]?.stringValue, let purl = try? PackageURL(parsing: text),
            let filename = order["filename"]?.stringValue,
            let identification = order["identify"]?.stringValue.flatMap(ArtifactIdentification.init(rawValue:)),
            let hex = order["ruleset"]?.stringValue, let ruleset = try? SHA256Digest(hex: hex),
            let allowsDegraded = order["allowsDegradedSandbox"]?.boolValue,
            let entries = order["entries"]?.integerValue, let totalBytes = order["totalBytes"]?.integerValue,
            let fileBytes = order["fileBytes"]?.integerValue, let ratio = order["ratio"]?.integerValue,
            let ratioFloorBytes = order["ratioFloorBytes"]?.integerValue,
            let pathBytes = order["pathBytes"]?.integerValue, let depth = order["depth"]?.integerValue,
            let seconds = order["seconds"]?.integerValue, let memoryBytes = order["memoryBytes"]?.integerValue
        else { return nil }
        context = ArtifactContext(ecosystem: ecosystem, purl: purl, filename: filename)
        self.identification = identification
        limits = AnalysisLimits(
            entries: Int(entries), totalBytes: totalBytes, fileBytes: Int(fileBytes), ratio: ratio,
            ratioFloorBytes: ratioFloorBytes, pathBytes: Int(pathBytes), depth: Int(depth), seconds: Int(seconds))
        self.ruleset = ruleset
        self.memoryBytes = memoryBytes
        allowsDegradedSandbox = allowsDegraded
    }
}
