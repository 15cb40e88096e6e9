import UnicodeText

/// Quotes and expansions of shell text.
extension ShellParser {
    mutating func singleQuoted() {
        word.isQuoted = true
        while let next = peek() {
            position += 1
            if next == UInt8(ascii: "'") { return }
            word.text.append(next)
        }
    }

    mutating func doubleQuoted() {
        word.isQuoted = true
        isInDoubleQuotes = true
        defer { isInDoubleQuotes = false }
        while let next = peek() {
            position += 1
            switch next {
            case UInt8(ascii: "\""): return
            case UInt8(ascii: "`"): backticks()
            case UInt8(ascii: "$"): dollar()
            case UInt8(ascii: "\\"): quotedEscape()
            default: word.text.append(next)
            }
        }
    }

    private mutating func quotedEscape() {
        guard let next = peek() else { return word.text.append(UInt8(ascii: "\\")) }
        if !Array("$`\"\\\n".utf8).contains(next) { word.text.append(UInt8(ascii: "\\")) }
        if next != UInt8(ascii: "\n") { word.text.append(next) }
        position += 1
    }

    mutating func escaped() {
        guard let next = peek() else { return }
        position += 1
        if next != UInt8(ascii: "\n") { word.text.append(next) }
    }

    mutating func backticks() {
        var inner: [UInt8] = []
        while let next = peek() {
            position += 1
            if next == UInt8(ascii: "`") { break }
            if next == UInt8(ascii: "\\"), let escaped = peek() {
                inner.append(escaped)
                position += 1
            } else {
                inner.append(next)
            }
        }
        substitute(inner)
    }

    // MARK: Dollar signs

    mutating func dollar() {
        switch peek() {
        case UInt8(ascii: "("):
            position += 1
            substitute(balanced())
        case UInt8(ascii: "{"):
            position += 1
            let start = position
            while let next = peek(), next != UInt8(ascii: "}") { position += 1 }
            let name = Array(bytes[start..<position])
            position = min(position + 1, bytes.count)
            expand(name)
        case UInt8(ascii: "'") where !isInDoubleQuotes:
            position += 1
            escapedQuote()
        case UInt8(ascii: "\"") where !isInDoubleQuotes: break
        case .some(let next) where isNameByte(next):
            let start = position
            while let next = peek(), isNameByte(next) { position += 1 }
            expand(Array(bytes[start..<position]))
        case UInt8(ascii: "@"), UInt8(ascii: "*"):
            position += 1
            word.variables.append([bytes[position - 1]])
        case .some, .none: word.text.append(UInt8(ascii: "$"))
        }
    }

    /// `$'…'`: escapes as in C.
    private mutating func escapedQuote() {
        word.isQuoted = true
        while let next = peek() {
            position += 1
            if next == UInt8(ascii: "'") { return }
            guard next == UInt8(ascii: "\\"), let letter = peek() else {
                word.text.append(next)
                continue
            }
            position += 1
            word.text.append(escapedByte(letter))
        }
    }

    /// The byte that an escape stands for, whose letter was just passed.
    private mutating func escapedByte(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "e"), UInt8(ascii: "E"): return 0x1B
        case UInt8(ascii: "x"), UInt8(ascii: "u"), UInt8(ascii: "U"):
            return number(radix: 16, digits: letter == UInt8(ascii: "x") ? 2 : 8, first: 0)
        case 0x30...0x37: return number(radix: 8, digits: 2, first: Int(letter - 0x30))
        default: return letter
        }
    }

    private mutating func number(radix: Int, digits: Int, first: Int) -> UInt8 {
        var value = first
        for _ in 0..<digits {
            guard let next = peek(), let digit = HexadecimalDigit.value(next), Int(digit) < radix else { break }
            value = value * radix + Int(digit)
            position += 1
        }
        return UInt8(truncatingIfNeeded: value)
    }

    // MARK: Variables

    /// Puts in what the text itself set; a name otherwise. `$IFS` is a blank that filters for blanks do not see.
    private mutating func expand(_ expression: [UInt8]) {
        let name = expression.prefix(while: isNameByte)
        if name.equals("IFS") { return isInDoubleQuotes ? word.text.append(0x20) : endWord() }
        // Forms such as `${A%x}` change the value.
        guard name.count == expression.count || expression[name.count...].hasPrefix(":-"),
            let value = variables[Array(name)], expandedBytes + value.count <= Self.maxExpandedBytes
        else { return word.variables.append(expression) }
        expandedBytes += value.count
        if isInDoubleQuotes { return word.text.append(contentsOf: value) }
        for byte in value {
            if byte == 0x20 || byte == 0x09 || byte == 0x0A { endWord() } else { word.text.append(byte) }
        }
    }

    /// Remembers `NAME=value` in front of a command or alone, and `export NAME=value`.
    mutating func noteAssignment() {
        let declarations = ["export", "local", "declare", "readonly", "typeset", "set"]
        let isInFront = command.words.dropLast().allSatisfy { word in
            word.text.contains(UInt8(ascii: "=")) || declarations.contains { word.text.equals($0) }
        }
        guard isInFront, let sign = word.text.firstIndex(of: UInt8(ascii: "=")), sign > 0,
            word.text[..<sign].allSatisfy(isNameByte)
        else { return }
        let name = Array(word.text[..<sign])
        let value = Array(word.text[(sign + 1)...])
        let isKnown = word.variables.isEmpty && (word.substitutions.isEmpty || !value.isEmpty)
        variables[name] = isKnown && value.count <= 4096 && variables.count < 256 ? value : nil
    }

    // MARK: Substitutions

    private mutating func substitute(_ inner: [UInt8]) {
        guard depth < Self.maxDepth else { return word.text.append(contentsOf: inner) }
        let script = Self.parse(inner, depth: depth + 1, variables: variables)
        word.substitutions.append(ShellSubstitution(kind: .command, script: script))
        if let printed = script.printedText, expandedBytes + printed.count <= Self.maxExpandedBytes {
            expandedBytes += printed.count
            word.text += printed
        }
    }

    /// The text up to the parenthesis that closes the one just passed; to the end when there is none.
    mutating func balanced() -> [UInt8] {
        var level = 1
        var quote: UInt8?
        let start = position
        while let next = peek() {
            position += 1
            if next == UInt8(ascii: "\\") {
                position = min(position + 1, bytes.count)
            } else if let open = quote {
                if next == open { quote = nil }
            } else if next == UInt8(ascii: "'") || next == UInt8(ascii: "\"") {
                quote = next
            } else if next == UInt8(ascii: "(") {
                level += 1
            } else if next == UInt8(ascii: ")") {
                level -= 1
                if level == 0 { return Array(bytes[start..<position - 1]) }
            }
        }
        return Array(bytes[start..<position])
    }
}

/// Whether `byte` may stand in the name of a shell variable.
func isNameByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || byte == UInt8(ascii: "_")
}
