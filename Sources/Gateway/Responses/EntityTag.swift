import HTTP

/// Strong entity tags and the conditions that clients put on them.
///
/// Spec: RFC 9110 sections 8.8.3, 13.1.2 and 13.1.5.
enum EntityTag {
    /// `digest` in quotation marks.
    static func strong(_ digest: String) -> String { "\"\(digest)\"" }

    /// Whether `If-None-Match` names `tag` (or anything), so that the client's copy is current.
    ///
    /// The comparison is the weak one that section 13.1.2 prescribes: `W/` is passed over.
    static func isNoneMatch(_ headers: HeaderFields, _ tag: String) -> Bool {
        headers.all("If-None-Match").contains { value in
            value.split(separator: ",").contains { element in
                var text = element.drop { $0 == " " || $0 == "\t" }
                while let last = text.last, last == " " || last == "\t" { text.removeLast() }
                if text == "*" { return true }
                if text.hasPrefix("W/") { text = text.dropFirst(2) }
                return text == tag
            }
        }
    }
}
