extension PythonTokenizer {
    /// What a name before a quote says about the string; nil when it is no prefix.
    @inline(__always)
    func stringPrefix(_ start: Int, _ end: Int) -> PythonStringFlags? {
        var flags: PythonStringFlags = []
        var seen: UInt32 = 0
        for index in start..<end {
            let letter = bytes[index] | 0x20
            guard letter >= 0x61, letter <= 0x7A else { return nil }
            let bit: UInt32 = 1 << UInt32(letter - 0x61)
            guard seen & bit == 0 else { return nil }
            seen |= bit
            switch letter {
            case UInt8(ascii: "b"): flags.insert(.bytes)
            case UInt8(ascii: "r"): flags.insert(.raw)
            case UInt8(ascii: "u"): break
            case UInt8(ascii: "f"), UInt8(ascii: "t"): flags.insert(.template)
            case _: return nil
            }
        }
        // Only r stands together with another (ur is Python 2's).
        return end - start == 2 && !flags.contains(.raw) ? nil : flags
    }

    /// A literal from its first quote at `index`; `start` is where its prefix begins.
    mutating func readString(start: Int, flags: PythonStringFlags) {
        let quote = bytes[index]
        var flags = flags
        if bytes[index + 1] == quote, bytes[index + 2] == quote {
            flags.insert(.triple)
            index += 3
        } else {
            index += 1
        }
        flags = flags.with(textOffset: index - start)
        if flags.contains(.template) {
            readTemplate(start: start, quote: quote, flags: flags, isHead: true)
            return
        }
        if flags.contains(.triple) { readLong(start, quote, &flags) } else { readShort(start, quote, &flags) }
        emit(.string, start, flags.code)
    }

    /// The text of a literal that ends with its line at the latest.
    private mutating func readShort(_ start: Int, _ quote: UInt8, _ flags: inout PythonStringFlags) {
        let bytes = bytes
        var place = index
        while true {
            let byte = bytes[place]
            if byte == quote {
                index = place + 1
                return
            }
            if byte == 0x5C {
                flags.insert(.hasBackslash)
                place += 1
                // A carriage return with its line feed is one end of a line.
                if bytes[place] == 0x0D, bytes[place + 1] == 0x0A { place += 1 }
            } else if byte == 0x0A || byte == 0x0D {
                index = place
                unterminated(start, &flags)
                return
            }
            place += 1
            if place >= bytes.count {
                index = bytes.count
                unterminated(start, &flags)
                return
            }
        }
    }

    /// The text of a literal with three quotes.
    private mutating func readLong(_ start: Int, _ quote: UInt8, _ flags: inout PythonStringFlags) {
        let bytes = bytes
        var place = index
        while true {
            place = bytes.find(quote, 0x5C, quote, from: place)
            if place >= bytes.count {
                index = bytes.count
                unterminated(start, &flags)
                return
            }
            if bytes[place] == 0x5C {
                flags.insert(.hasBackslash)
                place += 1
                if bytes[place] == 0x0D, bytes[place + 1] == 0x0A { place += 1 }
            } else if bytes[place + 1] == quote, bytes[place + 2] == quote {
                index = place + 3
                return
            }
            place += 1
        }
    }

    private mutating func unterminated(_ start: Int, _ flags: inout PythonStringFlags) {
        flags.insert(.unterminated)
        problem(.unterminatedString, at: start)
    }

    /// A template's text up to its end or to its next field.
    ///
    /// - Parameter flags: with the offset of the text from `start`.
    private mutating func readTemplate(start: Int, quote: UInt8, flags: PythonStringFlags, isHead: Bool) {
        var flags = flags
        let isTriple = flags.contains(.triple)
        while true {
            let byte = bytes[index]
            if index >= bytes.count || !isTriple && (byte == 0x0A || byte == 0x0D) {
                index = min(index, bytes.count)
                unterminated(start, &flags)
                break
            }
            if byte == quote, !isTriple || bytes[index + 1] == quote && bytes[index + 2] == quote {
                index += isTriple ? 3 : 1
                break
            }
            if byte == UInt8(ascii: "{") {
                if bytes[index + 1] != byte {
                    index += 1
                    open(start, quote, flags, isInFormat: false, isHead: isHead)
                    return
                }
                flags.insert(.hasBraces)
                index += 1
            } else if byte == UInt8(ascii: "}"), bytes[index + 1] == byte {
                flags.insert(.hasBraces)
                index += 1
            } else if byte == 0x5C {
                flags.insert(.hasBackslash)
                skipTemplateEscape(isRaw: flags.contains(.raw))
            }
            index += 1
        }
        emit(isHead ? .string : .templateTail, start, flags.code)
    }

    /// From a backslash to the last byte of what it takes away from the reader.
    private mutating func skipTemplateEscape(isRaw: Bool) {
        let next = bytes[index + 1]
        if next == UInt8(ascii: "{") || next == UInt8(ascii: "}") { return }
        if !isRaw, next == UInt8(ascii: "N"), bytes[index + 2] == UInt8(ascii: "{") {
            var end = index + 3
            while end < index + 100, bytes[end] != UInt8(ascii: "}"), bytes[end] >= 0x20 { end += 1 }
            if bytes[end] == UInt8(ascii: "}") {
                index = end
                return
            }
        }
        index += 1
        if next == 0x0D, bytes[index + 1] == 0x0A { index += 1 }
    }

    /// Emits a piece that ends at the brace of a field, and enters the field.
    private mutating func open(_ start: Int, _ quote: UInt8, _ flags: PythonStringFlags, isInFormat: Bool, isHead: Bool)
    {
        let kept = flags.subtracting([.hasBackslash, .hasBraces, .format])
        fields.append(Field(quote: quote, flags: kept, depth: depth, isInFormat: isInFormat))
        depth += 1
        emit(isHead ? .templateHead : .templateMiddle, start, flags.code)
    }

    /// A byte that ends the expression of the innermost field, when it is one: `}`, `:`, `!`.
    mutating func endsField(_ byte: UInt8) -> Bool {
        guard let field = fields.last, depth == field.depth + 1 else { return false }
        switch byte {
        case UInt8(ascii: "}"):
            closeField(start: index)
            return true
        case UInt8(ascii: ":"):
            readFormat(start: index)
            return true
        case UInt8(ascii: "!"):
            guard bytes[index + 1] != UInt8(ascii: "=") else { return false }
            readFormat(start: index)
            return true
        case _:
            return false
        }
    }

    /// The closing brace of the innermost field, and what follows it: text, or the rest of a format.
    private mutating func closeField(start: Int) {
        guard let field = fields.popLast() else { return }
        depth = field.depth
        index += 1
        if field.isInFormat {
            readFormat(start: start)
        } else {
            readTemplate(
                start: start, quote: field.quote, flags: field.flags.with(textOffset: index - start), isHead: false)
        }
    }

    /// A format from `:`, `!` or the end of a field inside of it, up to its end or its next field.
    private mutating func readFormat(start: Int) {
        guard let field = fields.last else { return }
        let isTriple = field.flags.contains(.triple)
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "}") {
                closeField(start: start)
                return
            }
            if byte == UInt8(ascii: "{") {
                index += 1
                open(start, field.quote, field.flags.union(.format), isInFormat: true, isHead: false)
                return
            }
            let isQuote = byte == field.quote && (!isTriple || bytes[index + 1] == byte && bytes[index + 2] == byte)
            if isQuote || !isTriple && (byte == 0x0A || byte == 0x0D) { break }
            index += 1
        }
        // The string ends inside of its format: no program, but the tokens after it are still to be seen.
        var flags = field.flags.union([.unterminated, .format])
        unterminated(start, &flags)
        while let open = fields.last {
            fields.removeLast()
            depth = open.depth
            if !open.isInFormat { break }
        }
        if index < bytes.count, bytes[index] == field.quote { index += isTriple ? 3 : 1 }
        emit(.templateTail, start, flags.with(textOffset: index - start).code)
    }
}
