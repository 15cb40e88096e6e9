/// Calls whose results are known: methods of texts and lists, decoders, and small functions of the file.
extension JavaScriptProgram {
    mutating func result(of node: Int32, depth: Int) -> FoldedConstant? {
        let known = tree[node]
        let callee = tree.inside(known.child)
        guard callee >= 0 else { return nil }
        if known.kind == .tagged { return rawTemplate(callee, tree[known.child].next, depth: depth) }
        switch tree[callee].kind {
        case .member, .index:
            if let value = methodResult(node, callee, depth: depth) { return value }
        case .name:
            let symbol = tree[callee].child
            if tree.symbols[Int(symbol)].kind != .global { return localResult(node, callee, depth: depth) }
        case .function:
            return localResult(node, callee, depth: depth)
        case .sequence, .logical, .conditional: break
        default: return nil
        }
        return globalResult(node, depth: depth)
    }

    /// The values of arguments, spread lists in their place; nil when one is not known.
    private mutating func arguments(_ first: Int32, depth: Int) -> [Constant]? {
        var (values, argument) = ([Constant](), first)
        while argument >= 0 {
            if tree[argument].kind == .spread {
                switch constant(of: tree[argument].child, depth: depth + 1) {
                case .list(let more)?: values += more
                case .text(let text)?: values += UTF8Text.scalars(text).map { .text(Self.character($0)) }
                default: return nil
                }
            } else {
                guard let value = constant(of: argument, depth: depth + 1) else { return nil }
                values.append(value)
            }
            guard values.count <= Self.listLimit else { return nil }
            argument = tree[argument].next
        }
        return values
    }

    private static func character(_ scalar: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        UTF8Text.append(scalar, to: &bytes)
        return bytes
    }

    // MARK: Methods

    private mutating func methodResult(_ node: Int32, _ callee: Int32, depth: Int) -> FoldedConstant? {
        guard let method = method(of: callee, depth: depth), Self.isFoldable(method) else { return nil }
        let object = tree[callee].child
        let first = tree[tree[node].child].next
        guard let value = folded(object, depth: depth + 1) else { return nil }
        if method == .map || method == .reduce || method == .filter {
            return mapped(method, value.value, first, depth: depth)
        }
        guard let arguments = arguments(first, depth: depth) else {
            return method == .replace ? replaceExpression(value, first, depth: depth) : nil
        }
        switch value.value {
        case .text(let text):
            foldingFuel -= text.count
            if method == .toString || method == .slice && value.origin == .decoded {
                return encoded(text, method, arguments, value.origin)
            }
            return finished(ConstantMethods.apply(method, to: text, arguments), value.origin)
        case .list(let list):
            foldingFuel -= list.count * 4
            if list.isEmpty, method == .concat, arguments.isEmpty { return nil }
            return finished(ConstantMethods.apply(method, to: list, arguments), value.origin)
        case .number(let number):
            return method == .toString ? finished(Self.digits(number, arguments), .folded) : nil
        case .boolean, .reference, .members: return nil
        }
    }

    private mutating func method(of callee: Int32, depth: Int) -> JavaScriptWord? {
        if tree[callee].kind == .member { return JavaScriptWord(rawValue: tree[callee].data) }
        guard case .text(let name)? = constant(of: tree[tree[callee].child].next, depth: depth + 1),
            name.count < 24
        else { return nil }
        return JavaScriptWord(rawValue: lexed.names.intern(name, source: source))
    }

    private static func isFoldable(_ method: JavaScriptWord) -> Bool {
        switch method {
        case .join, .split, .reverse, .slice, .substring, .substr, .charAt, .charCodeAt, .codePointAt, .at, .concat,
            .repeat, .toLowerCase, .toUpperCase, .toLocaleLowerCase, .toLocaleUpperCase, .trim, .trimStart, .trimEnd,
            .replace, .replaceAll, .toString, .valueOf, .normalize, .map, .reduce, .filter, .flat, .pop, .shift:
            true
        default: false
        }
    }

    private mutating func finished(_ value: Constant?, _ origin: StringConstant.Origin) -> FoldedConstant? {
        guard let value else { return nil }
        let origin: StringConstant.Origin = origin == .decoded ? .decoded : .folded
        switch value {
        case .text(let text): return made(text, origin)
        case .list(let list):
            guard list.count <= Self.listLimit, foldingFuel > list.count * 16 else { return nil }
            foldingFuel -= list.count * 16
            return FoldedConstant(value: value, origin: origin)
        case .number, .boolean, .reference, .members: return FoldedConstant(value: value, origin: origin)
        }
    }

    /// `buffer.toString('hex')` and its kind; texts stay what they are.
    private mutating func encoded(
        _ bytes: [UInt8], _ method: JavaScriptWord, _ arguments: [Constant], _ origin: StringConstant.Origin
    ) -> FoldedConstant? {
        guard method == .toString, case .text(let encoding)? = arguments.first else {
            return finished(ConstantMethods.apply(method, to: bytes, arguments), origin)
        }
        switch String(decoding: encoding, as: UTF8.self).lowercased() {
        case "hex": return made(TextDecoding.hexadecimalEncoded(bytes))
        case "base64", "base64url": return made(TextDecoding.base64Encoded(bytes))
        default: return made(bytes, origin)
        }
    }

    private static func digits(_ number: Double, _ arguments: [Constant]) -> Constant? {
        guard let radix = arguments.first.map({ ConstantMethods.integer($0) ?? 0 }) else {
            return .text(Array(ConstantText.text(number).utf8))
        }
        guard (2...36).contains(radix), number == number.rounded(), abs(number) < 9e15 else { return nil }
        return .text(Array(String(Int64(number), radix: radix).utf8))
    }

    /// `text.replace(/x/g, '')` where the pattern is one of plain characters.
    private mutating func replaceExpression(_ value: FoldedConstant, _ first: Int32, depth: Int) -> FoldedConstant? {
        guard case .text(let text) = value.value, first >= 0, tree[first].kind == .regularExpression,
            tree[first].next >= 0, let other = constant(of: tree[first].next, depth: depth + 1),
            let pattern = PlainPattern(lexed.tokens[Int(tree[first].data)], source), case .text(let new) = other,
            !new.contains(UInt8(ascii: "$"))
        else { return nil }
        foldingFuel -= text.count
        return made(pattern.replace(in: text, by: new), value.origin == .decoded ? .decoded : .folded)
    }

    /// `list.map(c => …)`, `list.reduce((a, b) => a + b)` with a function of one expression.
    private mutating func mapped(
        _ method: JavaScriptWord, _ value: Constant, _ first: Int32, depth: Int
    ) -> FoldedConstant? {
        guard case .list(let list) = value, list.count <= 8192, first >= 0 else { return nil }
        let function = definition(of: first)
        if tree[tree.inside(first)].kind == .name || tree[tree.inside(first)].kind == .member,
            let path = path(of: first), path.isKnown, method == .map
        {
            let results = list.compactMap { applyGlobal(path.text, [$0])?.value }
            return results.count == list.count ? finished(.list(results), .folded) : nil
        }
        guard function >= 0, tree[function].kind == .function else { return nil }
        var results: [Constant] = []
        var total: Constant? =
            method == .reduce && tree[first].next >= 0
            ? constant(of: tree[first].next, depth: depth + 1) : nil
        for (place, element) in list.enumerated() {
            if method == .reduce {
                guard let sum = total else {
                    total = element
                    continue
                }
                guard let next = call(function, [sum, element, .number(Double(place))], depth: depth) else {
                    return nil
                }
                total = next
            } else {
                guard let result = call(function, [element, .number(Double(place))], depth: depth) else { return nil }
                if method == .map {
                    results.append(result)
                } else if ConstantText.truth(result) == true {
                    results.append(element)
                }
            }
        }
        return finished(method == .reduce ? total : .list(results), .folded)
    }

    // MARK: Functions of the file

    private mutating func localResult(_ node: Int32, _ callee: Int32, depth: Int) -> FoldedConstant? {
        let function = definition(of: callee)
        guard function >= 0, tree[function].kind == .function else { return nil }
        let scope = tree.scopes[Int(tree[function].data)]
        guard scope.result >= 0, scope.resultCount == 1, mayFold(tree[scope.result].kind),
            let arguments = arguments(tree[tree[node].child].next, depth: depth),
            let value = call(function, arguments, depth: depth)
        else { return nil }
        return finished(value, .folded)
    }

    /// What a function of one expression gives for known arguments.
    private mutating func call(_ function: Int32, _ arguments: [Constant], depth: Int) -> Constant? {
        let scope = tree.scopes[Int(tree[function].data)]
        guard scope.result >= 0, scope.resultCount == 1, foldingFuel > 0, environment.count < 64 else { return nil }
        foldingFuel -= 64
        let outer = environment
        var symbol = scope.firstSymbol
        for _ in 0..<16 where symbol >= 0 {
            let parameter = tree.symbols[Int(symbol)]
            if parameter.kind == .parameter, parameter.place >= 0 {
                let place = Int(parameter.place)
                environment[symbol] = place < arguments.count ? arguments[place] : ConstantText.undefined
            }
            symbol = parameter.next
        }
        defer { environment = outer }
        return constant(of: scope.result, depth: depth + 2)
    }

    // MARK: The language's own functions

    private mutating func globalResult(_ node: Int32, depth: Int) -> FoldedConstant? {
        let call = effectiveCall(node, depth: JavaScriptProgram.pathDepth - 12)
        guard let path = call.path, path.isKnown, JavaScriptVocabulary.isFoldable(path.text) else { return nil }
        if call.firstArgument >= 0, tree[call.firstArgument].kind != .spread, path.spelling.contains(.indirect),
            case .list(let values)? = constant(of: call.firstArgument, depth: depth + 1)
        {
            return applyGlobal(path.text, values)
        }
        guard let arguments = arguments(call.firstArgument, depth: depth) else { return nil }
        return applyGlobal(path.text, arguments)
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
        case "atob", "window.atob": return TextDecoding.base64(text).flatMap { made($0, .decoded) }
        case "btoa": return made(TextDecoding.base64Encoded(text))
        case "decodeURIComponent", "decodeURI": return made(TextDecoding.percent(text, readsUnicode: false), .decoded)
        case "unescape": return made(TextDecoding.percent(text, readsUnicode: true), .decoded)
        case "Buffer.from", "Buffer", "buffer.Buffer.from", "buffer.Buffer", "safe-buffer.Buffer.from":
            return decodedBuffer(text, arguments)
        default: return nil
        }
    }

    private mutating func decodedBuffer(_ text: [UInt8], _ arguments: [Constant]) -> FoldedConstant? {
        guard arguments.count > 1, case .text(let encoding) = arguments[1] else { return made(text) }
        switch String(decoding: encoding, as: UTF8.self).lowercased() {
        case "base64", "base64url": return TextDecoding.base64(text).flatMap { made($0, .decoded) }
        case "hex": return TextDecoding.hexadecimal(text).flatMap { made($0, .decoded) }
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
    private mutating func rawTemplate(_ tag: Int32, _ template: Int32, depth: Int) -> FoldedConstant? {
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

/// A regular expression that stands for one text or for any of some characters.
struct PlainPattern {
    private var characters: Set<UInt8> = []
    private var text: [UInt8] = []
    private let isGlobal: Bool

    init?(_ token: Token, _ source: [UInt8]) {
        var body = source[Int(token.start) + 1..<Int(token.end)]
        guard let slash = body.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        isGlobal = body[slash...].contains(UInt8(ascii: "g"))
        body = body[..<slash]
        if body.last == UInt8(ascii: "+") { body.removeLast() }
        let isClass = body.first == UInt8(ascii: "[") && body.last == UInt8(ascii: "]") && body.count > 2
        if isClass { body = body.dropFirst().dropLast() }
        var isEscaped = false
        for byte in body {
            let isSpecial = !JavaScriptTokenizer.isNameByte(byte) && byte < 0x80 || byte == UInt8(ascii: "$")
            if isEscaped {
                guard isSpecial else { return nil }
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
                continue
            } else if isClass ? byte == UInt8(ascii: "^") || byte == UInt8(ascii: "-") : Self.operators.contains(byte) {
                return nil
            }
            if isClass { characters.insert(byte) } else { text.append(byte) }
        }
        guard !text.isEmpty || !characters.isEmpty else { return nil }
    }

    private static let operators = Set(".*+?()[]{}|^$".utf8)

    func replace(in value: [UInt8], by new: [UInt8]) -> [UInt8] {
        if !text.isEmpty {
            guard case .text(let result)? = ConstantMethods.replace(value, [.text(text), .text(new)], all: isGlobal)
            else { return value }
            return result
        }
        var (result, isDone) = ([UInt8](), false)
        for byte in value {
            if characters.contains(byte), !isDone {
                result += new
                isDone = !isGlobal
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
