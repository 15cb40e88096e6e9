import JSON
import Lockfiles
import Registry

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

    init(_ body: [UInt8]) throws(RequestFault) {
        let request: JSONValue
        do throws(JSONError) {
            request = try JSONText.parse(body, limits: JSONLimits(maxBytes: CheckRoute.maxBodyBytes))
        } catch {
            throw RequestFault(status: 400, sentence: "the body is \(error); \(Self.expected)")
        }
        guard let members = request.objectValue else { throw RequestFault(status: 400, sentence: Self.expected) }
        let known = ["purls", "lockfile", "filename", "registry", "warm"]
        if let other = members.members.first(where: { !known.contains($0.name) }) {
            throw RequestFault(
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
        default: throw RequestFault(status: 400, sentence: Self.expected)
        }
        items = try Self.distinct(all)
    }

    private static let expected =
        #"expected {"purls": ["pkg:npm/name@1.0.0"]} or {"lockfile": "…", "filename": "package-lock.json"}"#

    private static func flag(_ value: JSONValue?) throws(RequestFault) -> Bool {
        guard let value, !value.isNull else { return false }
        guard let flag = value.boolValue else {
            throw RequestFault(status: 400, sentence: "warm must be true or false")
        }
        return flag
    }

    private static func registry(_ value: JSONValue?) throws(RequestFault) -> RegistryName? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.stringValue, let name = try? RegistryName(parsing: text) else {
            throw RequestFault(status: 400, sentence: "registry must be the name of a registry")
        }
        return name
    }

    private static func items(_ purls: [JSONValue]) throws(RequestFault) -> [CheckItem] {
        guard purls.count <= maxItems else { throw tooMany }
        var items: [CheckItem] = []
        for purl in purls {
            guard let text = purl.stringValue else { throw RequestFault(status: 400, sentence: expected) }
            items.append(CheckItem(purl: text))
        }
        return items
    }

    private static func lockfile(_ text: String, _ filename: JSONValue?) throws(RequestFault) -> Lockfile {
        do throws(LockfileError) {
            return try Lockfile(reading: Array(text.utf8), filename: filename?.stringValue)
        } catch {
            throw RequestFault(status: status(of: error), sentence: error.description)
        }
    }

    /// How a lockfile that cannot be read is refused.
    static func status(of error: LockfileError) -> Int {
        switch error {
        case .tooLarge, .tooManyEntries: 413
        case .notALockfile, .damaged, .unsupportedVersion: 422
        }
    }

    private static var tooMany: RequestFault {
        RequestFault(status: 413, sentence: "more than \(maxItems) packages are asked about; ask in parts")
    }

    /// One package is often in a tree many times; the first place speaks for all.
    private static func distinct(_ all: [CheckItem]) throws(RequestFault) -> [CheckItem] {
        var seen: Set<CheckItem.Identity> = []
        let items = all.filter { item in item.identity.map { seen.insert($0).inserted } ?? true }
        guard items.count <= maxItems else { throw tooMany }
        return items
    }
}
