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
