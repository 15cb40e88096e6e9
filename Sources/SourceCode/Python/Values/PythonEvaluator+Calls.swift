extension PythonEvaluator {
    mutating func evaluateCall(_ id: PythonNode.ID, _ node: PythonNode) -> PythonValue {
        guard node.first >= 0 else { return .unknown }
        consume(node.first)
        let callee = value(of: node.first)
        let first = self.node(node.first).next
        switch callee.kind {
        case .path:
            let special = pathFacts(callee.path).special
            if special != .none, let known = evaluateSpecial(special, id, node, callee) { return known }
            return result(of: callee, id)
        case .function:
            noteLocalCall(from: node.scope, callee)
            if let returned = returned(by: callee.payload) { return returned }
        case .type:
            noteLocalCall(from: node.scope, callee)
            return PythonValue(
                kind: .instance, path: paths.child(callee.path, PythonPathTable.call, &names), payload: callee.payload)
        case .namespace:
            // `globals().get('x')`, `vars(os).__getitem__('system')`, `.pop`.
            if first >= 0, let found = member(of: callee, key: first) { return found }
        case .getter, .methodCaller:
            if callee.kind == .getter, first >= 0 {
                var found = member(of: value(of: first), callee.payload)
                found.spelling.formUnion(callee.spelling)
                return found
            }
        case .pending, .unknown, .literal, .constant, .display, .instance:
            if let known = attributeMethod(node) { return known }
        }
        return PythonValue(kind: .unknown, path: paths.child(callee.path, PythonPathTable.call, &names))
    }

    /// The result of calling something with a path; its chain remembers where it began.
    private mutating func result(of callee: PythonValue, _ id: PythonNode.ID) -> PythonValue {
        PythonValue(
            kind: .path, path: paths.child(callee.path, PythonPathTable.call, &names),
            payload: callee.payload >= 0 ? callee.payload : id)
    }

    /// `x.__getattribute__('name')`, `x.__dict__.get('name')` of what is not known.
    private mutating func attributeMethod(_ node: PythonNode) -> PythonValue? {
        let callee = self.node(node.first)
        guard callee.kind == .attribute, callee.next >= 0 else { return nil }
        guard names.length(of: callee.aux) >= 11 else { return nil }
        guard names.isName(callee.aux, "__getattribute__") || names.isName(callee.aux, "__getattr__") else {
            return nil
        }
        return member(of: value(of: callee.first), key: callee.next)
    }

    /// Remembers a call of a function of the file; an object made of a class runs what makes it.
    mutating func noteLocalCall(from scope: Int32, _ callee: PythonValue) {
        switch callee.kind {
        case .function:
            localCalls.append((scope, callee.payload))
        case .type:
            localCalls.append((scope, callee.payload))
        case .pending, .unknown, .path, .literal, .constant, .display, .instance, .namespace, .getter, .methodCaller:
            break
        }
    }

    /// What a function returns where it has one return and that is a function, module or object.
    private mutating func returned(by scope: Int32) -> PythonValue? {
        let record = syntax.scopes[Int(scope)]
        guard record.returnCount == 1, record.returned >= 0 else { return nil }
        let value = value(of: record.returned)
        switch value.kind {
        case .path:
            guard paths.root(value.path) != .local else { return nil }
            var result = value
            if !paths.isResult(value.path) { result.spelling.insert(.aliased) }
            return result
        case .literal, .constant, .function, .type, .instance, .namespace: return value
        case .pending, .unknown, .display, .getter, .methodCaller: return nil
        }
    }

    /// The first argument of a call, past keywords; -1 for none.
    func argument(_ node: PythonNode, _ position: Int) -> PythonNode.ID {
        guard node.first >= 0 else { return -1 }
        var child = self.node(node.first).next
        var left = position
        while child >= 0 {
            let kind = self.node(child).kind
            if kind == .starred { return -1 }
            if kind != .keyword {
                if left == 0 { return child }
                left -= 1
            }
            child = self.node(child).next
        }
        return -1
    }

    /// The value of a keyword argument; -1 for none.
    func argument(_ node: PythonNode, named name: StaticString) -> PythonNode.ID {
        guard node.first >= 0 else { return -1 }
        var child = self.node(node.first).next
        while child >= 0 {
            let each = self.node(child)
            if each.kind == .keyword, names.isName(each.aux, name) { return each.first }
            child = each.next
        }
        return -1
    }

    private mutating func evaluateSpecial(
        _ special: PythonSpecial, _ id: PythonNode.ID, _ node: PythonNode, _ callee: PythonValue
    ) -> PythonValue? {
        let first = argument(node, 0)
        switch special {
        case .getattr:
            let key = argument(node, 1)
            guard first >= 0, key >= 0 else { return nil }
            return member(of: value(of: first), key: key)
        case .attrgetter, .methodcaller:
            guard let name = constant(first)?.content, name.count <= 100 else { return nil }
            return PythonValue(
                kind: special == .attrgetter ? .getter : .methodCaller, spelling: [.indirect, .bracketed],
                path: paths.child(callee.path, PythonPathTable.call, &names), payload: names.intern(name))
        case .vars:
            guard first >= 0 else { return namespace(of: nil, callee) }
            return namespace(of: value(of: first), callee)
        case .globals:
            return namespace(of: nil, callee)
        case .importFunction, .importModule:
            guard let name = constant(first)?.content, !name.isEmpty else { return nil }
            let hasList = argument(node, 3) >= 0 || argument(node, named: "fromlist") >= 0
            guard var found = module(name, isWhole: special == .importModule || hasList) else { return nil }
            found.spelling = self.node(first).kind == .string ? .bracketed : .computed
            return found
        case .partial:
            guard first >= 0 else { return nil }
            var found = value(of: first)
            guard found.kind == .path || found.kind == .function else { return nil }
            found.spelling.insert(.indirect)
            return found
        case .compile:
            // What is compiled keeps its origin.
            guard first >= 0 else { return nil }
            let source = value(of: first)
            return PythonValue(
                kind: .path, path: paths.child(callee.path, PythonPathTable.call, &names),
                payload: source.kind == .path && source.payload >= 0 ? source.payload : id)
        case .applies, .appliesTarget, .map, .sortedList:
            noteApplied(special, node)
            return special == .applies || special == .appliesTarget ? nil : foldIfConstant(id)
        case .getAttributeMethod:
            return attributeMethod(node)
        case .none, .dictGet, .loadFile, .callMethod, .runsText, .open, .pathObject:
            return nil
        case .joinPaths, .chr, .ord, .text, .bytes, .integer, .length, .reversed, .list, .join, .format, .replace,
            .lower, .upper, .strip, .lstrip, .rstrip, .split, .decode, .encode, .title, .capitalize, .swapcase,
            .maketrans, .translate, .fromHex, .hexText, .xor, .base64, .base32, .base16, .base85, .ascii85,
            .urlsafeBase64, .unhexlify, .hexlify, .codecsDecode, .codecsEncode, .unquote, .range, .zip, .enumerate,
            .zfill, .removePrefix, .removeSuffix, .sumOf, .absolute, .minimum, .maximum, .power, .fromOrdinals:
            return foldIfConstant(id)
        }
    }

    private mutating func foldIfConstant(_ id: PythonNode.ID) -> PythonValue? {
        let folded = fold(id)
        return folded.isConstant ? folded : nil
    }

    private mutating func namespace(of base: PythonValue?, _ callee: PythonValue) -> PythonValue? {
        let path = paths.child(callee.path, PythonPathTable.call, &names)
        guard let base else { return PythonValue(kind: .namespace, spelling: callee.spelling, path: path, payload: -1) }
        guard base.kind == .path else { return nil }
        return PythonValue(
            kind: .namespace, spelling: base.spelling.union(callee.spelling), path: path, payload: base.path)
    }

    /// A function of the file that is given to something that calls it.
    private mutating func noteApplied(_ special: PythonSpecial, _ node: PythonNode) {
        noteApplied(argument(node, 0), node)
        noteApplied(argument(node, named: "target"), node)
        noteApplied(argument(node, named: "key"), node)
        if special == .appliesTarget { noteApplied(argument(node, 1), node) }
    }

    private mutating func noteApplied(_ argument: PythonNode.ID, _ node: PythonNode) {
        if argument >= 0 { noteLocalCall(from: node.scope, value(of: argument)) }
    }
}
