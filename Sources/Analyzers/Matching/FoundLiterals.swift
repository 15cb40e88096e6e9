/// What one scan of a file's text finds for every family of rules that begins with a scan.
struct FoundLiterals {
    /// Where the anchors of texts for reviewing models occur.
    let anchors: [LiteralSet.Match]
    /// Whether any indicator occurs.
    let hasIndicator: Bool
    /// Whether anything occurs that speaks of what a user shall not hear.
    let hasSecrecy: Bool

    /// A file with more anchors is a collection of them.
    static let maxAnchors = 200_000

    init(_ bytes: [UInt8]) {
        let (anchorCount, indicatorCount) = (ReviewerAnchors.standard.literals.count, IndicatorTable.set.count)
        let found = Self.set.matches(in: bytes, first: anchorCount, limit: Self.maxAnchors)
        anchors = found.matches
        hasIndicator = found.others.contains(anyOf: anchorCount..<anchorCount + indicatorCount)
        hasSecrecy = found.others.contains(anyOf: anchorCount + indicatorCount..<Self.set.count)
    }

    /// The anchors first, so that their positions are the same as in their own set.
    private static let set = LiteralSet(
        joining: LiteralSet(joining: ReviewerAnchors.standard.literals, IndicatorTable.set), SecretOrders.secrecy)
}
