import JSON

/// One thing that the doctor looked at.
struct DoctorCheck: Sendable, Equatable {
    enum State: String, Sendable {
        case ok
        /// It works, but somebody should look at it.
        case warn
        /// Something does not work or does not protect.
        case fail
    }

    let name: String
    let state: State
    /// What was found.
    let finding: String
    /// What to do; nil when there is nothing.
    let advice: String?

    init(_ name: String, _ state: State, _ finding: String, advice: String? = nil) {
        self.name = name
        self.state = state
        self.finding = finding
        self.advice = advice
    }

    var json: JSONValue {
        [
            "check": .string(name), "state": .string(state.rawValue), "finding": .string(finding),
            "advice": advice.map { .string($0) } ?? .null,
        ]
    }
}

/// Everything that the doctor found.
struct DoctorReport: Sendable {
    let checks: [DoctorCheck]

    var isWell: Bool { checks.allSatisfy { $0.state != .fail } }

    var json: JSONValue { ["ok": .bool(isWell), "checks": .array(checks.map(\.json))] }

    /// The report for people, one line a check and one more for what to do.
    func text(on console: Console) -> String {
        let width = (checks.map(\.name.count).max() ?? 0) + 2
        var text = ""
        for check in checks {
            let mark =
                switch check.state {
                case .ok: console.emphasised("ok  ", .green)
                case .warn: console.emphasised("warn", .yellow)
                case .fail: console.emphasised("fail", .red)
                }
            text += "\(mark)  \(check.name.padded(to: width))\(check.finding)\n"
            if let advice = check.advice { text += "      \("".padded(to: width))→ \(advice)\n" }
        }
        let failures = checks.count { $0.state == .fail }
        let warnings = checks.count { $0.state == .warn }
        return text + "\(checks.count) checks, \(failures) failed, \(warnings) with a warning\n"
    }
}
