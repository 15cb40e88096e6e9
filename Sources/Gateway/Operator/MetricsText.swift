/// Numbers in the text format that Prometheus reads.
///
/// Spec: Prometheus exposition formats, text format 0.0.4.
struct MetricsText: Sendable {
    typealias Sample = (labels: [String: String], value: Int64)

    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    /// A number that goes up and down.
    mutating func gauge(_ name: StaticString, _ help: StaticString, _ value: Int64) {
        add(name, "gauge", help, [([:], value)])
    }

    mutating func gauge(_ name: StaticString, _ help: StaticString, _ samples: [Sample]) {
        add(name, "gauge", help, samples)
    }

    /// A number that only goes up; its name ends in `_total`.
    mutating func counter(_ name: StaticString, _ help: StaticString, _ samples: [Sample]) {
        add(name, "counter", help, samples)
    }

    /// A family without samples is left out: an explanation of nothing.
    private mutating func add(_ name: StaticString, _ kind: String, _ help: StaticString, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
        for sample in samples { text += "\(name)\(Self.labels(sample.labels)) \(sample.value)\n" }
    }

    private static func labels(_ labels: [String: String]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value))\"" }
        return "{\(pairs.joined(separator: ","))}"
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
