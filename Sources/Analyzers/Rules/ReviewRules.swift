import Registry
import Screening

/// Rules of the review by models. What a model may say is exactly what stands here; its own words are read by nobody.
let reviewRules: [Rule] =
    [
        Rule(
            "AI-VERDICT", analyzer: .aiReview, "What the models say altogether",
            rationale: """
                The worst verdict of the models that gave a valid answer. A model is often wrong: its clean lifts nothing, \
                and what it holds against a package is there for a person to look at.
                """,
            [
                RuleDetail(.reviewClean, .info, "the models found nothing in what they were shown"),
                RuleDetail(.reviewSuspicious, .suspicious, "a model holds the package suspicious"),
                RuleDetail(.reviewMalicious, .malicious, "a model holds the package malicious"),
            ]),
        Rule(
            "AI-PARTIAL", analyzer: .aiReview, "What was shown",
            rationale: """
                The artifact has more text than a model is shown at once, files that are no text, or parts that cannot be \
                read: the review is silent about those. Or what changed has no text, and the whole was shown instead.
                """,
            [
                RuleDetail(.reviewPartial, .info, "not all of the package's text was shown to the models"),
                RuleDetail(.reviewBinaries, .info, "the package has files that are no text and were not shown"),
                RuleDetail(.reviewWithoutQuorum, .info, "fewer models than configured gave a valid answer"),
                RuleDetail(
                    .reviewNoChange, .info, "no line of text changed since the earlier version, so all of it was shown"),
            ]),
    ]
    + reviewClaims.map { claim in
        Rule(
            claim.rule, analyzer: .aiReview, claim.title, rationale: claimRationale,
            [RuleDetail(claim.observation, .suspicious, "a model points out that \(claim.words)")])
    }

private let claimRationale = """
    Said by a model about a place that it was shown, in answer to a closed list. How grave the whole is, stands in \
    AI-VERDICT.
    """

/// One thing that a model may hold against a place.
struct ReviewClaim: Sendable {
    let rule: String
    let title: String
    let observation: Observation
    /// What the code does; ends the prompt's line and the finding's sentence.
    let words: String
}

/// Everything that a model may hold against a place, in the order of the prompt.
let reviewClaims: [ReviewClaim] = [
    ReviewClaim(
        rule: "AI-EXFILTRATION", title: "Data leaves", observation: .reviewExfiltration,
        words: "data of the user or the machine is sent to somebody who has no business with it"),
    ReviewClaim(
        rule: "AI-CREDENTIALS", title: "Credentials are read", observation: .reviewCredentials,
        words: "passwords, keys, tokens, wallets or browser data are read"),
    ReviewClaim(
        rule: "AI-DOWNLOAD", title: "Foreign code is fetched", observation: .reviewDownload,
        words: "code or a program is fetched from elsewhere and run"),
    ReviewClaim(
        rule: "AI-HIDDEN-CODE", title: "Code is hidden", observation: .reviewHiddenCode,
        words: "code is encoded, encrypted or disguised and then run"),
    ReviewClaim(
        rule: "AI-INSTALL", title: "Installation does more than it should", observation: .reviewInstall,
        words: "something is done at installation or start that installing does not need"),
    ReviewClaim(
        rule: "AI-BACKDOOR", title: "Somebody else gets control", observation: .reviewBackdoor,
        words: "somebody else is let in or can give orders"),
    ReviewClaim(
        rule: "AI-PERSISTENCE", title: "It stays", observation: .reviewPersistence,
        words: "the code sees to it that it is started again"),
    ReviewClaim(
        rule: "AI-DESTRUCTION", title: "Something is destroyed", observation: .reviewDestruction,
        words: "files or systems of the user are deleted, encrypted or damaged"),
    ReviewClaim(
        rule: "AI-TAMPERING", title: "Other software is changed", observation: .reviewTampering,
        words: "other programs, packages, settings, addresses or payments are changed"),
    ReviewClaim(
        rule: "AI-SPREADING", title: "It spreads", observation: .reviewSpreading,
        words: "the code copies itself into other projects, packages or machines"),
    ReviewClaim(
        rule: "AI-MINING", title: "Resources are taken", observation: .reviewMining,
        words: "the machine is used for mining or other work that nobody asked for"),
    ReviewClaim(
        rule: "AI-IMPERSONATION", title: "It poses as another package", observation: .reviewImpersonation,
        words: "the package passes itself off as another one"),
    ReviewClaim(
        rule: "AI-REVIEWER", title: "It talks to reviewers", observation: .reviewReviewer,
        words: "text tries to tell a reviewer or a model what to do or to conclude"),
    ReviewClaim(
        rule: "AI-CONCEALED", title: "It hides from being seen", observation: .reviewConcealed,
        words: "behaviour depends on not being watched, on a date, a place or a victim"),
    ReviewClaim(
        rule: "AI-UNEXPECTED", title: "It does what it does not say", observation: .reviewUnexpected,
        words: "the code does something that the package's purpose does not explain"),
]

extension Observation {
    // AI-VERDICT, AI-PARTIAL
    static let reviewClean = Observation("ai-clean")
    static let reviewSuspicious = Observation("ai-suspicious")
    static let reviewMalicious = Observation("ai-malicious")
    static let reviewPartial = Observation("ai-partial")
    static let reviewBinaries = Observation("ai-binaries")
    static let reviewWithoutQuorum = Observation("ai-without-quorum")
    static let reviewNoChange = Observation("ai-no-change")
    // What models may say of places
    static let reviewExfiltration = Observation("ai-exfiltration")
    static let reviewCredentials = Observation("ai-credentials")
    static let reviewDownload = Observation("ai-download")
    static let reviewHiddenCode = Observation("ai-hidden-code")
    static let reviewInstall = Observation("ai-install")
    static let reviewBackdoor = Observation("ai-backdoor")
    static let reviewPersistence = Observation("ai-persistence")
    static let reviewDestruction = Observation("ai-destruction")
    static let reviewTampering = Observation("ai-tampering")
    static let reviewSpreading = Observation("ai-spreading")
    static let reviewMining = Observation("ai-mining")
    static let reviewImpersonation = Observation("ai-impersonation")
    static let reviewReviewer = Observation("ai-reviewer")
    static let reviewConcealed = Observation("ai-concealed")
    static let reviewUnexpected = Observation("ai-unexpected")
}
