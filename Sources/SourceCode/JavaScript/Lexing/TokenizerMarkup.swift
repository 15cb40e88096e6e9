/// JSX: elements among expressions.
extension JavaScriptTokenizer {
    /// Reads the `<` of an element where an expression may begin; false when it is none.
    mutating func readTag() -> Bool {
        guard state.allowsRegularExpression, beginsElement() else { return false }
        openElement()
        return true
    }

    /// Whether a name or `>` stands behind `<`, and not the parameters of a generic function.
    private func beginsElement() -> Bool {
        var place = position + 1
        while at(place) == 0x20 { place += 1 }
        let first = at(place)
        if first == UInt8(ascii: ">") { return true }
        guard Self.isNameByte(first) && !(first &- 0x30 < 10) || first >= 0x80 else { return false }
        while Self.isNameByte(at(place)) || at(place) >= 0x80 { place += 1 }
        while at(place) == 0x20 { place += 1 }
        if at(place) == UInt8(ascii: ",") { return false }
        let extends = Array("extends ".utf8)
        return !extends.indices.allSatisfy { at(place + $0) == extends[$0] }
    }

    private mutating func openElement() {
        let index = Int32(truncatingIfNeeded: tokens.count)
        contexts.append(LexicalContext(.markup, opener: index))
        contexts.append(LexicalContext(.tag, opener: -1))
        emitMark(.less, length: 1, next: .value)
        readTagName()
    }

    /// Names in tags may hold hyphens: `data-id`.
    mutating func readTagName() {
        skipTagBlanks()
        let start = position
        while Self.isNameByte(at(position)) || at(position) == UInt8(ascii: "-") || at(position) >= 0x80 {
            position += 1
        }
        guard position > start else { return }
        let name = unsafe output.names.intern(base, start: start, length: position - start, readable: end)
        emit(.identifier, from: start, value: name)
        state = .value
    }

    private mutating func skipTagBlanks() {
        while position < end, at(position) <= 0x20 {
            if at(position) == 0x0A || at(position) == 0x0D { afterNewline = true }
            position += 1
        }
    }

    /// Handles `>` inside a tag; false elsewhere.
    mutating func endsTag() -> Bool {
        let kind = contexts[contexts.count - 1].kind
        guard kind == .tag || kind == .closingTag else { return false }
        emitMark(.greater, length: 1, next: .value)
        contexts.removeLast()
        if kind == .closingTag { finishElement() }
        return true
    }

    /// Leaves an element whose last `>` was just put out.
    mutating func finishElement() {
        guard contexts.count > 1, contexts[contexts.count - 1].kind == .markup else { return }
        let element = contexts.removeLast()
        let last = tokens.count - 1
        if element.opener >= 0 {
            output.codes[Int(element.opener)].partner = Int32(truncatingIfNeeded: last)
            output.codes[last].partner = element.opener
        }
        state = .value
    }

    /// Reads the text between tags and the mark behind it; false at the end of the file.
    mutating func readMarkupText() -> Bool {
        let start = position
        while position < end, at(position) != UInt8(ascii: "<"), at(position) != UInt8(ascii: "{") { position += 1 }
        if position > start { emit(.markupText, from: start) }
        guard position < end else { return false }
        if at(position) == UInt8(ascii: "{") {
            let index = Int32(truncatingIfNeeded: tokens.count)
            contexts.append(LexicalContext(.markupExpression, opener: index))
            emitMark(.openBrace, length: 1, next: .operand)
        } else if at(position + 1) == UInt8(ascii: "/") {
            contexts.append(LexicalContext(.closingTag, opener: -1))
            emitMark(.less, length: 1, next: .value)
            emitMark(.divide, length: 1, next: .value)
            readTagName()
        } else {
            openElement()
        }
        return true
    }
}
