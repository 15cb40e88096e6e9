import Analyzers
import Cryptography
import Platform
import Screening

/// The operator's own rules of a serving process: the set in use, and what is wrong with what the folder holds now.
///
/// A set with mistakes is refused as a whole and the one in use stays, also over a restart.
final class UserRuleBook: Sendable {
    private struct State {
        var folder: String?
        /// What the folder looked like when it was read last.
        var seen: [String: Files.Fingerprint] = [:]
        var inUse: SHA256Digest?
        var problem: String?
    }

    private let store: UserRuleStore
    private let logger: Logger
    private let state: Lock<State>

    private init(store: UserRuleStore, logger: Logger, state: State) {
        self.store = store
        self.logger = logger
        self.state = Lock(state)
    }

    /// Reads the rules at start.
    ///
    /// - Throws: `CommandFailure` with `usage` when they have mistakes and none were ever accepted here.
    static func open(folder: String?, directory: String, logger: Logger) throws(CommandFailure) -> UserRuleBook {
        let store = UserRuleStore(directory: directory)
        var inUse: SHA256Digest?
        do throws(UserRuleError) { inUse = try store.current() } catch {
            // The folder is read next, and what it holds takes the place of what cannot be told.
            logger.error("the rules in use cannot be told: \(error)")
        }
        let book = UserRuleBook(store: store, logger: logger, state: State(folder: folder, inUse: inUse))
        let hadRules = inUse != nil
        book.read()
        if let problem = book.problem, !hadRules { throw CommandFailure(.usage, problem) }
        return book
    }

    /// The rules of the static analyzer with those in use.
    var ruleset: RulesetReference { ruleset(with: state.withLock { $0.inUse }) }

    private func ruleset(with digest: SHA256Digest?) -> RulesetReference {
        RulesetReference(
            name: StaticAnalyzer.revision.ruleset.name, digest: StaticAnalyzer.rulesetDigest(with: digest))
    }

    /// Why what the folder holds now is not in use; nil when it is.
    var problem: String? { state.withLock { $0.problem } }

    /// Takes rules from another folder from now on, or none.
    func use(folder: String?) {
        let isOther = state.withLock { state in
            defer { state.folder = folder }
            return state.folder != folder
        }
        if isOther { read() }
    }

    /// Looks whether the folder has changed, and if so reads it. Answers whether other rules are in use now.
    func look() -> Bool {
        let (folder, seen) = state.withLock { ($0.folder, $0.seen) }
        guard let folder, Self.looks(of: folder) != seen else { return false }
        return read()
    }

    @discardableResult
    private func read() -> Bool {
        let (folder, before) = state.withLock { ($0.folder, $0.inUse) }
        do throws(UserRuleError) {
            let looks = folder.map(Self.looks) ?? [:]
            state.withLock { $0.seen = looks }
            let sources = try folder.map { (folder) throws(UserRuleError) in try UserRuleSource.files(in: folder) }
            let rules = try sources.flatMap { (sources) throws(UserRuleError) in
                sources.isEmpty ? nil : try UserRules(compiling: sources)
            }
            if rules?.digest != before { try store.accept(rules == nil ? nil : sources) }
            state.withLock { state in
                state.inUse = rules?.digest
                state.problem = nil
            }
            guard rules?.digest != before else { return false }
            logger.info("rules of this installation: \(rules?.entries.count ?? 0) in use")
            return true
        } catch {
            let stays = before == nil ? "none is in use" : "those accepted before stay in use"
            let sentence = "the rules in \(folder ?? "") are not used (\(stays)): \(error)"
            let isNews = state.withLock { state in
                defer { state.problem = sentence }
                return state.problem != sentence
            }
            if isNews { logger.error(sentence) }
            return false
        }
    }

    /// The names and states of the rule files; what cannot be looked at is another look than what can.
    private static func looks(of folder: String) -> [String: Files.Fingerprint] {
        var looks: [String: Files.Fingerprint] = [:]
        for name in (try? Files.list(folder)) ?? [] where name.hasSuffix(".yar") || name.hasSuffix(".yara") {
            looks[name] = try? Files.fingerprint("\(folder)/\(name)")
        }
        return looks
    }
}
