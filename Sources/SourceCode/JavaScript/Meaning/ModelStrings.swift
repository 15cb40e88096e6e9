/// Strings as the model tells them: literals, what is put together from them, and what they decode to.
extension JavaScriptModelBuilder {
    mutating func addLiteral(_ token: Int32, in scope: Int32) {
        let source = program.source
        guard let range = StringText.content(of: program.lexed.tokens[Int(token)], source) else { return }
        let isEscaped = program.lexed.codes[Int(token)].isEscaped
        var (value, escapes) = (source[range], 0)
        if isEscaped {
            let decoded = StringText.decode(source, range)
            (value, escapes) = (decoded.bytes[...], decoded.escapes)
        }
        model.strings.append(
            StringConstant(
                value: value, origin: .literal, tokens: token..<token + 1, scope: scope,
                escapes: Int32(truncatingIfNeeded: escapes), rawBytes: Int32(truncatingIfNeeded: range.count)))
        if value.count >= 16, token >= foldedUntil { addDecoded(value, token..<token + 1, in: scope, level: 1) }
    }

    /// What an expression of strings comes to, where that is more than its literals.
    mutating func addFolded(_ node: Int32, in scope: Int32) {
        let known = program.tree[node]
        guard known.start >= foldedUntil || known.end > foldedUntil else { return }
        if let folded = program.folded(node, depth: 0) {
            guard let text = text(folded.value, known.kind), !text.isEmpty else { return }
            foldedUntil = max(foldedUntil, known.end)
            add(text, folded.origin == .decoded ? .decoded : .folded, known.start..<known.end, in: scope)
        } else if known.kind == .sum || known.kind == .template {
            addRuns(known, in: scope)
        }
    }

    private func text(_ value: Constant, _ kind: JavaScriptNode.Kind) -> [UInt8]? {
        switch value {
        case .text(let text): return text
        case .list(let values) where kind == .array: return Self.characters(values)
        case .number, .boolean, .list, .reference, .members: return nil
        }
    }

    /// The text of a list of character codes.
    private static func characters(_ values: [Constant]) -> [UInt8]? {
        guard values.count >= 8 else { return nil }
        var text: [UInt8] = []
        text.reserveCapacity(values.count)
        for value in values {
            guard case .number(let number) = value, number >= 9, number < 127, number == number.rounded() else {
                return nil
            }
            text.append(UInt8(number))
        }
        return TextDecoding.isMostlyText(text) ? text : nil
    }

    private mutating func add(
        _ text: [UInt8], _ origin: StringConstant.Origin, _ tokens: Range<Int32>, in scope: Int32
    ) {
        model.strings.append(StringConstant(value: text[...], origin: origin, tokens: tokens, scope: scope))
        if text.count >= 16 { addDecoded(text[...], tokens, in: scope, level: 1) }
    }

    /// Neighbours in a sum or template that are known, when the whole is not.
    private mutating func addRuns(_ node: JavaScriptNode, in scope: Int32) {
        var (child, run, count, start, end) = (node.child, [UInt8](), 0, Int32(0), Int32(0))
        var isDecoded = false
        func finished(_ builder: inout JavaScriptModelBuilder) {
            if count > 1, !run.isEmpty {
                builder.add(run, isDecoded ? .decoded : .folded, start..<end, in: scope)
                builder.foldedUntil = max(builder.foldedUntil, end)
            }
            (run, count, isDecoded) = ([], 0, false)
        }
        while child >= 0 {
            let part = program.tree[child]
            if let value = program.folded(child, depth: 1), let text = ConstantText.text(value.value),
                run.count + text.count <= JavaScriptProgram.textLimit
            {
                if count == 0 { start = part.start }
                run += text
                // A template's empty pieces are no text of their own.
                if !text.isEmpty { count += 1 }
                end = part.end
                if value.origin == .decoded { isDecoded = true }
            } else {
                finished(&self)
            }
            child = part.next
        }
        finished(&self)
    }

    // MARK: Decoding

    /// What a text decodes to as base64 or hexadecimal digits, when that is text: to three levels.
    private mutating func addDecoded(
        _ value: ArraySlice<UInt8>, _ tokens: Range<Int32>, in scope: Int32, level: Int
    ) {
        guard level <= 3, value.count <= JavaScriptProgram.textLimit * 4, let decoded = Self.decoded(value) else {
            return
        }
        model.strings.append(StringConstant(value: decoded[...], origin: .decoded, tokens: tokens, scope: scope))
        if decoded.count >= 16 { addDecoded(decoded[...], tokens, in: scope, level: level + 1) }
    }

    private static func decoded(_ value: ArraySlice<UInt8>) -> [UInt8]? {
        // One look at the first bytes spares most texts the attempt.
        guard
            value.prefix(16).allSatisfy({ JavaScriptTokenizer.isNameByte($0) || $0 == 0x2B || $0 == 0x2F || $0 == 0x3D }
            )
        else { return nil }
        if value.count % 2 == 0, TextDecoding.isHexadecimal(value),
            let bytes = LenientHexadecimal.decode(value, passesBlanks: false),
            TextDecoding.isMostlyText(bytes)
        {
            return bytes
        }
        guard TextDecoding.mayBeTextInBase64(value), let bytes = LenientBase64.decode(value, others: .refuse),
            TextDecoding.isMostlyText(bytes)
        else { return nil }
        return bytes
    }
}
