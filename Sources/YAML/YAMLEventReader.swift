import CYAML

/// One event of a YAML text, with the line at which it begins, counted from 1.
struct YAMLEvent {
    enum Kind {
        case scalar(text: String, isPlain: Bool)
        case sequenceStart, sequenceEnd
        case mappingStart, mappingEnd
        case alias
        case documentStart
        case streamEnd
        /// Start of the stream and end of a document, which say nothing.
        case other
    }

    let kind: Kind
    let line: Int
    /// Where the event's text begins and ends. The end of a list or mapping without brackets is anywhere after it.
    let extent: YAMLExtent
    let hasAnchor: Bool
    let hasTag: Bool
}

/// A piece of a text by the places of its first character and of the one after its last.
public struct YAMLExtent: Equatable, Sendable {
    /// A line from 1 and a column from 0, counted in characters as Unicode counts scalars.
    public struct Place: Hashable, Comparable, Sendable {
        public let line: Int
        public let column: Int

        public init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }

        public static func < (left: Place, right: Place) -> Bool {
            (left.line, left.column) < (right.line, right.column)
        }
    }

    public var start: Place
    public var end: Place
    /// Whether it is a list or mapping in brackets.
    public var isFlow: Bool

    fileprivate init(_ event: jurat_yaml_event) {
        start = Place(line: unsafe Int(event.line) + 1, column: unsafe Int(event.column))
        end = Place(line: unsafe Int(event.end_line) + 1, column: unsafe Int(event.end_column))
        isFlow = unsafe event.is_flow != 0
    }

    public init(start: Place, end: Place, isFlow: Bool = false) {
        self.start = start
        self.end = end
        self.isFlow = isFlow
    }
}

/// libyaml's event reader, wrapped once: text in, events with lines out.
@safe struct YAMLEventReader: ~Copyable {
    private let reader: UnsafeMutablePointer<jurat_yaml_reader>

    /// - Precondition: there is memory for a copy of `bytes`.
    init(_ bytes: [UInt8]) {
        guard let reader = unsafe jurat_yaml_open(bytes, bytes.count) else {
            preconditionFailure("no memory for a text of \(bytes.count) bytes")
        }
        unsafe self.reader = unsafe reader
    }

    deinit { unsafe jurat_yaml_close(reader) }

    /// - Throws: `YAMLProblem` at a syntax error, after which nothing more can be read.
    mutating func next() throws(YAMLProblem) -> YAMLEvent {
        var event = unsafe jurat_yaml_event()
        guard unsafe jurat_yaml_next(reader, &event) == 1 else {
            let line = unsafe Int(jurat_yaml_problem_line(reader)) + 1
            let problem = unsafe String(cString: jurat_yaml_problem(reader))
            throw YAMLProblem(line: line, message: "not readable as YAML: \(problem)")
        }
        let line = unsafe Int(event.line) + 1
        return unsafe YAMLEvent(
            kind: try Self.kind(event, line: line), line: line, extent: YAMLExtent(event),
            hasAnchor: event.has_anchor != 0,
            hasTag: event.has_tag != 0)
    }

    private static func kind(_ event: jurat_yaml_event, line: Int) throws(YAMLProblem) -> YAMLEvent.Kind {
        switch unsafe event.type {
        case YAML_SCALAR_EVENT:
            let bytes = unsafe UnsafeBufferPointer(start: event.text, count: event.length)
            // libyaml checks the encoding, but an escape such as "\xff" or "\ud800" can still write what is not text.
            guard let text = unsafe String(validating: bytes, as: UTF8.self) else {
                throw YAMLProblem(line: line, message: "the value is not valid UTF-8")
            }
            return unsafe .scalar(text: text, isPlain: event.is_plain != 0)
        case YAML_SEQUENCE_START_EVENT: return .sequenceStart
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT: return .mappingStart
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_ALIAS_EVENT: return .alias
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_STREAM_END_EVENT: return .streamEnd
        default: return .other
        }
    }
}

/// Why a text cannot be read as the YAML that is supported.
public struct YAMLProblem: Error, Equatable, Sendable {
    /// From 1.
    public let line: Int
    public let message: String

    public init(line: Int, message: String) {
        self.line = line
        self.message = message
    }
}
