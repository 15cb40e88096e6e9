/// A number that tells in most cases how two versions of one ecosystem are ordered, without reading either again.
///
/// Tables of versions keep it beside each text. Where two numbers do not tell, the versions themselves must be compared.
public struct VersionOrderPrefix: Sendable, Hashable {
    /// The order in the upper 127 bits; the lowest says that equal bits mean equal versions.
    public let bits: UInt128

    /// How two versions stand to each other.
    public enum Comparison: Sendable, Hashable {
        case before, same, after
        /// The numbers do not tell.
        case untold
    }

    /// Takes over a number that was kept in a table.
    public init(bits: UInt128) {
        self.bits = bits
    }

    /// Where the version of this number stands in relation to the version of the other.
    @inlinable
    public func compare(_ other: VersionOrderPrefix) -> Comparison {
        let (left, right) = (bits >> 1, other.bits >> 1)
        if left != right { return left < right ? .before : .after }
        return bits & other.bits & 1 == 1 ? .same : .untold
    }
}

extension PackageVersion {
    /// The version's place in its ecosystem's order, as far as 127 bits tell it.
    public var orderPrefix: VersionOrderPrefix {
        switch parts {
        case .semantic(let version): Self.prefix(version)
        case .python(let version): Self.prefix(version)
        }
    }

    /// Major, minor and patch number of 42 bits each, then whether it is a release: those follow their pre-releases.
    private static func prefix(_ version: SemanticVersion) -> VersionOrderPrefix {
        var packer = FieldPacker()
        packer.append(version.major, width: 42)
        packer.append(version.minor, width: 42)
        packer.append(version.patch, width: 42)
        packer.append(version.prerelease.isEmpty ? 1 : 0, width: 1)
        return packer.prefix(isExact: version.prerelease.isEmpty)
    }

    /// The epoch, four release numbers, then the kind of release.
    private static func prefix(_ version: PythonVersion) -> VersionOrderPrefix {
        let numbers = version.significantRelease
        func number(_ place: Int) -> UInt64 { place < numbers.count ? numbers[place] : 0 }
        var packer = FieldPacker()
        packer.append(version.epoch, width: 8)
        packer.append(number(0), width: 40)
        packer.append(number(1), width: 32)
        packer.append(number(2), width: 24)
        packer.append(number(3), width: 16)
        let isPlain =
            version.pre == nil && version.post == nil && version.dev == nil && version.local.isEmpty
        let kind: UInt64 =
            if numbers.count > 4 {
                // Later than everything with the first four numbers alone, of whatever kind.
                127
            } else if version.pre == nil && version.post == nil && version.dev != nil {
                0
            } else {
                switch version.pre?.phase {
                case .alpha: 1
                case .beta: 2
                case .candidate: 3
                // Post-releases and local versions follow the plain release.
                case nil: isPlain ? 4 : 5
                }
            }
        packer.append(kind, width: 7)
        return packer.prefix(isExact: isPlain && numbers.count <= 4)
    }
}

/// Packs numbers into bits from the top, so that they compare in this order.
private struct FieldPacker {
    private var bits: UInt128 = 0
    /// A number did not fit: what follows it says nothing, because larger ones look the same.
    private var isFull = false

    mutating func append(_ number: UInt64, width: Int) {
        let largest = (UInt64(1) << UInt64(width)) - 1
        let isTooLarge = width > 7 && number >= largest
        bits = bits << UInt128(width) | UInt128(isFull ? 0 : min(number, largest))
        isFull = isFull || isTooLarge
    }

    func prefix(isExact: Bool) -> VersionOrderPrefix {
        VersionOrderPrefix(bits: bits << 1 | (isExact && !isFull ? 1 : 0))
    }
}
