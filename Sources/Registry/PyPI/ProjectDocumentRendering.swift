internal import Cryptography
internal import JSON

extension ProjectDocument {
    /// The document that clients of one registry see: our addresses, refused files yanked with the reason.
    ///
    /// `info` is marked as yanked when every file of the version it describes is refused; it keeps describing that version,
    /// since its other members belong together.
    public func rendered(_ plan: ProjectPagePlan) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + layout.files.count * 64)
        for piece in layout.pieces {
            switch piece {
            case .bytes(let range):
                output.append(contentsOf: bytes[range])
            case .fileArray(let places):
                output.write("[")
                for place in places {
                    if place > places.lowerBound { output.write(",") }
                    write(layout.files[place], plan, to: &output)
                }
                output.write("]")
            case .infoMark(let splice):
                write(splice, mark: describedMark(plan), to: &output)
            }
        }
        return output
    }

    /// The reason to yank what `info` describes; nil to leave it as it is.
    private func describedMark(_ plan: ProjectPagePlan) -> String? {
        let reasons = layout.described.map { refusal(of: layout.files[$0], plan) }
        guard let first = reasons.first, !reasons.contains(nil) else { return nil }
        return first
    }

    private func refusal(of file: ProjectDocumentLayout.File, _ plan: ProjectPagePlan) -> String? {
        if let refusal = plan.refused[file.facts.filename] { return refusal.reason }
        return file.kind.isServable ? nil : ProjectPage.unservableReason
    }

    private func write(_ file: ProjectDocumentLayout.File, _ plan: ProjectPagePlan, to output: inout [UInt8]) {
        let reason = refusal(of: file, plan)
        let isMalicious = plan.refused[file.facts.filename]?.isMalicious ?? false
        var copied = file.range.lowerBound
        for splice in file.splices {
            output.append(contentsOf: bytes[copied..<splice.range.lowerBound])
            copied = splice.range.upperBound
            switch splice.content {
            case .address:
                JSONText.appendString("\(plan.fileBase)/\(file.sha256.hex)/\(file.facts.filename)", to: &output)
            case .coreMetadata where isMalicious:
                output.write("false")
            case .coreMetadata:
                output.append(contentsOf: bytes[splice.range])
            case .yanked, .yankedReason, .addedYanked, .addedYankedReason:
                write(splice, mark: reason, to: &output)
            }
        }
        output.append(contentsOf: bytes[copied..<file.range.upperBound])
    }

    /// Writes a yank mark: ours when there is a reason, else what the source has.
    private func write(_ splice: ProjectDocumentLayout.Splice, mark reason: String?, to output: inout [UInt8]) {
        guard let reason else {
            output.append(contentsOf: bytes[splice.range])
            return
        }
        switch splice.content {
        case .yanked:
            output.write("true")
        case .yankedReason:
            JSONText.appendString(reason, to: &output)
        case .addedYanked:
            output.write("\"yanked\":true,")
        case .addedYankedReason:
            output.write("\"yanked_reason\":")
            JSONText.appendString(reason, to: &output)
            output.write(",")
        case .address, .coreMetadata:
            output.append(contentsOf: bytes[splice.range])
        }
    }
}
