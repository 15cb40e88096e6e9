/// How much of a version number a release counts up: what users of its predecessor expect of it.
///
/// Spec: Semantic Versioning 2.0.0, clauses 6 to 8; PEP 440 for Python, whose release numbers are read the same way.
public enum VersionStep: String, Sendable, CaseIterable, Comparable {
    /// Everything behind the second number: corrections, which most users take at once.
    case patch
    /// The second number.
    case minor
    /// The first number or, in Python, the epoch.
    case major

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .patch: 0
        case .minor: 1
        case .major: 2
        }
    }

    /// The step between two versions, in whichever order they are given; those of different ecosystems are far apart.
    public init(between one: PackageVersion, and other: PackageVersion) {
        let (left, right) = (one.leadingNumbers, other.leadingNumbers)
        if one.ecosystem != other.ecosystem || left[0] != right[0] || left[1] != right[1] {
            self = .major
        } else {
            self = left[2] != right[2] ? .minor : .patch
        }
    }
}

extension PackageVersion {
    /// Epoch, first and second number.
    fileprivate var leadingNumbers: [UInt64] {
        switch parts {
        case .semantic(let version): [0, version.major, version.minor]
        case .python(let version):
            [version.epoch, version.release.first ?? 0, version.release.dropFirst().first ?? 0]
        }
    }
}
