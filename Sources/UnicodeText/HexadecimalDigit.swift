/// Digits of numbers to the base sixteen.
public enum HexadecimalDigit {
    /// The value of a digit, in small or large letters; nil for every other byte.
    @inlinable
    public static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- 0x57
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- 0x37
        case _: nil
        }
    }
}
