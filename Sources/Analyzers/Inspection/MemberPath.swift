import Cryptography

/// The first 16 hexadecimal digits of the SHA-256 of `bytes`.
func shortDigest(of bytes: [UInt8]) -> String { String(SHA256Digest(hashing: bytes).hex.prefix(16)) }

/// What is wrong with the path of a member, whatever it contains.
enum MemberPath {
    /// What is noticed about where `name` leads and what it looks like.
    static func observations(of name: [UInt8], limits: AnalysisLimits) -> Set<Observation> {
        var found: Set<Observation> = []
        if name.count > limits.pathBytes { found.insert(.pathTooLong) }
        // A backslash separates on Windows, where it matters for leaving the folder and for nothing else.
        let parts = name.split(whereSeparator: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") })
        if parts.count > limits.depth { found.insert(.pathTooDeep) }
        if isAbsolute(name) { found.insert(.pathAbsolute) }
        found.formUnion(climbing(parts))
        for part in parts { found.formUnion(appearance(of: part)) }
        found.formUnion(characters(of: name))
        return found
    }

    private static func isAbsolute(_ name: [UInt8]) -> Bool {
        guard let first = name.first else { return false }
        if first == UInt8(ascii: "/") || first == UInt8(ascii: "\\") { return true }
        let isLetter = (0x41...0x5A).contains(first & 0xDF)
        guard isLetter, name.count > 2, name[1] == UInt8(ascii: ":") else { return false }
        return name[2] == UInt8(ascii: "/") || name[2] == UInt8(ascii: "\\")
    }

    private static func climbing(_ parts: [ArraySlice<UInt8>]) -> Set<Observation> {
        guard parts.contains(where: { $0.equals("..") }) else { return [] }
        var depth = 0
        for part in parts where !part.equals(".") {
            depth += part.equals("..") ? -1 : 1
            if depth < 0 { return [.pathEscapes] }
        }
        return [.pathParent]
    }

    /// Names that are other files on Windows.
    private static func appearance(of part: ArraySlice<UInt8>) -> Set<Observation> {
        if part.equals(".") || part.equals("..") { return [] }
        var found: Set<Observation> = []
        if part.last == UInt8(ascii: ".") || part.last == UInt8(ascii: " ") { found.insert(.nameTrailing) }
        let stem = part.prefix { $0 != UInt8(ascii: ".") }.lowercasedASCII()
        // All of them have three or four letters.
        if stem.count == 3 || stem.count == 4, reservedStems.contains(String(decoding: stem, as: UTF8.self)) {
            found.insert(.nameReserved)
        }
        return found
    }

    private static let reservedStems: Set<String> = Set(
        ["con", "prn", "aux", "nul"] + (1...9).flatMap { ["com\($0)", "lpt\($0)"] })

    private static func characters(of name: [UInt8]) -> Set<Observation> {
        guard name.contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return [] }
        guard let text = String(validating: name, as: UTF8.self) else {
            return name.contains { $0 < 0x20 || $0 == 0x7F } ? [.nameControl, .nameEncoding] : [.nameEncoding]
        }
        var found: Set<Observation> = []
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: found.insert(.nameControl)
            case 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C: found.insert(.nameBidi)
            // Joiners (U+200C, U+200D) belong to the spelling of some languages and emoji.
            case 0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x2060...0x2065, 0x2800, 0x3164,
                0xFEFF,
                0xFFA0, 0xE0000...0xE007F:
                found.insert(.nameInvisible)
            default: break
            }
        }
        return found
    }
}
