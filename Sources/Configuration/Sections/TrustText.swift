import Cryptography
import Platform
import Registry
import Screening
import TransparencyLog

extension ConfigurationLoader {
    /// The `trust` section with every default written out.
    static func write(_ trust: [TrustSetting], to text: inout YAMLWriter) {
        text.list("trust", of: trust) { entry, text in
            text.line("origin", entry.origin)
            text.list("keys", entry.verifier.logKeys.map(\.vkey))
            if let url = entry.url { text.line("url", url) }
            text.bare("follow", entry.isFollowed.description)
            text.list("roots", entry.roots.map(\.hex))
            text.list("signers", entry.signers.map(\.hex))
            text.list("witnesses", entry.verifier.witnesses.map(\.vkey))
            text.bare("quorum", "\(entry.verifier.quorum)")
            if let analyzers = entry.analyzers { text.list("analyzers", analyzers.map(\.text)) }
            text.list("packages", entry.packages.map(\.description))
            text.section("weights") { text in
                for verdict in [Verdict.malicious, .suspicious, .clean] {
                    text.bare(verdict.rawValue, entry.weights.effect(of: verdict).rawValue)
                }
            }
            if let expiresAt = entry.expiresAt { text.line("expires", expiresAt.rfc3339) }
            text.bare("maxCheckpointAge", Quantity.text(entry.maxCheckpointAge))
            text.section("quota") { text in
                text.bare("statements", "\(entry.maxStatements)")
                text.bare("size", Quantity.text(sizeBytes: Int64(clamping: entry.maxBytes)))
            }
        }
    }
}
