public import Registry

/// One package of a lockfile, as the file says it.
public struct LockedEntry: Sendable, Equatable {
    /// What the entry stands for, as far as the file tells.
    public enum Subject: Sendable, Equatable {
        /// One version of one package.
        case version(PackageName, PackageVersion)
        /// A package of which the file fixes no version.
        case unpinned(PackageName, reason: String)
        /// Something that cannot be understood, with the reason in words.
        case unreadable(reason: String)
    }

    /// Where the bytes come from when a client installs the entry.
    public enum Origin: Sendable, Equatable {
        /// A package registry. The address is the one that the file names for the file or the registry, if it does.
        case registry(url: String?)
        /// A version control repository.
        case git(String)
        /// A file or folder beside the lockfile.
        case path(String)
        /// An address that is no registry's.
        case url(String)
        /// A part of the project itself.
        case workspace(String)

        /// Whether the bytes come through a registry, which can be screened.
        public var isRegistry: Bool {
            switch self {
            case .registry: true
            case .git, .path, .url, .workspace: false
            }
        }

        /// `registry`, `git`, `path`, `url` or `workspace`.
        public var kindName: String {
            switch self {
            case .registry: "registry"
            case .git: "git"
            case .path: "path"
            case .url: "url"
            case .workspace: "workspace"
            }
        }
    }

    /// A file that the lockfile allows for the entry.
    public struct File: Sendable, Hashable {
        /// The file's name, where the lockfile gives it.
        public let name: String?
        public let integrity: ClaimedIntegrity

        public init(name: String?, integrity: ClaimedIntegrity) {
            self.name = name
            self.integrity = integrity
        }
    }

    public let ecosystem: Ecosystem
    /// What the file calls the entry: a key, a path, a line of requirements.
    public let input: String
    /// The line of the entry, from 1, where the format has lines that mean something to people.
    public let line: Int?
    public let subject: Subject
    public let origin: Origin
    /// What the file claims about the bytes; any one of the files may be the one that is installed.
    public let files: [File]
    /// Whether only development of the project needs it.
    public let isDevelopment: Bool
    /// Whether an installation may do without it.
    public let isOptional: Bool

    public init(
        ecosystem: Ecosystem, input: String, line: Int?, subject: Subject, origin: Origin, files: [File] = [],
        isDevelopment: Bool = false, isOptional: Bool = false
    ) {
        self.ecosystem = ecosystem
        self.input = input
        self.line = line
        self.subject = subject
        self.origin = origin
        self.files = files
        self.isDevelopment = isDevelopment
        self.isOptional = isOptional
    }
}

extension LockedEntry.Subject {
    /// One version of one package, or why the texts are none.
    init(_ name: String, _ version: String, of ecosystem: Ecosystem) {
        do throws(NameError) {
            let name = try PackageName(parsing: name, ecosystem: ecosystem)
            do throws(VersionError) {
                self = .version(name, try PackageVersion(parsing: version, ecosystem: ecosystem))
            } catch {
                self = .unreadable(reason: "\(error)")
            }
        } catch {
            self = .unreadable(reason: "\(error)")
        }
    }
}
