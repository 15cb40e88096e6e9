/// The forms that addresses in a configuration may take, without looking anything up.
enum NetworkAddress {
    static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                Quantity.digits(part).map { $0 <= 255 } ?? false && (part.count == 1 || part.first != "0")
            }
    }

    /// Groups of up to four hexadecimal digits with at most one `::`; no zone, no embedded IPv4.
    static func isIPv6(_ text: String) -> Bool {
        let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard halves.count <= 2, !text.contains(":::") else { return false }
        var groups = 0
        for half in halves where !half.isEmpty {
            for group in half.split(separator: ":", omittingEmptySubsequences: false) {
                guard (1...4).contains(group.utf8.count), group.utf8.allSatisfy(isHexadecimal) else { return false }
                groups += 1
            }
        }
        return halves.count == 2 ? groups <= 7 : groups == 8
    }

    /// An address or a network such as `10.0.0.0/8`.
    static func isNetwork(_ text: String) -> Bool {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let address = String(parts[0])
        guard isIPv4(address) || isIPv6(address) else { return false }
        guard parts.count == 2 else { return true }
        return Quantity.digits(parts[1]).map { $0 <= (isIPv4(address) ? 32 : 128) } ?? false
    }

    /// Labels of letters, digits and hyphens; a name whose last label is a number would be a broken address.
    static func isHostName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let areLabels = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D }
        }
        return text.utf8.count <= 253 && areLabels && Quantity.digits(labels.last ?? "0") == nil
    }

    /// `http://` or `https://`, a host, perhaps a port and a path; no user, query or fragment.
    static func isWebAddress(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else { return false }
        let rest = text.dropFirst(scheme.count)
        let authority = String(rest.prefix { $0 != "/" })
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && !rest.contains { "@?#\\".contains($0) }
        return isPlain && (isHost(authority) || HostPort(parsing: authority) != nil)
    }

    private static func isHost(_ text: String) -> Bool {
        if text.hasPrefix("["), text.hasSuffix("]") { return isIPv6(String(text.dropFirst().dropLast())) }
        return isIPv4(text) || isHostName(text)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) || (0x41...0x46).contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
    }
}
