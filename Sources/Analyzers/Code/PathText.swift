import SourceCode

/// Comparisons of names and paths with words of ASCII, by their bytes.
///
/// Rules ask them of every call of a file: comparing strings by their characters takes many times as long.
extension String {
    /// Whether it is this word.
    @inline(__always)
    func isText(_ word: StaticString) -> Bool {
        utf8.count == word.utf8CodeUnitCount && isEnd(word)
    }

    /// Whether it ends with this word.
    @inline(__always)
    func endsWith(_ word: StaticString) -> Bool {
        utf8.count >= word.utf8CodeUnitCount && isEnd(word)
    }

    /// Compares the last bytes with those of a word that is not longer.
    private func isEnd(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard length > 0, unsafe utf8.last == word.utf8Start[length - 1] else { return length == 0 }
        return unsafe utf8.suffix(length).elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: length))
    }
}

extension Reference.Spelling {
    /// Whether a name is written so that a reader does not see it.
    var hides: Bool { !isDisjoint(with: [.computed, .disguised]) }
}
