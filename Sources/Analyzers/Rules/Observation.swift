/// One thing that a rule can notice; the raw value is its stable code in statements and in the child's answer.
///
/// Severity and sentence of each stand in the one table of rules (`RuleCatalog`); a family of rules names its own
/// observations beside its rules.
struct Observation: Hashable, Sendable {
    /// The code: small letters, digits and `-`.
    let rawValue: String

    init(_ rawValue: String) { self.rawValue = rawValue }
}

extension Observation: Comparable {
    /// The order of the raw values, for results that do not depend on a set's order.
    static func < (left: Observation, right: Observation) -> Bool { left.rawValue < right.rawValue }
}
