import Registry
import Screening
import SourceCode
import UnicodeText

/// Text that is meant for a reviewing model, in one file.
enum ReviewerTextRules {
    static func check(_ file: InspectedFile, into report: inout FileReport) {
        checkName(file, into: &report)
        guard let source = file.text, source.bytes.count >= 12 else { return }
        ReviewerTextCheck(file, source.bytes).run(into: &report)
        SecretOrders.check(file, source.bytes, into: &report)
        ReviewerFlood.check(file, into: &report)
    }

    /// A path is read by reviewers before anything else.
    private static func checkName(_ file: InspectedFile, into report: inout FileReport) {
        guard file.name.count >= 24 else { return }
        let places = ReviewerScan(FoldedText(file.name).bytes).places
        let setting = ReviewerSetting(isAboutModels: false, isTest: file.role.isTestOrDocumentation)
        for place in places where setting.judge(place, isHidden: false) == .directed {
            ReviewerTextCheck.note(place, .directed, line: nil, into: &report)
        }
    }
}

/// The check of one file.
private struct ReviewerTextCheck {
    let file: InspectedFile
    /// The text as it is read: folded where it has more than ASCII.
    let bytes: [UInt8]
    let folded: FoldedText?
    /// Longer texts made of a file's strings are cut.
    private static let maxStringBytes = 4 << 20
    /// A file with so many places is a collection of them.
    private static let collection = 12

    init(_ file: InspectedFile, _ source: [UInt8]) {
        self.file = file
        folded = file.classes.isASCII ? nil : FoldedText(source)
        bytes = folded?.bytes ?? source
    }

    func run(into report: inout FileReport) {
        let matches = folded == nil ? file.foundLiterals.anchors : ReviewerScan.matches(in: bytes)
        let scan = ReviewerScan(bytes, matches)
        let hints = scan.subjects + 2 * ReviewerSetting.hints(inPath: file.path)
        let isCollection = scan.places.count >= Self.collection && file.model == nil
        let setting = ReviewerSetting(
            isAboutModels: hints >= 2 || isCollection, isTest: file.role.isTestOrDocumentation)
        let use = ReviewerUse(file, bytes, isFolded: folded != nil)
        for place in scan.places {
            let isHidden = folded.map { text in
                place.signs.contains { $0.weight >= 3 && text.isDisguised(in: $0.range) }
            }
            let judgement = setting.judge(isHidden == true ? place : use.said(in: place), isHidden: isHidden ?? false)
            Self.note(place, judgement, line: line(at: place.range.lowerBound), into: &report)
        }
        for text in ReviewerCarriers.texts(in: bytes, matches) { check(text, setting, into: &report) }
        if file.classes.highest >= InvisibleMessages.lowestByte {
            for text in InvisibleMessages.carried(in: file.text?.bytes ?? []) { check(text, setting, into: &report) }
        }
        checkStrings(setting, into: &report)
    }

    /// The line of an offset in the folded text, whose lines are those of the file.
    private func line(at offset: Int) -> Int {
        folded == nil ? file.line(at: offset) : lineNumber(of: offset, in: bytes)
    }

    private func check(
        _ text: CarriedText, _ setting: ReviewerSetting, isInner: Bool = false, into report: inout FileReport
    ) {
        // What was encoded twice is decoded twice.
        for inner in isInner ? [] : EncodedRuns.texts(in: text.bytes) {
            let carried = CarriedText(bytes: inner.bytes, offset: text.offset, isInvisible: text.isInvisible)
            check(carried, setting, isInner: true, into: &report)
        }
        for place in ReviewerScan(FoldedText(text.bytes).bytes).places {
            let judgement = setting.judge(place, isHidden: text.isInvisible)
            Self.note(
                place, judgement, line: text.isInvisible ? file.line(at: text.offset) : line(at: text.offset),
                into: &report)
        }
    }

    /// Strings whose value does not stand in the source as it is.
    private func checkStrings(_ setting: ReviewerSetting, into report: inout FileReport) {
        guard let model = file.model else { return }
        var text: [UInt8] = []
        var starts: [(offset: Int, token: Int32)] = []
        for string in model.strings where string.value.count >= 8 && text.count < Self.maxStringBytes {
            let standsInSource = string.origin == .documentation || string.origin == .literal && string.escapes < 4
            guard !standsInSource else { continue }
            starts.append((text.count, string.tokens.lowerBound))
            text += string.value
            text.append(0x0A)
        }
        guard !text.isEmpty else { return }
        let folded = FoldedText(text)
        for carried in InvisibleMessages.carried(in: text) {
            let token = starts.last { $0.offset <= carried.offset }?.token ?? 0
            let offset = file.model?.offset(ofToken: token) ?? 0
            check(CarriedText(bytes: carried.bytes, offset: offset, isInvisible: true), setting, into: &report)
        }
        for place in ReviewerScan(folded.bytes).places {
            let token = starts.last { $0.offset <= place.range.lowerBound }?.token ?? 0
            Self.note(place, setting.judge(place, isHidden: false), line: file.line(ofToken: token), into: &report)
        }
    }

    /// Notes every topic of a place that carries weight.
    static func note(
        _ place: ReviewerScan.Place, _ judgement: ReviewerJudgement, line: Int?, into report: inout FileReport
    ) {
        let gravest = ReviewerTopic.allCases.map { place.weight(of: $0) }.max() ?? 0
        for topic in ReviewerTopic.allCases {
            let weight = place.weight(of: topic)
            guard weight >= 3, weight >= 4 || weight == gravest || judgement != .mention else { continue }
            report.note(reviewerObservation(topic, judgement), line: line)
        }
        switch judgement {
        case .mention: break
        case .directed: report.fact(.reviewerText, line: line)
        case .hidden:
            report.fact(.reviewerText, line: line)
            report.fact(.hiddenText, line: line)
        }
    }
}

/// The observation of a topic at a judgement: `override`, `override-mention`, `override-hidden` and so on.
func reviewerObservation(_ topic: ReviewerTopic, _ judgement: ReviewerJudgement) -> Observation {
    let base =
        switch topic {
        case .override: "reviewer-override"
        case .role: "reviewer-role"
        case .verdict: "reviewer-verdict"
        case .addressed: "reviewer-addressed"
        case .tool: "reviewer-tool"
        case .boundary: "reviewer-boundary"
        case .refusal: "reviewer-refusal"
        }
    return switch judgement {
    case .mention: Observation(base + "-mention")
    case .directed: Observation(base)
    case .hidden: Observation(base + "-hidden")
    }
}

extension Observation {
    static let secretOrder = Observation("order-behind-the-user")
    static let reviewerManyFiles = Observation("reviewer-many-files")
    static let reviewerFlood = Observation("reviewer-flood")
}

/// Rules about text for reviewing models.
let reviewerTextRules: [Rule] = [
    reviewerRule(
        .override, "INJ-OVERRIDE", "Tells a reviewing model to forget its orders",
        """
        Orders to ignore earlier instructions have no reader in a package but a model that looks at it.
        """, "tells a reader to ignore earlier instructions"),
    reviewerRule(
        .role, "INJ-ROLE", "Gives a reviewing model a role",
        """
        Headings of turns and system messages, and roles such as "you are now", try to speak with the voice of whoever \
        runs the model.
        """, "speaks with the voice of a model's operator"),
    reviewerRule(
        .verdict, "INJ-VERDICT", "Tells a reviewing model what to find",
        """
        Whether a package is safe is the reviewer's to say. A text that says what to answer, beside other words to a \
        model, wants to decide the review.
        """, "says what a review is to find"),
    reviewerRule(
        .addressed, "INJ-ADDRESSED", "Speaks to a reviewing model",
        """
        Notes to AI reviewers and scanners try to influence the review. Notes to coding assistants about how to work on \
        a project are ordinary and only mentioned.
        """, "speaks to a model that reviews the package"),
    reviewerRule(
        .tool, "INJ-TOOL", "Forges a call of a tool",
        """
        The marks in which models call tools, where nothing else is about models, try to have a reviewing model act.
        """, "contains a forged call of a model's tool"),
    reviewerRule(
        .boundary, "INJ-BOUNDARY", "Forges the end of what is reviewed",
        """
        Marks such as "end of untrusted content" make what follows look like words of the reviewer's own side.
        """, "forges the end of the content under review"),
    reviewerRule(
        .refusal, "INJ-REFUSAL", "Tries to make a reviewing model refuse",
        """
        Words that make models refuse to go on, put where only a model reads them, are meant to end the review without \
        an answer.
        """, "contains words that make models refuse"),
    Rule(
        "INJ-FLOOD", "Floods its reviewer with text",
        rationale: """
            A megabyte of nearly the same text before code has one effect: whoever reads from the beginning, person or \
            model, gives up before the code. A thousand files of the same words have the same effect. Tables of numbers and repeated test data are no comments and do not count.
            """,
        [
            RuleDetail(.reviewerFlood, .suspicious, "more than a megabyte of repeated text stands before code"),
            RuleDetail(.reviewerManyFiles, .suspicious, "more than a thousand files have nearly the same text"),
        ]),
    Rule(
        "INJ-AGENT", "Gives agents orders behind their user's back",
        rationale: """
            Descriptions of tools, rules for editors and notes to agents are followed by whoever's agent reads them. An \
            order to read secrets or to run a download, together with one to say nothing of it, has no honest use. \
            Among tests it may be the example of a scanner.
            """,
        [
            RuleDetail(
                .secretOrder, .suspicious, "a text tells an agent to hand over secrets or run a download in secret")
        ]),
]

private func reviewerRule(
    _ topic: ReviewerTopic, _ id: String, _ title: String, _ rationale: String, _ sentence: String
) -> Rule {
    Rule(
        id, title,
        rationale: rationale + """
             Held when several such signs come together; where files are about language models, only when the review \
            of this very package is spoken of. Malicious when invisible or disguised characters carry it.
            """,
        [
            RuleDetail(reviewerObservation(topic, .directed), .suspicious, tests: .suspicious, "a text " + sentence),
            RuleDetail(
                reviewerObservation(topic, .hidden), .malicious, tests: .suspicious, "a hidden text " + sentence),
            RuleDetail(
                reviewerObservation(topic, .mention), .info,
                "a text resembles one that " + sentence + ", among honest uses"),
        ])
}
