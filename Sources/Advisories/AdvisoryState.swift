/// Whether advisories can be asked, and how fresh they are.
public enum AdvisoryState: Sendable {
    /// No bundle was ever imported here.
    case neverLoaded
    case current(AdvisoryIndex)
    /// Some ecosystem's records were last confirmed longer ago than allowed.
    case stale(AdvisoryIndex, age: Duration)

    /// The snapshot to ask, if there is one.
    public var index: AdvisoryIndex? {
        switch self {
        case .neverLoaded: nil
        case .current(let index), .stale(let index, _): index
        }
    }
}
