import Screening

/// One thing noticed at one place, counted.
struct Notice: Equatable {
    let observation: Observation
    /// The member's name as stored; nil when it is about the archive.
    let path: [UInt8]?
    var line: Int?
    var count: Int
    /// What leads to the place; nil where that plays no part.
    var reach: Reach?
}

/// Gathers what the rules notice, one notice for each thing and place.
struct FindingCollector {
    private var notices: [Notice] = []
    private var positions: [Key: Int] = [:]

    /// Places of one kind are counted together: graver ones must not drown in others.
    private struct Kind: Hashable, Comparable {
        let observation: Observation
        let reach: Reach?

        static func < (left: Kind, right: Kind) -> Bool {
            if left.observation != right.observation { return left.observation < right.observation }
            return (left.reach?.rawValue ?? "") < (right.reach?.rawValue ?? "")
        }
    }

    private struct Key: Hashable {
        let observation: Observation
        let path: BytesKey?
        let reach: Reach?
    }

    /// So many places of one thing are named; further ones are only counted.
    static let maxPlaces = 16

    /// Notes `observation`; the first line given for a place stays.
    mutating func add(
        _ observation: Observation, path: [UInt8]? = nil, line: Int? = nil, count: Int = 1, reach: Reach? = nil
    ) {
        let key = Key(observation: observation, path: path.map(BytesKey.init), reach: reach)
        if let position = positions[key] {
            notices[position].count += count
            return
        }
        positions[key] = notices.count
        notices.append(Notice(observation: observation, path: path, line: line, count: count, reach: reach))
    }

    /// Whether something was noted anywhere.
    func contains(where isWanted: (Notice) -> Bool) -> Bool { notices.contains(where: isWanted) }

    /// Every notice, each place by itself, in the order in which they came.
    var all: [Notice] { notices }

    /// Every notice, those without a place of their own summed up at the end.
    ///
    /// Which places are named depends on their names, not on the order in which the archive has them.
    var complete: [Notice] {
        var byKind: [Kind: [Notice]] = [:]
        for notice in notices {
            byKind[Kind(observation: notice.observation, reach: notice.reach), default: []].append(notice)
        }
        var named: [Notice] = []
        var rest: [Notice] = []
        for (kind, found) in byKind.sorted(by: { $0.key < $1.key }) {
            let sorted = found.sorted { ($0.path ?? []).lexicographicallyPrecedes($1.path ?? []) }
            named += sorted.prefix(Self.maxPlaces)
            let count = sorted.dropFirst(Self.maxPlaces).reduce(0) { $0 + $1.count }
            if count > 0 {
                rest.append(
                    Notice(observation: kind.observation, path: nil, line: nil, count: count, reach: kind.reach))
            }
        }
        return named + rest
    }
}

/// A member's name as it stands in findings: printable ASCII, everything else as `%XX`, shortened with its digest.
///
/// Findings go into the log and onto terminals, so a name may neither forge text there nor flood it.
func findingPath(_ name: [UInt8]) -> String {
    let hexDigits = Array("0123456789ABCDEF".utf8)
    var text: [UInt8] = []
    for byte in name {
        if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "%") {
            text.append(byte)
        } else {
            text += [UInt8(ascii: "%"), hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
        }
    }
    if text.count > maxFindingPathBytes {
        let keptBytes = maxFindingPathBytes - 17
        text = text.prefix(keptBytes) + [UInt8(ascii: "~")] + Array(shortDigest(of: name).utf8)
    }
    return String(decoding: text, as: UTF8.self)
}

/// The longest path of a finding, in bytes.
let maxFindingPathBytes = 200
