/// What a file's name tells about its role.
struct FileRole {
    /// Something an interpreter, a compiler or a shell reads as code.
    let isCode: Bool
    /// Among tests, documentation or examples, which nothing runs by itself.
    let isTestOrDocumentation: Bool

    private static let codeEndings: Set<String> = [
        "js", "cjs", "mjs", "jsx", "ts", "cts", "mts", "tsx", "py", "pyi", "pyx", "pxd", "pyw", "sh", "bash", "zsh",
        "ps1",
        "bat", "cmd", "rb", "pl", "php", "lua", "c", "h", "cc", "cpp", "cxx", "hpp", "m", "mm", "rs", "go", "java",
        "swift",
        "gyp", "gypi", "vue", "svelte", "pth", "coffee", "vbs",
    ]
    private static let nativeEndings: Set<String> = [
        "c", "cc", "cpp", "cxx", "m", "mm", "h", "hpp", "hh", "rs", "go", "s", "asm", "zig", "f", "f90", "swift", "cu",
        "a",
        "o", "lib", "d", "nim",
    ]
    static let quietFolders: Set<String> = [
        "test", "tests", "testing", "__tests__", "spec", "specs", "__mocks__", "fixtures", "__fixtures__", "testdata",
        "test_data", "test-data", "doc", "docs", "example", "examples", "demo", "demos", "benchmark", "benchmarks",
        "e2e", "functional", "bench", "benches", "samples", "tutorial", "tutorials", "cypress", "testsuite",
        "unittests",
        "test-fixtures", "__snapshots__", "_tests", "unit_tests", "integration_tests", "test_suite", "selftest",
    ]

    /// Folders of a source distribution that its developers use and that are installed nowhere.
    private static let workshopFolders: Set<String> = [
        "tools", "scripts", "script", "action", "actions", "ci", ".github", ".ci", "dev", "devtools", "maint",
        "release",
        "hack", "tasks",
    ]

    /// Whether a path is that of source of native code.
    static func isNativeSource(_ path: [[UInt8]]) -> Bool {
        nativeEndings.contains(ending(of: (path.last ?? []).lowercasedASCII()))
    }

    private static func ending(of name: [UInt8]) -> String {
        name.lastIndex(of: UInt8(ascii: ".")).map { String(decoding: name[($0 + 1)...], as: UTF8.self) } ?? ""
    }

    /// - Parameter layout: in an sdist, tools of its developers lie beside what is installed.
    init(path: [[UInt8]], layout: ArtifactLayout? = nil) {
        let name = (path.last ?? []).lowercasedASCII()
        let ending = Self.ending(of: name)
        isCode = Self.codeEndings.contains(ending)
        let isInQuietFolder = path.dropLast().contains { folder in
            Self.quietFolders.contains(String(decoding: folder.lowercasedASCII(), as: UTF8.self))
        }
        let isInWorkshop =
            layout == .sourceDistribution && path.count > 1
            && path.first.map { Self.workshopFolders.contains(String(decoding: $0, as: UTF8.self)) } == true
        isTestOrDocumentation =
            isInQuietFolder || isInWorkshop || name.hasPrefix("test_") || name.contains(text: "_test.")
            || name.contains(text: ".test.") || name.contains(text: ".spec.") || name.equals("conftest.py")
            || name.contains(text: "-test.") || name.contains(text: "_spec.") || name.hasPrefix("test-")
            || name.equals("tests.py") || name.equals("test.py") || name.equals("test.js")
    }
}
