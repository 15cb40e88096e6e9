import HTTP

/// The part of a file that a client asks for.
///
/// Spec: RFC 9110 section 14; several ranges at once are answered with the whole file, as it allows.
enum ByteRange: Equatable {
    case whole
    case part(offset: Int64, count: Int64)
    /// Nothing of the file lies in the range: 416.
    case unsatisfiable

    /// Reads `Range` (and `If-Range`, which must name `tag`) for a file of `size` bytes.
    init(_ headers: HeaderFields, size: Int64, tag: String) {
        self = .whole
        guard let range = headers["Range"] else { return }
        if let condition = headers["If-Range"], condition != tag { return }
        guard range.hasPrefix("bytes=") else { return }
        let bounds = range.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, !range.contains(",") else { return }
        switch (Self.number(bounds[0]), Self.number(bounds[1])) {
        case (.some(let first), let last) where last != nil || bounds[1].isEmpty:
            let end = min(last ?? size - 1, size - 1)
            if let last, last < first { return }
            self = first < size ? .part(offset: first, count: end - first + 1) : .unsatisfiable
        case (nil, .some(let suffix)) where bounds[0].isEmpty:
            let count = min(suffix, size)
            self = count > 0 ? .part(offset: size - count, count: count) : .unsatisfiable
        default: return
        }
    }

    /// Digits alone; a number too large for 64 bits lies past the end of every file.
    private static func number(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text) ?? .max
    }
}
