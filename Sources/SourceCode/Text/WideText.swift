/// UTF-16 or UTF-32 text, told by its mark or by the pattern of its zeros.
struct WideText {
    let unitBytes: Int
    let isBigEndian: Bool
    let markBytes: Int

    /// How a rule names it: `utf-16-le`, `utf-32-be`.
    var name: String { "utf-\(unitBytes * 8)-\(isBigEndian ? "be" : "le")" }

    private init(unitBytes: Int, isBigEndian: Bool, markBytes: Int) {
        self.unitBytes = unitBytes
        self.isBigEndian = isBigEndian
        self.markBytes = markBytes
    }

    /// The encoding of `bytes`; nil when they are not wide text.
    init?(of bytes: [UInt8]) {
        // The mark of UTF-32 LE begins with that of UTF-16 LE.
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) {
            self.init(unitBytes: 4, isBigEndian: false, markBytes: 4)
        } else if bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
            self.init(unitBytes: 4, isBigEndian: true, markBytes: 4)
        } else if bytes.starts(with: [0xFF, 0xFE]) {
            self.init(unitBytes: 2, isBigEndian: false, markBytes: 2)
        } else if bytes.starts(with: [0xFE, 0xFF]) {
            self.init(unitBytes: 2, isBigEndian: true, markBytes: 2)
        } else if let found = WideText.byZeros(bytes) {
            self = found
        } else {
            return nil
        }
    }

    /// Programs are mostly ASCII, so the upper bytes of wide units are zeros and the lowest are not.
    private static func byZeros(_ bytes: [UInt8]) -> WideText? {
        let sample = min(bytes.count, 4096) & ~3
        guard sample >= 8 else { return nil }
        // Hardly any file has a zero at all.
        guard bytes.withByteView({ $0.find(0, 0, 0, from: 0) }) < sample else { return nil }
        var zeros = [0, 0, 0, 0]
        for index in 0..<sample where bytes[index] == 0 { zeros[index & 3] += 1 }
        let units = sample / 4
        func mostly(_ position: Int) -> Bool { zeros[position] * 10 >= units * 7 }
        func never(_ position: Int) -> Bool { zeros[position] * 8 <= units }
        switch (mostly(0), mostly(1), mostly(2), mostly(3)) {
        case (false, true, true, true) where never(0):
            return WideText(unitBytes: 4, isBigEndian: false, markBytes: 0)
        case (true, true, true, false) where never(3):
            return WideText(unitBytes: 4, isBigEndian: true, markBytes: 0)
        case (false, true, false, true) where never(0) && never(2):
            return WideText(unitBytes: 2, isBigEndian: false, markBytes: 0)
        case (true, false, true, false) where never(1) && never(3):
            return WideText(unitBytes: 2, isBigEndian: true, markBytes: 0)
        case _:
            return nil
        }
    }

    /// The text as UTF-8, without its mark; a piece of a unit at the end is left out.
    func transcoded(_ bytes: [UInt8]) -> [UInt8] {
        var writer = UTF8Writer(capacity: bytes.count / unitBytes + 16)
        var index = markBytes
        while index + unitBytes <= bytes.count {
            var value = unit(bytes, index)
            index += unitBytes
            if unitBytes == 2, value & 0xFC00 == 0xD800, index + 2 <= bytes.count {
                let low = unit(bytes, index)
                if low & 0xFC00 == 0xDC00 {
                    value = 0x10000 + (value & 0x3FF) << 10 + (low & 0x3FF)
                    index += 2
                }
            }
            writer.append(value)
        }
        return writer.bytes
    }

    private func unit(_ bytes: [UInt8], _ index: Int) -> UInt32 {
        var value: UInt32 = 0
        for offset in 0..<unitBytes {
            value = value << 8 | UInt32(bytes[index + (isBigEndian ? offset : unitBytes - 1 - offset)])
        }
        return value
    }
}
