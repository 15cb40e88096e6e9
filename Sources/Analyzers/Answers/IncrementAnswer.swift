import Cryptography
import JSON
import Registry
public import Screening

/// The form in which a child reports a comparison: codes, places, counts and sums; everything else is looked up.
public enum IncrementAnswer {
    /// The answer for a comparison, as canonical JSON.
    public static func encode(_ report: IncrementReport) -> [UInt8] {
        let summary = report.summary
        var sums: JSONObject = [
            "changedBytes": .integer(clamped(summary.changedBytes)),
            "changedFiles": .integer(clamped(summary.changedFiles)),
            "changesInstallation": .bool(summary.changesInstallation),
            "codeLines": .integer(clamped(summary.codeLines)),
            "graveCapabilities": .array(summary.graveCapabilities.map { .string($0) }),
            "isComplete": .bool(summary.isComplete),
            "newCodeLines": .integer(clamped(summary.newCodeLines)),
            "removedFiles": .integer(clamped(summary.removedFiles)),
            "unreadableCode": .bool(summary.bringsUnreadableCode),
        ]
        if let step = summary.step { sums.append("step", .string(step.rawValue)) }
        var answer: JSONObject = [
            "capabilities": .array(report.full.capabilities.map(CapabilityAnswer.encode)),
            "difference": AnalysisAnswer.encode(report.difference),
            "findings": AnalysisAnswer.encode(report.full.findings),
            "increment": AnalysisAnswer.encode(report.increment), "outOfTime": .bool(report.isOutOfTime),
            "ruleset": .string(DiffAnalyzer.revision.ruleset.digest.hex), "summary": .object(sums),
        ]
        if let shown = report.shown { answer.append("shown", shown.record()) }
        do throws(CanonicalJSONError) {
            return try CanonicalJSON.encode(.object(answer))
        } catch {
            preconditionFailure("an answer is made of values that canonical JSON has: \(error)")
        }
    }

    /// The longest answer in bytes.
    public static func maxBytes(showing extent: ShownDifference.Extent) -> Int {
        AnalysisAnswer.maxBytes + extent.maxBytes
    }

    /// The comparison that an answer stands for; what asks for a full review follows from `thresholds`.
    ///
    /// - Parameter extent: how much of the difference was asked for.
    /// - Throws: `AnswerFault` for everything that `encode` does not write.
    public static func decode(
        _ bytes: [UInt8], thresholds: DiffThresholds, showing extent: ShownDifference.Extent = .nothing
    ) throws(AnswerFault) -> IncrementReport {
        guard let answer = (try? CanonicalJSON.parse(bytes))?.objectValue else { throw .notCanonicalJSON }
        try AnalysisAnswer.check(answer, has: members)
        guard let ruleset = answer["ruleset"]?.stringValue else { throw .missingMember("ruleset") }
        guard ruleset == DiffAnalyzer.revision.ruleset.digest.hex else { throw .foreignRuleset }
        guard let isOutOfTime = answer["outOfTime"]?.boolValue else { throw .missingMember("outOfTime") }
        guard let uses = answer["capabilities"]?.arrayValue else { throw .missingMember("capabilities") }
        let full = AnalysisReport(
            revision: StaticAnalyzer.revision,
            findings: try AnalysisAnswer.findings(answer, "findings", of: .static_),
            capabilities: try CapabilityAnswer.decode(uses), isOutOfTime: isOutOfTime)
        return IncrementReport(
            full: full, increment: try AnalysisAnswer.findings(answer, "increment", of: .static_),
            difference: try AnalysisAnswer.findings(answer, "difference", of: .diff),
            summary: try summary(answer["summary"]), thresholds: thresholds,
            shown: try shown(answer["shown"], extent))
    }

    private static let members: Set<String> = [
        "capabilities", "difference", "findings", "increment", "outOfTime", "ruleset", "shown", "summary",
    ]
    private static let sums: Set<String> = [
        "changedBytes", "changedFiles", "changesInstallation", "codeLines", "graveCapabilities", "isComplete",
        "newCodeLines", "removedFiles", "step", "unreadableCode",
    ]

    private static func shown(
        _ value: JSONValue?, _ extent: ShownDifference.Extent
    ) throws(AnswerFault) -> ShownDifference? {
        guard (value != nil) == (extent != .nothing) else { throw .badDifference }
        guard let value else { return nil }
        do throws(StatementError) { return try ShownDifference(reading: value) } catch { throw .badDifference }
    }

    private static func clamped(_ value: some BinaryInteger) -> Int64 {
        min(Int64(clamping: value), AnalysisAnswer.maxNumber)
    }

    private static func summary(_ value: JSONValue?) throws(AnswerFault) -> IncrementSummary {
        guard let object = value?.objectValue else { throw .missingMember("summary") }
        try AnalysisAnswer.check(object, has: sums)
        func number(_ name: String) throws(AnswerFault) -> Int64 {
            guard let value = object[name]?.integerValue else { throw .missingMember(name) }
            guard (0...AnalysisAnswer.maxNumber).contains(value) else { throw .badNumber }
            return value
        }
        func flag(_ name: String) throws(AnswerFault) -> Bool {
            guard let value = object[name]?.boolValue else { throw .missingMember(name) }
            return value
        }
        var step: VersionStep?
        if let value = object["step"] {
            guard let known = value.stringValue.flatMap(VersionStep.init(rawValue:)) else {
                throw .missingMember("step")
            }
            step = known
        }
        guard let words = object["graveCapabilities"]?.arrayValue else { throw .missingMember("graveCapabilities") }
        var grave: [String] = []
        for word in words {
            guard let text = word.stringValue, let capability = Capability(rawValue: text),
                CapabilityGrowth.isGrave(capability), grave.last.map({ $0 < text }) ?? true
            else { throw .badCapability }
            grave.append(text)
        }
        return IncrementSummary(
            step: step, changedFiles: Int(try number("changedFiles")), removedFiles: Int(try number("removedFiles")),
            changedBytes: try number("changedBytes"), newCodeLines: Int(try number("newCodeLines")),
            codeLines: Int(try number("codeLines")), isComplete: try flag("isComplete"),
            changesInstallation: try flag("changesInstallation"), bringsUnreadableCode: try flag("unreadableCode"),
            graveCapabilities: grave)
    }
}
