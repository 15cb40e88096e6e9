import Glibc

/// An IP address or a block of them, such as `10.0.0.0/8` or `::1`: who is trusted to say whom a request came from.
public struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    private let address: [UInt8]
    private let prefixBits: Int

    /// Reads an address, alone or with `/` and the length of its prefix; nil for anything else.
    public init?(parsing text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = Self.addressBytes(String(first)) else { return nil }
        self.address = address
        guard parts.count == 2 else {
            prefixBits = address.count * 8
            return
        }
        guard let bits = Int(parts[1]), (0...address.count * 8).contains(bits), parts[1].utf8.first != 0x2B else {
            return nil
        }
        prefixBits = bits
    }

    /// Whether the address `text` (without port) lies in this block; texts that are no addresses lie in none.
    public func contains(_ text: String) -> Bool {
        guard let other = Self.addressBytes(text), other.count == address.count else { return false }
        for (position, pair) in zip(address, other).enumerated() {
            let bits = min(8, max(0, prefixBits - position * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            if pair.0 & mask != pair.1 & mask { return false }
        }
        return true
    }

    public var description: String { "\(address)/\(prefixBits)" }

    /// Four or sixteen bytes; an IPv4 address written as IPv6 (`::ffff:1.2.3.4`) counts as the IPv4 address it is.
    private static func addressBytes(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if unsafe inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        guard unsafe inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        return bytes.starts(with: mapped) ? Array(bytes.suffix(4)) : bytes
    }
}
