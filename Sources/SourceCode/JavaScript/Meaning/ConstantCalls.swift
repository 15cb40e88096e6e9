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
            if tree[callee].kind == .member, !Self.isFoldableMember(tree[callee].data) { return nil }
        case .name:
            let symbol = tree[callee].child
            let known = tree.symbols[Int(symbol)]
            if known.kind != .global, functionNode(of: symbol) >= 0 { return localResult(node, callee, depth: depth) }
            // An undeclared name that is assigned nothing is a global's own.
            if known.writeCount == 0, known.kind != .global || !Self.isFoldableGlobal(known.name) { return nil }
        case .function:
            return localResult(node, callee, depth: depth)
        case .sequence, .logical, .conditional: break
        case .missing, .number, .string, .regularExpression, .template, .tagged, .this, .super, .word, .meta, .group,
            .array, .object, .spread, .property, .class, .call, .construct, .importCall, .importedModule, .unary,
            .update, .binary, .assignment, .sum, .await, .yield, .element, .elementOf:
            return nil
        }
        return globalResult(node, depth: depth)
    }

    private static func isFoldableGlobal(_ name: Int32) -> Bool {
        guard let word = JavaScriptWord(rawValue: name) else { return false }
        switch word {
        case .String, .Number, .parseInt, .parseFloat, .atob, .btoa, .decodeURIComponent, .decodeURI, .unescape,
            .Buffer:
            return true
        default: return false
        }
    }

    /// Whether a function of this name below a global or module may be one whose results are computed.
    private static func isFoldableMember(_ name: Int32) -> Bool {
        guard let word = JavaScriptWord(rawValue: name) else { return false }
        switch word {
        case .fromCharCode, .fromCodePoint, .from, .join, .resolve, .freeze, .parseInt, .parseFloat, .atob, .btoa,
            .call,
            .apply, .Buffer, .unescape, .decodeURIComponent, .decodeURI:
            return true
        default: return false
        }
    }

    /// The values of arguments, spread lists in their place; nil when one is not known.
    mutating func arguments(_ first: Int32, depth: Int) -> [Constant]? {
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
            // A search may look at every byte of the pattern at every place.
            var work = text.count
            if case .text(let pattern)? = arguments.first { work += text.count * min(pattern.count, 4096) / 16 }
            foldingFuel -= work
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
            let name = text(path)
            let results = list.compactMap { applyGlobal(name, [$0])?.value }
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
}
