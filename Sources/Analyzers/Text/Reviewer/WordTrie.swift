import UnicodeText

/// The words whose meaning is known, found byte by byte.
struct WordTrie: Sendable {
    private struct Node {
        let byte: UInt8
        var firstChild: Int32 = -1
        var next: Int32 = -1
        /// Of the word that ends here.
        var exact: WordMeaning = []
        /// Of every word that begins so.
        var prefix: WordMeaning = []
    }

    private var nodes: [Node] = [Node(byte: 0)]

    /// The lexicon of every language.
    static let lexicon: WordTrie = {
        var trie = WordTrie()
        for (meaning, words) in englishLexicon { trie.insert(words, meaning) }
        for (meaning, words) in foreignLexicon { trie.insert(words, meaning.union(.foreign)) }
        return trie
    }()

    private mutating func insert(_ words: String, _ meaning: WordMeaning) {
        for word in words.split(separator: " ") {
            let isPrefix = word.last == "*"
            // Folded like the text that is looked up.
            let bytes = FoldedText(Array((isPrefix ? word.dropLast() : word).utf8)).bytes
            var node = 0
            for byte in bytes { node = child(of: node, byte) }
            if isPrefix { nodes[node].prefix.formUnion(meaning) } else { nodes[node].exact.formUnion(meaning) }
        }
    }

    private mutating func child(of node: Int, _ byte: UInt8) -> Int {
        if let found = find(byte, below: node) { return found }
        var added = Node(byte: byte)
        added.next = nodes[node].firstChild
        nodes.append(added)
        nodes[node].firstChild = Int32(clamping: nodes.count - 1)
        return nodes.count - 1
    }

    private func find(_ byte: UInt8, below node: Int) -> Int? {
        var child = Int(nodes[node].firstChild)
        while child >= 0 {
            if nodes[child].byte == byte { return child }
            child = Int(nodes[child].next)
        }
        return nil
    }

    /// What the word in `range` means; capital ASCII letters count as small ones.
    func meaning(of bytes: [UInt8], in range: Range<Int>) -> WordMeaning {
        var node = 0
        var found: WordMeaning = []
        for index in range {
            let byte = bytes[index]
            guard let next = find(byte &- 0x41 < 26 ? byte | 0x20 : byte, below: node) else { return found }
            node = next
            found.formUnion(nodes[node].prefix)
        }
        return found.union(nodes[node].exact)
    }

    /// The longest word that begins at `start`, whatever follows it, for scripts that do not separate words.
    func longest(in bytes: [UInt8], from start: Int, to end: Int) -> (meaning: WordMeaning, length: Int)? {
        var node = 0
        var found: (WordMeaning, Int)?
        var index = start
        while index < end, let next = find(bytes[index], below: node) {
            node = next
            index += 1
            let meaning = nodes[node].exact.union(nodes[node].prefix)
            if !meaning.isEmpty { found = (meaning, index - start) }
        }
        return found
    }
}
