import Cryptography
import JSON
import Registry
import Screening

/// An older artifact of the package, in the shared cache.
struct OfferedArtifact: Sendable, Equatable {
    let sha512: SHA512Digest
    let path: String
    let purl: PackageURL
    let filename: String

    /// Without where it is.
    var reference: ArtifactReference { ArtifactReference(purl: purl, filename: filename, sha512: sha512) }

    init?(reading record: JSONValue) {
        guard let sha512 = record["sha512"]?.stringValue.flatMap({ try? SHA512Digest(hex: $0) }),
            let path = record["path"]?.stringValue, let filename = record["filename"]?.stringValue,
            let purl = record["purl"]?.stringValue.flatMap({ try? PackageURL(parsing: $0) })
        else { return nil }
        self.sha512 = sha512
        self.path = path
        self.purl = purl
        self.filename = filename
    }
}

/// What the gateway says that an artifact is to be compared with, and by which measure.
struct OfferedIncrement: Sendable, Equatable {
    /// A verified older artifact.
    struct Base: Sendable, Equatable {
        let artifact: OfferedArtifact
        let sha256: SHA256Digest
        /// The statement that verifies it.
        let statement: StatementID
        let anchorStatement: StatementID
        /// How many differences lie between it and its full review; 0 when it is one.
        let depth: Int
        /// The artifact of that full review; nil when the base is it.
        let anchor: OfferedArtifact?

        /// The basis of a verdict that stands on it.
        var basis: Basis {
            .diff(
                base: artifact.sha512, baseStatement: statement, anchorStatement: anchorStatement, depth: depth + 1)
        }
    }

    /// What listings say of the releases.
    struct Facts: Sendable, Equatable {
        let own: ReleaseFacts
        /// Nil without a base.
        let base: ReleaseFacts?
        /// What listings say otherwise of the artifact than when they named it first, by name.
        let rewritten: [String]
        let baseRewritten: [String]
    }

    let base: Base?
    /// Why there is no base; nil when there is one.
    let noBase: String?
    let facts: Facts
    let limits: DifferenceLimits

    /// Reads them from a job's description; nil when it is not one that this version understands.
    init?(reading job: JSONValue) {
        if let record = job["base"] {
            guard let base = Base(reading: record, anchor: job["anchor"]) else { return nil }
            self.base = base
            noBase = nil
        } else {
            guard let reason = job["noBase"]?.stringValue else { return nil }
            base = nil
            noBase = reason
        }
        guard let facts = job["facts"].flatMap(Facts.init),
            let limits = job["thresholds"].flatMap(DifferenceLimits.init)
        else { return nil }
        self.facts = facts
        self.limits = limits
    }
}

extension OfferedIncrement.Base {
    fileprivate init?(reading record: JSONValue, anchor: JSONValue?) {
        guard let artifact = OfferedArtifact(reading: record),
            let sha256 = record["sha256"]?.stringValue.flatMap({ try? SHA256Digest(hex: $0) }),
            let statement = record["statement"]?.stringValue.flatMap({ try? StatementID(hex: $0) }),
            let anchorStatement = record["anchorStatement"]?.stringValue.flatMap({ try? StatementID(hex: $0) }),
            let depth = record["depth"]?.integerValue.flatMap({ Int(exactly: $0) }), depth >= 0, depth < Int.max
        else { return nil }
        self.artifact = artifact
        self.sha256 = sha256
        self.statement = statement
        self.anchorStatement = anchorStatement
        self.depth = depth
        self.anchor = anchor.flatMap(OfferedArtifact.init)
        // A base that is no full review has one elsewhere, and a full review is its own.
        guard (depth > 0) == (self.anchor != nil), (depth == 0) == (statement == anchorStatement) else { return nil }
    }
}

extension OfferedIncrement.Facts {
    fileprivate init?(reading record: JSONValue) {
        guard let own = record["own"].flatMap(ReleaseFacts.init(reading:)) else { return nil }
        self.own = own
        if let listed = record["base"] {
            guard let facts = ReleaseFacts(reading: listed) else { return nil }
            base = facts
        } else {
            base = nil
        }
        rewritten = (record["rewritten"]?.arrayValue ?? []).compactMap(\.stringValue)
        baseRewritten = (record["baseRewritten"]?.arrayValue ?? []).compactMap(\.stringValue)
    }
}

extension DifferenceLimits {
    fileprivate init?(reading record: JSONValue) {
        guard let bytes = record["maxChangedBytes"]?.integerValue,
            let files = record["maxChangedFiles"]?.integerValue.flatMap({ Int(exactly: $0) }),
            let steps = record["maxSteps"]?.integerValue.flatMap({ Int(exactly: $0) }), bytes >= 0, files >= 0,
            steps >= 0
        else { return nil }
        self.init(maxChangedBytes: bytes, maxChangedFiles: files, maxSteps: steps)
    }
}
