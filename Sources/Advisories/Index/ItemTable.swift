/// A place of items of different lengths in an index: the end of each, then all of them joined.
struct ItemTable: Sendable {
    let count: Int
    /// Where the first end is in the file; each has four bytes.
    let ends: Int
    /// How far one end is from the next.
    var step = 4
    /// Where the first item is in the file.
    let items: Int

    @unsafe
    func range(_ index: Int, in bytes: UnsafeRawBufferPointer) -> Range<Int> {
        precondition(index >= 0 && index < count, "no such item in the index")
        let start = unsafe index == 0 ? 0 : indexInteger(bytes, ends + step * (index - 1))
        let end = unsafe indexInteger(bytes, ends + step * index)
        precondition(start <= end && items + end <= bytes.count, "an item of the index is cut off")
        return (items + start)..<(items + end)
    }

    @unsafe
    func item(_ index: Int, in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: bytes[range(index, in: bytes)])
    }

    @unsafe
    func text(_ index: Int, in bytes: UnsafeRawBufferPointer) -> String {
        unsafe String(decoding: item(index, in: bytes), as: UTF8.self)
    }

    /// Lends the places of the items that are exactly these bytes; the items must ascend.
    @unsafe
    func forEach(
        equalTo wanted: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer, _ body: (Int) -> Void
    ) {
        var index = firstPlace(upTo: count) { index in
            unsafe !item(index, in: bytes).lexicographicallyPrecedes(wanted)
        }
        while index < count, unsafe equalBytes(item(index, in: bytes), wanted) {
            body(index)
            index += 1
        }
    }
}

/// The first place for which the condition holds, which then holds for all after it; `count` when for none.
func firstPlace(upTo count: Int, where isAtOrAfter: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
        let middle = (low + high) / 2
        if isAtOrAfter(middle) { high = middle } else { low = middle + 1 }
    }
    return low
}

@unsafe
@inline(__always)
func indexInteger(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int {
    precondition(offset >= 0 && bytes.count - offset >= 4, "an array of the index is cut off")
    return unsafe Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
}

@unsafe
@inline(__always)
func equalBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    let count = left.count
    guard count == right.count else { return false }
    var at = 0
    while count - at >= 8 {
        let one = unsafe left.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        if unsafe one != right.loadUnaligned(fromByteOffset: at, as: UInt64.self) { return false }
        at += 8
    }
    while at < count {
        if unsafe left[at] != right[at] { return false }
        at += 1
    }
    return true
}

extension String {
    /// Lends the UTF-8 bytes to `body`.
    @safe
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var text = self
        return text.withUTF8 { unsafe body(UnsafeRawBufferPointer($0)) }
    }
}
