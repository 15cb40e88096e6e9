import JSON
import Platform
import Registry
import Screening

/// What a look at a watched package found: how each wanted version stands.
struct WarmFindings: Sendable {
    /// What a version counts as, worst first.
    enum Standing: String, Sendable, CaseIterable {
        case blocked
        /// Held until somebody rules on it.
        case held
        /// Held because it is young; its analyses are made meanwhile.
        case cooldown
        /// Its analyses are not all made.
        case pending
        case ready
        /// Nobody is known to want any of its files.
        case unwanted
    }

    struct Version: Sendable {
        let version: PackageVersion
        let standing: Standing
        let isAnalysed: Bool
        let decisive: Judgement?
        let files: Int
    }

    let knownVersions: Int
    let versions: [Version]

    /// How the versions of a plan stand now.
    init(_ plan: WarmPlan, in view: PackageView, isComplete: (Judgement) -> Bool) {
        knownVersions = plan.knownVersions
        versions = plan.steps.map { step in
            let judged = step.files.map { file in
                let judgement = view.judge(file)
                let isComplete = isComplete(judgement)
                return (judgement: judgement, isComplete: isComplete, standing: Self.standing(judgement, isComplete))
            }
            let worst = Standing.allCases.first { standing in judged.contains { $0.standing == standing } }
            return Version(
                version: step.version, standing: worst ?? .unwanted,
                isAnalysed: !judged.isEmpty && judged.allSatisfy(\.isComplete),
                decisive: judged.first { $0.standing == worst }?.judgement, files: step.files.count)
        }
    }

    private static func standing(_ judgement: Judgement, _ isComplete: Bool) -> Standing {
        switch judgement.decision.outcome {
        case .block: .blocked
        case .serve: isComplete ? .ready : .pending
        case .hold:
            judgement.isAwaitingAnalysis ? .pending : judgement.decision.code == .heldCooldown ? .cooldown : .held
        }
    }

    /// Spec: docs/operator-api.md, "warm".
    var json: JSONValue {
        func count(_ standings: Standing...) -> JSONValue {
            .integer(Int64(versions.count { standings.contains($0.standing) }))
        }
        let pending = versions.count { !$0.isAnalysed && [.pending, .cooldown].contains($0.standing) }
        return [
            "known": .integer(Int64(knownVersions)), "wanted": .integer(Int64(versions.count)),
            "analyzed": .integer(Int64(versions.count(where: \.isAnalysed))), "pending": .integer(Int64(pending)),
            "held": count(.held, .cooldown), "cooldown": count(.cooldown), "blocked": count(.blocked),
            "versions": .array(versions.map(Self.json)),
        ]
    }

    private static func json(_ version: Version) -> JSONValue {
        let decision = version.decisive?.decision
        return [
            "version": .string(version.version.text), "standing": .string(version.standing.rawValue),
            "analyzed": .bool(version.isAnalysed), "code": decision?.code.map { .string($0.rawValue) } ?? .null,
            "until": decision?.until.map { .string($0.rfc3339) } ?? .null, "files": .integer(Int64(version.files)),
        ]
    }
}
