import Registry

extension StaticAnalyzer {
    /// Makes the tables that are otherwise made at their first use, for a process that is copied afterwards.
    ///
    /// By analysing two small artifacts of our own: whatever an analysis needs once is there then.
    public static func prepareTables() {
        for report in preparations() { _ = AnalysisAnswer.encode(report) }
    }

    /// What is said about the two artifacts.
    static func preparations() -> [AnalysisReport] {
        Ecosystem.allCases.compactMap { ecosystem in
            let root = ecosystem == .npm ? "package" : "a-1.0"
            var tar: [UInt8] = []
            for (name, text) in samples { tar += tarMember("\(root)/\(name)", Array(text.utf8)) }
            tar += [UInt8](repeating: 0, count: 2 * TarHeader.blockBytes)
            guard let name = try? PackageName(parsing: "a", ecosystem: ecosystem) else { return nil }
            let filename = ecosystem == .npm ? "a-1.0.tgz" : "a-1.0.tar.gz"
            let context = ArtifactContext(ecosystem: ecosystem, purl: PackageURL(name), filename: filename)
            return analyze(.memory(tar), context: context, limits: .standard)
        }
    }

    private static let samples: [(name: String, text: String)] = [
        ("package.json", #"{"name":"a","version":"1.0.0","scripts":{"postinstall":"node a.js && echo $A | cat"}}"#),
        ("PKG-INFO", "Metadata-Version: 2.1\nName: a\nVersion: 1.0\n\na\n"),
        ("pyproject.toml", "[project]\nname = 'a'\n"), ("setup.py", "from setuptools import setup\nsetup(name='a')\n"),
        ("a.js", "const a = require('b'); // x\nmodule.exports = `${a}` + Buffer.from('YQ==', 'base64');\n"),
        ("a.ts", "const a: string = 'b';\n"), ("a.py", "import os\n# x\nprint(f'{os.environ}')\n"),
        ("a.sh", "#!/bin/sh\necho a | cat\n"), ("README.md", "# a\n"), ("a.txt", "const a = function() {}\n"),
        ("a.html", "<script>a()</script>\n"), ("a.yaml", "a: b\n"), ("binding.gyp", "{'targets': []}\n"),
    ]

    /// Spec: POSIX ustar.
    private static func tarMember(_ name: String, _ content: [UInt8]) -> [UInt8] {
        func octal(_ value: Int, _ digits: Int) -> [UInt8] {
            let text = Array(String(value, radix: 8).utf8)
            return [UInt8](repeating: UInt8(ascii: "0"), count: digits - text.count) + text + [0]
        }
        func padded(_ bytes: [UInt8], to count: Int) -> [UInt8] {
            bytes + [UInt8](repeating: 0, count: count - bytes.count)
        }
        var header = padded(Array(name.utf8), to: 100) + octal(0o644, 7) + octal(0, 7) + octal(0, 7)
        header += octal(content.count, 11) + octal(0, 11) + Array("        0".utf8)
        header = padded(padded(header, to: 257) + Array("ustar\u{0}00".utf8), to: TarHeader.blockBytes)
        let sum = octal(header.reduce(0) { $0 + Int($1) }, 6)
        header.replaceSubrange(148..<155, with: sum)
        let blocks = (content.count + TarHeader.blockBytes - 1) / TarHeader.blockBytes
        return header + padded(content, to: blocks * TarHeader.blockBytes)
    }
}
