/// Results of the language's and the runtime's own functions.
extension JavaScriptProgram {
    mutating func globalResult(_ node: Int32, depth: Int) -> FoldedConstant? {
        let call = effectiveCall(node, depth: JavaScriptProgram.pathDepth - 12)
        guard let path = call.path, path.isKnown, facts(of: path).isFoldable else { return nil }
        if call.firstArgument >= 0, tree[call.firstArgument].kind != .spread, path.spelling.contains(.indirect),
            case .list(let values)? = constant(of: call.firstArgument, depth: depth + 1)
        {
            return applyGlobal(text(path), values)
        }
        guard let arguments = arguments(call.firstArgument, depth: depth) else { return nil }
        return applyGlobal(text(path), arguments)
    }

    mutating func applyGlobal(_ name: String, _ arguments: [Constant]) -> FoldedConstant? {
        guard let first = arguments.first else { return name == "String" ? made([]) : nil }
        switch name {
        case "String.fromCharCode", "String.fromCodePoint":
            var bytes: [UInt8] = []
            for argument in arguments {
                guard let number = ConstantText.number(argument) else { return nil }
                let limit: Double = name == "String.fromCharCode" ? 0xFFFF : 0x10_FFFF
                guard number >= 0, number <= limit else { return nil }
                UTF8Text.append(UInt32(number), to: &bytes)
            }
            return made(bytes)
        case "parseInt", "Number.parseInt", "Number", "parseFloat":
            return number(name, first, arguments).map { FoldedConstant(value: .number($0), origin: .folded) }
        case "path.join", "path.resolve", "path.posix.join": return joinedPath(arguments)
        case "require.resolve": return FoldedConstant(value: first, origin: .folded)
        case "Object.freeze", "Array.from": return FoldedConstant(value: first, origin: .folded)
        default: break
        }
        if name == "Buffer.from" || name == "Buffer" || name == "buffer.Buffer.from" || name == "Uint8Array.from",
            case .list(let values) = first
        {
            let numbers = values.compactMap(ConstantText.number)
            guard numbers.count == values.count else { return nil }
            return made(numbers.map { UInt8(truncatingIfNeeded: ConstantText.word($0)) })
        }
        guard let text = ConstantText.text(first) else { return nil }
        foldingFuel -= text.count
        switch name {
        case "String": return made(text)
        case "atob", "window.atob":
            return LenientBase64.decode(text, others: .refuse).flatMap { made($0, .decoded) }
        case "btoa": return made(TextDecoding.base64Encoded(text))
        case "decodeURIComponent", "decodeURI": return made(TextCodec.percentDecoded(text), .decoded)
        case "unescape": return made(TextCodec.percentDecoded(text, readsUnicode: true), .decoded)
        case "Buffer.from", "Buffer", "buffer.Buffer.from", "buffer.Buffer", "safe-buffer.Buffer.from":
            return decodedBuffer(text, arguments)
        default: return nil
        }
    }

    private mutating func decodedBuffer(_ text: [UInt8], _ arguments: [Constant]) -> FoldedConstant? {
        guard arguments.count > 1, case .text(let encoding) = arguments[1] else { return made(text) }
        switch String(decoding: encoding, as: UTF8.self).lowercased() {
        case "base64", "base64url":
            return LenientBase64.decode(text, others: .passOver).flatMap { made($0, .decoded) }
        case "hex":
            return LenientHexadecimal.decode(text, passesBlanks: false).flatMap { made($0, .decoded) }
        default: return made(text)
        }
    }

    private func number(_ name: String, _ first: Constant, _ arguments: [Constant]) -> Double? {
        guard name.hasSuffix("parseInt") else { return ConstantText.number(first) }
        guard let text = ConstantText.text(first) else { return nil }
        var radix = arguments.count > 1 ? ConstantMethods.integer(arguments[1]) ?? 10 : 10
        var digits = text.drop { $0 <= 0x20 }
        if digits.count > 2, digits.first == UInt8(ascii: "0"), digits.dropFirst().first.map({ $0 | 0x20 }) == 0x78 {
            (digits, radix) = (digits.dropFirst(2), 16)
        }
        digits = digits.prefix { ConstantText.digit($0).map { $0 < radix } ?? false }
        return ConstantText.integer(digits, radix: radix) ?? .nan
    }

    /// Joins parts of a path without looking at the file system: `./lib/a.js`.
    private mutating func joinedPath(_ arguments: [Constant]) -> FoldedConstant? {
        var parts: [ArraySlice<UInt8>] = []
        var isAbsolute = false
        for argument in arguments {
            guard case .text(let text) = argument else { return nil }
            if parts.isEmpty, text.first == UInt8(ascii: "/") { isAbsolute = true }
            for part in text.split(separator: UInt8(ascii: "/")) where !part.elementsEqual(".".utf8) {
                if part.elementsEqual("..".utf8), let last = parts.last, !last.elementsEqual("..".utf8) {
                    parts.removeLast()
                } else {
                    parts.append(part)
                }
            }
        }
        let path = Array(parts.joined(separator: [UInt8(ascii: "/")]))
        return made((isAbsolute ? Array("/".utf8) : Array("./".utf8)) + path)
    }

    /// String.raw`…`: the pieces as they are written.
    mutating func rawTemplate(_ tag: Int32, _ template: Int32, depth: Int) -> FoldedConstant? {
        guard tree[tag].kind == .member, tree[tag].data == JavaScriptWord.raw, template >= 0 else { return nil }
        var (bytes, child) = ([UInt8](), tree[template].child)
        while child >= 0 {
            if tree[child].kind == .string {
                guard let range = StringText.content(of: lexed.tokens[Int(tree[child].data)], source) else {
                    return nil
                }
                bytes += source[range]
            } else {
                guard let value = constant(of: child, depth: depth + 1), let text = ConstantText.text(value) else {
                    return nil
                }
                bytes += text
            }
            child = tree[child].next
        }
        return made(bytes)
    }
}
