/// Durations and sizes as configuration writes them: one number and one unit.
public enum Quantity {
    /// A century; longer ones are a mistake.
    private static let maxSeconds: Int64 = 100 * 366 * 86_400
    private static let durationUnits: [(suffix: String, seconds: Int64)] = [
        ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400), ("w", 604_800),
    ]
    private static let sizeUnits: [(suffix: String, bytes: Int64)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("B", 1),
    ]

    static let durationForm = "a duration such as 90s, 15m, 72h, 7d or 2w"
    static let sizeForm = "a size such as 512KiB, 64MiB or 20GiB"

    /// `72h` as a duration; nil for anything else.
    static func duration(_ text: String) -> Duration? {
        guard let seconds = amount(text, durationUnits.map { ($0.suffix, $0.seconds) }), seconds <= maxSeconds else {
            return nil
        }
        return .seconds(seconds)
    }

    /// `64MiB` in bytes; nil for anything else.
    public static func sizeBytes(_ text: String) -> Int64? { amount(text, sizeUnits.map { ($0.suffix, $0.bytes) }) }

    /// `9.8` in tenths, from 0.0 to 10.0 with at most one digit after the point.
    static func tenths(_ text: String) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = digits(parts[0]), whole <= 10 else { return nil }
        guard parts.count == 2 else { return Int(whole) * 10 }
        guard parts[1].utf8.count == 1, let tenth = digits(parts[1]) else { return nil }
        let value = Int(whole) * 10 + Int(tenth)
        return value <= 100 ? value : nil
    }

    static func digits(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }

    private static func amount(_ text: String, _ units: [(suffix: String, factor: Int64)]) -> Int64? {
        for unit in units where text.hasSuffix(unit.suffix) {
            guard let number = digits(text.dropLast(unit.suffix.count)) else { continue }
            let (product, overflow) = number.multipliedReportingOverflow(by: unit.factor)
            return overflow ? nil : product
        }
        return nil
    }

    /// The shortest exact way to write a duration.
    static func text(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        let unit = durationUnits.last { seconds % $0.seconds == 0 && seconds >= $0.seconds } ?? durationUnits[0]
        return "\(seconds / unit.seconds)\(unit.suffix)"
    }

    /// The shortest exact way to write a size.
    static func text(sizeBytes: Int64) -> String {
        let units = sizeUnits.sorted { $0.bytes < $1.bytes }
        let unit = units.last { sizeBytes % $0.bytes == 0 && sizeBytes >= $0.bytes } ?? units[0]
        return "\(sizeBytes / unit.bytes)\(unit.suffix)"
    }
}
