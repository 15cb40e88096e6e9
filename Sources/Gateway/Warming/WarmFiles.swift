import Registry

/// Chooses the files of one version that installers will ask for.
///
/// npm has one file for each version. Of a Python release: the wheel for every platform where there is one, since all
/// installers take it. Otherwise the wheels for what clients of ours run, told by what they fetched of the package before
/// and by the operator's patterns, and the source distribution, which the others build from.
struct WarmFiles: Sendable {
    /// Tags of the package's wheels that were fetched here before.
    let knownTags: Set<String>
    /// What the operator says that clients run.
    let patterns: [WheelPattern]

    /// Wheels of one version that are taken, besides the source distribution.
    static let maxWheels = 8

    /// - Parameter artifacts: the servable ones of one version.
    func files(of artifacts: [ListedArtifact]) -> [ListedArtifact] {
        let sorted = artifacts.sorted { $0.filename.utf8.lexicographicallyPrecedes($1.filename.utf8) }
        let tarballs = sorted.filter { $0.kind == .npmTarball }
        if !tarballs.isEmpty { return tarballs }
        let wheels = sorted.filter { $0.kind == .wheel }
        let universal = wheels.filter { Self.tag(of: $0.filename).hasSuffix("-none-any") }
        if let last = universal.last { return [last] }
        let usable = wheels.filter { wheel in
            let tag = Self.tag(of: wheel.filename)
            return knownTags.contains(tag) || patterns.contains { $0.matches(tag) }
        }
        let sources = sorted.filter { $0.kind == .sourceTarball } + sorted.filter { $0.kind == .sourceZip }
        return Array(usable.suffix(Self.maxWheels)) + sources.prefix(1)
    }

    /// The last three parts of a wheel's name, in lower case.
    static func tag(of filename: String) -> String {
        guard filename.hasSuffix(".whl") else { return "" }
        return filename.dropLast(4).split(separator: "-").suffix(3).joined(separator: "-").lowercased()
    }
}

/// A pattern of wheel tags: `cp312-*-manylinux*_x86_64`. A `*` stands for any text.
public struct WheelPattern: Hashable, Sendable {
    public let text: String

    public init(_ text: String) { self.text = text }

    /// Whether a tag in lower case fits. Linear in both: after a `*` that fitted, none before it is tried again.
    func matches(_ tag: String) -> Bool {
        let (pattern, bytes) = (Array(text.lowercased().utf8), Array(tag.utf8))
        let star = UInt8(ascii: "*")
        var (place, position) = (0, 0)
        var resume: (place: Int, position: Int)?
        while position < bytes.count {
            if place < pattern.count, pattern[place] == star {
                resume = (place + 1, position)
                place += 1
            } else if place < pattern.count, pattern[place] == bytes[position] {
                place += 1
                position += 1
            } else if let from = resume {
                resume = (from.place, from.position + 1)
                (place, position) = (from.place, from.position + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == star }
    }
}
