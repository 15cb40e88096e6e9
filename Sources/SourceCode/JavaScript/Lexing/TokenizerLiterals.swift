extension JavaScriptTokenizer {
    // MARK: Strings

    mutating func readString(_ quote: UInt8) {
        let start = position
        let kind = contexts[contexts.count - 1].kind
        let isAttribute = kind == .tag || kind == .closingTag
        var isEscaped = false
        position += 1
        let stops = ByteSet8(quote, UInt8(ascii: "\\"), 0x0A, 0x0D)
        while true {
            position = unsafe stops.skip(base, from: position, to: end)
            guard position < end else {
                report(.unterminatedString, at: start)
                break
            }
            let byte = unsafe base[position]
            if byte == quote {
                position += 1
                break
            }
            if byte == UInt8(ascii: "\\"), !isAttribute {
                isEscaped = true
                let isWideEnd = at(position + 1) == 0x0D && at(position + 2) == 0x0A
                position = min(position + (isWideEnd ? 3 : 2), end)
            } else if (byte == 0x0A || byte == 0x0D) && !isAttribute {
                report(.unterminatedString, at: start)
                break
            } else {
                position += 1
            }
        }
        emit(.string, from: start, isEscaped: isEscaped)
        state = .value
    }

    /// Reads a piece of a template up to its end or its next substitution; `position` is behind its opening mark.
    mutating func readTemplate(from start: Int, isHead: Bool) {
        var isEscaped = false
        let stops = ByteSet8(UInt8(ascii: "`"), UInt8(ascii: "$"), UInt8(ascii: "\\"), UInt8(ascii: "`"))
        while true {
            position = unsafe stops.skip(base, from: position, to: end)
            guard position < end else {
                report(.unterminatedString, at: start)
                emit(isHead ? .string : .templateTail, from: start, value: TokenCode.template, isEscaped: isEscaped)
                state = .value
                return
            }
            let byte = unsafe base[position]
            if byte == UInt8(ascii: "`") {
                position += 1
                emit(isHead ? .string : .templateTail, from: start, value: TokenCode.template, isEscaped: isEscaped)
                state = .value
                return
            }
            if byte == UInt8(ascii: "$"), at(position + 1) == UInt8(ascii: "{") {
                position += 2
                let opener = Int32(truncatingIfNeeded: tokens.count)
                emit(isHead ? .templateHead : .templateMiddle, from: start, isEscaped: isEscaped)
                contexts.append(LexicalContext(.substitution, opener: opener))
                state = .operand
                return
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                position = min(position + 2, end)
            } else {
                position += 1
            }
        }
    }

    // MARK: Numbers

    mutating func readNumber() {
        let start = position
        let second = at(position + 1) | 0x20
        if at(position) == UInt8(ascii: "0"),
            second == UInt8(ascii: "x") || second == UInt8(ascii: "b") || second == UInt8(ascii: "o")
        {
            position += 2
            while Self.isNameByte(at(position)), at(position) != UInt8(ascii: "$") { position += 1 }
        } else {
            readDecimal()
        }
        emit(.number, from: start)
        state = .value
    }

    private mutating func readDecimal() {
        let isLegacyOctal = at(position) == UInt8(ascii: "0") && at(position + 1) &- 0x30 < 8
        let start = position
        skipDigits()
        if isLegacyOctal, !(start..<position).contains(where: { at($0) > UInt8(ascii: "7") }) { return }
        if at(position) == UInt8(ascii: "n") {
            position += 1
            return
        }
        if at(position) == UInt8(ascii: ".") {
            position += 1
            skipDigits()
        }
        if at(position) | 0x20 == UInt8(ascii: "e") {
            let isSigned = at(position + 1) == UInt8(ascii: "+") || at(position + 1) == UInt8(ascii: "-")
            if at(position + (isSigned ? 2 : 1)) &- 0x30 < 10 {
                position += isSigned ? 2 : 1
                skipDigits()
            }
        }
    }

    private mutating func skipDigits() {
        while at(position) &- 0x30 < 10 || at(position) == UInt8(ascii: "_") { position += 1 }
    }

    // MARK: Regular expressions

    mutating func readSlash() {
        let kind = contexts[contexts.count - 1].kind
        if kind == .tag, at(position + 1) == UInt8(ascii: ">") {
            emitMark(.divide, length: 1, next: .value)
            emitMark(.greater, length: 1, next: .value)
            contexts.removeLast()
            finishElement()
            return
        }
        if kind != .tag, kind != .closingTag, state.allowsRegularExpression, position >= divisionUntil,
            readRegularExpression()
        {
            return
        }
        if at(position + 1) == UInt8(ascii: "=") {
            emitMark(.divideAssign, length: 2, next: .operand)
        } else {
            emitMark(.divide, length: 1, next: .operand)
        }
    }

    /// Reads a regular expression; false, and nothing is read, when the line ends before it.
    private mutating func readRegularExpression() -> Bool {
        var place = position + 1
        var isInClass = false
        while true {
            let byte = at(place)
            if place >= end || byte == 0x0A || byte == 0x0D || byte == 0xE2 && isWideLineEnd(at: place) {
                report(.unterminatedString, at: position)
                divisionUntil = place
                return false
            }
            if byte == UInt8(ascii: "\\"), place + 1 < end {
                let next = at(place + 1)
                if next != 0x0A && next != 0x0D { place += 1 }
            } else if byte == UInt8(ascii: "[") {
                isInClass = true
            } else if byte == UInt8(ascii: "]") {
                isInClass = false
            } else if byte == UInt8(ascii: "/"), !isInClass {
                break
            }
            place += 1
        }
        let start = position
        position = place + 1
        while Self.isNameByte(at(position)) { position += 1 }
        emit(.regularExpression, from: start)
        state = .value
        return true
    }
}
