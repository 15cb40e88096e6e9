import UnicodeText

/// An address of the Internet as URLs and connections name it, in any form that programs accept.
struct InternetAddress: Equatable {
    /// 4 or 16 bytes.
    let bytes: [UInt8]
    /// Whether it was written as no person writes one: a single number, hexadecimal, octal, fewer than four parts.
    let isDisguised: Bool

    /// Parses `text`, which is the whole host; IPv6 without its brackets. Nil for anything but an address.
    init?(_ text: ArraySlice<UInt8>) {
        if text.contains(UInt8(ascii: ":")) {
            guard let bytes = Self.version6(text) else { return nil }
            self.init(version6: bytes)
        } else {
            guard let (value, isDisguised) = Self.version4(text) else { return nil }
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * $0)) }
            self.init(bytes, isDisguised: isDisguised)
        }
    }

    private init(_ bytes: [UInt8], isDisguised: Bool) {
        self.bytes = bytes
        self.isDisguised = isDisguised
    }

    private init(version6 bytes: [UInt8]) {
        // Addresses of version 4 in the clothes of version 6: mapped, and the well-known prefix of translators.
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        let translated: [UInt8] = [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]
        let isMapped = bytes.starts(with: mapped) || bytes.starts(with: translated)
        self.bytes = isMapped ? Array(bytes[12...]) : bytes
        isDisguised = isMapped
    }

    // MARK: Version 4

    /// One to four numbers, each decimal, octal or hexadecimal; the last fills what is left.
    ///
    /// Spec: POSIX.1-2017, `inet_addr`; WHATWG URL, IPv4 parser.
    private static func version4(_ text: ArraySlice<UInt8>) -> (value: UInt32, isDisguised: Bool)? {
        guard !text.isEmpty, text.count <= 60 else { return nil }
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 4 else { return nil }
        var isDisguised = parts.count < 4
        var value: UInt64 = 0
        for (index, part) in parts.enumerated() {
            guard let (number, isPlain) = number(part) else { return nil }
            if !isPlain { isDisguised = true }
            if index < parts.count - 1 {
                guard number < 256 else { return nil }
                value = value << 8 | number
            } else {
                let bits = UInt64(8 * (5 - parts.count))
                guard number < 1 << bits else { return nil }
                value = value << bits | number
            }
        }
        return (UInt32(truncatingIfNeeded: value), isDisguised)
    }

    private static func number(_ text: ArraySlice<UInt8>) -> (UInt64, isPlain: Bool)? {
        var digits = text
        var radix: UInt64 = 10
        if digits.count > 1, digits.first == UInt8(ascii: "0") {
            digits = digits.dropFirst()
            radix = 8
            if digits.first == UInt8(ascii: "x") || digits.first == UInt8(ascii: "X") {
                digits = digits.dropFirst()
                radix = 16
            }
        }
        guard !digits.isEmpty, digits.count <= 12 else { return nil }
        var value: UInt64 = 0
        for byte in digits {
            guard let digit = HexadecimalDigit.value(byte), UInt64(digit) < radix else { return nil }
            value = value * radix + UInt64(digit)
        }
        return (value, radix == 10)
    }

    // MARK: Version 6

    private static func version6(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let body = text.prefix { $0 != UInt8(ascii: "%") }
        var halves: [[UInt8]] = [[]]
        var rest = body
        if rest.hasPrefix("::") {
            halves.append([])
            rest = rest.dropFirst(2)
        }
        while !rest.isEmpty {
            let group = rest.prefix { $0 != UInt8(ascii: ":") }
            rest = rest.dropFirst(group.count)
            if group.contains(UInt8(ascii: ".")) {
                guard rest.isEmpty, let (value, isDisguised) = version4(group), !isDisguised else { return nil }
                for shift in [24, 16, 8, 0] as [UInt32] {
                    halves[halves.count - 1].append(UInt8(truncatingIfNeeded: value >> shift))
                }
                break
            }
            guard (1...4).contains(group.count) else { return nil }
            var value = 0
            for byte in group {
                guard let digit = HexadecimalDigit.value(byte) else { return nil }
                value = value << 4 | Int(digit)
            }
            halves[halves.count - 1] += [UInt8(value >> 8), UInt8(value & 255)]
            guard !rest.isEmpty else { break }
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: ":") {
                guard halves.count == 1 else { return nil }
                halves.append([])
                rest = rest.dropFirst()
            } else if rest.isEmpty {
                return nil
            }
        }
        let known = halves.map(\.count).reduce(0, +)
        if halves.count == 1 { return known == 16 ? halves[0] : nil }
        guard known <= 14 else { return nil }
        return halves[0] + [UInt8](repeating: 0, count: 16 - known) + halves[1]
    }

    // MARK: Where it leads

    /// Whether it leads to a machine somewhere on the Internet that nobody knows by heart.
    ///
    /// Not so: private, shared, local, documentation and multicast ranges, examples, and the resolvers that everybody
    /// names.
    var isForeign: Bool { bytes.count == 4 ? isForeign4 : isForeign6 }

    /// Whether it is one of the machine itself or of a network of its own.
    var isLocal: Bool {
        guard bytes.count == 4 else {
            let isLoopback = bytes.dropLast().allSatisfy { $0 == 0 }
            return isLoopback || bytes[0] & 0xFE == 0xFC || bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
        }
        switch (bytes[0], bytes[1]) {
        case (0, _), (10, _), (127, _), (192, 168), (169, 254), (172, 16...31), (100, 64...127): return true
        case _: return false
        }
    }

    /// Whether a host, IPv6 in brackets or not, is an address beyond the machine's own network.
    static func isRemote(host: some Collection<UInt8>) -> Bool {
        let text = Array(host).filter { $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: "]") }
        return InternetAddress(text[...]).map { !$0.isLocal } ?? false
    }

    private var isForeign4: Bool {
        let (a, b, c, d) = (bytes[0], bytes[1], bytes[2], bytes[3])
        switch a {
        case 0, 10, 127, 224...255: return false
        case 100 where (64...127).contains(b): return false
        case 169 where b == 254: return false
        case 172 where (16...31).contains(b): return false
        case 192 where b == 168 || b == 0 && (c == 2 || c == 0) || b == 88 && c == 99: return false
        case 198 where b == 18 || b == 19 || b == 51 && c == 100: return false
        case 203 where b == 0 && c == 113: return false
        default: break
        }
        if Self.resolvers.contains(bytes) { return false }
        // 1.2.3.4 and its kind, and the same number four times, stand for "some address".
        let steps = Set([Int(b) - Int(a), Int(c) - Int(b), Int(d) - Int(c)])
        if steps.count == 1, let step = steps.first, (-11...11).contains(step) { return false }
        // Versions such as 4.0.0.0, and networks.
        return !(c == 0 && d == 0)
    }

    private static let resolvers: Set<[UInt8]> = [
        [1, 1, 1, 1], [1, 0, 0, 1], [1, 1, 1, 2], [1, 1, 1, 3], [8, 8, 8, 8], [8, 8, 4, 4], [9, 9, 9, 9],
        [149, 112, 112, 112], [208, 67, 222, 222], [208, 67, 220, 220], [114, 114, 114, 114], [223, 5, 5, 5],
        [223, 6, 6, 6], [119, 29, 29, 29], [94, 140, 14, 14], [94, 140, 15, 15], [4, 2, 2, 1], [4, 2, 2, 2],
        [64, 6, 64, 6],
    ]

    private var isForeign6: Bool {
        // Global unicast is 2000::/3; documentation and the resolvers that everybody names are in it.
        guard bytes[0] >> 5 == 1 else { return false }
        if bytes.starts(with: [0x20, 0x01, 0x0D, 0xB8]) || bytes.starts(with: [0x3F, 0xFF]) { return false }
        let resolvers: [[UInt8]] = [
            [0x26, 0x06, 0x47, 0x00, 0x47, 0x00], [0x20, 0x01, 0x48, 0x60, 0x48, 0x60], [0x26, 0x20, 0x00, 0xFE],
        ]
        if resolvers.contains(where: { bytes.starts(with: $0) }) { return false }
        // Made-up examples have few different bytes: 2001:1::1, 2000::.
        return Set(bytes).count > 5
    }
}
