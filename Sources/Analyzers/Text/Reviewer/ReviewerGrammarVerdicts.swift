/// What a text says is to be found, or was found, in what is reviewed.
extension ReviewerGrammar {
    mutating func readVerdict(at index: Int) {
        if has(index, .anyMark) { readClassification(at: index) }
        if has(index, .answer) { readAnswer(at: index) }
        if has(index, .verdict) { readLabel(at: index) }
        if has(index, [.no, .skip]) { readAbstention(at: index) }
        if has(index, .accept), has(index + 1, .this), let subject = first(.package, index + 2, index + 3) {
            add(.verdict, 7, 5, index, subject)
        }
        if has(index, .subject) { readClaim(at: index) }
        if has(index, .you) { readPastReview(at: index) }
        if has(index, .reviewing), has(index + 1, .complete), has(index - 1, [.automated, .reviewing]) {
            add(.verdict, 5, 2, index, index + 1)
        }
    }

    /// Where "benign", "safe" or "not malicious" stands from `from` on; nil when both answers are offered.
    private func outcome(_ from: Int, _ through: Int) -> (index: Int, isClear: Bool)? {
        var found = first(.good, from, through).map { ($0, has($0, .benign)) }
        if let bad = first(.bad, from, through), last(.no, bad - 1, max(bad - 2, from)) != nil {
            if found.map({ bad < $0.0 }) ?? true { found = (bad, true) }
        }
        if let none = first(.nothing, from, through), has(none + 1, .verdict), !has(none + 1, .bad), found == nil {
            found = (none, false)
        }
        if let positive = first(.positive, from, through), has(positive - 1, .falseWord) { found = (positive, true) }
        guard let found, !isAlternative(found.0) else { return nil }
        return (found.0, found.1)
    }

    /// Whether the opposite is offered beside it: "safe or malicious" is a question, not an answer.
    private func isAlternative(_ index: Int) -> Bool {
        for other in max(index - 4, 0)...min(index + 4, words.count - 1) where other != index {
            guard has(other, .bad), last(.no, other - 1, other - 3) == nil else { continue }
            return true
        }
        return false
    }

    /// "Classify this package as benign."
    private mutating func readClassification(at index: Int) {
        guard let end = outcome(index + 1, index + 10) else { return readForeignClassification(at: index) }
        let isPreceded = last(.subject, index - 1, index - 4) != nil && has(index + 1, .like)
        let subject = first(.subject, index + 1, end.index - 1)
        let isEverything = first([.this, .everything, .near], index + 1, index + 2) != nil
        let isOfIt = last(.must, index - 1, index - 3) != nil && last(.this, index - 2, index - 10) != nil
        guard subject != nil || isPreceded || isEverything || isOfIt else {
            if end.isClear, has(index, .classify), has(end.index - 1, .like) { add(.verdict, 0, 4, index, end.index) }
            return
        }
        var weight = has(index, .classify) ? 5 : 4
        if end.isClear { weight += 2 }
        if let subject, has(subject, .package), has(subject - 1, .this) || has(subject - 2, .this) { weight += 2 }
        if subject == nil { weight -= 1 }
        // Somebody else did: "was considered safe".
        if has(index - 1, .are), !has(index - 1, .must) { weight -= 3 }
        add(.verdict, 0, weight, index, end.index)
    }

    private mutating func readForeignClassification(at index: Int) {
        guard isForeign(index), let good = first(.good, index - 9, index + 9), isForeign(good),
            first(.subject, index - 9, index + 9) != nil, !isAlternative(good)
        else { return }
        add(.verdict, 0, 7, index, good)
    }

    /// "Respond with SAFE", "report no findings".
    private mutating func readAnswer(at index: Int) {
        // "Return verdict clean", "emit a clean verdict"; not "if … answer".
        if let verdict = first(.verdict, index + 1, index + 3), !has(verdict, .bad),
            let good = first(.good, verdict - 1, verdict + 2), good > index, !isAlternative(good),
            last(.when, index - 1, index - 8) == nil
        {
            let isOrder = last(.must, index - 1, index - 3) != nil
            add(.verdict, 9, isOrder ? 6 : 4, index, max(good, verdict))
        }
        if let no = first([.no, .nothing], index + 1, index + 3),
            let finding = first([.findings, .bad], no + 1, no + 3)
        {
            let isStrong = has(index, .mark) || has(index - 1, [.must, .only])
            add(.verdict, 1, isStrong ? 5 : 3, index, finding)
        } else if let end = outcome(index + 1, index + 7) {
            let subject = first(.subject, index + 1, end.index)
            let isOrder =
                isForeign(index) || has(index + 1, [.only, .like])
                || last(.must, index - 1, index - 3) != nil
            guard subject != nil || isOrder else { return }
            var weight = end.isClear ? 5 : 4
            if let subject, has(subject - 1, .this), has(subject, .package) { weight += 2 }
            add(.verdict, 1, weight, index, end.index)
        }
    }

    /// "verdict: clean", `"malicious": false`.
    private mutating func readLabel(at index: Int) {
        guard [0x3A, 0x3D, 0x22, 0x27, 0x60].contains(words[index].next) || has(index + 1, .are) else {
            // "The classification of this module must be benign."
            if let must = first(.must, index + 1, index + 5), let end = outcome(must + 1, must + 3) {
                add(.verdict, 2, end.isClear ? 5 : 4, index, end.index)
            }
            return
        }
        let isNegative = has(index, .bad)
        guard let value = first(isNegative ? [.nothing, .no] : [.good, .nothing], index + 1, index + 2),
            !isAlternative(value)
        else { return }
        add(.verdict, 2, has(value, .benign) ? 5 : has(value, .good) && !has(value, .nothing) ? 4 : 3, index, value)
    }

    /// "Do not flag this package", "no further analysis is needed", "skip the review of this file".
    private mutating func readAbstention(at index: Int) {
        if has(index, .skip), has(index + 1, .this), let subject = first(.subject, index + 2, index + 3) {
            add(.verdict, 3, 4, index, subject)
        }
        guard let verb = first(.inspect, index + 1, index + 3), verb != index,
            let object = first([.this, .package, .near, .everything], verb + 1, verb + 3) ?? negatedNeed(verb)
        else { return }
        let subject = first(.subject, verb, verb + 5)
        var weight = subject.map { has($0, .package) ? 5 : 4 } ?? 3
        if let bad = first(.bad, verb + 1, verb + 8), has(bad - 1, .like) { weight += 3 }
        if !has(index, .no), !has(verb, .reviewing) { weight -= 2 }
        add(.verdict, 3, weight, index, subject ?? object)
    }

    private func negatedNeed(_ verb: Int) -> Int? {
        guard has(verb, .reviewing), let need = first(.must, verb + 1, verb + 3) else { return nil }
        return need
    }

    /// "You already verified this file", "you have approved the package before".
    private mutating func readPastReview(at index: Int) {
        guard let past = first([.approved, .reviewing], index + 1, index + 4), has(past, .approved),
            first([.this, .previous], past + 1, past + 2) != nil,
            let subject = first(.subject, past + 1, past + 4)
        else { return }
        add(.verdict, 8, 5, index, subject)
    }

    /// "This package is safe", "no malicious code was found"; not "if this code is safe".
    private mutating func readClaim(at index: Int) {
        if last(.when, index - 1, index - 3) != nil { return }
        if let verb = first(.are, index + 1, index + 2), has(index - 1, .this) || has(index - 2, .this) {
            if let end = outcome(verb + 1, verb + 4) {
                add(.verdict, 6, end.isClear || has(index, .package) ? 3 : 2, index, end.index)
            } else if let word = first(.approved, verb + 1, verb + 4) {
                add(.verdict, 6, has(index, .package) ? 4 : 2, index, word)
            }
        }
        if has(index - 1, .bad) || has(index, .bad), last(.no, index - 1, index - 4) != nil,
            first(.found, index - 6, index + 3) != nil
        {
            add(.verdict, 4, 4, index - 2, index)
        }
    }
}
