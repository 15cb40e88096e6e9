/// What a foreign statement does here, weakest first.
public enum ForeignEffect: String, Sendable, CaseIterable, Comparable {
    /// As if it had never been imported.
    case ignored = "ignore"
    /// People see it; it decides nothing.
    case shown = "advisory"
    /// The artifact is held for review.
    case hold
    /// What the registry does about a malicious verdict of its own.
    case block
    /// It counts as the verdict that `holdUntil` asks for.
    case satisfy

    public static func < (left: ForeignEffect, right: ForeignEffect) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .ignored: 0
        case .shown: 1
        case .hold: 2
        case .block: 3
        case .satisfy: 4
        }
    }
}

/// How much each verdict of one foreign log weighs here.
///
/// The defaults let a peer hold an artifact and nothing more: what a peer calls clean opens nothing until it is raised.
/// Spec: verdict-log, section 4.
public struct ForeignWeights: Hashable, Sendable {
    public let malicious: ForeignEffect
    public let suspicious: ForeignEffect
    public let clean: ForeignEffect

    public static let standard = ForeignWeights(known: .hold, .hold, .shown)

    /// The weights that each verdict may have, weakest first.
    public static func allowed(for verdict: Verdict) -> [ForeignEffect] {
        switch verdict {
        case .malicious: [.shown, .hold, .block]
        case .suspicious: [.shown, .hold]
        case .clean: [.ignored, .shown, .satisfy]
        }
    }

    private init(known malicious: ForeignEffect, _ suspicious: ForeignEffect, _ clean: ForeignEffect) {
        self.malicious = malicious
        self.suspicious = suspicious
        self.clean = clean
    }

    /// - Throws: `ForeignWeightError` for the first weight that its verdict may not have.
    public init(
        malicious: ForeignEffect = .hold, suspicious: ForeignEffect = .hold, clean: ForeignEffect = .shown
    ) throws(ForeignWeightError) {
        for (verdict, effect) in [(Verdict.malicious, malicious), (.suspicious, suspicious), (.clean, clean)] {
            guard Self.allowed(for: verdict).contains(effect) else {
                throw ForeignWeightError(verdict: verdict, effect: effect)
            }
        }
        self.init(known: malicious, suspicious, clean)
    }

    public func effect(of verdict: Verdict) -> ForeignEffect {
        switch verdict {
        case .malicious: malicious
        case .suspicious: suspicious
        case .clean: clean
        }
    }
}

/// A weight that a verdict may not have.
public struct ForeignWeightError: Error, Equatable, Sendable, CustomStringConvertible {
    public let verdict: Verdict
    public let effect: ForeignEffect

    public var description: String {
        let allowed = ForeignWeights.allowed(for: verdict).map(\.rawValue).joined(separator: ", ")
        return "a foreign \(verdict.rawValue) cannot weigh \(effect.rawValue); expected one of \(allowed)"
    }
}

/// Whose log a verdict stands in.
public enum VerdictSource: Hashable, Sendable {
    case own
    /// Another deployment's log, and what trust gives this statement of it here and now.
    case foreign(origin: String, effect: ForeignEffect)

    /// The foreign log's origin; nil for our own.
    public var origin: String? {
        switch self {
        case .own: nil
        case .foreign(let origin, _): origin
        }
    }

    /// Nil for our own verdicts, which weigh what policy says.
    public var foreignEffect: ForeignEffect? {
        switch self {
        case .own: nil
        case .foreign(_, let effect): effect
        }
    }
}
