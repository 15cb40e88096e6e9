import Cryptography

/// The RECORD of a wheel: its files with their digests.
///
/// Spec: Python packaging, "Recording installed projects", and "Binary distribution format".
struct WheelRecord {
    /// What RECORD states about one file.
    enum Digest: Equatable {
        case sha256([UInt8])
        case sha512([UInt8])
        /// An algorithm that is strong but not computed here.
        case sha384
        /// Empty, or an algorithm that does not protect.
        case none
        case unreadable
    }

    /// Rows by path, in RECORD's order; the first row of a path counts.
    let paths: [[UInt8]]
    let digests: [[UInt8]: Digest]
    /// Whether two rows state different digests of one file.
    let isContradictory: Bool

    /// Nil when the text is not CSV of at most three columns.
    init?(_ bytes: [UInt8]) {
        var paths: [[UInt8]] = []
        var digests: [[UInt8]: Digest] = [:]
        var isContradictory = false
        guard let rows = CSVRows.parse(bytes) else { return nil }
        for row in rows {
            guard row.count <= 3, let path = row.first else { return nil }
            let normal = Self.normalPath(path)
            let digest = Self.digest(row.count > 1 ? row[1] : [])
            // Two rows that say different things of one file leave it to the reader which counts.
            if let known = digests[normal], known != digest { isContradictory = true }
            guard !normal.isEmpty, digests[normal] == nil else { continue }
            paths.append(normal)
            digests[normal] = digest
        }
        self.paths = paths
        self.digests = digests
        self.isContradictory = isContradictory
    }

    /// Tools on Windows wrote backslashes.
    static func normalPath(_ path: [UInt8]) -> [UInt8] {
        let slashed = path.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }
        let parts = slashed.split(separator: UInt8(ascii: "/")).filter { !$0.equals(".") }
        return Array(parts.joined(separator: [UInt8(ascii: "/")]))
    }

    private static func digest(_ field: [UInt8]) -> Digest {
        guard let equals = field.firstIndex(of: UInt8(ascii: "=")) else { return field.isEmpty ? .none : .unreadable }
        let algorithm = field[..<equals].lowercasedASCII()
        // The specification drops the padding; old tools kept it.
        let encoded = field[(equals + 1)...].prefix { $0 != UInt8(ascii: "=") }
        let text = String(decoding: encoded, as: UTF8.self)
        guard let bytes = try? Base64.decodeURL(text) else { return .unreadable }
        if algorithm.equals("sha256") { return .sha256(bytes) }
        if algorithm.equals("sha512") { return .sha512(bytes) }
        return algorithm.equals("sha384") ? .sha384 : .none
    }
}

/// Rows of comma-separated values with double quotes.
///
/// Spec: RFC 4180 section 2; any line end.
enum CSVRows {
    /// Nil when a quote is not closed.
    static func parse(_ bytes: [UInt8]) -> [[[UInt8]]]? {
        var rows: [[[UInt8]]] = []
        var row: [[UInt8]] = []
        var field: [UInt8] = []
        var isQuoted = false
        var index = 0
        func isRowEmpty() -> Bool { row.isEmpty && field.isEmpty }
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if isQuoted {
                if byte != UInt8(ascii: "\"") {
                    field.append(byte)
                } else if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                    field.append(byte)
                    index += 1
                } else {
                    isQuoted = false
                }
            } else if byte == UInt8(ascii: "\""), field.isEmpty {
                isQuoted = true
            } else if byte == UInt8(ascii: ",") {
                row.append(field)
                field = []
            } else if byte == 0x0A || byte == 0x0D {
                if !isRowEmpty() { rows.append(row + [field]) }
                (row, field) = ([], [])
            } else {
                field.append(byte)
            }
        }
        if isQuoted { return nil }
        if !isRowEmpty() { rows.append(row + [field]) }
        return rows
    }
}
