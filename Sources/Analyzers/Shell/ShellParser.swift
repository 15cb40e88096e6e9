/// Splits shell text into pipelines, commands and words; total, and linear but for nested substitutions.
///
/// Variables that the text itself sets to plain words, and `echo` of plain words in a substitution, are put in: both
/// are how a command is hidden from those who look for its name.
///
/// Spec: POSIX.1-2017, Shell Command Language, 2.2 (quoting), 2.6.3 (command substitution), 2.7 (redirection);
/// process substitution, `$'…'` and `<<<` as in bash.
struct ShellParser {
    /// Deeper substitutions are taken as plain text; nobody writes them but to hide something.
    static let maxDepth = 6
    /// All that variables add to the words; doubling them must not fill memory.
    static let maxExpandedBytes = 64 << 10

    let bytes: [UInt8]
    var position = 0
    let depth: Int
    var script = ShellScript()
    var pipeline = ShellPipeline()
    var command = ShellCommand()
    var word = ShellWord()
    /// Whether nothing but blanks came since a `|`.
    private var isAfterPipe = false
    /// Set after `>`: the next word is a file name, not an argument.
    private var redirection: Redirection?
    var isInDoubleQuotes = false
    /// What the text has set so far.
    var variables: [[UInt8]: [UInt8]]
    var expandedBytes = 0
    /// Where the line after the last here-document begins.
    private var afterHereDocuments: Int?

    private enum Redirection {
        case output, other
        case hereDocument(isIndented: Bool)
        case hereString
    }

    private init(_ bytes: [UInt8], depth: Int, variables: [[UInt8]: [UInt8]]) {
        self.bytes = bytes
        self.depth = depth
        self.variables = variables
    }

    /// Parses `bytes`, which may be any bytes at all.
    static func parse(_ bytes: [UInt8]) -> ShellScript { parse(bytes, depth: 0, variables: [:]) }

    static func parse(_ bytes: [UInt8], depth: Int, variables: [[UInt8]: [UInt8]]) -> ShellScript {
        var parser = ShellParser(bytes, depth: depth, variables: variables)
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
            if let resume = afterHereDocuments { position = max(position, resume) }
            afterHereDocuments = nil
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

    var isWordEmpty: Bool { word.text.isEmpty && !word.isQuoted && !word.isComputed }

    func peek(_ distance: Int = 0) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    private mutating func skip(until end: UInt8) {
        while let next = peek(), next != end { position += 1 }
    }

    // MARK: Ends

    mutating func endWord() {
        guard !isWordEmpty else { return }
        switch redirection {
        case .hereDocument(let isIndented): readHereDocument(isIndented: isIndented)
        case .hereString: command.input += word.text
        case .output:
            command.outputs.append(word.text)
            // What a redirection's name computes runs all the same.
            if word.isComputed { command.words.append(word) }
        case .other:
            if word.isComputed { command.words.append(word) }
        case nil:
            command.words.append(word)
            noteAssignment()
        }
        redirection = nil
        word = ShellWord()
    }

    private mutating func endCommand() {
        endWord()
        redirection = nil
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
            let inner = Self.parse(balanced(), depth: depth + 1, variables: variables)
            word.substitutions.append(ShellSubstitution(kind: .process, script: inner))
            return
        }
        // A number right before it names the descriptor; only standard output is data that a later command may run.
        let isDescriptor = !word.text.isEmpty && !word.isQuoted && word.text.allSatisfy { (0x30...0x39).contains($0) }
        let descriptor = isDescriptor ? word.text : []
        if isDescriptor { word = ShellWord() } else { endWord() }
        let isOutput = byte == UInt8(ascii: ">") && (descriptor.isEmpty || descriptor.equals("1"))
        let marks = position
        while let next = peek(), next == byte || next == UInt8(ascii: "|") { position += 1 }
        if byte == UInt8(ascii: "<"), position > marks {
            let isIndented = peek() == UInt8(ascii: "-")
            if position - marks == 1, isIndented { position += 1 }
            redirection = position - marks >= 2 && !isIndented ? .hereString : .hereDocument(isIndented: isIndented)
            return
        }
        if peek() == UInt8(ascii: "&") {
            // `2>&1`: the rest of the word is a descriptor.
            position += 1
            redirection = .other
            return
        }
        redirection = isOutput ? .output : .other
    }

    // MARK: Here-documents

    /// Takes the lines after this one, up to one that is the word just read, as the command's input.
    private mutating func readHereDocument(isIndented: Bool) {
        // The line end itself may be what ended the word.
        let isAtEnd = position > 0 && bytes[position - 1] == 0x0A
        var line = afterHereDocuments ?? (isAtEnd ? position - 1 : position)
        if afterHereDocuments == nil {
            while line < bytes.count, bytes[line] != 0x0A { line += 1 }
            line += 1
        }
        while line < bytes.count {
            var end = line
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            var text = bytes[line..<end]
            if isIndented { text = text.drop { $0 == 0x09 } }
            line = end + 1
            if text.elementsEqual(word.text) { break }
            command.input += text
            command.input.append(0x0A)
        }
        afterHereDocuments = line
    }
}
