/// What kind of thing is said to a reviewing model.
enum ReviewerTopic: Int, CaseIterable {
    /// Orders to forget orders.
    case override
    /// A heading of a turn, or a role given to the reader.
    case role
    /// What to find, or what was found.
    case verdict
    /// Speaks to a model.
    case addressed
    /// A call of a tool.
    case tool
    /// A forged end of what is reviewed.
    case boundary
    /// Makes models refuse.
    case refusal
}

/// One sign that a text speaks to a reviewing model.
struct ReviewerSign: Equatable {
    let topic: ReviewerTopic
    /// Signs of one topic and kind count once.
    let kind: Int
    let weight: Int
    let range: Range<Int>

    /// Whether it says what this very package or file is, or what to do with it.
    var isAboutThis: Bool { topic == .verdict && [0, 3, 6, 7, 8].contains(kind) }
}
