import Compression
import Registry

extension StaticAnalyzer {
    /// Makes the tables that are otherwise made at their first use, for a process that is copied afterwards.
    ///
    /// By analysing two small artifacts of our own: whatever an analysis needs once is there then.
    public static func prepareTables() {
        for report in preparations() { _ = AnalysisAnswer.encode(report) }
        for report in comparisons() { _ = IncrementAnswer.encode(report) }
    }

    /// What is said about each of the artifacts beside itself.
    private static func comparisons() -> [IncrementReport] {
        artifacts().map { artifact in
            DiffAnalyzer.analyze(
                new: artifact.bytes, base: artifact.bytes, context: artifact.context, baseContext: artifact.context)
        }
    }

    /// What is said about the two artifacts.
    static func preparations() -> [AnalysisReport] {
        artifacts().map { analyze($0.bytes, context: $0.context, limits: .standard) }
    }

    private static func artifacts() -> [(bytes: ArchiveBytes, context: ArtifactContext)] {
        Ecosystem.allCases.map { ecosystem in
            let root = ecosystem == .npm ? "package" : "a-1.0"
            var tar: [UInt8] = []
            for (name, text) in samples {
                let content = Array(text.utf8)
                tar += TarBytes.header(Array("\(root)/\(name)".utf8), sizeBytes: Int64(content.count))
                tar += content + TarBytes.padding(after: Int64(content.count))
            }
            tar += TarBytes.end
            guard let name = try? PackageName(parsing: "a", ecosystem: ecosystem) else {
                preconditionFailure("a letter names a package of every ecosystem")
            }
            let filename = ecosystem == .npm ? "a-1.0.tgz" : "a-1.0.tar.gz"
            let context = ArtifactContext(ecosystem: ecosystem, purl: PackageURL(name), filename: filename)
            return (.memory(tar), context)
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
}
