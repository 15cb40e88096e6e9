import Screening

/// One thing noticed at one place, counted.
struct Notice: Equatable {
    let observation: Observation
    /// The member's name as stored; nil when it is about the archive.
    let path: [UInt8]?
    var line: Int?
    var count: Int
}

/// Gathers what the rules notice, one notice for each thing and place.
struct FindingCollector {
    private(set) var notices: [Notice] = []
    private var positions: [Key: Int] = [:]
    private var perObservation: [Observation: Int] = [:]
    private var overflow: [Observation: Int] = [:]

    private struct Key: Hashable {
        let observation: Observation
        let path: [UInt8]?
    }

    /// So many places of one thing are named; further ones are only counted.
    static let maxPlaces = 16

    /// Notes `observation`; the first line given for a place stays.
    mutating func add(_ observation: Observation, path: [UInt8]? = nil, line: Int? = nil, count: Int = 1) {
        let key = Key(observation: observation, path: path)
        if let position = positions[key] {
            notices[position].count += count
            return
        }
        let places = perObservation[observation, default: 0]
        guard places < Self.maxPlaces else {
            overflow[observation, default: 0] += count
            return
        }
        perObservation[observation] = places + 1
        positions[key] = notices.count
        notices.append(Notice(observation: observation, path: path, line: line, count: count))
    }

    /// Every notice, those without a place of their own summed up at the end.
    var complete: [Notice] {
        // The order of the cases, not of the dictionary, decides.
        let rest = Observation.allCases.compactMap { observation in
            overflow[observation].map { Notice(observation: observation, path: nil, line: nil, count: $0) }
        }
        return notices + rest
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
