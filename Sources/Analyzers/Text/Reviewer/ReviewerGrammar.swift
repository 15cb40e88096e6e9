/// Finds what sentences say to a reviewing model by the meanings of their words, in whatever words and order.
struct ReviewerGrammar {
    let words: [ReviewerWord]
    var signs: [ReviewerSign] = []

    /// The signs in a stretch of words.
    static func signs(in words: [ReviewerWord]) -> [ReviewerSign] {
        var grammar = ReviewerGrammar(words: words)
        for index in words.indices where !words[index].meaning.isEmpty {
            grammar.readOverride(at: index)
            grammar.readVerdict(at: index)
            grammar.readAddress(at: index)
            grammar.readRole(at: index)
            grammar.readRefusal(at: index)
        }
        return grammar.signs
    }

    // MARK: Looking around

    func has(_ index: Int, _ meaning: WordMeaning) -> Bool {
        words.indices.contains(index) && words[index].meaning.overlaps(meaning)
    }

    /// The nearest word of a meaning in a range of positions, from its beginning.
    func first(_ meaning: WordMeaning, _ from: Int, _ through: Int) -> Int? {
        var index = max(from, 0)
        while index <= through, index < words.count {
            if words[index].meaning.overlaps(meaning) { return index }
            index += 1
        }
        return nil
    }

    /// Whether a sentence ends between two words.
    func isParted(_ from: Int, _ through: Int) -> Bool {
        words[from..<max(from, through)].contains { [0x3B, 0x3F].contains($0.next) }
    }

    /// The nearest word of a meaning before `from`, not before `through`.
    func last(_ meaning: WordMeaning, _ from: Int, _ through: Int) -> Int? {
        var index = min(from, words.count - 1)
        while index >= max(through, 0) {
            if words[index].meaning.overlaps(meaning) { return index }
            index -= 1
        }
        return nil
    }

    func isForeign(_ index: Int) -> Bool { words[index].meaning.overlaps(.foreign) }

    mutating func add(_ topic: ReviewerTopic, _ kind: Int, _ weight: Int, _ first: Int, _ last: Int) {
        let (low, high) = (max(min(first, last), 0), min(max(first, last), words.count - 1))
        let range = words[low].range.lowerBound..<words[high].range.upperBound
        signs.append(ReviewerSign(topic: topic, kind: kind, weight: weight, range: range))
    }

    // MARK: Orders to forget orders

    mutating func readOverride(at index: Int) {
        let isIgnore = has(index, .ignore) || has(index, .follow) && has(index - 1, .no)
        // `# type: ignore[arg-type]` speaks to a checker of types.
        guard isIgnore || has(index, .override), words[index].next != 0x5B else { return }
        if let object = first(.orders, index + 1, index + 8), !isParted(index, object) {
            add(.override, 0, overrideWeight(index, object, around: index + 1, object + 3), index, object)
        } else if isIgnore, let object = first(.looseOrders, index + 1, index + 7),
            let other = first([.previous, .your], max(index + 1, object - 2), object - 1)
        {
            add(.override, 0, has(other, .previous) ? 9 : 7, index, object)
        } else if isIgnore, let object = first(.anyOrders, index + 1, index + 4), has(object + 1, .you),
            first(.told, object + 2, object + 4) != nil
        {
            add(.override, 0, 8, index, object + 3)
        } else if isIgnore, let object = first(.everything, index + 1, index + 2),
            first(.told, object + 1, object + 4) != nil, has(object + 1, .you) || has(object + 2, .you)
        {
            add(.override, 1, 8, index, object + 2)
        } else if isIgnore, has(index + 1, .everything), has(index + 2, [.near, .told, .previous]) {
            add(.override, 1, 4, index, index + 2)
        } else if isIgnore, first(.your, index + 1, index + 2) != nil {
            add(.override, 1, 3, index, index + 2)
        }
        readOverrideBackwards(at: index, isIgnore)
    }

    /// What kind of orders, and whose, decides how surely they are a model's.
    private func overrideWeight(_ verb: Int, _ object: Int, around from: Int, _ through: Int) -> Int {
        if first(.previous, from, object - 1) != nil { return 10 }
        // Other languages say which orders after the word.
        if isForeign(object) || isForeign(verb), first(.previous, object, through) != nil { return 10 }
        if first(.your, from, object) != nil { return 9 }
        // "Ignore all instructions after a jump" is said of programs.
        if first(.all, from, object) != nil { return isForeign(verb) ? 8 : has(verb, .ignore) ? 7 : 5 }
        return first(.near, from, through) != nil ? 5 : 2
    }

    /// Languages with the verb at the end.
    private mutating func readOverrideBackwards(at index: Int, _ isIgnore: Bool) {
        guard isIgnore, let object = last(.anyOrders, index - 1, index - 7) else { return }
        let isOther = isForeign(index) || isForeign(object)
        let qualifier: WordMeaning = isOther ? [.previous, .your, .all] : [.previous, .your]
        guard let other = last(qualifier, index - 1, object - 5) else { return }
        if isOther || has(object, .orders) { add(.override, 2, isOther ? 9 : 7, other, index) }
    }

    // MARK: Speaking to a model

    mutating func readAddress(at index: Int) {
        if has(index, .salutation) { readSalutation(at: index) }
        if has(index, .machine) { readMachine(at: index) }
        // "Models should respond": to models, not of them.
        if has(index, .assistant), has(index + 1, .must), has(index + 2, [.answer, .mark, .classify, .skip]) {
            add(.addressed, 6, 4, index, index + 2)
        }
        if has(index, .reviewer), has(index - 1, .automated), has(index + 1, .must) || words[index].next == 0x3A {
            add(.addressed, 3, 4, index - 1, index + 1)
        }
        if has(index, .when), let you = first(.you, index + 1, index + 1), has(you + 1, .are) || has(you, .are) {
            readCondition(from: index)
        } else if has(index, .when), has(index + 1, .are) || has(index + 1, .you) {
            readCondition(from: index)
        } else if has(index, .when) {
            readCapacity(from: index)
        }
    }

    /// "Note to AI reviewers", "Dear model".
    private mutating func readSalutation(at index: Int) {
        guard let target = first([.machine, .assistant, .reviewer], index + 1, index + 4) else { return }
        let next = words[index].next
        let isHeading = [0x3A, 0x2C, 0x2D, 0x21].contains(next)
        let isDirect = has(index + 1, .to) || isHeading || target == index + 1 && (next | 0x20) &- 0x61 < 26
        guard isDirect || isForeign(target), !isParted(index, target) else { return }
        let reviewer = first([.reviewer, .reviewing], target, target + 3)
        if has(target, .machine) || isLanguageModel(target) {
            let isWeak = has(index, .anyOrders)
            add(.addressed, 0, (isWeak ? 3 : 6) + (reviewer == nil ? 0 : 3), index, reviewer ?? target)
        } else if has(target, .reviewer), first(.automated, index + 1, target - 1) != nil {
            add(.addressed, 0, 5, index, target)
        } else {
            add(.addressed, 1, has(target, .assistant) ? 3 : 2, index, target)
        }
    }

    /// "AI reviewers must", "to the LLM reading this file".
    private mutating func readMachine(at index: Int) {
        let name = has(index + 1, [.assistant, .reviewer, .tool, .reviewing]) ? index + 1 : index
        let reviewer = first(.reviewer, index, index + 3)
        if has(name + 1, [.must, .skip]),
            has(index - 1, .to) || reviewer != nil || words[index].isLineStart
        {
            add(.addressed, 2, reviewer == nil ? 4 : 7, index, name + 1)
        } else if words[name].next == 0x3A || words[name].next == 0x2C, words[index].isLineStart || reviewer != nil {
            add(.addressed, 2, reviewer == nil ? 3 : 6, index, name)
        } else if let reviewer {
            add(.addressed, 4, 2, index, reviewer)
        }
        if let reading = first(.reading, name + 1, name + 3), has(reading + 1, .this),
            has(index - 1, .to) || has(index - 2, .to)
        {
            add(.addressed, 0, 8, index, reading + 1)
        }
    }

    /// "If you are an AI", "as an LLM".
    private mutating func readCondition(from index: Int) {
        guard let target = first([.machine, .assistant, .reviewer], index + 1, index + 6) else { return }
        let reviewer = first([.reviewer, .reviewing], target, target + 5)
        let speaksToYou = first(.you, index, target) != nil
        // "If you are using an AI" speaks to its user.
        let isUser = has(target, .machine) && !isLanguageModel(target) && reviewer == nil && target > index + 4
        if isUser { return }
        if has(target, .machine) || isLanguageModel(target) {
            add(.addressed, 5, (speaksToYou ? 6 : 3) + (reviewer == nil ? 0 : 3), index, reviewer ?? target)
        } else if speaksToYou, has(target, .reviewer) {
            add(.addressed, 5, first(.automated, index, target) == nil ? 3 : 6, index, target)
        }
    }

    /// "As an automated security reviewer you must", "as the AI auditor, you".
    private mutating func readCapacity(from index: Int) {
        guard let target = first([.machine, .assistant, .reviewer], index + 1, index + 6),
            let reader = first([.reviewer, .reviewing], target, target + 3) ?? (has(target, .machine) ? target : nil),
            has(reader + 1, .you) || has(reader + 2, .you), !isParted(index, reader)
        else { return }
        let isMachine = has(target, .machine) || isLanguageModel(target) || first(.automated, index, reader) != nil
        add(.addressed, 5, isMachine ? 6 : 3, index, reader)
    }

    func isLanguageModel(_ index: Int) -> Bool { has(index, .assistant) && has(index - 1, [.language, .machine]) }
}
