/// Imports, exports and the declarations that only TypeScript has.
extension JavaScriptParser {
    // MARK: Imports

    /// `import … from`, `import 'x'`, `import x = require('y')`; false for `import(…)` and `import.meta`.
    mutating func parseImport() -> Bool {
        guard mark(at: position + 1) != .openParenthesis, mark(at: position + 1) != .dot else { return false }
        let start = position
        position += 1
        if isString(at: position) {
            _ = finishImport(from: start)
            return true
        }
        let isTypeOnly =
            isWord(.type, at: position) && mark(at: position + 1) != .comma && !isWord(.from, at: position + 1)
            && mark(at: position + 1) != .assign
        if isTypeOnly || isWord(.defer, at: position) && name(at: position + 1) < 0 { position += 1 }
        let names = parseImportNames()
        if mark == .assign {
            position += 1
            let value = parseAssignment()
            for name in names { assign(name.target, value, .initial) }
            _ = skip(.semicolon)
            return true
        }
        guard isWord(.from, at: position) else { return true }
        position += 1
        guard !isTypeOnly, let module = finishImport(from: start) else { return true }
        for name in names {
            guard name.member >= 0, name.member != JavaScriptWord.default else {
                assign(name.target, module, .initial)
                continue
            }
            let place = tree[name.target].start
            let member = tree.add(
                .member, place..<place + 1, child: module, data: name.member, flags: [.isSynthetic, .isConsumed])
            assign(name.target, member, .initial)
        }
        return true
    }

    private struct ImportedName {
        let target: Int32
        /// -1 for the module as a whole.
        let member: Int32
    }

    private mutating func parseImportNames() -> [ImportedName] {
        var names: [ImportedName] = []
        while !isAtEnd {
            if isWord(.from, at: position), isString(at: position + 1) { break }
            if mark == .multiply {
                position += isWord(.as, at: position + 1) ? 2 : 1
                if name(at: position) >= 0 { names.append(ImportedName(target: importName(position), member: -1)) }
                position += 1
            } else if mark == .openBrace {
                readRegion { parser in parser.parseImportList(into: &names) }
            } else if name(at: position) >= 0 {
                names.append(ImportedName(target: importName(position), member: -1))
                position += 1
            } else {
                break
            }
            if !skip(.comma) { break }
        }
        return names
    }

    private mutating func parseImportList(into names: inout [ImportedName]) {
        while !isAtEnd {
            let before = position
            if isWord(.type, at: position), name(at: position + 1) >= 0, !isWord(.as, at: position + 1) {
                position += 1
            }
            let member = name(at: position)
            position += 1
            var target = position - 1
            if isWord(.as, at: position), name(at: position + 1) >= 0 {
                target = position + 1
                position += 2
            }
            if name(at: target) >= 0 { names.append(ImportedName(target: importName(target), member: member)) }
            if !skip(.comma), position == before { position += 1 }
        }
    }

    private mutating func importName(_ place: Int32) -> Int32 {
        declare(name(at: place), .imported, in: scope, at: place)
        return tree.add(.name, place..<place + 1, data: name(at: place), flags: .isTarget)
    }

    /// The specifier and what follows it; gives the module's node.
    private mutating func finishImport(from start: Int32) -> Int32? {
        guard isString(at: position) else { return nil }
        let specifier = position
        _ = tree.add(.string, specifier..<specifier + 1, data: specifier)
        position += 1
        if isWord(.with, at: position)
            || name(at: position) >= 0 && mark(at: position + 1) == .openBrace
                && !isAfterNewline(position)
        {
            position = min(partner(of: position + 1) + 1, regionEnd)
        }
        _ = skip(.semicolon)
        let record = Int32(truncatingIfNeeded: tree.imports.count)
        tree.imports.append(ImportRecord(specifier: specifier, tokens: start..<position))
        return tree.add(.importedModule, start..<position, data: record, flags: .isConsumed)
    }

    // MARK: Exports

    mutating func parseExport() {
        let start = position
        position += 1
        if isWord(.type, at: position), mark(at: position + 1) == .openBrace || mark(at: position + 1) == .multiply {
            position += 1
        }
        if mark == .multiply || mark == .openBrace {
            parseExportList(from: start)
            return
        }
        if skip(.assign) {
            _ = parseExpression()
            _ = skip(.semicolon)
            return
        }
        guard isWord(.default, at: position) else {
            // A declaration.
            if isWord(.import, at: position) { _ = parseImport() } else { parseStatement() }
            return
        }
        position += 1
        skipDecorators()
        if isWord(.abstract, at: position) { position += 1 }
        let isAsync = isWord(.async, at: position) && isWord(.function, at: position + 1)
        if isAsync { position += 1 }
        if isWord(.function, at: position) {
            _ = parseFunction(isAsync: isAsync, isDeclaration: true)
        } else if isWord(.class, at: position) {
            _ = parseClass(isDeclaration: true)
        } else if isWord(.interface, at: position), isTyped {
            parseStatement()
        } else {
            _ = parseAssignment()
            _ = skip(.semicolon)
        }
    }

    private mutating func parseExportList(from start: Int32) {
        if mark == .multiply {
            position += isWord(.as, at: position + 1) ? 3 : 1
        } else {
            let open = position
            position = min(partner(of: open) + 1, regionEnd)
            guard !isWord(.from, at: position) else {
                position += 1
                _ = finishImport(from: start)
                return
            }
            // What is exported is read.
            for place in open + 1..<max(position - 1, open + 1) where name(at: place) >= 0 {
                let isTarget = isWord(.as, at: place - 1)
                if !isTarget, !isWord(.as, at: place) {
                    _ = tree.add(.name, place..<place + 1, data: name(at: place), flags: .isConsumed)
                }
            }
            _ = skip(.semicolon)
            return
        }
        if isWord(.from, at: position) {
            position += 1
            _ = finishImport(from: start)
        }
    }

    // MARK: TypeScript

    mutating func parseEnumeration() {
        position += 1
        let place = position
        guard name(at: place) >= 0, mark(at: place + 1) == .openBrace else { return }
        declare(name(at: place), .type, in: scope, at: place)
        position += 1
        readRegion { parser in
            while !parser.isAtEnd {
                let before = parser.position
                _ = parser.parseKey()
                if parser.skip(.assign) { _ = parser.parseAssignment() }
                if !parser.skip(.comma), parser.position == before { parser.position += 1 }
            }
        }
    }

    /// Declarations that only TypeScript has; false, with nothing read, where the word is a plain name.
    mutating func parseTypeScript(_ word: JavaScriptWord) -> Bool {
        let next = position + 1
        guard isTyped, name(at: next) >= 0 && !isAfterNewline(next) || word == .module && isString(at: next) else {
            return false
        }
        switch word {
        case .interface:
            while !isAtEnd, mark != .openBrace { position += 1 }
            if mark == .openBrace { position = min(partner(of: position) + 1, regionEnd) }
        case .type:
            guard mark(at: next + 1) == .assign || mark(at: next + 1) == .less else { return false }
            position = next + 1
            if mark == .less { skipAngles() }
            if skip(.assign) { skipType() }
            _ = skip(.semicolon)
        case .namespace, .module:
            position = next
            while !isAtEnd, mark != .openBrace, mark != .semicolon { position += 1 }
            if mark == .openBrace { parseStatement() }
        default:
            // `declare` and `abstract` stand before another declaration.
            position = next
            if isWord(.global, at: position), mark(at: position + 1) == .openBrace { position += 1 }
            parseStatement()
        }
        return true
    }
}
