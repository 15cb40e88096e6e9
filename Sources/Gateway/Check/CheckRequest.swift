import JSON
import Lockfiles
import Registry

/// One thing that a check was asked about.
struct CheckItem: Sendable {
    enum Subject: Sendable, Equatable {
        case version(PackageName, PackageVersion)
        /// Nothing that can be judged, with the reason in words.
        case unknown(PackageName?, reason: String)
        /// Not from a registry: nothing of ours sees its bytes.
        case unscreened(PackageURL?, kind: String, place: String)
    }

    let input: String
    let line: Int?
    let subject: Subject
    /// What the lockfile claims; any one of them may be what is installed.
    let files: [LockedEntry.File]
    /// Where npm's clients take the bytes from, when nothing is claimed of them.
    let address: String?
    let isDevelopment: Bool
    let isOptional: Bool

    init(_ entry: LockedEntry) {
        input = entry.input
        if case .registry(let url) = entry.origin, entry.files.isEmpty, entry.ecosystem == .npm {
            address = url
        } else {
            address = nil
        }
        line = entry.line
        files = entry.files
        isDevelopment = entry.isDevelopment
        isOptional = entry.isOptional
        switch (entry.origin, entry.subject) {
        case (.registry, .version(let name, let version)): subject = .version(name, version)
        case (.registry, .unpinned(let name, let reason)): subject = .unknown(name, reason: reason)
        case (.registry, .unreadable(let reason)): subject = .unknown(nil, reason: reason)
        case (.git(let place), let what), (.path(let place), let what), (.url(let place), let what),
            (.workspace(let place), let what):
            subject = .unscreened(Self.purl(what), kind: entry.origin.kindName, place: place)
        }
    }

    init(purl text: String) {
        input = text
        line = nil
        files = []
        address = nil
        isDevelopment = false
        isOptional = false
        do throws(PackageURLError) {
            let purl = try PackageURL(parsing: text)
            subject =
                purl.version.map { .version(purl.name, $0) }
                ?? .unknown(purl.name, reason: "name a version, as in \(purl.text)@1.0.0")
        } catch {
            subject = .unknown(nil, reason: "\(error)")
        }
    }

    private static func purl(_ subject: LockedEntry.Subject) -> PackageURL? {
        switch subject {
        case .version(let name, let version): PackageURL(name, version: version)
        case .unpinned(let name, _): PackageURL(name)
        case .unreadable: nil
        }
    }

    /// What makes two entries one: the same package with the same claims needs one answer.
    var identity: Identity? {
        guard case .version(let name, let version) = subject else { return nil }
        return Identity(name: name, version: version, files: files, address: address)
    }

    struct Identity: Hashable {
        let name: PackageName
        let version: PackageVersion
        let files: [LockedEntry.File]
        let address: String?
    }
}

/// What a check asks: packages by purl or by lockfile, at which registry, and whether analyses are to be made ahead.
struct CheckRequest: Sendable {
    /// Each package once, in the order of the request.
    let items: [CheckItem]
    let registry: RegistryName?
    let warms: Bool
    /// `purls`, or the kind of lockfile.
    let source: String
    let notes: [String]

    /// More than any project installs.
    static let maxItems = 20_000

    /// Why a request is not answered.
    struct Fault: Error, Equatable {
        let status: Int
        let sentence: String
    }

    init(_ body: [UInt8]) throws(Fault) {
        let request: JSONValue
        do throws(JSONError) {
            request = try JSONText.parse(body, limits: JSONLimits(maxBytes: CheckRoute.maxBodyBytes))
        } catch {
            throw Fault(status: 400, sentence: "the body is \(error); \(Self.expected)")
        }
        guard let members = request.objectValue else { throw Fault(status: 400, sentence: Self.expected) }
        let known = ["purls", "lockfile", "filename", "registry", "warm"]
        if let other = members.members.first(where: { !known.contains($0.name) }) {
            throw Fault(
                status: 400,
                sentence: "the body has a member \(other.name.debugDescription.prefix(40)); known are "
                    + known.joined(separator: ", "))
        }
        warms = try Self.flag(request["warm"])
        registry = try Self.registry(request["registry"])
        let all: [CheckItem]
        switch (request["purls"], request["lockfile"]) {
        case (.array(let purls)?, nil):
            all = try Self.items(purls)
            (source, notes) = ("purls", [])
        case (nil, .string(let text)?):
            let lockfile = try Self.lockfile(text, request["filename"])
            all = lockfile.entries.map(CheckItem.init)
            (source, notes) = (lockfile.format.description, lockfile.notes)
        default: throw Fault(status: 400, sentence: Self.expected)
        }
        items = try Self.distinct(all)
    }

    private static let expected =
        #"expected {"purls": ["pkg:npm/name@1.0.0"]} or {"lockfile": "…", "filename": "package-lock.json"}"#

    private static func flag(_ value: JSONValue?) throws(Fault) -> Bool {
        guard let value, !value.isNull else { return false }
        guard let flag = value.boolValue else { throw Fault(status: 400, sentence: "warm must be true or false") }
        return flag
    }

    private static func registry(_ value: JSONValue?) throws(Fault) -> RegistryName? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.stringValue, let name = try? RegistryName(parsing: text) else {
            throw Fault(status: 400, sentence: "registry must be the name of a registry")
        }
        return name
    }

    private static func items(_ purls: [JSONValue]) throws(Fault) -> [CheckItem] {
        guard purls.count <= maxItems else { throw tooMany }
        var items: [CheckItem] = []
        for purl in purls {
            guard let text = purl.stringValue else { throw Fault(status: 400, sentence: expected) }
            items.append(CheckItem(purl: text))
        }
        return items
    }

    private static func lockfile(_ text: String, _ filename: JSONValue?) throws(Fault) -> Lockfile {
        do throws(LockfileError) {
            return try Lockfile(reading: Array(text.utf8), filename: filename?.stringValue)
        } catch {
            let status =
                switch error {
                case .tooLarge, .tooManyEntries: 413
                case .notALockfile, .damaged, .unsupportedVersion: 422
                }
            throw Fault(status: status, sentence: error.description)
        }
    }

    private static var tooMany: Fault {
        Fault(status: 413, sentence: "more than \(maxItems) packages are asked about; ask in parts")
    }

    /// One package is often in a tree many times; the first place speaks for all.
    private static func distinct(_ all: [CheckItem]) throws(Fault) -> [CheckItem] {
        var seen: Set<CheckItem.Identity> = []
        let items = all.filter { item in item.identity.map { seen.insert($0).inserted } ?? true }
        guard items.count <= maxItems else { throw tooMany }
        return items
    }
}
