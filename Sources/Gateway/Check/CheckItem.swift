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
