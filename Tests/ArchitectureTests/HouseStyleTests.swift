import Foundation
import Testing

private let fileCeiling = 400
private let functionCeiling = 70

/// Patterns that house style bans in `Sources`, each with the reason that a reader of the failure needs.
private let bannedInSources: [(pattern: String, reason: String)] = [
    (#"\btry!"#, "typed throws instead of try!"),
    (#"\bas!"#, "a conditional cast instead of as!"),
    (#"fatalError\(\"(not implemented|unimplemented)"#, "no stubs"),
    (#"\bimport Foundation\b"#, "hot targets and their callers do without Foundation"),
    (#"\bDate\(\)"#, "the clock is passed in"),
    (#"\bstatic var\b[^{]*$"#, "no ambient mutable state"),
    (#"\b[A-Z]\w*\.shared\b"#, "no ambient instances"),
    (#"catch \{ return nil \}"#, "corruption must not read as absence"),
    (#"\bMutex<"#, "Platform's Lock: the toolchain's Mutex collapses under contention"),
]

private let bannedWords = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]

@Suite("House style")
struct HouseStyleTests {
    private func sources() throws -> [SourceTree.File] { try SourceTree.ofThisCheckout.swiftFiles(under: "Sources") }
    private func tests() throws -> [SourceTree.File] { try SourceTree.ofThisCheckout.swiftFiles(under: "Tests") }

    @Test("no Swift file is longer than the ceiling")
    func filesAreShort() throws {
        for file in try sources() + tests() where file.lines.count > fileCeiling + 1 {
            Issue.record("\(file.path) has \(file.lines.count) lines; the ceiling is \(fileCeiling)")
        }
    }

    @Test("no function is longer than the ceiling")
    func functionsAreShort() throws {
        for file in try sources() + tests() {
            for function in functions(in: file) where function.length > functionCeiling {
                Issue.record(
                    "\(file.path):\(function.line) has \(function.length) lines; the ceiling is \(functionCeiling)")
            }
        }
    }

    @Test("sources use nothing that house style bans")
    func sourcesObeyBans() throws {
        let expressions = try bannedInSources.map { (try NSRegularExpression(pattern: $0.pattern), $0.reason) }
        for file in try sources() {
            for (number, line) in file.lines.enumerated() {
                let code = line.components(separatedBy: "//")[0]
                let range = NSRange(code.startIndex..., in: code)
                for (expression, reason) in expressions where expression.firstMatch(in: code, range: range) != nil {
                    Issue.record("\(file.path):\(number + 1): \(reason)")
                }
            }
        }
    }

    @Test("no unfinished marks anywhere")
    func nothingIsUnfinished() throws {
        for file in try sources() + tests() {
            for (number, line) in file.lines.enumerated() {
                for word in bannedWords where line.contains(word) {
                    Issue.record("\(file.path):\(number + 1) has the mark \(word)")
                }
            }
        }
    }

    @Test("no catch-all room and no type named like its module")
    func namesSayWhatThingsAre() throws {
        let vague: Set<String> = ["Core", "Common", "Utils", "Helpers", "Manager", "Util", "Helper", "Misc"]
        let files = try sources()
        let modules = Set(files.map(\.target))
        let declaration = try NSRegularExpression(
            pattern: #"^(?:public |final |indirect )*(?:struct|class|enum|actor|protocol) (\w+)"#)
        for file in files {
            for part in file.path.split(separator: "/")
            where vague.contains(part.replacingOccurrences(of: ".swift", with: "")) {
                Issue.record("\(file.path): \(part) says nothing about what is inside")
            }
            for (number, line) in file.lines.enumerated() {
                guard let match = declaration.firstMatch(in: line, range: NSRange(line.startIndex..., in: line)),
                    let range = Range(match.range(at: 1), in: line)
                else { continue }
                let name = String(line[range])
                if modules.contains(name) { Issue.record("\(file.path):\(number + 1): \(name) is named like a module") }
                if name.hasSuffix("Manager") || name.hasSuffix("Helper") || name.hasSuffix("Utils") {
                    Issue.record("\(file.path):\(number + 1): \(name) says nothing about its job")
                }
            }
        }
    }

    @Test("the project names no registry host that belongs to a client's configuration, and no path of one machine")
    func nothingOfOneMachineIsKept() throws {
        let hosts = ["pypi" + ".org", "pythonhosted" + ".org", "deb.debian" + ".org"]
        let paths = ["/wo" + "rk/", "/tmp/ba" + "sh_jobs", "/root/" + "."]
        for file in try SourceTree.ofThisCheckout.proseAndCode() {
            for (number, line) in file.lines.enumerated() {
                for text in hosts + paths where line.contains(text) {
                    Issue.record("\(file.path):\(number + 1) contains \(text)")
                }
            }
        }
    }

    /// The functions and initialisers of a file with their lengths, by the indentation of their closing brace.
    private func functions(in file: SourceTree.File) -> [(line: Int, length: Int)] {
        var found: [(Int, Int)] = []
        for (start, line) in file.lines.enumerated() {
            let code = line.drop { $0 == " " }
            let words = code.split(separator: " ", maxSplits: 6).map(String.init)
            guard words.contains("func") || words.contains(where: { $0.hasPrefix("init(") || $0.hasPrefix("deinit") }),
                !code.hasPrefix("//"), !code.hasPrefix("self."), !(code.contains("{") && code.hasSuffix("}"))
            else { continue }
            let indentation = line.prefix { $0 == " " }
            guard let end = file.lines[start...].firstIndex(where: { $0 == indentation + "}" }) else { continue }
            let opensHere = file.lines[start...end].contains { $0.hasSuffix("{") }
            let sibling = file.lines[(start + 1)...].prefix(while: { _ in true }).enumerated().first {
                $0.element.hasPrefix(indentation + "func ") || $0.element.hasPrefix(indentation + "public func ")
            }
            if let sibling, start + 1 + sibling.offset < end { continue }
            if opensHere { found.append((start + 1, end - start + 1)) }
        }
        return found
    }
}
