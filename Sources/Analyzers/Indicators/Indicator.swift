/// A fixed text that may tell something, with what it has to do with.
struct Indicator: Sendable {
    let text: String
    let topic: Topic

    /// What a text has to do with; the checks of a topic decide whether its place means anything.
    enum Topic: Hashable, Sendable {
        case host(HostPurpose)
        /// `://` and the first digit or bracket of an address.
        case addressURL
        case metadataService
        case brand
        case credential(CredentialStore)
        case secretShape(SecretShape)
        case processMemory(ProcessMemoryMark)
        case persistence(PersistencePlace)
        case agentSettings
        case continuousIntegration
        /// Where installers of packages look for the registry and their options.
        case packageSettings
        case miner
        case locale
        case analysisTool
        /// Part of a command line.
        case command
    }

    init(_ text: String, _ topic: Topic) {
        self.text = text
        self.topic = topic
    }
}

/// What a service is used for by those who must not be found.
enum HostPurpose: Hashable, Sendable {
    /// Posts messages into a chat; needs a secret in its path.
    case chatHook
    /// Shows whoever made it everything that is sent to it.
    case collector
    /// Leads to a machine behind it that has no address of its own.
    case tunnel
    /// Keeps text for anyone.
    case paste
    /// Takes files from anyone.
    case upload
    /// Tells the asker's own address or country.
    case addressLookup
    case shortener
    /// Gives out another runtime's installer.
    case runtimeSource
}

/// A kind of place where secrets are kept.
enum CredentialStore: UInt8, Hashable, Sendable, CaseIterable {
    case npm, pypi, aws, ssh, kubernetes, docker, google, azure, git, netrc, github, gnupg, vault, terraform
    case shellHistory, accounts
    case browserPasswords, browserCookies, browserProfile, chat, wallet, walletExtension, keychain
}

/// The shape of a secret as programs look for it.
enum SecretShape: UInt8, Hashable, Sendable, CaseIterable {
    case aws, github, npm, slack, stripe, google, privateKey, chatToken, anyProvider
}

enum ProcessMemoryMark: Hashable, Sendable { case memoryFile, securityService, runner, dump }

/// From where programs are started again.
enum PersistencePlace: Hashable, Sendable {
    case shellStart, scheduler, service, login, sshKeys, loader, interpreter
    /// What git runs by itself in a repository, and the settings that name it.
    case gitHook
}

/// Every indicator, and the one scan that finds them.
enum IndicatorTable {
    static let all: [Indicator] = networkIndicators + credentialIndicators + systemIndicators

    /// Letters match in either case; the checks look again where case matters.
    static let set = LiteralSet(all.map(\.text), ignoringCase: true)
}
