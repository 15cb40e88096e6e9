import Registry

/// How an installer lays the members of an artifact out on disk.
enum ArtifactLayout: Equatable {
    /// npm drops the first component of every path, whatever it is called.
    case npmTarball
    /// Every path is relative to site-packages or to the wheel's data folder.
    case wheel
    /// pip drops the one folder that everything lies in.
    case sourceDistribution

    init(ecosystem: Ecosystem, filename: String) {
        switch ecosystem {
        case .npm: self = .npmTarball
        case .pypi:
            let name = Array(filename.utf8).lowercasedASCII()
            self = name.hasSuffix(".whl") || name.hasSuffix(".egg") ? .wheel : .sourceDistribution
        }
    }

    /// How many leading components are dropped.
    var rootDepth: Int { self == .wheel ? 0 : 1 }

    /// Where an installer puts a member, as components below the package's own folder; empty when it puts it nowhere.
    ///
    /// The first component is dropped as it stands (`./package.json` becomes `package.json`), since that is what
    /// installers do; only then are `.` and empty components left out.
    func installPath(of name: [UInt8]) -> [[UInt8]] {
        let parts = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst(rootDepth)
        return parts.filter { !$0.isEmpty && !$0.equals(".") }.map(Array.init)
    }

    /// The first component, for telling how many top folders there are; nil for a path without a folder.
    func root(of name: [UInt8]) -> [UInt8]? {
        let parts = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard rootDepth == 1, parts.count > 1 else { return nil }
        return Array(parts[0])
    }
}

/// The files that installers and package managers themselves read.
enum ManifestKind: Equatable {
    case packageJSON, gypFile
    case wheelMetadata, wheelRecord, wheelFile, entryPoints
    case sourceMetadata, pyproject, setupScript, setupConfig

    /// The kind of the file at `path` below the package's folder; nil for ordinary files.
    init?(path: [[UInt8]], layout: ArtifactLayout) {
        guard let last = path.last else { return nil }
        let name = String(decoding: last, as: UTF8.self)
        switch layout {
        case .npmTarball:
            guard path.count == 1 else { return nil }
            switch name {
            case "package.json": self = .packageJSON
            case "binding.gyp": self = .gypFile
            default: return nil
            }
        case .wheel:
            guard path.count == 2, path[0].hasSuffix(".dist-info") else { return nil }
            switch name {
            case "METADATA": self = .wheelMetadata
            case "RECORD": self = .wheelRecord
            case "WHEEL": self = .wheelFile
            case "entry_points.txt": self = .entryPoints
            default: return nil
            }
        case .sourceDistribution:
            guard path.count == 1 else { return nil }
            switch name {
            case "PKG-INFO": self = .sourceMetadata
            case "pyproject.toml": self = .pyproject
            case "setup.py": self = .setupScript
            case "setup.cfg": self = .setupConfig
            default: return nil
            }
        }
    }
}

/// What a file's name tells about its role.
struct FileRole {
    /// Something an interpreter, a compiler or a shell reads as code.
    let isCode: Bool
    /// Source of native code that a build could compile.
    let isNativeSource: Bool
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
    private static let quietFolders: Set<String> = [
        "test", "tests", "testing", "__tests__", "spec", "specs", "__mocks__", "fixtures", "__fixtures__", "testdata",
        "test_data", "test-data", "doc", "docs", "example", "examples", "demo", "demos", "benchmark", "benchmarks",
        "e2e",
        "functional",
    ]

    init(path: [[UInt8]]) {
        let name = (path.last ?? []).lowercasedASCII()
        let dot = name.lastIndex(of: UInt8(ascii: "."))
        let ending = dot.map { String(decoding: name[($0 + 1)...], as: UTF8.self) } ?? ""
        isCode = Self.codeEndings.contains(ending)
        isNativeSource = Self.nativeEndings.contains(ending)
        let isInQuietFolder = path.dropLast().contains { folder in
            Self.quietFolders.contains(String(decoding: folder.lowercasedASCII(), as: UTF8.self))
        }
        isTestOrDocumentation =
            isInQuietFolder || name.hasPrefix("test_") || name.contains(text: "_test.")
            || name.contains(text: ".test.") || name.contains(text: ".spec.") || name.equals("conftest.py")
    }
}
