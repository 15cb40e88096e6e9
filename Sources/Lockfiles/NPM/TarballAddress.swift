import Registry

/// An `http` or `https` address that a lockfile gives for a tarball, taken apart byte by byte.
struct TarballAddress {
    let text: String
    let host: String
    /// The path without query and fragment, with its escapes decoded once.
    private let path: [UInt8]
    /// Where `/-/` begins in the path, which registries have between the package's name and the file's.
    private let mark: Int?

    /// Nil for anything that is no such address.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        let schemes = ["https://", "http://"].map { Array($0.utf8) }
        guard let scheme = schemes.first(where: { bytes.starts(with: $0) }) else { return nil }
        let rest = bytes[scheme.count...]
        let slash = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        let authority = rest[..<slash].split(separator: UInt8(ascii: "@")).last ?? []
        host = String(decoding: authority, as: UTF8.self).lowercased()
        path = Self.decoded(rest[slash...].prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        mark = Self.position(of: Array("/-/".utf8), in: path)
        self.text = text
    }

    /// The package that the path names, when it is a registry's: one segment before `/-/`, or two with a scope.
    var package: String? {
        guard let mark else { return nil }
        let segments = path[..<mark].split(separator: UInt8(ascii: "/"))
        guard let last = segments.last else { return nil }
        if segments.count > 1, segments[segments.count - 2].first == UInt8(ascii: "@") {
            return String(decoding: segments[segments.count - 2] + [UInt8(ascii: "/")] + last, as: UTF8.self)
        }
        return String(decoding: last, as: UTF8.self)
    }

    /// The tarball's name.
    var filename: String? {
        guard let last = path.split(separator: UInt8(ascii: "/")).last else { return nil }
        let name = String(decoding: last, as: UTF8.self)
        return name.hasSuffix(".tgz") || name.hasSuffix(".tar.gz") ? name : nil
    }

    /// The version in the tarball's name, where that is a registry's: `name-1.0.0.tgz`, without the scope.
    var version: PackageVersion? {
        guard let base = package?.split(separator: "/").last, let filename, filename.hasPrefix("\(base)-"),
            filename.hasSuffix(".tgz")
        else { return nil }
        return try? PackageVersion(parsing: String(filename.dropFirst(base.count + 1).dropLast(4)), ecosystem: .npm)
    }

    /// False when the path leads elsewhere than it seems to: clients resolve dot segments, take backslashes for slashes
    /// and leave control characters out.
    var isPlain: Bool {
        guard path.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }) else { return false }
        let segments = path.split(separator: UInt8(ascii: "/"))
        return !segments.contains { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }
    }

    /// Whether a registry has the tarball of `name` at such an address.
    func isRegistry(of name: String) -> Bool {
        package != nil || Self.position(of: Array("/download/\(name)/".utf8), in: path) != nil
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "%")) else { return Array(bytes) }
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard byte == UInt8(ascii: "%"), digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else {
                result.append(byte)
                continue
            }
            result.append(value)
            rest = rest.dropFirst(2)
        }
        return result
    }

    private static func position(of needle: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= needle.count else { return nil }
        return (0...(bytes.count - needle.count)).first { bytes[$0...].starts(with: needle) }
    }
}
