import UnicodeText

extension JavaScriptTokenizer {
    /// The ASCII bytes of names as two sets of bits.
    private static var lowNameBytes: UInt64 { 0x03FF_0010_0000_0000 }
    private static var highNameBytes: UInt64 { 0x07FF_FFFE_87FF_FFFE }

    @inline(__always)
    static func isNameByte(_ byte: UInt8) -> Bool {
        guard byte < 0x80 else { return false }
        let set = byte < 64 ? lowNameBytes : highNameBytes
        return (set >> UInt64(byte & 63)) & 1 != 0
    }

    /// Moves behind a name without escapes; false where letters beyond ASCII or escapes must be looked at.
    @inline(__always)
    private mutating func skipPlainName() -> Bool {
        while position < end {
            let byte = unsafe base[position]
            guard Self.isNameByte(byte) else { return byte < 0x80 && byte != UInt8(ascii: "\\") }
            position &+= 1
        }
        return true
    }

    mutating func readName() {
        let start = position
        if skipPlainName() {
            let name = unsafe output.names.intern(base, start: start, length: position - start, readable: end)
            finishName(name, from: start, isEscaped: false)
        } else {
            readUnusualName(from: start)
        }
    }

    /// A name with letters beyond ASCII or with escapes.
    private mutating func readUnusualName(from start: Int) {
        var (decoded, isEscaped): ([UInt8], Bool) = ([], false)
        position = start
        while position < end {
            let byte = at(position)
            if Self.isNameByte(byte) {
                decoded.append(byte)
                position += 1
            } else if byte == UInt8(ascii: "\\") {
                guard let (scalar, length) = nameEscape(at: position) else { break }
                UTF8Text.append(scalar, to: &decoded)
                isEscaped = true
                position += length
            } else if byte >= 0x80, !isBlank(at: position) {
                decoded.append(byte)
                position += 1
            } else {
                break
            }
        }
        guard position > start else { return readStrayByte() }
        let name =
            isEscaped
            ? unsafe output.names.intern(decoded, base, use: Int32(truncatingIfNeeded: start))
            : unsafe output.names.intern(base, start: start, length: position - start, readable: end)
        finishName(name, from: start, isEscaped: isEscaped)
    }

    private func isBlank(at place: Int) -> Bool {
        switch at(place) {
        case 0xC2: return at(place + 1) == 0xA0
        case 0xE1: return at(place + 1) == 0x9A && at(place + 2) == 0x80
        case 0xE2:
            let (second, third) = (at(place + 1), at(place + 2))
            return second == 0x80 && (third <= 0x8A || third == 0xA8 || third == 0xA9 || third == 0xAF)
                || second == 0x81 && third == 0x9F
        case 0xE3: return at(place + 1) == 0x80 && at(place + 2) == 0x80
        case 0xEF: return at(place + 1) == 0xBB && at(place + 2) == 0xBF
        default: return false
        }
    }

    /// The character of `\u0065` or `\u{65}`, and the escape's length.
    private func nameEscape(at place: Int) -> (UInt32, Int)? {
        guard at(place + 1) == UInt8(ascii: "u") else { return nil }
        var (value, index): (UInt32, Int) = (0, place + 2)
        if at(index) == UInt8(ascii: "{") {
            index += 1
            while let digit = HexadecimalDigit.value(at(index)) {
                value = min(value << 4 | UInt32(digit), 0x11_0000)
                index += 1
            }
            guard at(index) == UInt8(ascii: "}"), index > place + 3, value < 0x11_0000 else { return nil }
            return (value, index + 1 - place)
        }
        for _ in 0..<4 {
            guard let digit = HexadecimalDigit.value(at(index)) else { return nil }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return (value, 6)
    }

    mutating func readPrivateName() {
        let start = position
        position += 1
        let next = at(position)
        guard Self.isNameByte(next) || next >= 0x80 || next == UInt8(ascii: "\\"), !(next &- 0x30 < 10) else {
            position = start
            return emitMark(.hash, length: 1, next: .operand)
        }
        if skipPlainName() {
            let name = unsafe output.names.intern(base, start: start, length: position - start, readable: end)
            emit(.identifier, from: start, value: name)
        } else {
            var decoded: [UInt8] = [UInt8(ascii: "#")]
            position = start + 1
            while position < end {
                if at(position) == UInt8(ascii: "\\"), let (scalar, length) = nameEscape(at: position) {
                    UTF8Text.append(scalar, to: &decoded)
                    position += length
                } else if Self.isNameByte(at(position)) || at(position) >= 0x80 && !isBlank(at: position) {
                    decoded.append(at(position))
                    position += 1
                } else {
                    break
                }
            }
            let use = Int32(truncatingIfNeeded: start)
            let name = unsafe output.names.intern(decoded, base, use: use)
            emit(.identifier, from: start, value: name, isEscaped: true)
        }
        state = .value
    }

    /// Puts out a name and decides what may follow it.
    @inline(__always)
    private mutating func finishName(_ name: Int32, from start: Int, isEscaped: Bool) {
        let before = state
        emit(.identifier, from: start, value: name, isEscaped: isEscaped)
        state = .value
        guard name <= JavaScriptWord.of.rawValue, before != .member else { return }
        finishWord(name, after: before)
    }

    private mutating func finishWord(_ name: Int32, after before: LexicalState) {
        guard let word = JavaScriptWord(rawValue: name), !isKey else { return }
        switch word {
        case .if, .for, .while, .with:
            lastWord = name
            state = .operand
        case .await:
            // `for await (` has a head like `for (`.
            if tokens.count >= 2, output.codes[output.codes.count - 2].value == JavaScriptWord.for.rawValue {
                lastWord = JavaScriptWord.for.rawValue
            }
            state = .operand
        case .function:
            awaitsParameters = true
            let place = isAsync(before) ? stateBeforeAsync : before
            functionIsOperand = place == .operand && !isAfterDefault
        case .class:
            contexts[contexts.count - 1].awaitsClassBody = true
            contexts[contexts.count - 1].classIsOperand = before == .operand && !isAfterDefault
        case .async:
            stateBeforeAsync = before
        case .return, .throw, .case, .typeof, .instanceof, .in, .new, .delete, .void, .extends, .yield, .default:
            state = .operand
        case .of:
            // Only `for (name of …)` has an operator of this name.
            if before == .value, contexts[contexts.count - 1].kind == .head { state = .operand }
        case .else, .do, .try, .finally:
            state = .statement
        default:
            break
        }
    }

    private func isAsync(_ before: LexicalState) -> Bool {
        before == .value && output.codes.count >= 2
            && output.codes[output.codes.count - 2].value == JavaScriptWord.async.rawValue
    }

    private var isAfterDefault: Bool {
        guard output.codes.count >= 2 else { return false }
        var index = output.codes.count - 2
        if output.codes[index].value == JavaScriptWord.async.rawValue, index > 0 { index -= 1 }
        return tokens[index].kind == .identifier
            && output.codes[index].value == JavaScriptWord.default.rawValue
    }

    /// Whether a word is the key of an object's member: after `{` or `,` in an object.
    private var isKey: Bool {
        guard contexts[contexts.count - 1].kind == .object, tokens.count >= 2 else { return false }
        let previous = tokens.count - 2
        guard tokens[previous].kind == .punctuator else { return false }
        let mark = output.codes[previous].value
        let isFirst = mark == Int32(Punctuator.openBrace.rawValue) || mark == Int32(Punctuator.comma.rawValue)
        return isFirst && output.codes[output.codes.count - 1].value != JavaScriptWord.async.rawValue
    }

    /// A byte that begins nothing.
    mutating func readStrayByte() {
        emitMark(.other, length: 1, next: .operand)
    }
}
