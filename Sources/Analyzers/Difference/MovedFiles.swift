import Cryptography

/// Which files that are gone are at another path now.
///
/// Equal content tells first, then similar content. Every file is looked at once, and compared with few others, so that
/// the cost grows with their bytes however many were renamed.
struct MovedFiles {
    private(set) var pairs: [(old: TreeEntry, new: TreeEntry)] = []
    /// What is gone for good, and what is really new, in order.
    let removed: [TreeEntry]
    let added: [TreeEntry]

    init(removed gone: [TreeEntry], added come: [TreeEntry]) {
        guard !gone.isEmpty, !come.isEmpty else {
            (removed, added) = (gone, come)
            return
        }
        var partners = [Int?](repeating: nil, count: come.count)
        var isTaken = [Bool](repeating: false, count: gone.count)
        // A file that kept its name is the one, where several have the content.
        Self.match(gone, come, &partners, &isTaken) { entry in Self.identity(entry, withName: true) }
        Self.match(gone, come, &partners, &isTaken) { entry in Self.identity(entry, withName: false) }
        SimilarFiles.match(gone, come, &partners, &isTaken)
        for (index, partner) in partners.enumerated() {
            if let partner { pairs.append((gone[partner], come[index])) }
        }
        removed = gone.indices.filter { !isTaken[$0] }.map { gone[$0] }
        added = come.indices.filter { partners[$0] == nil }.map { come[$0] }
    }

    private static func identity(_ entry: TreeEntry, withName: Bool) -> BytesKey? {
        // Empty files are everywhere and say nothing about where they come from.
        guard let digest = entry.sha256, entry.sizeBytes > 0 else { return nil }
        // Text that became code under another name did not just move.
        let mark: UInt8 = entry.fileClass == .link ? 1 : entry.isCode ? 2 : 0
        return BytesKey(digest.bytes + [mark] + (withName ? entry.fileName : []))
    }

    /// Makes partners of files with equal keys, in order.
    private static func match(
        _ gone: [TreeEntry], _ come: [TreeEntry], _ partners: inout [Int?], _ isTaken: inout [Bool],
        by key: (TreeEntry) -> BytesKey?
    ) {
        // The files of a key that are left, the first one last.
        var left: [BytesKey: [Int]] = [:]
        for index in gone.indices.reversed() where !isTaken[index] {
            if let key = key(gone[index]) { left[key, default: []].append(index) }
        }
        for index in come.indices where partners[index] == nil {
            guard let key = key(come[index]), let partner = left[key]?.popLast() else { continue }
            partners[index] = partner
            isTaken[partner] = true
        }
    }
}

/// Files whose lines are mostly the same.
private enum SimilarFiles {
    /// So many of a file's lines stand for all: those with the lowest hashes, which are as good as drawn by lot.
    private static let sketchLines = 32
    /// Fewer lines are alike by chance.
    private static let leastLines = 4
    /// So many files that have one line are looked at; what more files have is a licence.
    private static let maxSharers = 16

    static func match(
        _ gone: [TreeEntry], _ come: [TreeEntry], _ partners: inout [Int?], _ isTaken: inout [Bool]
    ) {
        var sharers: [UInt64: [Int32]] = [:]
        var sizes = [Int](repeating: 0, count: gone.count)
        for index in gone.indices where !isTaken[index] {
            let lines = sketch(of: gone[index])
            sizes[index] = lines.count
            for line in lines where sharers[line, default: []].count < maxSharers {
                sharers[line, default: []].append(Int32(index))
            }
        }
        guard !sharers.isEmpty else { return }
        var found: [(score: Int, old: Int, new: Int)] = []
        for index in come.indices where partners[index] == nil {
            if let best = best(for: come[index], among: gone, sharers, sizes) {
                found.append((best.score, best.old, index))
            }
        }
        // The most alike first; order decides between equals, so that it is the same every time.
        found.sort { ($1.score, $0.old, $0.new) < ($0.score, $1.old, $1.new) }
        for pair in found where !isTaken[pair.old] {
            partners[pair.new] = pair.old
            isTaken[pair.old] = true
        }
    }

    /// The file that is most alike, with how many percent of the lines both have; a kept name counts as some of them.
    private static func best(
        for entry: TreeEntry, among gone: [TreeEntry], _ sharers: [UInt64: [Int32]], _ sizes: [Int]
    ) -> (score: Int, old: Int)? {
        let lines = sketch(of: entry)
        guard lines.count >= leastLines else { return nil }
        var counts: [Int32: Int] = [:]
        for line in lines { for sharer in sharers[line] ?? [] { counts[sharer, default: 0] += 1 } }
        var best: (score: Int, old: Int)?
        for (sharer, count) in counts {
            let old = Int(sharer)
            guard sizes[old] >= leastLines, gone[old].isCode == entry.isCode else { continue }
            let hasSameName = gone[old].fileName == entry.fileName
            let score = count * 100 / max(sizes[old], lines.count) + (hasSameName ? 20 : 0)
            guard score >= 50 else { continue }
            // The dictionary's order is another in every process; this choice is not.
            if let known = best, (known.score, -known.old) >= (score, -old) { continue }
            best = (score, old)
        }
        return best
    }

    /// The lowest hashes of a file's lines, blanks around them aside, each once and in order.
    private static func sketch(of entry: TreeEntry) -> [UInt64] {
        guard entry.fileClass.hasLines, let text = entry.text else { return [] }
        var lowest: [UInt64] = []
        unsafe text.withUnsafeBytes { text in
            var start = 0
            while start < text.count {
                let end = unsafe text.endOfLine(from: start)
                let line = unsafe text.trimmedLine(start..<end)
                start = end
                guard line.count > 3 else { continue }
                let hash = unsafe hash(UnsafeRawBufferPointer(rebasing: text[line]))
                if lowest.count == sketchLines, let last = lowest.last, hash >= last { continue }
                let place = lowest.firstIndex { $0 >= hash } ?? lowest.count
                if place < lowest.count, lowest[place] == hash { continue }
                lowest.insert(hash, at: place)
                if lowest.count > sketchLines { lowest.removeLast() }
            }
        }
        return lowest
    }

    /// The hash of FNV-1a. It is the same in every process, since it decides what is shown; whoever makes lines hash
    /// alike gets a worse choice of partner, which hides nothing.
    private static func hash(_ line: UnsafeRawBufferPointer) -> UInt64 {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in 0..<line.count {
            value ^= unsafe UInt64(line[index])
            value = value &* 0x100_0000_01B3
        }
        // Short lines differ in low bits only, but the lowest values are asked for.
        value ^= value >> 32
        return value &* 0x9E37_79B9_7F4A_7C15
    }
}

extension TreeEntry {
    /// The last part of the path.
    var fileName: [UInt8] {
        Array(path[((path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...])
    }
}

extension UnsafeRawBufferPointer {
    /// The part of a line without blanks and line ends around it.
    func trimmedLine(_ line: Range<Int>) -> Range<Int> {
        var (start, end) = (line.lowerBound, line.upperBound)
        while start < end, unsafe Self.isBlank(self[start]) { start += 1 }
        while start < end, unsafe Self.isBlank(self[end - 1]) { end -= 1 }
        return start..<end
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 0x09 < 5 }
}
