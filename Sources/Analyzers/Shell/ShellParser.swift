/// Splits shell text into pipelines, commands and words; total, and linear but for nested substitutions.
///
/// Spec: POSIX.1-2017, Shell Command Language, 2.2 (quoting), 2.6.3 (command substitution), 2.7 (redirection);
/// process substitution as in bash.
struct ShellParser {
    /// Deeper substitutions are taken as plain text; nobody writes them but to hide something.
    private static let maxDepth = 6

    private let bytes: [UInt8]
    private var position = 0
    private let depth: Int
    private var script = ShellScript()
    private var pipeline = ShellPipeline()
    private var command = ShellCommand()
    private var word = ShellWord()
    /// Whether nothing but blanks came since a `|`.
    private var isAfterPipe = false
    /// Set after `>`: the next word is a file name, not an argument.
    private var redirection: Redirection?

    private enum Redirection { case output, other }

    private init(_ bytes: [UInt8], depth: Int) {
        self.bytes = bytes
        self.depth = depth
    }

    /// Parses `bytes`, which may be any bytes at all.
    static func parse(_ bytes: [UInt8]) -> ShellScript { parse(bytes, depth: 0) }

    private static func parse(_ bytes: [UInt8], depth: Int) -> ShellScript {
        var parser = ShellParser(bytes, depth: depth)
        parser.run()
        return parser.script
    }

    private mutating func run() {
        while position < bytes.count { step() }
        endPipeline()
    }

    private mutating func step() {
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): endWord()
        case UInt8(ascii: "\n"):
            // A pipe at the end of a line goes on in the next.
            if !isAfterPipe || !isWordEmpty || !command.words.isEmpty { endPipeline() }
        case UInt8(ascii: ";"), UInt8(ascii: "("), UInt8(ascii: ")"): endPipeline()
        case UInt8(ascii: "|"):
            // `||` separates, `|` and `|&` connect.
            if peek() == UInt8(ascii: "|") {
                position += 1
                endPipeline()
            } else {
                if peek() == UInt8(ascii: "&") { position += 1 }
                endCommand()
                isAfterPipe = true
            }
        case UInt8(ascii: "&"): ampersand()
        case UInt8(ascii: "<"), UInt8(ascii: ">"): redirect(byte)
        case UInt8(ascii: "#"):
            if isWordEmpty { skip(until: UInt8(ascii: "\n")) } else { word.text.append(byte) }
        case UInt8(ascii: "'"): singleQuoted()
        case UInt8(ascii: "\""): doubleQuoted()
        case UInt8(ascii: "`"): backticks()
        case UInt8(ascii: "$"): dollar()
        case UInt8(ascii: "\\"): escaped()
        default: word.text.append(byte)
        }
    }

    private var isWordEmpty: Bool { word.text.isEmpty && !word.isQuoted && !word.isComputed }

    private func peek(_ distance: Int = 0) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    private mutating func skip(until end: UInt8) {
        while let next = peek(), next != end { position += 1 }
    }

    // MARK: Ends

    private mutating func endWord() {
        guard !isWordEmpty else { return }
        switch redirection {
        case .output:
            command.outputs.append(word.text)
            // What a redirection's name computes runs all the same.
            if word.isComputed { command.words.append(word) }
        case .other:
            if word.isComputed { command.words.append(word) }
        case nil: command.words.append(word)
        }
        redirection = nil
        word = ShellWord()
    }

    private mutating func endCommand() {
        endWord()
        if !command.words.isEmpty || !command.outputs.isEmpty { pipeline.commands.append(command) }
        command = ShellCommand()
        isAfterPipe = false
    }

    private mutating func endPipeline() {
        endCommand()
        if !pipeline.commands.isEmpty { script.pipelines.append(pipeline) }
        pipeline = ShellPipeline()
    }

    // MARK: Operators

    private mutating func ampersand() {
        if peek() == UInt8(ascii: ">") {
            position += 1
            redirect(UInt8(ascii: ">"))
            return
        }
        if peek() == UInt8(ascii: "&") { position += 1 }
        endPipeline()
    }

    private mutating func redirect(_ byte: UInt8) {
        if peek() == UInt8(ascii: "("), depth < Self.maxDepth {
            position += 1
            let inner = Self.parse(balanced(), depth: depth + 1)
            word.substitutions.append(ShellSubstitution(kind: .process, script: inner))
            return
        }
        // A number right before it names the descriptor; only standard output is data that a later command may run.
        let isDescriptor = !word.text.isEmpty && !word.isQuoted && word.text.allSatisfy { (0x30...0x39).contains($0) }
        let descriptor = isDescriptor ? word.text : []
        if isDescriptor { word = ShellWord() } else { endWord() }
        let isOutput = byte == UInt8(ascii: ">") && (descriptor.isEmpty || descriptor.equals("1"))
        while let next = peek(), next == byte || next == UInt8(ascii: "|") { position += 1 }
        if peek() == UInt8(ascii: "&") {
            // `2>&1`: the rest of the word is a descriptor.
            position += 1
            redirection = .other
            return
        }
        redirection = isOutput ? .output : .other
    }

    // MARK: Quotes and substitutions

    private mutating func singleQuoted() {
        word.isQuoted = true
        while let next = peek() {
            position += 1
            if next == UInt8(ascii: "'") { return }
            word.text.append(next)
        }
    }

    private mutating func doubleQuoted() {
        word.isQuoted = true
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

    private mutating func escaped() {
        guard let next = peek() else { return }
        position += 1
        if next != UInt8(ascii: "\n") { word.text.append(next) }
    }

    private mutating func backticks() {
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

    private mutating func dollar() {
        switch peek() {
        case UInt8(ascii: "("):
            position += 1
            substitute(balanced())
        case UInt8(ascii: "{"):
            position += 1
            var name: [UInt8] = []
            while let next = peek() {
                position += 1
                if next == UInt8(ascii: "}") { break }
                name.append(next)
            }
            expand(name)
        case .some(let next) where isNameByte(next):
            var name: [UInt8] = []
            while let next = peek(), isNameByte(next) {
                name.append(next)
                position += 1
            }
            expand(name)
        case .some, .none: word.text.append(UInt8(ascii: "$"))
        }
    }

    /// `$IFS` between words is a blank that filters for blanks do not see.
    private mutating func expand(_ name: [UInt8]) {
        if name.equals("IFS") { return endWord() }
        word.variables.append(name)
    }

    private mutating func substitute(_ inner: [UInt8]) {
        guard depth < Self.maxDepth else { return word.text.append(contentsOf: inner) }
        let script = Self.parse(inner, depth: depth + 1)
        word.substitutions.append(ShellSubstitution(kind: .command, script: script))
    }

    /// The text up to the parenthesis that closes the one just passed; to the end when there is none.
    private mutating func balanced() -> [UInt8] {
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
private func isNameByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || byte == UInt8(ascii: "_")
}
