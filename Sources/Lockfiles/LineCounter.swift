import JSON

/// Line numbers of places that are asked for in ascending order.
struct LineCounter {
    private let bytes: [UInt8]
    private var offset = 0
    private var line = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func line(at target: Int) -> Int {
        if target < offset { (offset, line) = (0, 1) }
        while offset < target {
            if bytes[offset] == 0x0A { line += 1 }
            offset += 1
        }
        return line
    }
}

/// The members of one JSON object with the line of each. A name that is given twice is an error: two readers might choose
/// differently, and the one that counts must be the one that was judged.
struct UniqueMembers {
    struct Member {
        let name: String
        let line: Int
        let token: JSONStringToken
    }

    private var names: Set<[UInt8]> = []

    init(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.enterObject()
    }

    /// The next member, whose value is read next; nil behind the last one.
    mutating func next(_ scanner: inout JSONScanner, _ lines: inout LineCounter) throws(JSONError) -> Member? {
        guard let token = try scanner.nextMember() else { return nil }
        let bytes = try scanner.bytes(of: token)
        let name = String(decoding: bytes, as: UTF8.self)
        let line = lines.line(at: token.quoted.lowerBound)
        guard names.insert(bytes).inserted else { throw scanner.duplicate(name, token, line: line) }
        return Member(name: name, line: line, token: token)
    }
}
