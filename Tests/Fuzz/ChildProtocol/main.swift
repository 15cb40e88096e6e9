/// Feeds bytes that libFuzzer makes up to the readers of what analysis children and their supervisors say.
///
///     JURAT_FUZZ=1 swift build --product FuzzChildProtocol --scratch-path .build/fuzz
///     .build/fuzz/debug/FuzzChildProtocol Tests/Fuzz/ChildProtocol/corpus -max_len=4000 -max_total_time=60
import Analyzers
import Cryptography
import Screening
import Worker

@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>, Int) -> Int32
) -> Int32

private let rules = try? UserRules(compiling: [
    UserRuleSource(name: "a.yar", text: Array("rule a { condition: true }".utf8))
])
private let analyzers = [StaticAnalyzer(), StaticAnalyzer(rules: rules)]

@_cdecl("LLVMFuzzerTestOneInput")
func tryOneInput(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    // What is taken for an order must come back from its own encoding.
    if let order = AnalysisOrder(decoding: bytes) {
        precondition(AnalysisOrder(decoding: order.encoded) == order, "an order that means two things")
    }
    ChildProtocol.read(bytes)
    for answer in [bytes, ChildProtocol.framedPart(of: bytes) ?? bytes] {
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
    return 0
}

private var count = CommandLine.argc
private var arguments = unsafe CommandLine.unsafeArgv
_ = unsafe runFuzzer(&count, &arguments, tryOneInput)
