extension PythonModelWriter {
    /// The literals of a string, and the constant pieces of a template.
    mutating func writeLiterals(_ id: PythonNode.ID, _ node: PythonNode) {
        let isStatement = node.flags.contains(.statement)
        var child = node.kind == .template ? node.first : -1
        var place = node.start
        while place < node.end {
            // Strings inside of a field have nodes of their own.
            if child >= 0, place == evaluator.node(child).start {
                place = max(place + 1, evaluator.node(child).end)
                child = evaluator.node(child).next
                continue
            }
            if let flags = PythonStringFlags(code: evaluator.codes[Int(place)]) {
                writeLiteral(place, flags, node, isStatement: isStatement)
            }
            place += 1
        }
        if node.kind == .string, node.end > node.start + 1 { writeJoined(id, node) }
    }

    private mutating func writeLiteral(
        _ place: Int32, _ flags: PythonStringFlags, _ node: PythonNode, isStatement: Bool
    ) {
        guard !flags.contains(.format) else { return }
        let token = evaluator.tokens[Int(place)]
        let value = PythonLiteral.text(evaluator.bytes, token, flags, hasReturns: evaluator.hasReturns)
        if value.isEmpty, token.kind != .string { return }
        let quotes = flags.contains(.unterminated) ? 0 : flags.contains(.triple) ? 3 : 1
        let raw = Int(token.end - token.start) - flags.textOffset - quotes
        let constant = StringConstant(
            value: value, origin: isStatement ? .documentation : .literal, tokens: place..<place + 1, scope: node.scope,
            escapes: PythonLiteral.escapes(evaluator.bytes, token, flags), rawBytes: Int32(clamping: max(raw, 0)))
        model.strings.append(constant)
        if !isStatement { writeDecoded(value, tokens: place..<place + 1, scope: node.scope) }
    }

    /// Literals one behind the other are one text.
    private mutating func writeJoined(_ id: PythonNode.ID, _ node: PythonNode) {
        var count = 0
        for place in node.start..<node.end where evaluator.codes[Int(place)] < 0 { count += 1 }
        guard count > 1, !node.flags.contains(.covered), let content = evaluator.literal(id)?.content else { return }
        model.strings.append(
            StringConstant(
                value: content[...], origin: node.flags.contains(.statement) ? .documentation : .folded,
                tokens: node.start..<node.end, scope: node.scope))
        writeDecoded(content[...], tokens: node.start..<node.end, scope: node.scope)
    }

    /// A folded value that is no part of a larger one.
    mutating func writeFolded(_ id: PythonNode.ID, _ node: PythonNode) {
        // A variable shows its own value where it was put together.
        guard !node.flags.contains(.covered), node.kind != .name else { return }
        let pooled = evaluator.pool[Int(evaluator.values[Int(id)].payload)]
        guard let content = pooled.value.content, !content.isEmpty else { return }
        model.strings.append(
            StringConstant(
                value: content[...], origin: pooled.isDecoded ? .decoded : .folded, tokens: node.start..<node.end,
                scope: node.scope))
        writeDecoded(content[...], tokens: node.start..<node.end, scope: node.scope)
    }

    /// What base64 or hexadecimal digits in a text say, to depth three, where that is text again.
    mutating func writeDecoded(_ text: ArraySlice<UInt8>, tokens: TokenRange, scope: Int32) {
        var current = text
        for _ in 0..<3 {
            guard evaluator.budget > current.count, let decoded = EncodedText.decoded(current) else { return }
            _ = evaluator.spend(decoded.count)
            current = decoded[...]
            model.strings.append(StringConstant(value: current, origin: .decoded, tokens: tokens, scope: scope))
        }
    }
}
