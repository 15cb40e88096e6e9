import Platform

/// Spans of time as people write and read them.
enum DurationText {
    /// One unit, rounded down: `5s`, `12m`, `3h`, `9d`.
    static func short(seconds: Int64) -> String {
        switch max(0, seconds) {
        case ..<60: "\(max(0, seconds))s"
        case ..<3600: "\(seconds / 60)m"
        case ..<172_800: "\(seconds / 3600)h"
        default: "\(seconds / 86_400)d"
        }
    }
}

/// The end of a ruling: a duration from now, or a moment.
enum Expiry {
    static func parse(_ text: String, now: Timestamp) throws(CommandFailure) -> Timestamp {
        let end: Timestamp
        if let seconds = seconds(in: text) {
            end = now.adding(.seconds(seconds))
        } else if let moment = try? Timestamp(parsing: text) {
            end = moment
        } else {
            throw CommandFailure(
                .usage,
                "--until is \(text); expected a duration such as 90m, 12h, 7d or 2w, or a time such as 2026-12-01T00:00:00Z"
            )
        }
        guard end > now else { throw CommandFailure(.usage, "--until \(text) is in the past") }
        return end
    }

    fileprivate static func seconds(in text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        guard let last = text.last, let unit = units[last], let number = Int64(text.dropLast()), number > 0 else {
            return nil
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow ? nil : product
    }
}

/// A moment of the past: how long ago, a day, or a time.
enum PastMoment {
    /// - Throws: `CommandFailure` with `usage` that names the option.
    static func parse(_ text: String, option: String, now: Timestamp) throws(CommandFailure) -> Timestamp {
        let moment: Timestamp
        if let seconds = Expiry.seconds(in: text) {
            moment = now.adding(.seconds(-seconds))
        } else if let time = (try? Timestamp(parsing: text)) ?? (try? Timestamp(parsing: "\(text)T00:00:00Z")) {
            moment = time
        } else {
            throw CommandFailure(
                .usage,
                "--\(option) is \(text); expected how long ago, such as 90m, 12h, 7d or 2w, a day such as 2026-11-01, or a "
                    + "time such as 2026-11-01T08:00:00Z")
        }
        guard moment <= now else { throw CommandFailure(.usage, "--\(option) \(text) is in the future") }
        return moment
    }
}
