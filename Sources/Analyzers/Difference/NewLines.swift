import Glibc

/// Counts the lines that came without others like them having gone.
enum NewLines {
    /// Lines that came in these files, as often as no equal line went in any of them.
    ///
    /// Blank lines do not count, nor do blanks around a line.
    static func count(in changes: [FileChange], _ limits: DifferenceLimits) -> Int {
        guard changes.contains(where: { ($0.lines?.added ?? 0) > 0 }) else { return 0 }
        var gone = LineBag(maxLines: limits.lines)
        for change in changes {
            for part in change.goneParts { gone.add(part.text, part.bytes) }
        }
        var count = 0
        for change in changes {
            for part in change.comeParts { count += gone.remove(part.text, part.bytes) }
        }
        return count
    }

    /// Lines of a file, empty ones aside.
    static func codeLines(of entry: TreeEntry) -> Int {
        guard entry.fileClass.hasLines, let text = entry.text, let last = text.last else { return 0 }
        return unsafe text.withUnsafeBytes { text in
            var count = last == 0x0A ? 0 : 1
            var start = 0
            // Every line feed behind anything else ends a line; sums of a byte each are added up in vectors.
            while start + 1 < text.count {
                let end = min(start + 255, text.count - 1)
                var found: UInt8 = 0
                for index in start..<end {
                    let isEnd: UInt8 = unsafe text[index + 1] == 0x0A ? 1 : 0
                    let isContent: UInt8 = unsafe text[index] != 0x0A ? 1 : 0
                    found &+= isEnd & isContent
                }
                count += Int(found)
                start = end
            }
            return count
        }
    }
}

extension FileChange {
    typealias Part = (text: [UInt8], bytes: Range<Int>)

    /// The lines of code that went.
    fileprivate var goneParts: [Part] {
        guard lines != nil, let old, old.isCode, let text = old.text else { return [] }
        return new == nil ? [(text, 0..<text.count)] : edits.map { (text, $0.oldBytes) }
    }

    /// The lines of code that came.
    fileprivate var comeParts: [Part] {
        guard lines != nil, let new, new.isCode, let text = new.text else { return [] }
        // What was no code before is new as code, every line of it.
        return old?.isCode == true ? edits.map { (text, $0.newBytes) } : [(text, 0..<text.count)]
    }
}

/// Lines with how often each is there; found by a keyed hash and compared byte by byte.
private struct LineBag {
    private struct Line {
        let hash: Int
        let text: Int32
        let start: Int32
        let length: Int32
        var count: Int32
    }

    private var texts: [[UInt8]] = []
    private var lines: [Line] = []
    private var slots = [Int32](repeating: -1, count: 1024)
    /// More different lines are not remembered: lines like them count as new.
    private let maxLines: Int

    init(maxLines: Int) { self.maxLines = maxLines }

    mutating func add(_ text: [UInt8], _ part: Range<Int>) {
        texts.append(text)
        let number = Int32(texts.count - 1)
        unsafe text.withUnsafeBytes { bytes in
            unsafe Self.forEachLine(bytes, part) { line in
                let hash = unsafe Self.hash(bytes, line)
                let slot = unsafe slot(of: bytes, line, hash)
                if slots[slot] >= 0 {
                    lines[Int(slots[slot])].count += 1
                } else if lines.count < maxLines {
                    slots[slot] = Int32(lines.count)
                    lines.append(
                        Line(
                            hash: hash, text: number, start: Int32(line.lowerBound), length: Int32(line.count), count: 1
                        ))
                    growIfNeeded()
                }
            }
        }
    }

    /// Takes lines out, and says how many of them were not there.
    mutating func remove(_ text: [UInt8], _ part: Range<Int>) -> Int {
        var missing = 0
        unsafe text.withUnsafeBytes { bytes in
            unsafe Self.forEachLine(bytes, part) { line in
                let slot = unsafe slot(of: bytes, line, Self.hash(bytes, line))
                guard slots[slot] >= 0, lines[Int(slots[slot])].count > 0 else {
                    missing += 1
                    return
                }
                lines[Int(slots[slot])].count -= 1
            }
        }
        return missing
    }

    private static func forEachLine(
        _ text: UnsafeRawBufferPointer, _ part: Range<Int>, _ body: (Range<Int>) -> Void
    ) {
        var start = part.lowerBound
        while start < part.upperBound {
            let end = unsafe text.endOfLine(from: start)
            let line = unsafe text.trimmedLine(start..<end)
            if !line.isEmpty { body(line) }
            start = end
        }
    }

    private static func hash(_ text: UnsafeRawBufferPointer, _ line: Range<Int>) -> Int {
        var hasher = Hasher()
        unsafe hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: text[line]))
        return hasher.finalize()
    }

    /// Where a line is, or would be.
    private func slot(of text: UnsafeRawBufferPointer, _ line: Range<Int>, _ hash: Int) -> Int {
        var slot = hash & (slots.count - 1)
        while slots[slot] >= 0, unsafe !isSame(lines[Int(slots[slot])], text, line, hash) {
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private func isSame(_ known: Line, _ text: UnsafeRawBufferPointer, _ line: Range<Int>, _ hash: Int) -> Bool {
        guard known.hash == hash, Int(known.length) == line.count else { return false }
        return unsafe texts[Int(known.text)].withUnsafeBytes { other in
            guard let one = other.baseAddress, let two = text.baseAddress else { return false }
            return unsafe memcmp(one + Int(known.start), two + line.lowerBound, line.count) == 0
        }
    }

    private mutating func growIfNeeded() {
        guard lines.count * 2 > slots.count else { return }
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for (number, line) in lines.enumerated() {
            var slot = line.hash & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(number)
        }
    }
}
