internal import JSON

/// A strict walk over one upstream JSON document that turns the scanner's errors into ours and refuses every object
/// that names a member twice.
///
/// All names are compared unescaped. Swift compares strings by canonical equivalence; two names that differ only so
/// count as duplicates here, which refuses more than needed and never less.
struct ListingReader {
    private var scanner: JSONScanner
    /// Whether the value at the current place has not been looked into yet.
    private var isAtValue = true

    /// Reads `bytes` from first to last with `body`, which must consume the whole document.
    static func read<Result>(
        _ bytes: [UInt8], _ body: (inout ListingReader) throws(ListingError) -> Result
    ) throws(ListingError) -> Result {
        unsafe try bytes.withUnsafeBufferPointer { (buffer) throws(ListingError) in
            // READMEs cut off in the middle of an emoji are valid JSON and common; nothing we read holds one.
            let raw = UnsafeRawBufferPointer(buffer)
            var reader = ListingReader(scanner: unsafe JSONScanner(raw, acceptsUnpairedSurrogates: true))
            let result = try body(&reader)
            try reader.checked { (scanner) throws(JSONError) in try scanner.finish() }
            return result
        }
    }

    private init(scanner: JSONScanner) { self.scanner = scanner }

    /// Runs a step of the scanner that consumes the value or moves to another one.
    private mutating func checked<Result>(
        _ body: (inout JSONScanner) throws(JSONError) -> Result
    ) throws(ListingError) -> Result {
        isAtValue = false
        do {
            return try body(&scanner)
        } catch {
            throw .malformed(error)
        }
    }

    /// Calls `body` for each member of the object that comes next, with the place of its name; a value that `body`
    /// leaves alone is skipped.
    /// - Parameter path: what a message calls the object.
    mutating func members(
        of path: @autoclosure () -> String,
        _ body: (inout ListingReader, String, JSONStringToken) throws(ListingError) -> Void
    ) throws(ListingError) {
        try checked { (scanner) throws(JSONError) in try scanner.enterObject() }
        var names = MemberNames()
        while let token = try checked({ (scanner) throws(JSONError) in try scanner.nextMember() }) {
            let name = try checked { (scanner) throws(JSONError) in try scanner.text(of: token) }
            if !names.insert(name) { throw .duplicateMember(path: path(), name: name) }
            isAtValue = true
            try body(&self, name, token)
        }
    }

    /// Calls `body` at each element of the array that comes next.
    mutating func elements(
        _ body: (inout ListingReader) throws(ListingError) -> Void
    ) throws(ListingError) {
        try checked { (scanner) throws(JSONError) in try scanner.enterArray() }
        while try checked({ (scanner) throws(JSONError) in try scanner.nextElement() }) {
            isAtValue = true
            try body(&self)
        }
    }

    /// The kind of the value that comes next.
    mutating func kind() throws(ListingError) -> JSONScanner.Kind {
        defer { isAtValue = true }
        return try checked { (scanner) throws(JSONError) in try scanner.peekKind() }
    }

    /// The offset of the first byte of the value that comes next.
    mutating func startOfValue() throws(ListingError) -> Int {
        _ = try kind()
        return scanner.offset
    }

    /// The offset behind the value at the current place, which is skipped when nothing has read it.
    mutating func endOfValue() throws(ListingError) -> Int {
        if isAtValue { try skip() }
        return scanner.offset
    }

    /// The offset of the next byte to be read.
    var position: Int { scanner.offset }

    /// Passes over the value that comes next and gives its bytes' range.
    @discardableResult
    mutating func skip() throws(ListingError) -> Range<Int> {
        try checked { (scanner) throws(JSONError) in try scanner.skipValue() }
    }

    /// The string that comes next; nil, with the value skipped, when it is of another kind.
    mutating func string() throws(ListingError) -> String? {
        try stringWithRange()?.text
    }

    /// The string that comes next with the range of its bytes, quotes included; nil when it is of another kind.
    mutating func stringWithRange() throws(ListingError) -> (text: String, range: Range<Int>)? {
        guard try kind() == .string else {
            try skip()
            return nil
        }
        return try checked { (scanner) throws(JSONError) in
            let token = try scanner.readStringToken()
            return (try scanner.text(of: token), token.quoted)
        }
    }

    /// The boolean that comes next; nil, with the value skipped, when it is of another kind.
    mutating func boolean() throws(ListingError) -> Bool? {
        guard try kind() == .boolean else {
            try skip()
            return nil
        }
        return try checked { (scanner) throws(JSONError) in try scanner.readBool() }
    }

    /// The whole number that comes next; nil when it is of another kind. A fraction or a number too large is an error.
    mutating func integer() throws(ListingError) -> Int64? {
        guard try kind() == .number else {
            try skip()
            return nil
        }
        return try checked { (scanner) throws(JSONError) in try scanner.readInteger() }
    }

    /// Requires the value that comes next to be of `expected`.
    mutating func require(_ expected: JSONScanner.Kind, at path: String, _ words: String) throws(ListingError) {
        if try kind() != expected { throw .wrongValue(path: path, expected: words) }
    }
}

/// The member names of one object; a short list first, since most objects have a dozen members.
private struct MemberNames {
    private var few: [String] = []
    private var many: Set<String> = []

    /// Adds a name; false when it is there already.
    mutating func insert(_ name: String) -> Bool {
        if few.count < 24 {
            if few.contains(name) { return false }
            few.append(name)
            return true
        }
        if many.isEmpty { many = Set(few) }
        return many.insert(name).inserted
    }
}
