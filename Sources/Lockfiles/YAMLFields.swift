import YAML

/// A mapping whose keys are unique, for look-up; keys are compared byte by byte.
struct YAMLFields {
    let members: [YAMLMember]
    private let index: [[UInt8]: Int]

    private static let indexThreshold = 12

    /// - Throws: `LockfileError.damaged` when it is no mapping, or names a key twice.
    init(_ node: YAMLNode, _ format: String, _ what: String) throws(LockfileError) {
        if node.isNull {
            (members, index) = ([], [:])
            return
        }
        guard case .mapping(let members) = node.value else {
            throw .damaged(format: format, line: node.line, reason: "\(what) must be a mapping, not \(node.kindName)")
        }
        self.members = members
        var index: [[UInt8]: Int] = [:]
        for (position, member) in members.enumerated() {
            if members.count < Self.indexThreshold {
                guard !members[..<position].contains(where: { $0.key.utf8.elementsEqual(member.key.utf8) }) else {
                    throw Self.duplicate(member, format)
                }
            } else if index.updateValue(position, forKey: Array(member.key.utf8)) != nil {
                throw Self.duplicate(member, format)
            }
        }
        self.index = index
    }

    private static func duplicate(_ member: YAMLMember, _ format: String) -> LockfileError {
        .damaged(format: format, line: member.line, reason: "the key \(shown(member.key)) is given twice")
    }

    subscript(_ key: String) -> YAMLNode? {
        if members.count >= Self.indexThreshold { return index[Array(key.utf8)].map { members[$0].node } }
        return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.node
    }

    /// The text of a single value that is not null.
    func text(_ key: String) -> String? {
        guard let node = self[key], !node.isNull, case .scalar(let text, _) = node.value else { return nil }
        return text
    }

    func isTrue(_ key: String) -> Bool { text(key) == "true" }
}
