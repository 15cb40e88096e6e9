import Cryptography
import JSON
import Platform
import Registry
import Screening
import VerdictStore

extension ForeignOpinion {
    /// The JSON of `why` and `holds show`.
    ///
    /// Spec: docs/commands.md.
    var json: JSONValue {
        var object = members
        object.append("signer", .string(foreign.signer.hex))
        object.append("followed", .bool(foreign.cameFollowed))
        object.append("void", .bool(foreign.isVoid))
        switch foreign.statement.ruling {
        case .verdict(let verdict):
            object.append("version", .string(verdict.analyzer.version))
            object.append("ruleset", .string(verdict.analyzer.ruleset.digest.hex))
            object.append("createdAt", .string(verdict.createdAt.rfc3339))
            object.append("findings", .array(verdict.findings.map(DecisionDescription.finding)))
        case .disposition(let disposition):
            object.append("actor", .string(disposition.actor))
            object.append("reason", .string(disposition.reason))
            object.append("createdAt", .string(disposition.createdAt.rfc3339))
        case .other: break
        }
        return .object(object)
    }

    /// What everybody may see: neither persons nor reasons.
    var publicJSON: JSONValue { .object(members) }

    private var members: JSONObject {
        var object: JSONObject = [
            "origin": .string(foreign.origin), "logIndex": .integer(Int64(clamping: foreign.logIndex)),
            "statement": .string(foreign.statementID.hex), "weight": .string(effect.rawValue),
        ]
        switch foreign.statement.ruling {
        case .verdict(let verdict):
            object.append("analyzer", .string(verdict.analyzer.id.text))
            object.append("verdict", .string(verdict.verdict.rawValue))
        case .disposition(let disposition): object.append("decision", .string(disposition.decision.rawValue))
        case .other: break
        }
        return object
    }
}

extension Statement {
    /// What a statement says about an artifact.
    enum Ruling {
        case verdict(VerdictStatement)
        case disposition(DispositionStatement)
        case other
    }

    var ruling: Ruling {
        switch self {
        case .verdict(let verdict): .verdict(verdict)
        case .disposition(let disposition): .disposition(disposition)
        case .keyEvent, .revocation, .importReceipt, .logSuccession: .other
        }
    }
}
