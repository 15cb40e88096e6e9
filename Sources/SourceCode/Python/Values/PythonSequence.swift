/// Items and slices of known texts, bytes and lists.
enum PythonSequence {
    /// One item; of bytes its number, of text its character.
    static func item(_ whole: PythonConstant, _ place: Int) -> PythonConstant? {
        switch whole {
        case .text(let content):
            if isPlain(content) { return index(place, content.count).map { .text([content[$0]]) } }
            let letters = characters(content)
            return index(place, letters.count).map { .text(Array(letters[$0])) }
        case .bytes(let content): return index(place, content.count).map { .integer(Int(content[$0])) }
        case .list(let items): return index(place, items.count).map { items[$0] }
        case .none, .boolean, .integer, .float: return nil
        }
    }

    private static func index(_ place: Int, _ count: Int) -> Int? {
        let index = place < 0 ? place &+ count : place
        return index >= 0 && index < count ? index : nil
    }

    /// `[start:end:step]`, each of which may be missing.
    static func slice(_ whole: PythonConstant, _ bounds: [Int?]) -> PythonConstant? {
        switch whole {
        case .text(let content):
            if isPlain(content) { return slice(content, bounds).map { .text($0) } }
            return slice(characters(content), bounds).map { .text(Array($0.joined())) }
        case .bytes(let content): return slice(content, bounds).map { .bytes($0) }
        case .list(let items): return slice(items, bounds).map { .list($0) }
        case .none, .boolean, .integer, .float: return nil
        }
    }

    static func slice<Item>(_ items: [Item], _ bounds: [Int?]) -> [Item]? {
        let step = (bounds.count > 2 ? bounds[2] : nil) ?? 1
        guard step != 0, step.magnitude < 1 << 40 else { return nil }
        let count = items.count
        func clamped(_ bound: Int?, _ standard: Int) -> Int {
            guard var bound else { return standard }
            if bound < 0 { bound = bound &+ count }
            return step > 0 ? min(max(bound, 0), count) : min(max(bound, -1), count - 1)
        }
        let start = clamped(bounds.first ?? nil, step > 0 ? 0 : count - 1)
        let end = clamped(bounds.count > 1 ? bounds[1] : nil, step > 0 ? count : -1)
        var result: [Item] = []
        for place in stride(from: start, to: end, by: step) { result.append(items[place]) }
        return result
    }

    /// Every item, as a loop over the value sees it.
    static func items(_ whole: PythonConstant) -> [PythonConstant]? {
        switch whole {
        case .text(let content): return characters(content).map { .text(Array($0)) }
        case .bytes(let content): return content.map { .integer(Int($0)) }
        case .list(let items): return items
        case .none, .boolean, .integer, .float: return nil
        }
    }

    /// Whether every byte is a character.
    static func isPlain(_ content: [UInt8]) -> Bool { content.allSatisfy { $0 < 0x80 } }

    /// The code points of a text, each with its bytes; what is not UTF-8 stands byte by byte.
    static func characters(_ content: [UInt8]) -> [ArraySlice<UInt8>] {
        var result: [ArraySlice<UInt8>] = []
        var index = 0
        while index < content.count {
            var end = index + 1
            if content[index] >= 0xC0 {
                while end < content.count, end - index < 4, content[end] & 0xC0 == 0x80 { end += 1 }
            }
            result.append(content[index..<end])
            index = end
        }
        return result
    }

    /// The number of a text's only character.
    static func codePoint(_ content: [UInt8]) -> Int? {
        guard let first = content.first else { return nil }
        if content.count == 1 { return Int(first) }
        var iterator = String(decoding: content, as: UTF8.self).unicodeScalars.makeIterator()
        guard let scalar = iterator.next(), iterator.next() == nil else { return nil }
        return Int(scalar.value)
    }
}
