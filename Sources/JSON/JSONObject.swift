/// The members of a JSON object in their order.
///
/// Names are compared byte by byte. Look-up is by hash once there are more than a few members.
public struct JSONObject: Sendable {
    public typealias Member = (name: String, value: JSONValue)

    /// From this many members on, look-up goes through a hash index instead of a scan.
    private static let indexThreshold = 12

    /// All members in order; a name occurs twice only in texts read with `Duplicates.keepAll`.
    public private(set) var members: [Member]
    private var index: [ByteName: Int]

    public init() {
        members = []
        index = [:]
    }

    public init(_ members: [Member]) {
        self.members = members
        index = [:]
        rebuildIndex()
    }

    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }

    /// The value of the last member of that name; setting replaces in place, appends, or (with nil) removes all.
    public subscript(_ name: String) -> JSONValue? {
        get { position(of: name).map { members[$0].value } }
        set {
            guard let newValue else {
                remove(name)
                return
            }
            set(name, newValue)
        }
    }

    /// Adds a member at the end, even when the name is there already.
    public mutating func append(_ name: String, _ value: JSONValue) {
        members.append((name: name, value: value))
        if members.count == Self.indexThreshold {
            rebuildIndex()
        } else if members.count > Self.indexThreshold {
            index[ByteName(text: name)] = members.count - 1
        }
    }

    /// Replaces the member of that name where it stands, or appends it.
    public mutating func set(_ name: String, _ value: JSONValue) {
        if let position = position(of: name) {
            members[position].value = value
        } else {
            append(name, value)
        }
    }

    /// Removes every member of that name.
    public mutating func remove(_ name: String) {
        members.removeAll { haveEqualBytes($0.name, name) }
        rebuildIndex()
    }

    private func position(of name: String) -> Int? {
        if members.count >= Self.indexThreshold {
            return index[ByteName(text: name)]
        }
        return members.lastIndex { haveEqualBytes($0.name, name) }
    }

    private mutating func rebuildIndex() {
        index.removeAll(keepingCapacity: true)
        guard members.count >= Self.indexThreshold else { return }
        for (position, member) in members.enumerated() {
            index[ByteName(text: member.name)] = position
        }
    }
}

extension JSONObject: Equatable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.count == right.members.count
            && zip(left.members, right.members).allSatisfy {
                haveEqualBytes($0.name, $1.name) && $0.value == $1.value
            }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements.map { (name: $0.0, value: $0.1) })
    }
}

/// A name as a hash key that compares bytes.
struct ByteName: Hashable {
    let text: String

    static func == (left: ByteName, right: ByteName) -> Bool {
        haveEqualBytes(left.text, right.text)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
