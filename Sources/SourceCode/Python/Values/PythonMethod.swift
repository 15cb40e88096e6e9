extension PythonFunction {
    /// The result of a method of a text or of bytes.
    static func method(
        _ special: PythonSpecial, _ content: [UInt8], _ isBytes: Bool, _ arguments: [PythonConstant]
    ) -> PythonConstant? {
        func same(_ result: [UInt8]) -> PythonConstant { isBytes ? .bytes(result) : .text(result) }
        switch special {
        case .join:
            guard let first = arguments.first, let joined = joined(first, content)?.content else { return nil }
            return same(joined)
        case .format: return PythonFormat.braces(content, arguments).map(same)
        case .replace:
            guard arguments.count >= 2, let old = arguments[0].content, let new = arguments[1].content else {
                return nil
            }
            return replaced(content, old, new, limit: arguments.count > 2 ? arguments[2].integer : nil).map(same)
        case .lower: return same(content.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 })
        case .upper: return same(content.map { $0 >= 0x61 && $0 <= 0x7A ? $0 & 0xDF : $0 })
        case .swapcase: return same(content.map { isLetter($0) ? $0 ^ 0x20 : $0 })
        case .title, .capitalize: return same(capitalised(content, everyWord: special == .title))
        case .strip, .lstrip, .rstrip:
            let set = arguments.first?.content
            let trimmed = TextCodec.trimmed(content, of: set, left: special != .rstrip, right: special != .lstrip)
            return same(trimmed)
        case .split: return split(content, arguments).map { .list($0.map(same)) }
        case .decode:
            guard let name = arguments.first?.content else { return .text(content) }
            return TextCodec.decoded(content, by: name, encodes: false)
        case .encode:
            guard let name = arguments.first?.content else { return .bytes(content) }
            return TextCodec.decoded(content, by: name, encodes: true)
        case .translate: return arguments.first.flatMap { translated(content, $0, isBytes) }
        case .hexText: return .text(TextCodec.hexDigits(content))
        case .zfill:
            guard let width = arguments.first?.integer, width <= 4096 else { return nil }
            return same(Array(repeating: 0x30, count: max(0, width - content.count)) + content)
        case .removePrefix:
            guard let prefix = arguments.first?.content else { return nil }
            return same(content.starts(with: prefix) ? Array(content.dropFirst(prefix.count)) : content)
        case .removeSuffix:
            guard let suffix = arguments.first?.content, !suffix.isEmpty else { return nil }
            return same(content.suffix(suffix.count) == suffix[...] ? Array(content.dropLast(suffix.count)) : content)
        case .fromHex: return arguments.first?.content.flatMap(TextCodec.hexadecimal).map { .bytes($0) }
        case .maketrans: return result(.maketrans, nil, arguments)
        case _: return nil
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    /// ASCII letters alone: what Python does with others is not computed.
    private static func capitalised(_ content: [UInt8], everyWord: Bool) -> [UInt8] {
        var isInside = false
        return content.map { byte in
            guard isLetter(byte) else {
                if everyWord { isInside = false } else { isInside = true }
                return byte
            }
            defer { isInside = true }
            return isInside ? byte | 0x20 : byte & 0xDF
        }
    }

    /// `replace(old, new, limit)`; nil for an empty or long `old`, whose search would not be linear.
    private static func replaced(_ content: [UInt8], _ old: [UInt8], _ new: [UInt8], limit: Int?) -> [UInt8]? {
        guard let first = old.first, old.count <= 64 else { return nil }
        var result: [UInt8] = []
        var index = 0
        var left = limit.map { $0 < 0 ? Int.max : $0 } ?? .max
        while index < content.count {
            if left > 0, content[index] == first, content[index...].starts(with: old) {
                result += new
                index += old.count
                left -= 1
                guard result.count <= PythonEvaluator.constantLimit else { return nil }
            } else {
                result.append(content[index])
                index += 1
            }
        }
        return result
    }

    /// `split()` at runs of blanks, `split(separator)` at each one.
    private static func split(_ content: [UInt8], _ arguments: [PythonConstant]) -> [[UInt8]]? {
        guard let first = arguments.first else {
            return content.split { $0 == 0x20 || $0 >= 0x09 && $0 <= 0x0D }.map(Array.init)
        }
        guard let separator = first.content, let mark = separator.first, separator.count <= 64, arguments.count == 1
        else { return nil }
        var pieces: [[UInt8]] = [[]]
        var index = 0
        while index < content.count {
            if content[index] == mark, content[index...].starts(with: separator) {
                pieces.append([])
                index += separator.count
            } else {
                pieces[pieces.count - 1].append(content[index])
                index += 1
            }
        }
        return pieces
    }

    /// A table of pairs, as `maketrans` makes them; text only where each byte is a character.
    private static func translated(_ content: [UInt8], _ table: PythonConstant, _ isBytes: Bool) -> PythonConstant? {
        guard case .list(let pairs) = table, PythonSequence.isPlain(content) || isBytes else { return nil }
        var map: [[UInt8]?] = Array(repeating: nil, count: 256)
        for pair in pairs {
            guard case .list(let both) = pair, both.count == 2 else { return nil }
            let from = both[0].integer ?? both[0].content.flatMap(PythonSequence.codePoint) ?? -1
            guard from >= 0, from < 256 else { continue }
            map[from] = both[1].content ?? both[1].integer.flatMap { UInt8(exactly: $0) }.map { [$0] }
        }
        let result = content.flatMap { map[Int($0)] ?? [$0] }
        return isBytes ? .bytes(result) : .text(result)
    }
}
