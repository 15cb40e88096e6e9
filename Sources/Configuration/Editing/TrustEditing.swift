public import Screening
import YAML

/// Changes the `trust` section of a configuration text in place; everything else stays as it was written.
///
/// Every edit is proven: the result is parsed again and must mean exactly what was asked for, key by key. A layout that
/// this cannot edit is refused with the lines to paste.
public enum TrustEditing {
    /// Adds an entry at the end of `trust`.
    public static func adding(_ draft: TrustDraft, to bytes: [UInt8]) throws(TrustEditRefusal) -> [UInt8] {
        let advice = block(draft, dashColumn: 2)
        let document = try TrustDocument(bytes, advice: ["trust:"] + advice)
        guard document.entry(of: draft.origin) == nil else {
            throw TrustEditRefusal(reason: "\(draft.origin) is already trusted; change its entry", advice: [])
        }
        var text = document.text
        guard let member = document.trust else {
            let end = text.scalars.count
            text.insert(lines: ["trust:"] + advice, at: end)
            return try document.proven(text, meaning: document.elements + [try node(draft)])
        }
        switch (member.node.value, member.node.extent.isFlow) {
        case (.sequence(let elements), false):
            let column = member.node.extent.start.column
            let offset = elements.last.map { text.lineAfter($0.extent) } ?? text.lineAfter(member.extent)
            text.insert(lines: block(draft, dashColumn: column), at: offset)
        case (.sequence(let elements), true) where !elements.isEmpty:
            let end = text.offset(of: elements[elements.count - 1].extent.end)
            text.replace(end..<end, with: ", \(flow(draft))")
        case (.sequence, true), (.scalar, _):
            guard document.elements.isEmpty, member.node.isNull || member.node.extent.isFlow else {
                throw document.refusal("`trust` is no list")
            }
            // The lines first: places in the text after an edit are not what they were.
            text.insert(lines: block(draft, dashColumn: member.extent.start.column + 2), at: emptyEnd(member, in: text))
            document.clearValue(of: member, in: &text)
        case (.mapping, _): throw document.refusal("`trust` is no list")
        }
        return try document.proven(text, meaning: document.elements + [try node(draft)])
    }

    /// Removes the entry of a log with all of its lines.
    public static func removing(origin: String, from bytes: [UInt8]) throws(TrustEditRefusal) -> [UInt8] {
        let document = try TrustDocument(bytes, advice: [])
        guard let member = document.trust, let position = document.entry(of: origin) else {
            throw TrustEditRefusal(reason: "\(origin) is not trusted", advice: [])
        }
        var text = document.text
        let elements = document.elements
        let element = elements[position]
        if member.node.extent.isFlow {
            let isLast = position == elements.count - 1
            let start = text.offset(
                of: isLast && position > 0 ? elements[position - 1].extent.end : element.extent.start)
            let end = text.offset(of: isLast ? element.extent.end : elements[position + 1].extent.start)
            text.replace(start..<end, with: "")
        } else {
            let floor = position > 0 ? elements[position - 1].extent.end.line : member.line
            let dash = member.node.extent.start.column
            var line = element.extent.start.line
            while line > floor, text.scalar(atLine: line, column: dash) != "-" { line -= 1 }
            guard line > floor else {
                throw document.refusal("the entry of \(origin) does not begin on a line of its own")
            }
            text.replace(
                text.start(ofLine: line)..<max(text.start(ofLine: line), text.lineAfter(element.extent)), with: "")
            if elements.count == 1 { document.insertAfterColon(" []", of: member, in: &text) }
        }
        var meant = elements
        meant.remove(at: position)
        return try document.proven(text, meaning: meant)
    }

    /// Switches following of a log on, at `url` where one is given.
    public static func following(
        origin: String, url: String?, in bytes: [UInt8]
    ) throws(TrustEditRefusal) -> [UInt8] {
        var changes = [("follow", "true")]
        if let url { changes.append(("url", YAMLWriter.quoted(url))) }
        return try changing(origin: origin, changes, in: bytes)
    }

    /// Changes weights of a log's verdicts; the others stay as they are.
    public static func weighing(
        origin: String, _ weights: [Verdict: ForeignEffect], in bytes: [UInt8]
    ) throws(TrustEditRefusal) -> [UInt8] {
        let document = try TrustDocument(bytes, advice: [])
        var all = weights
        if let position = document.entry(of: origin), case .mapping(let members) = document.elements[position].value,
            case .mapping(let old)? = members.first(where: { $0.key == "weights" })?.node.value
        {
            for member in old {
                guard case .scalar(let word, _) = member.node.value, let verdict = Verdict(rawValue: member.key),
                    let effect = ForeignEffect(rawValue: word), all[verdict] == nil
                else { continue }
                all[verdict] = effect
            }
        }
        return try changing(origin: origin, [("weights", TrustDraft.weights(all))], in: bytes)
    }

    /// Sets keys of an entry to values of one line, in place where they are there and after the last key where not.
    private static func changing(
        origin: String, _ changes: [(key: String, value: String)], in bytes: [UInt8]
    ) throws(TrustEditRefusal) -> [UInt8] {
        let document = try TrustDocument(bytes, advice: changes.map { "    \($0.key): \($0.value)" })
        guard let position = document.entry(of: origin), case .mapping(let members) = document.elements[position].value,
            let last = members.last
        else { throw TrustEditRefusal(reason: "\(origin) is not trusted", advice: []) }
        let entry = document.elements[position]
        var text = document.text
        var meant = members
        var edits: [(range: Range<Int>, text: String)] = []
        var fresh: [(key: String, value: String)] = []
        for change in changes {
            let value = try parsed(change.value)
            guard let old = members.firstIndex(where: { $0.key == change.key }) else {
                fresh.append(change)
                meant.append(YAMLMember(key: change.key, line: last.line, node: value, extent: last.extent))
                continue
            }
            let extent = members[old].node.extent
            edits.append((text.offset(of: extent.start)..<text.offset(of: extent.end), change.value))
            meant[old] = YAMLMember(key: change.key, line: last.line, node: value, extent: last.extent)
        }
        if !fresh.isEmpty, entry.extent.isFlow {
            let end = text.offset(of: last.node.extent.end)
            edits.append((end..<end, fresh.map { ", \($0.key): \($0.value)" }.joined()))
        } else if !fresh.isEmpty {
            let indentation = String(repeating: " ", count: entry.extent.start.column)
            text.insert(
                lines: fresh.map { "\(indentation)\($0.key): \($0.value)" }, at: text.lineAfter(last.node.extent))
        }
        for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            text.replace(edit.range, with: edit.text)
        }
        var elements = document.elements
        elements[position] = YAMLNode(line: entry.line, value: .mapping(meant))
        return try document.proven(text, meaning: elements)
    }

    // MARK: Pieces of text

    private static func block(_ draft: TrustDraft, dashColumn: Int) -> [String] {
        let indentation = String(repeating: " ", count: dashColumn)
        return draft.members.enumerated().map { position, member in
            "\(indentation)\(position == 0 ? "- " : "  ")\(member.key): \(member.value)"
        }
    }

    private static func flow(_ draft: TrustDraft) -> String {
        "{ \(draft.members.map { "\($0.key): \($0.value)" }.joined(separator: ", ")) }"
    }

    private static func node(_ draft: TrustDraft) throws(TrustEditRefusal) -> YAMLNode { try parsed(flow(draft)) }

    private static func parsed(_ value: String) throws(TrustEditRefusal) -> YAMLNode {
        do throws(YAMLProblem) { return try YAMLDocument.parse(Array(value.utf8)) } catch {
            throw TrustEditRefusal(reason: "the entry cannot be written: \(error.message)", advice: [])
        }
    }

    /// Where the lines of a list can begin whose key has no value yet, or `[]`.
    private static func emptyEnd(_ member: YAMLMember, in text: EditableText) -> Int {
        text.start(ofLine: max(member.extent.end.line, member.node.extent.end.line) + 1)
    }
}

/// Why a configuration text was not edited.
public struct TrustEditRefusal: Error, Equatable, Sendable {
    public let reason: String
    /// Lines that a person can put into the file instead; empty where that is no way out.
    public let advice: [String]
}
