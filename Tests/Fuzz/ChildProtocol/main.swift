/// Feeds bytes that libFuzzer makes up to the readers of what analysis children and their supervisors say.
///
///     scripts/fuzz 60 ChildProtocol
import Analyzers
import Cryptography
import FuzzSupport
import Screening

@testable import Worker

private let rules = try? UserRules(compiling: [
    UserRuleSource(name: "a.yar", text: Array("rule a { condition: true }".utf8))
])
private let analyzers = [StaticAnalyzer(), StaticAnalyzer(rules: rules)]

FuzzEntry.run { bytes in
    // What is taken for an order must come back from its own encoding.
    if let order = AnalysisOrder(decoding: bytes) {
        precondition(AnalysisOrder(decoding: order.encoded) == order, "an order that means two things")
    }
    if let order = IncrementOrder(decoding: bytes) {
        precondition(IncrementOrder(decoding: order.encoded) == order, "an order that means two things")
        precondition(AnalysisOrder(decoding: bytes) == nil, "an order of two kinds")
    }
    if let order = CopyOrder(decoding: bytes) {
        precondition(order.encoded == bytes, "limits that mean two things")
    }
    if let status = CopyOrder.status(decoding: bytes) {
        precondition(CopyOrder.status(decoding: CopyOrder.encode(status)) == status, "an end that means two things")
    }
    if let attempt = SandboxTrial.attempt(decoding: bytes) {
        precondition(SandboxTrial.attempt(decoding: SandboxTrial.encode(attempt)) == attempt, "another attempt")
    }
    checkIncrement(bytes)
    for answer in [bytes, ChildChannel.unframed(bytes) ?? bytes] {
        for analyzer in analyzers {
            // The ruleset is put in, so that the rest of the answer is reached too.
            let text = String(decoding: answer, as: UTF8.self)
                .split(separator: "RULESET", omittingEmptySubsequences: false)
                .joined(separator: analyzer.revision.ruleset.digest.hex)
            do throws(AnswerFault) {
                let report = try AnalysisAnswer.decode(Array(text.utf8), by: analyzer)
                precondition(report.findings.count <= AnalysisAnswer.maxFindings, "more findings than allowed")
                for found in report.findings {
                    precondition(found.finding.rule.utf8.count <= 64, "a rule that no statement can name")
                    precondition((found.finding.path?.utf8.count ?? 0) <= 512, "a path that no statement can hold")
                }
            } catch {
                precondition(!error.description.isEmpty, "a fault without words")
            }
        }
    }
}

/// What is taken for a comparison must come back from its own encoding.
private func checkIncrement(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
        .split(separator: "RULESET", omittingEmptySubsequences: false)
        .joined(separator: DiffAnalyzer.revision.ruleset.digest.hex)
    checkIncrement(Array(text.utf8), showing: .nothing)
    checkIncrement(Array(text.utf8), showing: .summary)
}

private func checkIncrement(_ text: [UInt8], showing extent: ShownDifference.Extent) {
    do throws(AnswerFault) {
        let report = try IncrementAnswer.decode(text, thresholds: .standard, showing: extent)
        let again = try IncrementAnswer.decode(
            IncrementAnswer.encode(report), thresholds: .standard, showing: extent)
        precondition(again == report, "an answer that means two things")
        for found in report.increment + report.difference + report.full.findings {
            precondition((found.finding.path?.utf8.count ?? 0) <= 512, "a path that no statement can hold")
        }
    } catch {
        precondition(!error.description.isEmpty, "a fault without words")
    }
}
