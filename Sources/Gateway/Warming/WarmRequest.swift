import JSON
import Lockfiles
import Platform
import Registry
import VerdictStore

/// What an operator says of the watch list: packages by purl, or a lockfile by its contents or its name.
///
/// Spec: docs/operator-api.md, "warm".
struct WarmRequest: Sendable {
    enum Subject: Sendable {
        case packages([WantedPackage])
        case lockfile(name: String, contents: Lockfile?)
        case everything
    }

    let subject: Subject
    let registry: RegistryName?
    let versions: Int?
    let isOnce: Bool
    let isDry: Bool

    static let maxVersions = 50
    private static let maxNameBytes = 500
    private static let members = ["purls", "lockfile", "filename", "name", "registry", "versions", "once", "dryRun"]

    init(_ body: [UInt8]) throws(RequestFault) {
        let request: JSONValue
        do throws(JSONError) {
            request =
                body.isEmpty ? [:] : try JSONText.parse(body, limits: JSONLimits(maxBytes: CheckRoute.maxBodyBytes))
        } catch {
            throw RequestFault(status: 400, sentence: "the body is \(error)")
        }
        guard let object = request.objectValue else {
            throw RequestFault(status: 400, sentence: "the body is no JSON object")
        }
        if let other = object.members.first(where: { !Self.members.contains($0.name) }) {
            throw RequestFault(
                status: 400,
                sentence: "the body has a member \(other.name.debugDescription.prefix(40)); known are "
                    + Self.members.joined(separator: ", "))
        }
        registry = try Self.registry(request["registry"])
        versions = try Self.versions(request["versions"])
        isOnce = request["once"]?.boolValue ?? false
        isDry = request["dryRun"]?.boolValue ?? false
        subject = try Self.subject(request)
    }

    private static func subject(_ request: JSONValue) throws(RequestFault) -> Subject {
        let name = try self.name(request["name"])
        switch (request["purls"], request["lockfile"]) {
        case (nil, nil): return name.map { .lockfile(name: $0, contents: nil) } ?? .everything
        case (.array(let purls)?, nil): return .packages(try packages(purls))
        case (nil, .string(let text)?):
            guard let name else { throw RequestFault(status: 400, sentence: "name says what the lockfile is called") }
            do throws(LockfileError) {
                let filename = request["filename"]?.stringValue ?? name
                return .lockfile(name: name, contents: try Lockfile(reading: Array(text.utf8), filename: filename))
            } catch {
                throw RequestFault(status: CheckRequest.status(of: error), sentence: error.description)
            }
        default:
            throw RequestFault(
                status: 400,
                sentence: #"expected {"purls": ["pkg:npm/name"]} or {"lockfile": "…", "name": "web/package-lock.json"}"#
            )
        }
    }

    private static func packages(_ purls: [JSONValue]) throws(RequestFault) -> [WantedPackage] {
        guard purls.count <= WatchBook.maxPackages else {
            throw RequestFault(
                status: 413, sentence: "more than \(WatchBook.maxPackages) packages are named; name them in parts")
        }
        var packages: [WantedPackage] = []
        for purl in purls {
            guard let text = purl.stringValue else { throw RequestFault(status: 400, sentence: "purls are texts") }
            do throws(WantedPackageError) { packages.append(try WantedPackage(parsing: text)) } catch {
                throw RequestFault(status: 400, sentence: "\(error)")
            }
        }
        return packages
    }

    private static func name(_ value: JSONValue?) throws(RequestFault) -> String? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.stringValue, (1...maxNameBytes).contains(text.utf8.count),
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
        else {
            throw RequestFault(
                status: 400, sentence: "name is a text of 1 to \(maxNameBytes) bytes without control characters")
        }
        return text
    }

    private static func registry(_ value: JSONValue?) throws(RequestFault) -> RegistryName? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.stringValue, let name = try? RegistryName(parsing: text) else {
            throw RequestFault(status: 400, sentence: "registry must be the name of a registry")
        }
        return name
    }

    private static func versions(_ value: JSONValue?) throws(RequestFault) -> Int? {
        guard let value, !value.isNull else { return nil }
        guard let number = value.integerValue, (1...Int64(maxVersions)).contains(number) else {
            throw RequestFault(status: 400, sentence: "versions is a whole number from 1 to \(maxVersions)")
        }
        return Int(number)
    }

    // MARK: What it means

    /// What is to be watched, with what of a lockfile cannot be.
    func wanted(since now: Timestamp) -> (packages: [WatchKey: [WatchReason]], skipped: [(input: String, why: String)])
    {
        var wanted: [WatchKey: [WatchReason]] = [:]
        var skipped: [(String, String)] = []
        func add(_ name: PackageName, _ wish: VersionWish, _ origin: WatchReason.Origin) {
            let reason = WatchReason(origin, wish, versions: versions, since: now)
            if wanted[WatchKey(name, at: registry)]?.contains(reason) != true {
                wanted[WatchKey(name, at: registry), default: []].append(reason)
            }
        }
        switch subject {
        case .everything, .lockfile(_, nil): break
        case .packages(let packages):
            for package in packages { add(package.name, package.wish, isOnce ? .once : .named) }
        case .lockfile(let name, let contents?):
            for entry in contents.entries {
                switch (entry.origin.isRegistry, entry.subject) {
                case (true, .version(let package, let version)): add(package, .from(version), .lockfile(name))
                case (true, .unpinned(let package, _)): add(package, .newest, .lockfile(name))
                case (_, .unreadable(let reason)): skipped.append((entry.input, reason))
                case (false, .version), (false, .unpinned):
                    skipped.append((entry.input, "it comes from \(entry.origin.kindName), not from a registry"))
                }
            }
        }
        return (wanted, skipped)
    }

    /// Whether a reason for watching a package is one of those that are named.
    ///
    /// A purl without a version means every wish for its package that was named; what a lockfile wants ends with it.
    func means(_ key: WatchKey, _ reason: WatchReason) -> Bool {
        guard registry == nil || key.registry == registry else { return false }
        switch subject {
        case .everything: return false
        case .lockfile(let name, _): return reason.origin == .lockfile(name)
        case .packages(let packages):
            guard reason.origin == .named else { return false }
            return packages.contains { $0.name == key.name && ($0.wish == .newest || $0.wish == reason.wish) }
        }
    }
}
