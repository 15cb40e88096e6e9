import JSON

/// What of an artifact, or of the difference of two, a model is shown: lines with their places, nothing else.
///
/// Made in the confined child, which alone reads artifacts. The worker puts it between marks of its own (`ReviewPrompt`)
/// and accepts answers only about the places in it (`ReviewAnswer`).
public struct ReviewMaterial: Sendable, Equatable {
    /// Whether whole files or changes are shown.
    public enum Mode: String, Sendable, CaseIterable {
        case full, diff
    }

    /// When the content of a file runs, as far as the static analysis can tell.
    public enum Role: String, Sendable, CaseIterable {
        case manifest, install
        case load = "import"
        case call, text
        case quiet = "tests"
        /// Of a file that is no longer there.
        case gone

        /// How the prompt says it.
        var words: String {
            switch self {
            case .manifest: "read by installers"
            case .install: "runs at installation or start"
            case .load: "runs when the package is imported"
            case .call: "code that something else has to call"
            case .text: "not code by its name"
            case .quiet: "tests, documentation or examples"
            case .gone: "no longer in the package"
            }
        }
    }

    /// What became of a file since the older artifact.
    public enum Change: String, Sendable, CaseIterable {
        case added, changed, moved, rights, removed

        /// How the prompt says it; where a moved file was follows.
        var words: String {
            switch self {
            case .added: "new"
            case .changed: "changed"
            case .moved: "moved from"
            case .rights: "only its rights changed"
            case .removed: "removed"
            }
        }
    }

    /// One line.
    public struct Line: Sendable, Equatable {
        public enum Sign: String, Sendable, CaseIterable {
            /// As it is in the artifact.
            case same = " "
            case added = "+"
            case removed = "-"
        }

        /// From 1; of the older artifact for a removed line.
        public let number: Int
        public let sign: Sign
        public let text: String
        /// Whether the line is longer than what is shown of it.
        public let isCut: Bool

        init(number: Int, sign: Sign = .same, text: String, isCut: Bool = false) {
            self.number = number
            self.sign = sign
            self.text = text
            self.isCut = isCut
        }
    }

    /// Lines of one file, ascending but not always without gaps.
    public struct Passage: Sendable, Equatable {
        /// In the form of findings: printable ASCII without spaces.
        public let path: String
        public let role: Role
        /// What became of the file; nil when whole files are shown.
        public let change: Change?
        /// Where a moved file was; nil for all others.
        public let oldPath: String?
        /// How many lines the file has in all; in diff mode how many lines the difference has.
        public let totalLines: Int
        /// Invisible characters that were taken out of the lines.
        public let removedCharacters: Int
        public let lines: [Line]

        init(
            path: String, role: Role, change: Change? = nil, oldPath: String? = nil, totalLines: Int,
            removedCharacters: Int, lines: [Line]
        ) {
            self.path = path
            self.role = role
            self.change = change
            self.oldPath = oldPath
            self.totalLines = totalLines
            self.removedCharacters = removedCharacters
            self.lines = lines
        }
    }

    public let mode: Mode
    public let passages: [Passage]
    /// Files of which nothing is shown because they are no text, at most `maxNamed` by name.
    public let binaryFiles: [String]
    public let binaryCount: Int
    /// Files of which nothing is shown because the room was used up, at most `maxNamed` by name.
    public let omittedFiles: [String]
    public let omittedCount: Int
    /// Whether the archive could not be read to its end.
    public let isIncomplete: Bool

    static let maxNamed = 40
    /// The most bytes of an encoded material; well below the longest answer of a child.
    public static let maxBytes = 512 << 10
    static let maxPassages = 4096

    init(
        mode: Mode, passages: [Passage], binaryFiles: [String] = [], omittedFiles: [String] = [],
        binaryCount: Int? = nil, omittedCount: Int? = nil, isIncomplete: Bool = false, nameRoom: Int = .max
    ) {
        self.mode = mode
        self.passages = passages
        self.binaryFiles = Self.named(binaryFiles, room: nameRoom / 2)
        self.binaryCount = binaryCount ?? binaryFiles.count
        self.omittedFiles = Self.named(omittedFiles, room: nameRoom / 2)
        self.omittedCount = omittedCount ?? omittedFiles.count
        self.isIncomplete = isIncomplete
    }

    private static func named(_ paths: [String], room: Int) -> [String] {
        var left = room
        return Array(
            paths.prefix(maxNamed).prefix { path in
                left -= path.utf8.count + 3
                return left >= 0
            })
    }

    /// Whether a model that is shown this sees every line of every text in the artifact.
    public var isWhole: Bool {
        omittedCount == 0 && !isIncomplete
            && passages.allSatisfy { $0.lines.count == $0.totalLines && $0.lines.allSatisfy { !$0.isCut } }
    }

    /// Whether any line is shown.
    public var hasLines: Bool { passages.contains { !$0.lines.isEmpty } }

    /// Whether a finding may name this place: the artifact has it, and the model was shown it.
    public func shows(path: String, line: Int) -> Bool {
        passages.contains { passage in
            passage.path.utf8.elementsEqual(path.utf8)
                && passage.lines.contains { $0.number == line && $0.sign != .removed }
        }
    }

    /// The bytes that a line takes in the encoded material at most, with what stands around it. Bytes beyond ASCII count
    /// three times, as `TokenEstimate` counts them.
    static func cost(of text: String) -> Int {
        text.utf8.reduce(24) { sum, byte in
            if byte >= 0x80 { return sum + 3 }
            return sum + (byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 ? 2 : 1)
        }
    }
}

// MARK: As a child answers

extension ReviewMaterial {
    /// The material as canonical JSON.
    public var encoded: [UInt8] {
        let value: JSONValue = [
            "binary": .array(binaryFiles.map { .string($0) }), "binaryCount": .integer(Int64(binaryCount)),
            "incomplete": .bool(isIncomplete), "mode": .string(mode.rawValue),
            "omitted": .array(omittedFiles.map { .string($0) }), "omittedCount": .integer(Int64(omittedCount)),
            "passages": .array(passages.map(\.record)),
        ]
        do throws(CanonicalJSONError) {
            return try CanonicalJSON.encode(value)
        } catch {
            preconditionFailure("material is made of values that canonical JSON has: \(error)")
        }
    }

    /// Reads what a child answered.
    ///
    /// - Throws: `AnswerFault` for everything that `encoded` does not write, lines that are not harmless included.
    public init(decoding bytes: [UInt8]) throws(AnswerFault) {
        guard bytes.count <= AnalysisAnswer.maxBytes, let object = (try? CanonicalJSON.parse(bytes))?.objectValue else {
            throw .notCanonicalJSON
        }
        try AnalysisAnswer.check(
            object, has: ["binary", "binaryCount", "incomplete", "mode", "omitted", "omittedCount", "passages"])
        guard let mode = object["mode"]?.stringValue.flatMap(Mode.init(rawValue:)) else {
            throw .missingMember("mode")
        }
        guard let isIncomplete = object["incomplete"]?.boolValue else { throw .missingMember("incomplete") }
        guard let list = object["passages"]?.arrayValue, list.count <= Self.maxPassages else {
            throw .missingMember("passages")
        }
        var passages: [Passage] = []
        for value in list { passages.append(try Passage(reading: value, in: mode)) }
        self.init(
            mode: mode, passages: passages, binaryFiles: try Self.paths(object["binary"], "binary"),
            omittedFiles: try Self.paths(object["omitted"], "omitted"),
            binaryCount: try Self.number(object["binaryCount"], from: 0),
            omittedCount: try Self.number(object["omittedCount"], from: 0), isIncomplete: isIncomplete)
    }

    private static func paths(_ value: JSONValue?, _ name: String) throws(AnswerFault) -> [String] {
        guard let list = value?.arrayValue, list.count <= maxNamed else { throw .missingMember(name) }
        var paths: [String] = []
        for value in list {
            guard let text = value.stringValue, AnalysisAnswer.isFindingPath(text) else { throw .badPath }
            paths.append(text)
        }
        return paths
    }

    fileprivate static func number(_ value: JSONValue?, from least: Int64) throws(AnswerFault) -> Int {
        guard let number = value?.integerValue, (least...AnalysisAnswer.maxNumber).contains(number) else {
            throw .badNumber
        }
        return Int(number)
    }
}

extension ReviewMaterial.Passage {
    fileprivate var record: JSONValue {
        var object: JSONObject = [
            "lines": .array(
                lines.map { line in
                    let mark = line.isCut ? "~" : " "
                    return .array([.integer(Int64(line.number)), .string(line.sign.rawValue + mark + line.text)])
                }), "path": .string(path), "removed": .integer(Int64(removedCharacters)),
            "role": .string(role.rawValue), "total": .integer(Int64(totalLines)),
        ]
        if let change { object.append("change", .string(change.rawValue)) }
        if let oldPath { object.append("from", .string(oldPath)) }
        return .object(object)
    }

    fileprivate init(reading value: JSONValue, in mode: ReviewMaterial.Mode) throws(AnswerFault) {
        guard let object = value.objectValue else { throw .missingMember("passages[]") }
        try AnalysisAnswer.check(object, has: ["change", "from", "lines", "path", "removed", "role", "total"])
        guard let path = object["path"]?.stringValue, AnalysisAnswer.isFindingPath(path) else { throw .badPath }
        guard let role = object["role"]?.stringValue.flatMap(ReviewMaterial.Role.init(rawValue:)) else {
            throw .missingMember("role")
        }
        let change = object["change"]?.stringValue.flatMap(ReviewMaterial.Change.init(rawValue:))
        let oldPath = object["from"]?.stringValue
        // Whole files have no past, and differences have nothing else.
        guard (change != nil) == (mode == .diff), (object["change"] == nil) == (change == nil),
            (change == .removed) == (role == .gone)
        else { throw .missingMember("change") }
        guard (change == .moved) == (object["from"] != nil), oldPath.map(AnalysisAnswer.isFindingPath) ?? true,
            (oldPath == nil) == (object["from"] == nil)
        else { throw .badPath }
        guard let list = object["lines"]?.arrayValue else { throw .missingMember("lines") }
        var lines: [ReviewMaterial.Line] = []
        for value in list { lines.append(try ReviewMaterial.Line(reading: value)) }
        guard mode == .diff || lines.allSatisfy({ $0.sign == .same }) else { throw .missingMember("lines[]") }
        self.init(
            path: path, role: role, change: change, oldPath: oldPath,
            totalLines: try ReviewMaterial.number(object["total"], from: 0),
            removedCharacters: try ReviewMaterial.number(object["removed"], from: 0), lines: lines)
    }
}

extension ReviewMaterial.Line {
    fileprivate init(reading value: JSONValue) throws(AnswerFault) {
        guard let parts = value.arrayValue, parts.count == 2, let written = parts[1].stringValue else {
            throw .missingMember("lines[]")
        }
        let scalars = written.unicodeScalars
        guard scalars.count >= 2, let sign = Sign(rawValue: String(scalars[scalars.startIndex])) else {
            throw .missingMember("lines[]")
        }
        let mark = scalars[scalars.index(after: scalars.startIndex)]
        let text = String(String.UnicodeScalarView(scalars.dropFirst(2)))
        guard mark == " " || mark == "~", ReviewText.isShown(text) else { throw .missingMember("lines[]") }
        self.init(
            number: try ReviewMaterial.number(parts[0], from: 1), sign: sign, text: text, isCut: mark == "~")
    }
}
