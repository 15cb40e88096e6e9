/// Operators and members of known values.
extension JavaScriptProgram {
    mutating func operation(_ node: JavaScriptNode, depth: Int) -> FoldedConstant? {
        switch node.kind {
        case .unary:
            guard let value = constant(of: node.child, depth: depth + 1) else { return nil }
            return unary(node.data, value).map { FoldedConstant(value: $0, origin: .folded) }
        case .binary:
            guard node.data >= 0, let left = constant(of: node.child, depth: depth + 1),
                let right = constant(of: tree[node.child].next, depth: depth + 1),
                let first = ConstantText.number(left), let second = ConstantText.number(right),
                let value = binary(node.data, first, second)
            else { return nil }
            return FoldedConstant(value: value, origin: .folded)
        case .logical:
            guard let left = constant(of: node.child, depth: depth + 1), let truth = ConstantText.truth(left) else {
                return nil
            }
            let isAnd = node.data == Int32(Punctuator.logicalAnd.rawValue)
            if truth != isAnd { return FoldedConstant(value: left, origin: .folded) }
            return folded(tree[node.child].next, depth: depth + 1)
        case .conditional:
            guard let condition = constant(of: node.child, depth: depth + 1),
                let truth = ConstantText.truth(condition)
            else { return nil }
            let first = tree[node.child].next
            guard first >= 0 else { return nil }
            return folded(truth ? first : tree[first].next, depth: depth + 1)
        case .missing, .name, .number, .string, .regularExpression, .template, .tagged, .this, .super, .word, .meta,
            .group, .array, .object, .spread, .property, .function, .class, .member, .index, .call, .construct,
            .importCall, .importedModule, .update, .assignment, .sum, .sequence, .await, .yield, .element, .elementOf:
            return nil
        }
    }

    private func unary(_ operation: Int32, _ value: Constant) -> Constant? {
        if operation < 0 { return -1 - operation == JavaScriptWord.void ? ConstantText.undefined : nil }
        switch Punctuator(rawValue: UInt8(truncatingIfNeeded: operation)) {
        case .not: return ConstantText.truth(value).map { .boolean(!$0) }
        case .plus: return ConstantText.number(value).map { .number($0) }
        case .minus: return ConstantText.number(value).map { .number(-$0) }
        case .complement: return ConstantText.number(value).map { .number(Double(~ConstantText.word($0))) }
        default: return nil
        }
    }

    private func binary(_ operation: Int32, _ left: Double, _ right: Double) -> Constant? {
        let (first, second) = (ConstantText.word(left), ConstantText.word(right))
        switch Punctuator(rawValue: UInt8(truncatingIfNeeded: operation)) {
        case .minus: return .number(left - right)
        case .multiply: return .number(left * right)
        case .divide: return .number(left / right)
        case .remainder: return .number(left.truncatingRemainder(dividingBy: right))
        case .exclusive: return .number(Double(first ^ second))
        case .and: return .number(Double(first & second))
        case .or: return .number(Double(first | second))
        case .shiftLeft: return .number(Double(first << (second & 31)))
        case .shiftRight: return .number(Double(first >> (second & 31)))
        case .shiftUnsigned: return .number(Double(UInt32(bitPattern: first) >> UInt32(second & 31)))
        case .less: return .boolean(left < right)
        case .greater: return .boolean(left > right)
        case .lessEqual: return .boolean(left <= right)
        case .greaterEqual: return .boolean(left >= right)
        default: return nil
        }
    }

    // MARK: Members

    /// A character, an element, a member or the length of something known.
    mutating func part(_ node: Int32, depth: Int) -> FoldedConstant? {
        let known = tree[node]
        if known.kind == .member {
            let value = member(known.data, of: known.child, steps: 1)
            if value >= 0, value != node { return folded(value, depth: depth + 2) }
            guard known.data == JavaScriptWord.length, let object = constant(of: known.child, depth: depth + 1) else {
                return nil
            }
            return length(of: object).map { FoldedConstant(value: .number(Double($0)), origin: .folded) }
        }
        let key = known.kind == .elementOf ? -1 : known.data >= 0 ? known.data : tree[known.child].next
        if known.kind == .elementOf || isNumber(key, depth: depth) {
            let place = known.kind == .elementOf ? Int(known.data) : index(key, depth: depth)
            guard let place, place >= 0 else { return nil }
            // The one element, whatever the others are.
            let element = element(Array("\(place)".utf8), of: known.child)
            if element >= 0 { return folded(element, depth: depth + 2) }
            guard let object = constant(of: known.child, depth: depth + 1) else { return nil }
            return self.element(place, of: object)
        }
        guard case .text(let name)? = constant(of: key, depth: depth + 1) else {
            // `[][[]]`: JSFuck's way to say undefined.
            guard let key = constant(of: key, depth: depth + 1), case .list(let keys) = key, keys.isEmpty,
                case .list? = constant(of: known.child, depth: depth + 1)
            else { return nil }
            return FoldedConstant(value: ConstantText.undefined, origin: .folded)
        }
        if let place = Int(String(decoding: name, as: UTF8.self)), place >= 0 {
            guard let object = constant(of: known.child, depth: depth + 1) else { return nil }
            return element(place, of: object)
        }
        let value = member(lexed.names.intern(name, source: source), of: known.child, steps: 1)
        if value >= 0, value != node { return folded(value, depth: depth + 2) }
        guard case .members(let members)? = constant(of: known.child, depth: depth + 1),
            let value = members[String(decoding: name, as: UTF8.self)]
        else { return nil }
        return FoldedConstant(value: value, origin: .folded)
    }

    private mutating func isNumber(_ key: Int32, depth: Int) -> Bool {
        if case .number? = constant(of: key, depth: depth + 1) { return true }
        return false
    }

    private mutating func index(_ key: Int32, depth: Int) -> Int? {
        guard case .number(let number)? = constant(of: key, depth: depth + 1), number >= 0, number < 1e9 else {
            return nil
        }
        return Int(number)
    }

    private func length(of value: Constant) -> Int? {
        switch value {
        case .text(let text): text.count
        case .list(let values): values.count
        case .number, .boolean, .reference, .members: nil
        }
    }

    func element(_ place: Int, of value: Constant) -> FoldedConstant? {
        switch value {
        case .text(let text):
            guard let character = ConstantMethods.characters(text, place..<place + 1) else { return nil }
            return FoldedConstant(value: .text(character), origin: .folded)
        case .list(let values):
            return FoldedConstant(
                value: place < values.count ? values[place] : ConstantText.undefined, origin: .folded)
        case .number, .boolean, .reference, .members: return nil
        }
    }
}
