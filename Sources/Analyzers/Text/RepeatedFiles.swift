import SourceCode

/// INJ-FLOOD over files: the same few words in a thousand of them, among which one is read by nobody.
struct RepeatedFiles {
    /// How often each text was seen, numbers aside.
    private var counts: [UInt64: Int32] = [:]
    private(set) var isFlood = false

    private static let leastBytes = 64
    private static let mostBytes = 4096
    private static let leastFiles = 1000
    private static let maxTexts = 100_000

    /// Notes a file; empty ones, and those of a line, are how packages are laid out.
    mutating func note(_ file: InspectedFile) {
        guard (Self.leastBytes...Self.mostBytes).contains(file.bytes.count), file.text != nil, !isFlood else { return }
        // Files that do something are tables and icons; those that say something are counted.
        if let model = file.model, !model.tokens.isEmpty, !isMostlyComment(model) { return }
        guard file.model != nil || file.kind == .prose || file.kind == .text else { return }
        let hash = Self.hash(file.bytes)
        guard counts[hash] != nil || counts.count < Self.maxTexts else { return }
        counts[hash, default: 0] += 1
        isFlood = (counts[hash] ?? 0) > Self.leastFiles
    }

    private func isMostlyComment(_ model: CodeModel) -> Bool {
        let comments = model.comments.reduce(0) { $0 + Int($1.upperBound - $1.lowerBound) }
        return comments * 4 >= model.source.bytes.count * 3
    }

    /// The hash of FNV-1a, 64 bits, with every number taken for nought.
    private static func hash(_ bytes: [UInt8]) -> UInt64 {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        var isInNumber = false
        for byte in bytes {
            let isDigit = byte &- 0x30 < 10
            if isDigit, isInNumber { continue }
            isInNumber = isDigit
            value ^= UInt64(isDigit ? 0x30 : byte)
            value = value &* 0x100_0000_01B3
        }
        return value
    }
}
