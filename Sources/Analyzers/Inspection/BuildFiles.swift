import Screening
import SourceCode

/// Files of build systems, whose commands run when the package is built: Makefile, meson.build, CMakeLists.txt, build.rs.
///
/// They are not read as the programs that they are; the commands in them are judged like those that code gives to a
/// shell. That counts only where an installation leads to the file.
enum BuildFiles {
    private static let maxBytes = 256 << 10
    private static let maxTexts = 2000
    private static let maxTextBytes = 4096

    private enum Kind { case make, calls, rust }

    private static func kind(of name: [UInt8]) -> Kind? {
        switch String(decoding: name.lowercasedASCII(), as: UTF8.self) {
        case "makefile", "gnumakefile": .make
        case "meson.build", "cmakelists.txt": .calls
        case "build.rs": .rust
        case let name where name.hasSuffix(".mk"): .make
        case let name where name.hasSuffix(".cmake"): .calls
        case _: nil
        }
    }

    /// Whether a path is that of such a file.
    static func isOne(_ path: [UInt8]) -> Bool {
        kind(of: path.split(separator: UInt8(ascii: "/")).last.map(Array.init) ?? []) != nil
    }

    private static let marks = LiteralSet(
        [
            "curl", "wget", "powershell", "base64", "/dev/tcp", "nc ", "ncat", "| sh", "|sh", "| bash", "|bash",
            "certutil", "mshta", "bitsadmin", "invoke-", "rm -rf", "crontab", "python -c", "python3 -c", "node -e",
        ], ignoringCase: true)

    /// What the commands of such a file do; nil for any other file.
    static func report(of file: InspectedFile) -> FileReport? {
        guard let name = file.path.last, let kind = kind(of: name), let bytes = file.text?.bytes,
            bytes.count <= maxBytes
        else { return nil }
        var report = FileReport()
        guard marks.matchesAny(in: bytes) else { return report }
        var found: Set<Observation> = []
        for text in commands(in: bytes, kind).prefix(maxTexts) where (4...maxTextBytes).contains(text.count) {
            guard marks.matchesAny(in: text) else { continue }
            found.formUnion(CommandChecks.judge(.shell(text)))
        }
        for observation in found.sorted() {
            // Only what no build does; programs and packages that builds fetch are their own business.
            let detail = RuleCatalog.entry(observation).detail
            if detail.installSeverity == .malicious { report.note(observation) }
        }
        return report
    }

    private static func commands(in bytes: [UInt8], _ kind: Kind) -> [[UInt8]] {
        switch kind {
        case .make: recipes(in: bytes)
        case .calls: bytes.split(separator: UInt8(ascii: ")")).prefix(maxTexts).flatMap(texts)
        case .rust: bytes.split(separator: UInt8(ascii: ";")).prefix(maxTexts).flatMap(texts)
        }
    }

    /// The lines behind tabs, and what `$(shell …)` runs.
    private static func recipes(in bytes: [UInt8]) -> [[UInt8]] {
        bytes.split(separator: 0x0A).compactMap { line in
            if line.first == 0x09 {
                return Array(line.drop { [0x09, 0x20, 0x40, 0x2D, 0x2B].contains($0) })
            }
            return line.firstRange(of: "$(shell ").map { Array(line[$0.upperBound...]) }
        }
    }

    /// The texts in quotes of one call, each alone and all as the words of one command, and what follows `COMMAND`.
    private static func texts(in call: ArraySlice<UInt8>) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var rest = call
        while let open = rest.firstIndex(where: { $0 == 0x27 || $0 == 0x22 }), found.count < 64 {
            let inner = rest[(open + 1)...]
            guard let close = inner.firstIndex(of: rest[open]) else { break }
            if close > inner.startIndex { found.append(Array(inner[..<close])) }
            rest = rest[(close + 1)...]
        }
        if found.count > 1 { found.append(Array(found.joined(separator: [0x20]))) }
        if let command = call.firstRange(of: "COMMAND ") { found.append(Array(call[command.upperBound...])) }
        return found
    }
}
