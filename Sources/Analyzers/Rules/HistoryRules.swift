import Registry
import Screening

/// Rules about who released a version and how, compared with the version before.
let historyRules: [Rule] = [
    Rule(
        "META-PUBLISHER", analyzer: .diff, "Somebody else published it",
        rationale: """
            Stolen accounts and handed-over projects are how good packages turn bad. A publisher who could publish the \
            version before already, and maintainers who come or go beside others who stay, are ordinary. A publisher \
            nobody knows, or none of the maintainers left, waits for a person.
            """,
        [
            RuleDetail(.publisherIsStranger, .suspicious, "it was published by somebody who could not publish before"),
            RuleDetail(.publisherChanged, .info, "another of the maintainers published it"),
            RuleDetail(.maintainersReplaced, .suspicious, "none of those who could publish before can now"),
            RuleDetail(.maintainersChanged, .info, "others may publish than before"),
        ]),
    Rule(
        "META-PROVENANCE", analyzer: .diff, "Proof of origin is gone",
        rationale: """
            A project whose releases carry proof of the build that made them makes all of them there. One without it \
            was made by somebody who has the password and not the build.
            """,
        [
            RuleDetail(.provenanceLost, .suspicious, "the version before had proof of its origin, this one has none"),
            RuleDetail(.provenanceUntold, .info, "the listing says no more whether there is proof of origin"),
            RuleDetail(.provenanceGained, .info, "there is proof of origin, which the version before had not"),
        ]),
    Rule(
        "META-GAP", analyzer: .diff, "Odd time of release",
        rationale: """
            Abandoned projects are taken over, and their next release comes after a long silence. So do those of many \
            projects that are simply finished, and corrections of old versions come after newer ones.
            """,
        [
            RuleDetail(.releaseAfterSilence, .info, "it was released after more than 180 days without a release"),
            RuleDetail(.releaseOutOfOrder, .info, "it was released before the version that it follows"),
        ]),
    Rule(
        "META-REWRITTEN", analyzer: .diff, "The listing changed its story",
        rationale: """
            What a registry says of a release is settled when it is released. A listing that says something else of the \
            same release later was changed by somebody.
            """,
        [
            RuleDetail(
                .listingRewritten, .suspicious, "the listing says otherwise of this release than when it named it first"
            )
        ]
    ),
    Rule(
        "META-REPOSITORY", analyzer: .diff, "Says that its sources are elsewhere",
        rationale: "Projects move, and so do those that were taken over.",
        [RuleDetail(.repositoryChanged, .info, "the listing names another place of its sources")]),
]

/// Why the whole artifact was reviewed although there could be a version to compare it with. Every one is a fact.
let escalationRules: [Rule] = [
    escalation(
        "ESC-BASE", "Nothing to compare with",
        "Without an older version that was found clean there is no difference to judge.",
        [
            (.escalatedWithoutBase, "there is no verified version to compare with"),
            (.baseIsOfUnknownSource, "it is not known which source listed the artifact, so no older version is known"),
            (.baseIsNowhere, "it is the oldest version that its source listed"),
            (.baseIsOtherKind, "older versions exist as other kinds of files only"),
            (.baseWasNeverFetched, "older versions were never fetched here"),
            (.baseWasTampered, "the source sent other bytes of the older version than before"),
            (.baseIsWithdrawn, "the source withdrew the older version"),
            (.baseIsUnverified, "no older version was found clean"),
            (.baseIsGone, "the bytes of the older version are not kept any more"),
            (.escalatedUnreadableBase, "the version before cannot be compared in full"),
        ]),
    escalation(
        "ESC-SIZE", "Large difference", "What matters may drown in much that does not.",
        [(.escalatedBySize, "more changed than a review of the difference may pass over")]),
    escalation(
        "ESC-CHAIN", "Long chain of differences",
        "Every difference rests on the one before; after a number of them the ground is looked at again.",
        [(.escalatedByChain, "as many differences as are allowed stand on one full review")]),
    escalation(
        "ESC-SCRIPTS", "Installation changed", "What runs at installation is read in full whenever it is another.",
        [(.escalatedByScripts, "what runs at installation or start is new or another")]),
    escalation(
        "ESC-NATIVE", "Unreadable code came", "What has no lines cannot be compared line by line.",
        [(.escalatedByNative, "native code, binaries or minified files are new")]),
    escalation(
        "ESC-PUBLISHER", "Publisher or maintainers changed", "Other hands are another risk.",
        [(.escalatedByPublisher, "publisher or maintainers are others")]),
    escalation(
        "ESC-PROVENANCE", "Proof of origin changed", "Another way to publish is another risk.",
        [(.escalatedByProvenance, "proof of origin came, went or is not told any more")]),
    escalation(
        "ESC-CAPABILITY", "Capabilities grew", "What a package can do now it may do anywhere in its code.",
        [(.escalatedByCapability, "the package can do something grave that it could not before")]),
    escalation(
        "ESC-CUMULATIVE", "Small steps add up",
        "Steps that are harmless one by one need not be harmless together, so all since the last full review are one.",
        [(.escalatedByCumulation, "all changes since the last full review together are more than any step was")]),
]

private func escalation(
    _ id: String, _ title: String, _ rationale: String, _ details: [(observation: Observation, sentence: String)]
) -> Rule {
    Rule(
        id, analyzer: .diff, title,
        rationale:
            "\(rationale) The statement names this as a reason for reviewing the whole artifact; it is no fault.",
        details.map { RuleDetail($0.observation, .info, $0.sentence) })
}

extension Observation {
    // META-PUBLISHER, META-PROVENANCE, META-GAP, META-REWRITTEN, META-REPOSITORY
    static let publisherIsStranger = Observation("publisher-is-stranger")
    static let publisherChanged = Observation("publisher-changed")
    static let maintainersReplaced = Observation("maintainers-replaced")
    static let maintainersChanged = Observation("maintainers-changed")
    static let provenanceLost = Observation("provenance-lost")
    static let provenanceUntold = Observation("provenance-untold")
    static let provenanceGained = Observation("provenance-gained")
    static let releaseAfterSilence = Observation("release-after-silence")
    static let releaseOutOfOrder = Observation("release-out-of-order")
    static let listingRewritten = Observation("listing-rewritten")
    static let repositoryChanged = Observation("repository-changed")

    // ESC-*
    static let escalatedWithoutBase = Observation("no-verified-base")
    static let baseIsOfUnknownSource = Observation("no-base-of-unknown-source")
    static let baseIsNowhere = Observation("no-older-version")
    static let baseIsOtherKind = Observation("no-base-of-this-kind")
    static let baseWasNeverFetched = Observation("base-never-fetched")
    static let baseWasTampered = Observation("base-tampered")
    static let baseIsWithdrawn = Observation("base-withdrawn")
    static let baseIsUnverified = Observation("base-unverified")
    static let baseIsGone = Observation("base-evicted")
    static let escalatedUnreadableBase = Observation("base-not-comparable")
    static let escalatedBySize = Observation("difference-too-large")
    static let escalatedByChain = Observation("chain-too-long")
    static let escalatedByScripts = Observation("installation-changed")
    static let escalatedByNative = Observation("unreadable-code-came")
    static let escalatedByPublisher = Observation("publishers-changed")
    static let escalatedByProvenance = Observation("provenance-changed")
    static let escalatedByCapability = Observation("capability-grew")
    static let escalatedByCumulation = Observation("steps-add-up")
}
