/// Functions and methods of the library whose results are known when their arguments are.
enum PythonFunction {
    /// The result; nil when it is not known, or when Python would refuse.
    ///
    /// - Parameter receiver: the text or bytes whose method is called.
    static func result(
        _ special: PythonSpecial, _ receiver: PythonConstant?, _ arguments: [PythonConstant]
    ) -> PythonConstant? {
        if let receiver, let content = receiver.content {
            return method(special, content, receiver.isBytes, arguments)
        }
        guard let first = arguments.first else { return empty(special) }
        switch special {
        case .chr: return character(first)
        case .ord: return first.content.flatMap(PythonSequence.codePoint).map { .integer($0) }
        case .text: return text(first, arguments)
        case .bytes: return bytes(first, arguments)
        case .integer: return integer(first, arguments)
        case .length: return PythonSequence.items(first).map { .integer($0.count) }
        case .reversed: return PythonSequence.items(first).map { .list($0.reversed()) }
        case .list: return PythonSequence.items(first).map { .list($0) }
        case .range: return range(arguments)
        case .zip: return zipped(arguments)
        case .enumerate: return enumerated(first, arguments)
        case .xor:
            guard arguments.count == 2, let left = first.integer, let right = arguments[1].integer else { return nil }
            return .integer(left ^ right)
        case .power:
            guard arguments.count >= 2, let base = first.integer, let exponent = arguments[1].integer,
                let power = PythonArithmetic.power(base, exponent)
            else { return nil }
            guard arguments.count == 3 else { return .integer(power) }
            guard let modulus = arguments[2].integer, modulus > 0 else { return nil }
            return .integer(power % modulus)
        case .absolute: return first.integer.map { .integer($0 == .min ? .max : Swift.abs($0)) }
        case .fromHex, .unhexlify: return first.content.flatMap(TextCodec.hexadecimal).map { .bytes($0) }
        case .hexlify: return first.content.map { .bytes(TextCodec.hexDigits($0)) }
        case .base64, .urlsafeBase64: return first.content.flatMap(TextCodec.base64).map { .bytes($0) }
        case .base32: return first.content.flatMap(TextCodec.base32).map { .bytes($0) }
        case .base16: return first.content.flatMap(TextCodec.hexadecimal).map { .bytes($0) }
        case .base85: return first.content.flatMap(TextCodec.base85).map { .bytes($0) }
        case .ascii85: return first.content.flatMap(TextCodec.ascii85).map { .bytes($0) }
        case .unquote: return first.content.map { .text(TextCodec.percentDecoded($0)) }
        case .codecsDecode, .codecsEncode:
            guard let content = first.content, arguments.count > 1, let name = arguments[1].content else { return nil }
            return TextCodec.decoded(content, by: name, encodes: special == .codecsEncode)
        case .join: return joined(first, [])
        case .joinPaths: return joinedPath(arguments)
        case .maketrans: return translation(arguments)
        case .sumOf:
            guard let items = PythonSequence.items(first) else { return nil }
            var total = 0
            for item in items {
                guard let value = item.integer else { return nil }
                total &+= value
            }
            return .integer(total)
        case .sortedList:
            guard let items = PythonSequence.items(first)?.compactMap(\.integer) else { return nil }
            return items.count == PythonSequence.items(first)?.count ? .list(items.sorted().map { .integer($0) }) : nil
        case .none, .getattr, .getAttributeMethod, .attrgetter, .methodcaller, .vars, .globals, .dictGet,
            .importFunction, .importModule, .loadFile, .applies, .appliesTarget, .partial, .callMethod, .runsText,
            .compile, .open, .pathObject, .format, .replace, .lower, .upper, .strip, .lstrip, .rstrip, .split, .decode,
            .encode, .title, .capitalize, .swapcase, .translate, .hexText, .map, .zfill, .removePrefix, .removeSuffix,
            .minimum, .maximum, .fromOrdinals:
            return nil
        }
    }

    private static func empty(_ special: PythonSpecial) -> PythonConstant? {
        if special == .text { return .text([]) }
        return special == .bytes ? .bytes([]) : nil
    }

    private static func character(_ value: PythonConstant) -> PythonConstant? {
        guard let number = value.integer, number >= 0, number <= 0x10FFFF else { return nil }
        var writer = UTF8Writer(capacity: 4)
        writer.append(UInt32(number))
        return .text(writer.bytes)
    }

    private static func text(_ value: PythonConstant, _ arguments: [PythonConstant]) -> PythonConstant? {
        if value.isBytes { return arguments.count > 1 ? value.content.map { .text($0) } : nil }
        return PythonFormat.shown(value).map { .text($0) }
    }

    private static func bytes(_ value: PythonConstant, _ arguments: [PythonConstant]) -> PythonConstant? {
        if let content = value.content { return .bytes(content) }
        if let count = value.integer {
            return count >= 0 && count <= 4096 ? .bytes(Array(repeating: 0, count: count)) : nil
        }
        guard let items = PythonSequence.items(value) else { return nil }
        var result: [UInt8] = []
        for item in items {
            guard let number = item.integer, let byte = UInt8(exactly: number) else { return nil }
            result.append(byte)
        }
        return .bytes(result)
    }

    private static func integer(_ value: PythonConstant, _ arguments: [PythonConstant]) -> PythonConstant? {
        if let number = value.integer { return .integer(number) }
        guard let content = value.content, content.count <= 80 else { return nil }
        let radix = arguments.count > 1 ? arguments[1].integer ?? 10 : 10
        guard radix == 0 || (2...36).contains(radix) else { return nil }
        let trimmed = TextCodec.trimmed(content, of: nil, left: true, right: true)
        let prefix = trimmed.prefix(2).map { $0 | 0x20 }
        let marks: [Int: UInt8] = [16: 0x78, 8: 0x6F, 2: 0x62]
        for (base, mark) in marks where radix == base || radix == 0 {
            guard prefix == [0x30, mark] else { continue }
            return Int(String(decoding: trimmed.dropFirst(2), as: UTF8.self), radix: base).map { .integer($0) }
        }
        return Int(String(decoding: trimmed, as: UTF8.self), radix: radix == 0 ? 10 : radix).map { .integer($0) }
    }

    private static func range(_ arguments: [PythonConstant]) -> PythonConstant? {
        let bounds = arguments.compactMap(\.integer)
        guard bounds.count == arguments.count, bounds.count <= 3 else { return nil }
        let start = bounds.count > 1 ? bounds[0] : 0
        let end = bounds.count > 1 ? bounds[1] : bounds[0]
        let step = bounds.count > 2 ? bounds[2] : 1
        guard step != 0, start.magnitude < 1 << 40, end.magnitude < 1 << 40, step.magnitude < 1 << 40,
            (end - start) / step < 1 << 16
        else { return nil }
        return .list(stride(from: start, to: end, by: step).map { .integer($0) })
    }

    private static func zipped(_ arguments: [PythonConstant]) -> PythonConstant? {
        let columns = arguments.compactMap(PythonSequence.items)
        guard columns.count == arguments.count, columns.count <= 8, let count = columns.map(\.count).min() else {
            return nil
        }
        return .list((0..<count).map { row in .list(columns.map { $0[row] }) })
    }

    private static func enumerated(_ value: PythonConstant, _ arguments: [PythonConstant]) -> PythonConstant? {
        guard let items = PythonSequence.items(value) else { return nil }
        let start = arguments.count > 1 ? arguments[1].integer ?? 0 : 0
        return .list(items.enumerated().map { .list([.integer(start &+ $0.offset), $0.element]) })
    }

    static func joined(_ items: PythonConstant, _ separator: [UInt8]) -> PythonConstant? {
        guard let items = PythonSequence.items(items) else { return nil }
        var result: [UInt8] = []
        var isBytes = false
        for (place, item) in items.enumerated() {
            guard let content = item.content else { return nil }
            if place > 0 { result += separator }
            isBytes = item.isBytes
            result += content
            guard result.count <= PythonEvaluator.constantLimit else { return nil }
        }
        return isBytes ? .bytes(result) : .text(result)
    }

    private static func joinedPath(_ arguments: [PythonConstant]) -> PythonConstant? {
        var result: [UInt8] = []
        for argument in arguments {
            guard let piece = argument.content else { return nil }
            if piece.first == UInt8(ascii: "/") { result = [] }
            if !result.isEmpty, result.last != UInt8(ascii: "/") { result.append(UInt8(ascii: "/")) }
            result += piece
        }
        return .text(result)
    }

    /// A table of `str.maketrans` as pairs of what is replaced and what replaces it.
    private static func translation(_ arguments: [PythonConstant]) -> PythonConstant? {
        guard arguments.count >= 2, let from = PythonSequence.items(arguments[0]),
            let to = PythonSequence.items(arguments[1]), from.count == to.count
        else { return nil }
        return .list(zip(from, to).map { .list([$0, $1]) })
    }
}
