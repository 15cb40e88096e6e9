/// A tag of an HTML page with its attributes; names in lower case, values decoded.
struct HTMLTag {
    let name: String
    let isEnd: Bool
    /// In order; of repeated names the first counts.
    let attributes: [(name: String, value: String)]

    subscript(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
}

/// The piece of a page that comes next.
enum HTMLToken {
    case tag(HTMLTag)
    /// Decoded.
    case text(String)
}

/// Cuts an HTML page into tags and text, as far as index pages need it.
///
/// Follows the tokenizer of the HTML standard for tags, attributes, comments, declarations and the elements whose content
/// is text; builds no tree. It never fails: what is not a tag is text, as in a browser.
///
/// Spec: HTML Living Standard §13.2.5 (tokenization), restricted to the states that index pages reach.
struct HTMLTokenizer {
    private let bytes: [UInt8]
    private var position = 0
    /// Set behind the start tag of an element whose content is text: everything up to its end tag is passed over.
    private var textOnlyElement: String?

    private static let textOnlyElements: Set<String> = [
        "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes",
    ]

    /// More attributes than any index writes; those behind are read and forgotten.
    private static let maxAttributes = 64

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next token; nil at the end.
    mutating func next() -> HTMLToken? {
        while position < bytes.count {
            if let element = textOnlyElement { skipText(of: element) }
            guard position < bytes.count else { return nil }
            guard bytes[position] == UInt8(ascii: "<") else { return .text(readText()) }
            if skipMarkup() { continue }
            let nameStart = position + (byte(at: position + 1) == .slash ? 2 : 1)
            guard byte(at: nameStart)?.isASCIILetter ?? false else {
                // A lone "<" is text.
                position += 1
                return .text("<")
            }
            guard let tag = readTag() else {
                // The page ends inside this tag; nothing of it counts, and nothing can follow.
                position = bytes.count
                return nil
            }
            if !tag.isEnd, Self.textOnlyElements.contains(tag.name) { textOnlyElement = tag.name }
            return .tag(tag)
        }
        return nil
    }

    private mutating func readText() -> String {
        let end = bytes[position...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        defer { position = end }
        return HTMLEntities.decoded(bytes[position..<end], inAttribute: false)
    }

    /// Passes over a comment, a declaration or a processing instruction; false when none begins here.
    private mutating func skipMarkup() -> Bool {
        let rest = bytes[position...]
        if rest.starts(with: "<!-->".utf8) || rest.starts(with: "<!--->".utf8) {
            position = (rest.firstIndex(of: UInt8(ascii: ">")) ?? bytes.count - 1) + 1
            return true
        }
        if rest.starts(with: "<!--".utf8) {
            position = end(of: "-->", from: position + 4)
            return true
        }
        let isEndWithoutName = rest.starts(with: "</".utf8) && !(byte(at: position + 2)?.isASCIILetter ?? false)
        if rest.starts(with: "<!".utf8) || rest.starts(with: "<?".utf8) || isEndWithoutName {
            position = end(of: ">", from: position + 2)
            return true
        }
        return false
    }

    /// The index behind the next occurrence of `mark`, or the end of the page.
    private func end(of mark: String, from start: Int) -> Int {
        let wanted = Array(mark.utf8)
        var at = min(start, bytes.count)
        while let candidate = bytes[at...].firstIndex(of: wanted[0]) {
            if bytes[candidate...].starts(with: wanted) { return candidate + wanted.count }
            at = candidate + 1
        }
        return bytes.count
    }

    /// Moves to the end tag of a text-only element, or to the end of the page.
    private mutating func skipText(of element: String) {
        textOnlyElement = nil
        let wanted = Array("</\(element)".utf8)
        while let candidate = bytes[position...].firstIndex(of: UInt8(ascii: "<")) {
            position = candidate
            let isSame = bytes[candidate...].prefix(wanted.count).lazy.map(\.asciiLowercased).elementsEqual(wanted)
            if isSame, !(byte(at: candidate + wanted.count)?.isASCIIAlphanumeric ?? false) { return }
            position = candidate + 1
        }
        position = bytes.count
    }

    private func byte(at index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

    /// Reads the tag that begins here; nil when it never ends.
    private mutating func readTag() -> HTMLTag? {
        var at = position + 1
        let isEnd = byte(at: at) == .slash
        if isEnd { at += 1 }
        let nameStart = at
        while let byte = byte(at: at), !byte.isASCIIWhitespace, byte != .slash, byte != UInt8(ascii: ">") { at += 1 }
        let name = String(decoding: bytes[nameStart..<at].map(\.asciiLowercased), as: UTF8.self)
        var attributes: [(name: String, value: String)] = []
        while true {
            while let byte = byte(at: at), byte.isASCIIWhitespace || byte == .slash { at += 1 }
            guard let byte = byte(at: at) else { return nil }
            if byte == UInt8(ascii: ">") {
                position = at + 1
                return HTMLTag(name: name, isEnd: isEnd, attributes: attributes)
            }
            guard let attribute = readAttribute(&at) else { return nil }
            let isNew = !attributes.contains { $0.name == attribute.name }
            if isNew, attributes.count < Self.maxAttributes { attributes.append(attribute) }
        }
    }

    private func readAttribute(_ at: inout Int) -> (name: String, value: String)? {
        let start = at
        // An "=" at the very front belongs to the name.
        at += 1
        while let byte = byte(at: at), !byte.isASCIIWhitespace, byte != .slash, byte != UInt8(ascii: ">"),
            byte != UInt8(ascii: "=")
        { at += 1 }
        let name = String(decoding: bytes[start..<at].map(\.asciiLowercased), as: UTF8.self)
        let behindName = at
        while let byte = byte(at: at), byte.isASCIIWhitespace { at += 1 }
        guard byte(at: at) == UInt8(ascii: "=") else {
            at = behindName
            return (name, "")
        }
        at += 1
        while let byte = byte(at: at), byte.isASCIIWhitespace { at += 1 }
        guard let first = byte(at: at) else { return nil }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            guard let end = bytes[(at + 1)...].firstIndex(of: first) else { return nil }
            defer { at = end + 1 }
            return (name, HTMLEntities.decoded(bytes[(at + 1)..<end], inAttribute: true))
        }
        let valueStart = at
        while let byte = byte(at: at), !byte.isASCIIWhitespace, byte != UInt8(ascii: ">") { at += 1 }
        return (name, HTMLEntities.decoded(bytes[valueStart..<at], inAttribute: true))
    }
}
