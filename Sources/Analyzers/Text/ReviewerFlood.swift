import Compression
import SourceCode

/// INJ-FLOOD: repeated text that hides code by its mass.
enum ReviewerFlood {
    private static let leastBytes = 1 << 20
    private static let leastRatio = 50

    static func check(_ file: InspectedFile, into report: inout FileReport) {
        guard let source = file.text, source.bytes.count > leastBytes else { return }
        let text: [UInt8]
        if let model = file.model {
            // Only what is no code floods: comments, and strings that are documentation.
            text = comments(of: model)
        } else if file.kind == .prose || file.kind == .markup {
            text = source.bytes
        } else {
            return
        }
        guard text.count > leastBytes else { return }
        let sample = Array(text.prefix(4 << 20))
        guard Gzip.compress(sample, level: 1).count * leastRatio < sample.count else { return }
        report.note(.reviewerFlood, line: 1)
        report.fact(.hiddenText)
    }

    private static func comments(of model: CodeModel) -> [UInt8] {
        var text: [UInt8] = []
        for comment in model.comments where text.count < 4 << 20 {
            text += model.source.bytes[Int(comment.lowerBound)..<Int(comment.upperBound)]
        }
        return text
    }
}
