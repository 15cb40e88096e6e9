import Advisories
import JSON
import Registry

/// One question of the OSV API.
struct OSVQuery: Sendable, Equatable {
    /// What is asked about.
    enum Subject: Sendable, Equatable {
        case package(PackageName)
        case version(PackageName, PackageVersion)
        /// A version that is none: only what affects every version can be said of it.
        case unreadable(PackageName)
        /// Something that nothing can be known of here: a commit, another ecosystem, a name that is none.
        case unknown
    }

    let subject: Subject
    /// The page begins behind this id; nil for the first page.
    let pageAfter: String?

    /// - Throws: `OSVFault` with what is missing or contradictory.
    init(reading value: JSONValue) throws(OSVFault) {
        let query = try Members(value, at: "the query")
        let version = try query.text("version")
        pageAfter = try Self.position(of: query.text("page_token"))
        if let commit = try query.text("commit"), !commit.isEmpty {
            guard version == nil else { throw .invalid("\"commit\" and \"version\" exclude each other; give one") }
            subject = .unknown
            return
        }
        guard let package = query["package"] else {
            throw .invalid("\"package\" is missing: name it by {\"name\", \"ecosystem\"} or by {\"purl\"}")
        }
        let members = try Members(package, at: "\"package\"")
        let name = try members.text("name")
        let ecosystem = try members.text("ecosystem")
        if let purl = try members.text("purl"), !purl.isEmpty {
            guard name == nil, ecosystem == nil else {
                throw .invalid("\"purl\" says name and ecosystem; leave \"name\" and \"ecosystem\" away")
            }
            subject = try Self.subject(purl: purl, version: version)
            return
        }
        guard let name, !name.isEmpty, let ecosystem, !ecosystem.isEmpty else {
            throw .invalid("\"package\" needs \"name\" and \"ecosystem\" (npm or PyPI), or \"purl\"")
        }
        // Taken for an ecosystem that nothing is known of, it would read as "nothing is wrong".
        let known = Ecosystem.allCases.map(\.nameInRecords)
        if let meant = known.first(where: { $0.lowercased() == ecosystem.lowercased() }), meant != ecosystem {
            throw .invalid("the ecosystem \(meant) is written just so, not \(ecosystem)")
        }
        subject = Self.subject(name, ecosystem, version)
    }

    private static func subject(_ name: String, _ ecosystem: String, _ version: String?) -> Subject {
        guard let ecosystem = Ecosystem(nameInRecords: ecosystem),
            let parsed = try? PackageName(parsing: name, ecosystem: ecosystem)
        else { return .unknown }
        guard let version, !version.isEmpty else { return .package(parsed) }
        // As npm reads versions.
        let bare = ecosystem == .npm ? String(version.drop { $0 == "v" || $0 == "=" || $0 == " " }) : version
        guard let number = try? PackageVersion(parsing: bare, ecosystem: ecosystem) else { return .unreadable(parsed) }
        return .version(parsed, number)
    }

    /// Qualifiers and subpaths narrow nothing that advisories speak of.
    private static func subject(purl text: String, version: String?) throws(OSVFault) -> Subject {
        let purl: PackageURL
        do throws(PackageURLError) {
            purl = try PackageURL(parsing: String(text.prefix { $0 != "?" && $0 != "#" }))
        } catch {
            switch error.fault {
            case .unknownType, .name, .version: return .unknown
            case .malformed, .qualified: throw .invalid("\(error)")
            }
        }
        guard let given = version, !given.isEmpty else {
            return purl.version.map { .version(purl.name, $0) } ?? .package(purl.name)
        }
        guard purl.version == nil else {
            throw .invalid("the version is given twice, in \"purl\" and as \"version\"; give it once")
        }
        return subject(purl.name.canonical, purl.name.ecosystem.nameInRecords, given)
    }

    // MARK: Pages

    private static let pagePrefix = "after:"

    /// What leads to the page behind an id; the empty id is before every other.
    static func token(after id: String) -> String { pagePrefix + id }

    private static func position(of token: String?) throws(OSVFault) -> String? {
        guard let token, !token.isEmpty else { return nil }
        guard token.hasPrefix(pagePrefix), token.utf8.count <= 200 else {
            throw .invalid("\"page_token\" is none that was given out here; leave it away to begin anew")
        }
        return String(token.dropFirst(pagePrefix.count))
    }
}

/// The members of one object of a question; null counts as not there, and what is not known is passed over.
private struct Members {
    private let object: JSONObject
    private let place: String

    init(_ value: JSONValue, at place: String) throws(OSVFault) {
        guard let object = value.objectValue else { throw .invalid("\(place) is \(value.kindName), not an object") }
        self.object = object
        self.place = place
    }

    subscript(_ name: String) -> JSONValue? { object[name].flatMap { $0.isNull ? nil : $0 } }

    func text(_ name: String) throws(OSVFault) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.stringValue else {
            throw .invalid("\"\(name)\" of \(place) is \(value.kindName), not a string")
        }
        return text
    }
}
