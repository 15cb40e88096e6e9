/// Roles, turns and modes that a text gives to its reader, and what makes models refuse.
extension ReviewerGrammar {
    mutating func readRole(at index: Int) {
        if has(index, .you), has(index + 1, .are) { readAssignment(at: index) }
        if has(index, .your), has(index + 1, .new), has(index + 2, .task) { add(.role, 1, 5, index, index + 2) }
        if has(index, .new), has(index + 1, .orders), words[index + 1].next == 0x3A {
            add(.role, 1, 5, index, index + 1)
        }
        if has(index, .pretend), first([.reviewer, .assistant, .machine], index + 1, index + 5) != nil {
            add(.role, 2, 3, index, index + 1)
        }
        if has(index, .mode), has(index - 1, .modeName), isSwitchedOn(index) { add(.role, 3, 4, index - 1, index) }
        if has(index, .speaker) { readHeading(at: index) }
        if has(index, .speaker), has(index, .previous), has(index + 1, .override) { add(.role, 3, 5, index, index + 1) }
    }

    /// "You are now a security auditor."
    private mutating func readAssignment(at index: Int) {
        if let reviewer = first(.reviewer, index + 2, index + 7) {
            add(.role, 0, 5, index, reviewer)
        } else if has(index + 2, .now) || has(index + 2, .no) && has(index + 3, .now) {
            add(.role, 0, 4, index, index + 2)
        } else if let assistant = first([.assistant, .machine], index + 2, index + 6) {
            add(.role, 0, 3, index, assistant)
        }
    }

    private func isSwitchedOn(_ index: Int) -> Bool {
        has(index - 2, [.now, .new]) || first([.now, .are], index + 1, index + 2) != nil
            || words[index].next == 0x3A && words[index - 1].isLineStart
    }

    /// "SYSTEM:" at the beginning of a line, "[system]", "Assistant:".
    private mutating func readHeading(at index: Int) {
        let next = words[index].next
        let isHeading = next == 0x3A && words[index].isLineStart
        if isHeading || next == 0x5D && words[index].isLineStart { add(.role, 4, 3, index, index) }
        guard words[index].isLineStart || has(index - 1, .new) else { return }
        // "System message:", "system note -".
        if has(index + 1, [.salutation, .looseOrders]), [0x3A, 0x5D, 0x2D].contains(words[index + 1].next) {
            add(.role, 4, 4, index, index + 1)
        }
    }

    // MARK: What makes models refuse

    mutating func readRefusal(at index: Int) {
        if has(index, .hazard) {
            if let how = last(.make, index - 1, index - 7) ?? first(.make, index + 1, index + 5) {
                let isLesson = first(.lesson, how - 8, index + 10) != nil
                let isPiled = first(.hazard, index + 2, index + 14) != nil
                add(.refusal, 0, 5 + (isLesson ? 2 : 0) + (isPiled ? 2 : 0), how, index)
            }
        }
        if has(index, .refuse), first([.inspect, .assist, .answer], index + 1, index + 3) != nil,
            last([.must, .you], index - 1, index - 4) != nil
        {
            add(.refusal, 1, 5, index, index + 2)
        }
        if has(index, .violate), let policy = first(.policy, index + 1, index + 7),
            last([.file, .package, .findings], index - 1, index - 6) != nil
                || first([.machine], index - 3, policy) != nil
        {
            add(.refusal, 2, first([.previous, .machine], index, policy) == nil ? 3 : 5, index, policy)
        }
        if has(index, .cannot), let assist = first([.assist, .inspect], index + 1, index + 3),
            has(index - 1, .you) || last(.cannot, index - 1, index - 3) != nil
                || first(.file, assist, assist + 3) != nil
        {
            add(.refusal, 3, has(assist, .inspect) ? 2 : 3, index, assist)
        }
    }
}
