/// Finds every occurrence of many fixed texts in one pass.
///
/// A window of up to four bytes of each pattern, its rarest, is hashed into a bitmap that stays in the first-level
/// cache. The scan hashes the window at every position and compares patterns only where the bitmap has a bit. Linear in
/// the text for a fixed set of patterns; it allocates only for what it returns.
struct LiteralSet: Sendable {
    /// One occurrence.
    struct Match: Sendable, Equatable {
        /// The position in the list that the set was made of.
        let pattern: Int
        /// Indices of the searched collection.
        let range: Range<Int>
    }

    /// One pattern in the table of its window's hash.
    private struct Entry: Sendable {
        let pattern: Int32
        /// The window as it is compared, before any byte of the pattern.
        let window: UInt32
        /// Where the window starts in the pattern.
        let windowOffset: Int32
        let textStart: Int32
        let textCount: Int32
    }

    fileprivate static let hashBits: UInt32 = 17

    /// How many patterns the set has.
    let count: Int
    private let ignoresCase: Bool
    private let windowBytes: Int
    private let windowMask: UInt32
    /// Multiplies a window; what it shifts out are the bytes of four that a shorter window does not have.
    private let factor: UInt32
    /// Laid over the window: makes ASCII letters small (and changes other bytes, which comparing settles).
    private let foldMask: UInt32
    /// One bit for each hash.
    private let bitmap: [UInt64]
    /// How many bits are set in the words before each word: with those before it in its own, a hash's rank.
    private let ranks: [Int32]
    /// Where the entries of the hash of a rank start; they end where those of the next rank start.
    private let starts: [Int32]
    private let entries: [Entry]
    /// Every pattern's bytes, folded when case is ignored.
    private let texts: [UInt8]
    private let patterns: [[UInt8]]

    /// A set of `patterns`, none of which is empty; the same text twice gives two matches.
    ///
    /// - Parameter ignoringCase: whether ASCII letters match in either case; other letters never do.
    init(_ patterns: [String], ignoringCase: Bool = false) {
        self.init(patterns.map { Array($0.utf8) }, ignoringCase: ignoringCase)
    }

    /// A set of patterns given as bytes.
    init(_ patterns: [[UInt8]], ignoringCase: Bool = false) {
        precondition(patterns.allSatisfy { !$0.isEmpty }, "an empty pattern matches everywhere")
        count = patterns.count
        self.patterns = patterns
        ignoresCase = ignoringCase
        windowBytes = min(4, patterns.map(\.count).min() ?? 4)
        windowMask = UInt32.max >> UInt32(8 * (4 - windowBytes))
        foldMask = ignoringCase ? 0x2020_2020 : 0
        factor = 0x9E37_79B1 << UInt32(8 * (4 - windowBytes))
        var texts: [UInt8] = []
        var hashed: [(hash: Int, entry: Entry)] = []
        for (index, pattern) in patterns.enumerated() {
            let folded = ignoringCase ? pattern.map(foldedASCII) : pattern
            let offset = rarestWindow(of: folded, bytes: windowBytes)
            let window = littleEndian(folded, at: offset, count: windowBytes)
            let entry = Entry(
                pattern: Int32(clamping: index), window: (window | foldMask) & windowMask,
                windowOffset: Int32(clamping: offset),
                textStart: Int32(clamping: texts.count), textCount: Int32(clamping: folded.count))
            hashed.append((hashOf(window | foldMask, factor), entry))
            texts += folded
        }
        // The order of one hash's patterns stays that of the list.
        hashed = hashed.enumerated().sorted { ($0.1.hash, $0.0) < ($1.1.hash, $1.0) }.map(\.1)
        var bitmap = [UInt64](repeating: 0, count: 1 << Int(Self.hashBits - 6))
        var starts: [Int32] = []
        for (index, (hash, _)) in hashed.enumerated() where index == 0 || hashed[index - 1].hash != hash {
            bitmap[hash >> 6] |= 1 << UInt64(hash & 63)
            starts.append(Int32(clamping: index))
        }
        starts.append(Int32(clamping: hashed.count))
        var ranks: [Int32] = []
        var rank = 0
        for word in bitmap {
            ranks.append(Int32(clamping: rank))
            rank += word.nonzeroBitCount
        }
        self.bitmap = bitmap
        self.ranks = ranks
        self.starts = starts
        entries = hashed.map(\.entry)
        self.texts = texts
    }

    /// The patterns of two sets that treat case alike, those of the second behind those of the first.
    init(joining first: LiteralSet, _ second: LiteralSet) {
        precondition(first.ignoresCase == second.ignoresCase, "one scan folds letters or does not")
        self.init(first.patterns + second.patterns, ignoringCase: first.ignoresCase)
    }

    // MARK: Searching

    /// Every occurrence, overlapping ones too, by where they start and then by pattern; at most `limit` of them.
    func matches(in bytes: [UInt8], limit: Int = .max) -> [Match] { matches(in: bytes[...], limit: limit) }

    /// Every occurrence in a slice; ranges are indices of the slice.
    func matches(in bytes: ArraySlice<UInt8>, limit: Int = .max) -> [Match] {
        var found: [Match] = []
        let base = bytes.startIndex
        unsafe bytes.withUnsafeBytes { text in
            unsafe scan(text) { entry, start in
                found.append(
                    Match(
                        pattern: Int(entry.pattern),
                        range: base + start..<base + start + Int(entry.textCount)))
                return found.count < limit
            }
        }
        // Windows lie at different places of their patterns, so matches are found slightly out of order.
        found.sort { ($0.range.lowerBound, $0.pattern) < ($1.range.lowerBound, $1.pattern) }
        return found
    }

    /// Every occurrence of the first `count` patterns, at most `limit` of them, and which others occur.
    func matches(in bytes: [UInt8], first count: Int, limit: Int) -> (matches: [Match], others: LiteralBits) {
        var found: [Match] = []
        var others = LiteralBits(count: self.count)
        unsafe bytes.withUnsafeBytes { text in
            unsafe scan(text) { entry, start in
                if Int(entry.pattern) >= count {
                    others.insert(Int(entry.pattern))
                } else if found.count < limit {
                    found.append(
                        Match(pattern: Int(entry.pattern), range: start..<start + Int(entry.textCount)))
                }
                return true
            }
        }
        found.sort { ($0.range.lowerBound, $0.pattern) < ($1.range.lowerBound, $1.pattern) }
        return (found, others)
    }

    /// Which patterns occur.
    func present(in bytes: [UInt8]) -> LiteralBits { present(in: bytes[...]) }

    /// Which patterns occur in a slice.
    func present(in bytes: ArraySlice<UInt8>) -> LiteralBits {
        var bits = LiteralBits(count: count)
        unsafe bytes.withUnsafeBytes { text in
            unsafe scan(text) { entry, _ in
                bits.insert(Int(entry.pattern))
                return true
            }
        }
        return bits
    }

    /// Whether any pattern occurs.
    func matchesAny(in bytes: ArraySlice<UInt8>) -> Bool {
        var isFound = false
        unsafe bytes.withUnsafeBytes { text in
            unsafe scan(text) { _, _ in
                isFound = true
                return false
            }
        }
        return isFound
    }

    /// Whether any pattern occurs.
    func matchesAny(in bytes: [UInt8]) -> Bool { matchesAny(in: bytes[...]) }

    // MARK: The scan

    /// Calls `found` with every occurrence until it answers false.
    private func scan(_ text: UnsafeRawBufferPointer, _ found: (Entry, Int) -> Bool) {
        guard text.count >= windowBytes, count > 0 else { return }
        unsafe bitmap.withUnsafeBufferPointer { bitmap in
            let (factor, fold) = (factor, UInt64(foldMask) << 32 | UInt64(foldMask))
            var position = 0
            // Eight bytes hold the windows of four positions and one byte more.
            while position &+ 8 <= text.count {
                let raw = unsafe text.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                let bytes = UInt64(littleEndian: raw) | fold
                let first = unsafe bit(of: bytes, factor, bitmap)
                let second = unsafe bit(of: bytes >> 8, factor, bitmap)
                let third = unsafe bit(of: bytes >> 16, factor, bitmap)
                let fourth = unsafe bit(of: bytes >> 24, factor, bitmap)
                var hits = first | second << 1 | third << 2 | fourth << 3
                while hits != 0 {
                    let step = hits.trailingZeroBitCount
                    let window = UInt32(truncatingIfNeeded: bytes >> UInt64(8 * step))
                    guard unsafe compare(window, at: position + step, in: text, found) else { return }
                    hits &= hits - 1
                }
                position &+= 4
            }
            // The last windows, shorter ones in the last three bytes among them.
            while position + windowBytes <= text.count {
                var window: UInt32 = 0
                for index in 0..<windowBytes {
                    window |= unsafe UInt32(text[position + index]) << UInt32(8 * index)
                }
                guard unsafe compare(window | foldMask, at: position, in: text, found) else { return }
                position += 1
            }
        }
    }

    /// 1 when a pattern may have the window in the low bytes of `bytes`, 0 when none has.
    @inline(__always)
    private func bit(of bytes: UInt64, _ factor: UInt32, _ bitmap: UnsafeBufferPointer<UInt64>) -> UInt64 {
        let hash = hashOf(UInt32(truncatingIfNeeded: bytes), factor)
        return unsafe bitmap[hash &>> 6] &>> UInt64(hash & 63) & 1
    }

    /// Compares the patterns of one hash with the text around a window; false when the search is over.
    @inline(never)
    private func compare(
        _ window: UInt32, at position: Int, in text: UnsafeRawBufferPointer, _ found: (Entry, Int) -> Bool
    ) -> Bool {
        let hash = hashOf(window, factor)
        let (word, bit) = (bitmap[hash >> 6], UInt64(1) << UInt64(hash & 63))
        guard word & bit != 0 else { return true }
        let rank = Int(ranks[hash >> 6]) + (word & (bit - 1)).nonzeroBitCount
        for index in Int(starts[rank])..<Int(starts[rank + 1]) {
            let entry = entries[index]
            guard entry.window == window & windowMask else { continue }
            let start = position - Int(entry.windowOffset)
            let length = Int(entry.textCount)
            guard start >= 0, start + length <= text.count else { continue }
            if unsafe equals(entry, at: start, in: text), !found(entry, start) { return false }
        }
        return true
    }

    private func equals(_ entry: Entry, at start: Int, in text: UnsafeRawBufferPointer) -> Bool {
        let patternStart = Int(entry.textStart)
        for index in 0..<Int(entry.textCount) {
            let byte = unsafe text[start + index]
            if (ignoresCase ? foldedASCII(byte) : byte) != texts[patternStart + index] { return false }
        }
        return true
    }
}

/// Which patterns of a `LiteralSet` were found.
struct LiteralBits: Sendable, Equatable {
    private var words: [UInt64]

    init(count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

    mutating func insert(_ pattern: Int) { words[pattern >> 6] |= 1 << UInt64(pattern & 63) }

    func contains(_ pattern: Int) -> Bool { words[pattern >> 6] & (1 << UInt64(pattern & 63)) != 0 }

    /// Whether any pattern in a range of the list was found.
    func contains(anyOf patterns: Range<Int>) -> Bool { patterns.contains(where: contains) }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    mutating func formUnion(_ other: LiteralBits) {
        for index in words.indices { words[index] |= other.words[index] }
    }
}

/// A byte with an ASCII capital letter made small.
private func foldedASCII(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

/// The upper bits of a multiplication spread windows that differ in any byte.
@inline(__always)
private func hashOf(_ window: UInt32, _ factor: UInt32) -> Int {
    Int((window &* factor) >> (32 - LiteralSet.hashBits))
}

private func littleEndian(_ bytes: [UInt8], at offset: Int, count: Int) -> UInt32 {
    (0..<count).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
}

/// Where the window starts whose bytes are rarest in source code, the first of several.
private func rarestWindow(of pattern: [UInt8], bytes: Int) -> Int {
    var best = (offset: 0, weight: Int.max)
    for offset in 0...(pattern.count - bytes) {
        let window = pattern[offset..<offset + bytes]
        var weight = window.reduce(0) { $0 + commonness[Int($1)] }
        // Bytes that are rare alone may be common together.
        if commonWindows.contains(Array(window)) { weight += 1000 }
        if weight < best.weight { best = (offset, weight) }
    }
    return best.offset
}

/// Parts of words of which code and the texts about it are full.
private let commonWindows: Set<[UInt8]> = Set(
    """
    port with from file data this requ form comp ding pyth util load nfig mode back ning over byte ntex crip pack prov \
    inpu link main json open cond work loca ckag mock .com com/ tring cript fault that have will been when what then \
    your here list self name type test code user time func path ment tion able ject valu para docu vers mess pare cess
    """.split { $0 == " " || $0 == "\n" }.map { Array($0.utf8) })

/// How common each byte is in source code; only the order matters.
private let commonness: [Int] = {
    var weights = [Int](repeating: 0, count: 256)
    for (rank, byte) in " etsrnaoilcdpu.mfhg(),'\"_=:;/\n-vbywx{}k".utf8.enumerated() { weights[Int(byte)] = 60 - rank }
    // Parts of nearly every URL and path come often together.
    for byte in "/:.".utf8 { weights[Int(byte)] += 8 }
    return weights
}()
