import JSON
import Registry

/// What an audit asks about: the names and versions of a project's dependency tree.
///
/// Read in one pass without building the body in memory. Names that are no npm names are left out, and versions that are
/// none: nothing can be known of them. A name that occurs twice counts with all its versions.
struct NPMAuditRequest {
    struct Package {
        let name: PackageName
        var versions: [PackageVersion]
    }

    /// Each name once, in the order in which they were asked.
    private(set) var packages: [Package] = []
    private var places: [PackageName: Int] = [:]
    private var versionCount = 0

    /// More than any lockfile has, so that one request cannot keep a thread for long.
    private static let maxPackages = 100_000
    private static let maxVersions = 200_000
    private static let expected = "an object of package names with arrays of versions is expected"

    /// - Throws: `RequestFault` for anything but an object of arrays, and for more of them than are read.
    init(parsing body: [UInt8]) throws(RequestFault) {
        try unsafe body.withUnsafeBufferPointer { buffer throws(RequestFault) in
            var scanner = unsafe JSONScanner(UnsafeRawBufferPointer(buffer), maxDepth: 8)
            let reason: String?
            do throws(JSONError) { reason = try read(&scanner) } catch { throw Self.refusal(400, "\(error)") }
            if let reason { throw Self.refusal(400, reason) }
        }
        if packages.count > Self.maxPackages || versionCount > Self.maxVersions {
            throw Self.refusal(
                413,
                "at most \(Self.maxPackages) packages with \(Self.maxVersions) versions are looked at; ask in parts")
        }
    }

    private static func refusal(_ status: Int, _ reason: String) -> RequestFault {
        RequestFault(status: status, sentence: reason)
    }

    /// The reason why the body is no request, if it is none; it is read to its end all the same.
    private mutating func read(_ scanner: inout JSONScanner) throws(JSONError) -> String? {
        guard try scanner.peekKind() == .object else { return Self.expected }
        var reason: String?
        try scanner.enterObject()
        while let token = try scanner.nextMember() {
            let name = try PackageName(audited: scanner.text(of: token))
            guard try scanner.peekKind() == .array else {
                reason = Self.expected
                continue
            }
            let isRoom = packages.count <= Self.maxPackages && versionCount <= Self.maxVersions
            let versions = try readVersions(&scanner, isWanted: name != nil && isRoom)
            if let name, isRoom { add(name, versions) }
        }
        try scanner.finish()
        return reason
    }

    private mutating func readVersions(
        _ scanner: inout JSONScanner, isWanted: Bool
    ) throws(JSONError) -> [PackageVersion] {
        var versions: [PackageVersion] = []
        try scanner.enterArray()
        while try scanner.nextElement() {
            guard isWanted, versionCount <= Self.maxVersions, try scanner.peekKind() == .string else { continue }
            versionCount += 1
            if let version = PackageVersion(audited: try scanner.readString()) { versions.append(version) }
        }
        return versions
    }

    private mutating func add(_ name: PackageName, _ versions: [PackageVersion]) {
        if let place = places[name] {
            packages[place].versions += versions
        } else {
            places[name] = packages.count
            packages.append(Package(name: name, versions: versions))
        }
    }
}

extension PackageName {
    fileprivate init?(audited text: String) {
        guard let name = try? PackageName(parsing: text, ecosystem: .npm) else { return nil }
        self = name
    }
}

extension PackageVersion {
    /// A version as a package's own manifest may spell it: with the `v` or `=` that npm reads over.
    fileprivate init?(audited text: String) {
        let trimmed = text.drop { $0 == "v" || $0 == "=" || $0 == " " }
        guard let version = try? PackageVersion(parsing: String(trimmed), ecosystem: .npm) else { return nil }
        self = version
    }
}
