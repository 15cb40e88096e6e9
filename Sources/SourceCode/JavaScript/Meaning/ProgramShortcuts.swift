/// Answers that a look at the shape of an expression gives, without following it.
extension JavaScriptProgram {
    /// A quick look whether an expression could lead out of the file: most do not.
    func mayLeadOut(_ node: Int32) -> Bool {
        var node = node
        while node >= 0 {
            let known = tree[node]
            switch known.kind {
            case .member where known.data == JavaScriptWord.constructor: return true
            case .member, .index, .call, .group, .construct, .await: node = known.child
            case .name:
                let symbol = tree.symbols[Int(known.child)]
                let write = symbol.firstWrite
                if symbol.writeCount == 1, write >= 0, pathOfWrite[Int(write)] == 1 { return false }
                return symbol.kind == .global || symbol.writeCount > 0 || symbol.declared >= 0
                    || symbol.kind == .parameter && symbol.name == JavaScriptWord.require
            case .this: return functionOfThis(known.data) == 0
            case .meta, .importCall, .sequence, .assignment, .conditional, .logical: return true
            case .missing, .number, .string, .regularExpression, .template, .tagged, .super, .word, .array, .object,
                .spread, .property, .function, .class, .importedModule, .unary, .update, .binary, .sum, .yield,
                .element, .elementOf:
                return false
            }
        }
        return false
    }

    /// Whether an expression is sure not to lead out of the file, so that `path(of:)` need not be asked.
    ///
    /// Members and calls of something of the file's own are that too, unless the file itself gives such members or
    /// functions a value. What is not sure is followed: false says nothing.
    func staysInside(_ node: Int32) -> Bool {
        var node = node
        while node >= 0 {
            let known = tree[node]
            switch known.kind {
            case .group, .await: node = known.child
            case .member:
                guard known.data >= 0, known.data != JavaScriptWord.constructor, !isMemberName(known.data) else {
                    return false
                }
                node = known.child
            case .index:
                let key = known.data >= 0 ? known.data : tree[known.child].next
                guard key >= 0, !mayFold(key) else { return false }
                node = known.child
            case .call, .construct:
                guard isPlainCallee(known.child, isConstruction: known.kind == .construct) else { return false }
                node = known.child
            case .name: return isLocal(known)
            case .this: return functionOfThis(known.data) != 0
            case .number, .string, .regularExpression, .template, .word, .array, .object, .function, .class: return true
            case .missing, .super, .spread, .property, .unary, .update, .binary, .sum, .yield, .element: return true
            case .tagged, .meta, .importCall, .importedModule, .logical, .assignment, .conditional, .sequence,
                .elementOf:
                return false
            }
        }
        return true
    }

    /// Whether the result of a call has to do with its callee alone: not with its arguments, and not with a function of
    /// this file.
    private func isPlainCallee(_ callee: Int32, isConstruction: Bool) -> Bool {
        let known = tree[callee]
        switch known.kind {
        case .member:
            return known.data >= 0 && known.data != JavaScriptWord.apply && known.data != JavaScriptWord.construct
                && !isMemberName(known.data) && !lexed.names.mayBeInterop(known.data, source: source)
        case .name:
            let symbol = tree.symbols[known.child]
            let holdsNothing = symbol.writeCount == 0 && symbol.declared < 0
            return (isConstruction || holdsNothing) && !lexed.names.mayBeInterop(known.data, source: source)
        case .missing, .number, .string, .regularExpression, .template, .tagged, .this, .super, .word, .meta, .group,
            .array, .object, .spread, .property, .function, .class, .index, .call, .construct, .importCall,
            .importedModule, .unary, .update, .binary, .logical, .assignment, .sum, .conditional, .sequence, .await,
            .yield, .element, .elementOf:
            return false
        }
    }

    /// Whether a name is known to stand for nothing beyond the file.
    private func isLocal(_ node: JavaScriptNode) -> Bool {
        if has(.isLocal, node.child) { return true }
        let symbol = tree.symbols[node.child]
        return symbol.kind != .global && symbol.writeCount == 0 && !isModuleParameter(symbol.name)
    }
}
