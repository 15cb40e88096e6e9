/// The lines of one text that a model is shown: all of them where there is room, otherwise the beginning and the
/// surroundings of what the static analysis noticed.
struct ReviewExcerpt {
    private(set) var lines: [ReviewMaterial.Line] = []
    private(set) var totalLines = 0
    private(set) var removedCharacters = 0
    private let windows: [ClosedRange<Int>]

    /// So many lines before and after a noted one are shown with it.
    private static let surroundings = 8
    /// What every passage costs besides its lines.
    static let frameBytes = 320

    /// - Parameters:
    ///   - text: UTF-8 as far as possible.
    ///   - noted: lines, from 1, at which something was noticed.
    ///   - room: the bytes that the lines may take.
    init(of text: [UInt8], noted: Set<Int>, room: Int) {
        windows = Self.windows(around: noted)
        let newlines = text.count { $0 == 0x0A }
        let isSmall = 2 * text.count + 24 * (newlines + 1) <= room
        var choice = LineChoice(windows: isSmall ? [] : windows, room: room)
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, text[end] != 0x0A { end += 1 }
            totalLines += 1
            if choice.mayTake(totalLines) { take(text[start..<end], &choice) }
            start = end + 1
        }
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>, _ choice: inout LineChoice) {
        let content = bytes.last == 0x0D ? bytes.dropLast() : bytes
        let shown = ReviewText.shown(content)
        guard choice.takes(totalLines, cost: ReviewMaterial.cost(of: shown.text)) else { return }
        removedCharacters += shown.removed
        lines.append(.init(number: totalLines, text: shown.text, isCut: shown.isCut))
    }

    /// Those of the lines that fit into less room.
    func lines(within room: Int) -> [ReviewMaterial.Line] {
        var choice = LineChoice(windows: windows, room: max(0, room - Self.frameBytes))
        let cost = lines.reduce(0) { $0 + ReviewMaterial.cost(of: $1.text) }
        if cost + Self.frameBytes <= room { return lines }
        return lines.filter { choice.takes($0.number, cost: ReviewMaterial.cost(of: $0.text)) }
    }

    /// The bytes that a passage with these lines takes.
    static func cost(of lines: [ReviewMaterial.Line]) -> Int {
        lines.reduce(frameBytes) { $0 + ReviewMaterial.cost(of: $1.text) }
    }

    static func windows(around noted: Set<Int>) -> [ClosedRange<Int>] {
        var windows: [ClosedRange<Int>] = []
        for line in noted.sorted() where line > 0 {
            let window = max(1, line - surroundings)...(line + surroundings)
            if let last = windows.last, last.upperBound + 1 >= window.lowerBound {
                windows[windows.count - 1] = last.lowerBound...window.upperBound
            } else {
                windows.append(window)
            }
        }
        return windows
    }
}

/// Which lines of a text are shown when not all can be. Asked for lines in order; several may be at one place.
struct LineChoice {
    private let windows: [ClosedRange<Int>]
    private var position = 0
    private var headRoom: Int
    private var notedRoom: Int

    /// Half of the room is for what was noticed, where anything was.
    init(windows: [ClosedRange<Int>], room: Int) {
        self.windows = windows
        notedRoom = windows.isEmpty ? 0 : room / 2
        headRoom = room - notedRoom
    }

    /// Whether there is room for anything of the line, before its cost is known.
    mutating func mayTake(_ number: Int) -> Bool { headRoom > 0 || isNoted(number) && notedRoom > 0 }

    mutating func takes(_ number: Int, cost: Int) -> Bool {
        if isNoted(number), cost <= notedRoom {
            notedRoom -= cost
            return true
        }
        guard cost <= headRoom else {
            // The beginning ends at the first line that does not fit, so that it is one piece.
            headRoom = 0
            return false
        }
        headRoom -= cost
        return true
    }

    private mutating func isNoted(_ number: Int) -> Bool {
        while position < windows.count, windows[position].upperBound < number { position += 1 }
        return position < windows.count && windows[position].contains(number)
    }
}
