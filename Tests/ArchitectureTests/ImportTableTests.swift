import Foundation
import Testing

/// Who may import whom (rfcs/0001). A target imports only targets in rows below its own, and only those named.
private let mayImport: [String: Set<String>] = [
    "Platform": ["CLinux"],
    "Cryptography": ["CSodium", "COpenSSL"],
    "JSON": [],
    "TOML": [],
    "UnicodeText": ["CUTF8Proc"],
    "YAML": ["CYAML"],
    "Compression": ["Platform", "CDeflate", "CZlib"],
    "Registry": ["JSON", "Cryptography", "Platform"],
    "Screening": ["Registry", "JSON", "Cryptography", "Platform"],
    "TransparencyLog": ["Cryptography"],
    "Advisories": ["Registry", "JSON", "Compression", "Cryptography", "Platform"],
    "Lockfiles": ["Registry", "JSON", "TOML", "YAML", "Cryptography"],
    "SourceCode": ["UnicodeText"],
    "Configuration": ["Screening", "TransparencyLog", "Registry", "YAML", "Cryptography", "Platform"],
    "VerdictStore": ["Screening", "TransparencyLog", "Registry", "JSON", "Cryptography", "Platform", "CSQLite"],
    "HTTP": ["Platform", "CCurl"],
    "Analyzers": [
        "SourceCode", "Screening", "Advisories", "Registry", "JSON", "TOML", "UnicodeText", "Compression",
        "Cryptography", "Platform", "CArchive", "CYARA",
    ],
    "Gateway": [
        "VerdictStore", "HTTP", "Screening", "TransparencyLog", "Advisories", "Lockfiles", "Registry", "JSON",
        "Compression", "Cryptography", "Platform",
    ],
    "Worker": [
        "VerdictStore", "HTTP", "Analyzers", "Screening", "Advisories", "Registry", "JSON", "Cryptography", "Platform",
    ],
    "CLI": [
        "Gateway", "Worker", "VerdictStore", "HTTP", "Analyzers", "Configuration", "Screening", "TransparencyLog",
        "Advisories", "Lockfiles", "Registry", "JSON", "Compression", "Cryptography", "Platform",
    ],
]

/// Modules of the toolchain that sources may use; Foundation is not among them (platform.md: cost per byte, size).
private let toolchainModules: Set<String> = ["Glibc", "Synchronization", "Dispatch"]

@Suite("Import table")
struct ImportTableTests {
    private func imports(of file: SourceTree.File) -> [String] {
        // No import ends in a comma: that is a column of an SQL table.
        file.lines.filter { !$0.hasSuffix(",") }.compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard let position = words.firstIndex(of: "import"), position + 1 < words.count,
                words[..<position].allSatisfy({
                    ["public", "internal", "private", "package", "@testable", "@preconcurrency"].contains($0)
                })
            else { return nil }
            return words[position + 1]
        }
    }

    @Test("sources import only what the table allows")
    func sourcesFollowTheTable() throws {
        for file in try SourceTree.ofThisCheckout.swiftFiles(under: "Sources") {
            guard let allowed = mayImport[file.target] else {
                Issue.record("\(file.path): the target \(file.target) is not in the import table")
                continue
            }
            for module in imports(of: file) where !allowed.union(toolchainModules).contains(module) {
                Issue.record("\(file.path) imports \(module), which \(file.target) may not")
            }
        }
    }

    @Test("the package declares exactly the table's targets and edges")
    func packageFollowsTheTable() throws {
        let package = try SourceTree.ofThisCheckout.text(of: "Package.swift")
        let compact = package.split(whereSeparator: \.isWhitespace).joined()
        for (target, allowed) in mayImport {
            let pieces =
                target == "CLI"
                ? compact.components(separatedBy: "name:\"CLI\",").dropFirst().first
                : compact.components(separatedBy: "library(\"\(target)\"").dropFirst().first
            let declaration = try #require(pieces, "\(target) is not declared in Package.swift")
            let end = target == "CLI" ? "path:" : "library("
            let body = declaration.components(separatedBy: end)[0].components(separatedBy: ".executableTarget")[0]
            let declared = Set(
                body.components(separatedBy: "\"").enumerated().filter { $0.offset % 2 == 1 }.map(\.element))
            let beyond = declared.subtracting(allowed)
            #expect(beyond.isEmpty, "\(target) declares \(beyond.sorted()) beyond the table")
            let missing = allowed.subtracting(declared)
            #expect(missing.isEmpty, "\(target) lacks \(missing.sorted()), which the table names")
        }
    }

    @Test("the table has no cycle and every C module has one owner")
    func layersAreAcyclic() {
        var depth: [String: Int] = [:]
        func measure(_ target: String, _ path: [String]) -> Int {
            if path.contains(target) {
                Issue.record("import cycle: \((path + [target]).joined(separator: " → "))")
                return 0
            }
            if let known = depth[target] { return known }
            let below = (mayImport[target] ?? []).map { measure($0, path + [target]) }.max() ?? 0
            depth[target] = below + 1
            return below + 1
        }
        for target in mayImport.keys.sorted() { _ = measure(target, []) }
        let systemLibraries = mayImport.values.flatMap(\.self).filter {
            $0.first == "C" && $0.dropFirst().first?.isUppercase == true
        }
        let owners = Dictionary(grouping: systemLibraries.filter { $0 != "CLI" }, by: \.self)
        for (library, uses) in owners { #expect(uses.count == 1, "\(library) is wrapped by \(uses.count) targets") }
    }

    @Test("the gateway names no archive reader")
    func gatewayOpensNoArchive() throws {
        for file in try SourceTree.ofThisCheckout.swiftFiles(under: "Sources/Gateway") {
            for (number, line) in file.lines.enumerated()
            where line.contains("ZipDirectory") || line.contains("archive_") {
                Issue.record("\(file.path):\(number + 1) names an archive reader")
            }
        }
    }
}
