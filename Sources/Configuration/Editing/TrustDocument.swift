import YAML

/// A configuration text with its `trust` section as it was read, and the proof that an edit of it means what it should.
struct TrustDocument {
    let text: EditableText
    private let root: [YAMLMember]
    private let rootLine: Int
    private let advice: [String]

    init(_ bytes: [UInt8], advice: [String]) throws(TrustEditRefusal) {
        self.advice = advice
        let root: YAMLNode
        do throws(YAMLProblem) { root = try YAMLDocument.parse(bytes) } catch {
            throw TrustEditRefusal(reason: "line \(error.line): \(error.message)", advice: [])
        }
        guard case .mapping(let members) = root.value else {
            throw TrustEditRefusal(reason: "the configuration is no mapping of keys", advice: advice)
        }
        guard !root.extent.isFlow else {
            throw TrustEditRefusal(reason: "the configuration is written in brackets", advice: advice)
        }
        self.root = members
        rootLine = root.line
        text = EditableText(bytes)
    }

    var trust: YAMLMember? { root.first { $0.key == "trust" } }

    /// The entries as they were read.
    var elements: [YAMLNode] {
        guard case .sequence(let elements)? = trust?.node.value else { return [] }
        return elements
    }

    /// The position of a log's entry.
    func entry(of origin: String) -> Int? {
        elements.firstIndex { element in
            guard case .mapping(let members) = element.value,
                case .scalar(let name, _)? = members.first(where: { $0.key == "origin" })?.node.value
            else { return false }
            return name.utf8.elementsEqual(origin.utf8)
        }
    }

    func refusal(_ reason: String) -> TrustEditRefusal { TrustEditRefusal(reason: reason, advice: advice) }

    /// Takes away what stands for an empty list after a key, up to a comment.
    func clearValue(of member: YAMLMember, in text: inout EditableText) {
        let (start, end) = (text.offset(of: member.node.extent.start), text.offset(of: member.node.extent.end))
        guard start < end else { return }
        var blank = start
        while blank > 0, text.scalars[blank - 1] == " " { blank -= 1 }
        text.replace(blank..<end, with: "")
    }

    /// Puts a value right after the colon of a key.
    func insertAfterColon(_ value: String, of member: YAMLMember, in text: inout EditableText) {
        var position = text.offset(of: member.extent.end)
        while position < text.scalars.count, text.scalars[position] != ":" { position += 1 }
        text.replace(min(position + 1, text.scalars.count)..<min(position + 1, text.scalars.count), with: value)
    }

    /// The edited text, when it means what it should: `trust` with exactly these entries, and nothing else changed.
    func proven(_ edited: EditableText, meaning entries: [YAMLNode]) throws(TrustEditRefusal) -> [UInt8] {
        let bytes = edited.bytes
        let result: YAMLNode
        do throws(YAMLProblem) { result = try YAMLDocument.parse(bytes) } catch {
            throw refusal("the file has a layout that cannot be edited (line \(error.line): \(error.message))")
        }
        var meant = root.map { member in member.key == "trust" ? nil : member }
        if trust == nil { meant.append(nil) }
        guard case .mapping(let members) = result.value, members.count == meant.count else {
            throw refusal("the file has a layout that cannot be edited")
        }
        for (member, expected) in zip(members, meant) {
            let isRight =
                if let expected { member == expected } else {
                    member.key == "trust" && Self.holds(member.node, entries)
                }
            guard isRight else { throw refusal("the file has a layout that cannot be edited") }
        }
        return bytes
    }

    private static func holds(_ node: YAMLNode, _ entries: [YAMLNode]) -> Bool {
        if entries.isEmpty, node.isNull { return true }
        guard case .sequence(let elements) = node.value else { return false }
        return elements == entries
    }
}
