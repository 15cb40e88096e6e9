import SourceCode

/// Tells words that a file uses from words that it says to its reader: attacks that a detector lists, the prompt of a
/// program that talks to a model, an example between quotation marks.
struct ReviewerUse {
    private let file: InspectedFile
    /// The text as it is read, whose offsets are the file's only where it is ASCII.
    private let bytes: [UInt8]
    private let places: SourcePlaces?

    init(_ file: InspectedFile, _ bytes: [UInt8], isFolded: Bool) {
        self.file = file
        self.bytes = bytes
        places = isFolded ? nil : file.model.map { SourcePlaces(model: $0) }
    }

    /// The place without the signs that are only used; a place that decides about this very package keeps all.
    func said(in place: ReviewerScan.Place) -> ReviewerScan.Place {
        if place.signs.contains(where: \.isAboutThis) { return place }
        let said = place.signs.filter { !isUsed($0) }
        return said.count == place.signs.count ? place : ReviewerScan.Place(said, range: place.range)
    }

    private func isUsed(_ sign: ReviewerSign) -> Bool {
        switch sign.topic {
        case .verdict, .addressed: return false
        case .override, .role, .tool, .boundary, .refusal: break
        }
        guard file.model != nil else {
            return (file.kind == .prose || file.kind == .markup) && isQuoted(sign.range)
        }
        guard let places else { return false }
        switch places.place(of: sign.range.lowerBound) {
        case .comment: return isQuoted(sign.range)
        case .string:
            guard let index = places.index(before: sign.range.lowerBound) else { return false }
            return isListed(index, places.model) || isPrompt(index, places.model)
        case .code, .unknown: return false
        }
    }

    // MARK: Quotation marks

    private static let quotes = [UInt8(ascii: "`"), UInt8(ascii: "\"")]
    private static let leastBefore = 60
    private static let leastAfter = 200

    /// Whether a quotation mark opens shortly before a range and closes after it on the same line.
    private func isQuoted(_ range: Range<Int>) -> Bool {
        var start = range.lowerBound - 1
        while start >= 0, range.lowerBound - start <= Self.leastBefore, bytes[start] != 0x0A {
            if Self.quotes.contains(bytes[start]) { break }
            start -= 1
        }
        guard start >= 0, range.lowerBound - start <= Self.leastBefore, Self.quotes.contains(bytes[start]) else {
            return false
        }
        // A closing mark stands behind a letter, an opening one behind a blank or bracket.
        if start > 0, !" \t\n([{:,*->|".utf8.contains(bytes[start - 1]) { return false }
        let rest = bytes[range.upperBound..<min(bytes.count, range.upperBound + Self.leastAfter)]
        return rest.prefix { $0 != 0x0A }.contains(bytes[start])
    }

    // MARK: Literals

    /// Whether a literal is one of several in a list.
    private func isListed(_ index: Int, _ model: CodeModel) -> Bool {
        if model.tokens[index].kind == .regularExpression { return true }
        let (before, after) = (neighbour(index, -1, model), neighbour(index, 1, model))
        guard let before, let after else { return false }
        let opens = { (token: Int) in ["[", ",", "(", "{"].contains { model.text(ofToken: Int32(token)).equals($0) } }
        guard opens(before) else { return false }
        if isText(after, ",", model), let next = neighbour(after, 1, model), isLiteral(next, model) { return true }
        guard isText(before, ",", model), let last = neighbour(before, -1, model) else { return false }
        return isLiteral(last, model)
    }

    private static let promptWords = [
        "prompt", "system", "role", "instruction", "template", "persona", "attack", "payload", "pattern", "phrase",
        "jailbreak", "example", "content",
    ]

    /// Whether a literal is the value of a name that says that it is given to a model.
    private func isPrompt(_ index: Int, _ model: CodeModel) -> Bool {
        guard let mark = neighbour(index, -1, model), isText(mark, ":", model) || isText(mark, "=", model),
            let name = neighbour(mark, -1, model)
        else { return false }
        let text = model.text(ofToken: Int32(name))
        guard text.count <= 60 else { return false }
        let lowered = text.lowercasedASCII()
        return Self.promptWords.contains { lowered.contains(text: $0) }
    }

    /// The nearest token in a direction that has text.
    private func neighbour(_ index: Int, _ step: Int, _ model: CodeModel) -> Int? {
        var index = index + step
        while model.tokens.indices.contains(index),
            model.tokens[index].start == model.tokens[index].end
                || model.tokens[index].kind == .newline
        { index += step }
        return model.tokens.indices.contains(index) ? index : nil
    }

    private func isText(_ index: Int, _ text: String, _ model: CodeModel) -> Bool {
        model.text(ofToken: Int32(index)).equals(text)
    }

    private func isLiteral(_ index: Int, _ model: CodeModel) -> Bool {
        model.tokens[index].kind == .string || model.tokens[index].kind == .regularExpression
    }
}
