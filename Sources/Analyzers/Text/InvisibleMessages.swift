import UnicodeText

/// What invisible characters spell.
enum InvisibleMessages {
    /// Every character that can carry something begins with this byte or a higher one.
    static let lowestByte: UInt8 = 0xE1
    private static let least = 8
    private static let maxBytes = 256 << 10

    /// The texts that tag characters, variation selectors and zero-width characters of a text carry.
    static func carried(in bytes: [UInt8]) -> [CarriedText] {
        var (tags, variations, widths): (Carrier, Carrier, Carrier) = (Carrier(), Carrier(), Carrier())
        let span = bytes.span
        var index = 0
        while index < span.count {
            guard span[index] >= lowestByte else {
                index += 1
                continue
            }
            let (value, length) = UTF8Scalar.read(span, at: index)
            switch value {
            case 0xE0020...0xE007E: tags.add(value - 0xE0000, at: index)
            case 0xFE00...0xFE0F: variations.add(value - 0xFE00, at: index)
            case 0xE0100...0xE01EF: variations.add(value - 0xE0100 + 16, at: index)
            case 0x200B...0x200F, 0x2060...0x2064, 0xFEFF, 0x115F, 0x1160, 0x3164, 0xFFA0: widths.add(value, at: index)
            case _: break
            }
            index += length
        }
        var texts: [CarriedText] = []
        if tags.values.count >= least { texts.append(tags.text(tags.values.map { UInt8(truncatingIfNeeded: $0) })) }
        if variations.values.count >= least {
            texts.append(variations.text(variations.values.map { UInt8(truncatingIfNeeded: $0) }))
            // Selectors 17 to 256 alone, counted from nothing.
            texts.append(variations.text(variations.values.map { UInt8(truncatingIfNeeded: $0 &- 16) }))
        }
        if widths.values.count >= 8 * least { texts += bits(widths) }
        return texts.filter { EncodedRuns.isReadable($0.bytes) }
    }

    private struct Carrier {
        var values: [UInt32] = []
        var offset = 0

        mutating func add(_ value: UInt32, at index: Int) {
            if values.isEmpty { offset = index }
            if values.count < maxBytes { values.append(value) }
        }

        func text(_ bytes: [UInt8]) -> CarriedText { CarriedText(bytes: bytes, offset: offset, isInvisible: true) }
    }

    /// Two characters as the bits of letters, in either sense, seven or eight to a letter.
    private static func bits(_ carrier: Carrier) -> [CarriedText] {
        var counts: [UInt32: Int] = [:]
        for value in carrier.values { counts[value, default: 0] += 1 }
        let order = counts.keys.sorted { (counts[$1] ?? 0, $0) < (counts[$0] ?? 0, $1) }
        guard order.count >= 2 else { return [] }
        let digits = carrier.values.filter { $0 == order[0] || $0 == order[1] }
        var texts: [CarriedText] = []
        for one in order.prefix(2) {
            for width in [8, 7] {
                var text: [UInt8] = []
                var index = 0
                while index + width <= digits.count {
                    text.append(digits[index..<index + width].reduce(0) { $0 << 1 | ($1 == one ? 1 : 0) })
                    index += width
                }
                texts.append(carrier.text(text))
            }
        }
        return texts
    }
}
