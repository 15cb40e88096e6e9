/// Follows the links of an archive to where they end.
struct LinkResolution {
    /// Where a walk over links ended.
    enum End: Equatable {
        case inside([[UInt8]])
        case outside
    }

    private var links: [[[UInt8]]: [UInt8]] = [:]
    /// Kernels refuse to follow more links than this for one path, however they are arranged.
    private static let maxHops = 40

    var isEmpty: Bool { links.isEmpty }

    /// Remembers that the member at `path` is a symbolic link to `target`.
    mutating func add(_ path: [[UInt8]], target: [UInt8]) { links[path] = target }

    /// Where the symbolic link at `path` ends, starting from the folder that it lies in.
    func end(of path: [[UInt8]], target: [UInt8]) -> End { walk(from: Array(path.dropLast()), target) }

    /// Where `target`, taken from the archive's root, ends: how hard links are meant.
    func end(fromRoot target: [UInt8]) -> End { walk(from: [], target) }

    /// Where a member's own path ends when folders on the way are links.
    func end(ofMember path: [[UInt8]]) -> End {
        walk(from: [], Array(path.dropLast().joined(separator: [UInt8(ascii: "/")])))
    }

    private func walk(from start: [[UInt8]], _ target: [UInt8]) -> End {
        var hops = 0
        return walk(from: start, target, &hops)
    }

    private func walk(from start: [[UInt8]], _ target: [UInt8], _ hops: inout Int) -> End {
        guard hops <= Self.maxHops else { return .outside }
        let isDrive = target.count > 1 && target[1] == UInt8(ascii: ":")
        if target.first == UInt8(ascii: "/") || target.first == UInt8(ascii: "\\") || isDrive { return .outside }
        var place = start
        for part in target.split(separator: UInt8(ascii: "/")) where !part.equals(".") {
            if part.equals("..") {
                if place.isEmpty { return .outside }
                place.removeLast()
                continue
            }
            place.append(Array(part))
            guard let next = links[place] else { continue }
            hops += 1
            switch walk(from: Array(place.dropLast()), next, &hops) {
            case .outside: return .outside
            case .inside(let end): place = end
            }
        }
        return .inside(place)
    }
}
