import Cryptography
import Registry
import Screening
import VerdictStore

/// An analyzer and the rules that it judges by now.
struct RescanRules: Sendable, Equatable {
    let analyzer: AnalyzerID
    let ruleset: SHA256Digest
}

/// An artifact that is to be analysed again, by one analyzer or several.
struct OutdatedSubject: Sendable, Equatable {
    let sha512: SHA512Digest
    /// By what; at least one.
    private(set) var rules: [RescanRules]
    /// What each of `rules` last said.
    private(set) var said: [JudgedSubject]
    /// Whether somebody asked for it, however new its rules are.
    private(set) var isNamed: Bool

    /// Everything that was judged by other rules than those of now or that is named, what is named before the rest.
    ///
    /// Otherwise in the order of the log: what others stand on before what stands on it.
    static func among(
        _ knowledge: KnowledgeIndex, _ rules: [RescanRules], named choice: RescanChoice? = nil
    ) -> [OutdatedSubject] {
        var found: [OutdatedSubject] = []
        var places: [SHA512Digest: Int] = [:]
        for rule in rules {
            for said in knowledge.judged(by: rule.analyzer) {
                let isNamed = choice?.wants(said, by: rule.analyzer) ?? false
                guard isNamed || said.ruleset != rule.ruleset else { continue }
                guard let place = places[said.sha512] else {
                    places[said.sha512] = found.count
                    found.append(OutdatedSubject(sha512: said.sha512, rules: [rule], said: [said], isNamed: isNamed))
                    continue
                }
                found[place].rules.append(rule)
                found[place].said.append(said)
                found[place].isNamed = found[place].isNamed || isNamed
            }
        }
        return found.sorted { left, right in
            left.isNamed == right.isNamed ? left.said[0].logIndex < right.said[0].logIndex : left.isNamed
        }
    }
}

/// Orders made ready to be compared with artifacts.
struct RescanChoice: Sendable {
    private let orders: [(order: RescanOrder, artifacts: Set<SHA512Digest>)]

    /// - Throws: `LogError` when the log cannot be read.
    init(_ orders: [RescanOrder], _ names: KnownNames) async throws(LogError) {
        var ready: [(RescanOrder, Set<SHA512Digest>)] = []
        for order in orders {
            var artifacts: Set<SHA512Digest> = []
            switch order.selection {
            case .all, .ruleset: break
            case .package(let purl):
                for analyzer in Rescan.analyzers {
                    artifacts.formUnion(try await names.artifacts(named: purl, by: analyzer))
                }
            }
            ready.append((order, artifacts))
        }
        self.orders = ready
    }

    /// Whether what an analyzer last said of an artifact is to be said anew.
    func wants(_ said: JudgedSubject, by analyzer: AnalyzerID) -> Bool {
        orders.contains { order, artifacts in
            guard said.logIndex < order.before, order.analyzer ?? analyzer == analyzer else { return false }
            switch order.selection {
            case .all: return true
            case .package: return artifacts.contains(said.sha512)
            case .ruleset(let digest): return said.ruleset == digest
            }
        }
    }
}
