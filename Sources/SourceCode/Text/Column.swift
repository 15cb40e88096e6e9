/// A growing list of plain values with one owner.
///
/// Because nobody else can hold it, a write asks for no permission and copies nothing, which is what most of the time
/// of an `Array` goes to in loops over tokens and nodes. Places are checked as an array checks them.
@safe
struct Column<Element>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>
    private(set) var count: Int
    private var capacity: Int
    /// Whether its memory belongs to somebody else.
    private var isLent = false

    /// An empty one with room for some values.
    init(capacity: Int = 0) {
        unsafe base = .allocate(capacity: capacity)
        self.capacity = capacity
        count = 0
    }

    init(repeating value: Element, count: Int) {
        unsafe base = .allocate(capacity: count)
        unsafe base.initialize(repeating: value, count: count)
        capacity = count
        self.count = count
    }

    init(_ values: [Element]) {
        self.init(capacity: values.count)
        unsafe values.withUnsafeBufferPointer { values in
            guard let start = values.baseAddress else { return }
            unsafe base.initialize(from: start, count: values.count)
        }
        count = values.count
    }

    deinit {
        guard !isLent else { return }
        unsafe base.deinitialize(count: count)
        unsafe base.deallocate()
    }

    /// Makes an array of values that are written by `body` into a column.
    ///
    /// The column lies in the array's own memory as long as `capacity` is enough, so that nothing is copied.
    static func array(capacity: Int, _ body: (inout Column) -> Void) -> [Element] {
        var longer: [Element]?
        let array = unsafe [Element](unsafeUninitializedCapacity: capacity) { buffer, count in
            var column = Column()
            if let base = buffer.baseAddress { unsafe column.lend(base, buffer.count) }
            body(&column)
            if column.isLent { count = column.count } else { longer = column.array() }
        }
        return longer ?? array
    }

    private mutating func lend(_ memory: UnsafeMutablePointer<Element>, _ room: Int) {
        unsafe base.deallocate()
        unsafe base = memory
        capacity = room
        isLent = true
    }

    var isEmpty: Bool { count == 0 }
    var indices: Range<Int> { 0..<count }

    subscript(index: Int) -> Element {
        @inline(__always) get {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "beyond the column's end")
            return unsafe base[index]
        }
        @inline(__always) _modify {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "beyond the column's end")
            yield unsafe &base[index]
        }
    }

    subscript(index: Int32) -> Element {
        @inline(__always) get { self[Int(index)] }
        @inline(__always) _modify { yield &self[Int(index)] }
    }

    @inline(__always)
    mutating func append(_ value: Element) {
        if count == capacity { grow(to: max(capacity * 2, 16)) }
        unsafe (base + count).initialize(to: value)
        count &+= 1
    }

    /// Appends a value as often as is needed to have `count` of them.
    mutating func extend(to count: Int, with value: Element) {
        guard count > self.count else { return }
        if count > capacity { grow(to: max(capacity * 2, count)) }
        unsafe (base + self.count).initialize(repeating: value, count: count - self.count)
        self.count = count
    }

    mutating func reserve(_ count: Int) {
        if count > capacity { grow(to: count) }
    }

    @discardableResult
    mutating func removeLast() -> Element {
        precondition(count > 0, "nothing to remove")
        count &-= 1
        return unsafe (base + count).move()
    }

    /// Takes all values out; their room stays.
    mutating func removeAll() {
        unsafe base.deinitialize(count: count)
        count = 0
    }

    func withUnsafeBufferPointer<Result>(_ body: (UnsafeBufferPointer<Element>) -> Result) -> Result {
        unsafe body(UnsafeBufferPointer(start: base, count: count))
    }

    /// The values as an array of their own.
    func array() -> [Element] {
        unsafe Array(UnsafeBufferPointer(start: base, count: count))
    }

    /// A column of its own with the same values, with room for more.
    func copy(extra: Int = 0) -> Column {
        var other = Column(capacity: count + extra)
        unsafe other.base.initialize(from: base, count: count)
        other.count = count
        return other
    }

    /// Leaves the first values.
    mutating func shorten(to length: Int) {
        precondition(length >= 0 && length <= count, "beyond the column's end")
        unsafe (base + length).deinitialize(count: count - length)
        count = length
    }

    mutating func append(contentsOf values: UnsafeBufferPointer<Element>) {
        let end = count + values.count
        if end > capacity { grow(to: max(end, capacity * 2)) }
        if let start = values.baseAddress { unsafe (base + count).initialize(from: start, count: values.count) }
        count = end
    }

    /// Lends a part of the values.
    @inline(__always)
    func withValues<Result>(_ range: Range<Int>, _ body: (UnsafeBufferPointer<Element>) -> Result) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "beyond the column's end")
        return unsafe body(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    @inline(never)
    private mutating func grow(to newCapacity: Int) {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
        unsafe larger.moveInitialize(from: base, count: count)
        if !isLent { unsafe base.deallocate() }
        unsafe base = larger
        capacity = newCapacity
        isLent = false
    }
}

// It has one owner, and only that one reaches its memory.
extension Column: @unchecked Sendable where Element: Sendable {}
