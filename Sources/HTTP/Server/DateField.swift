public import Platform

/// The `Date` field of a moment, with its line end, as in `Date: Tue, 24 Nov 2026 03:00:00 GMT`.
///
/// Spec: RFC 9110 section 5.6.7.
func dateFieldLine(_ moment: Timestamp) -> [UInt8] {
    var line = Array("Date: ".utf8)
    line.append(contentsOf: httpDate(moment).utf8)
    line.append(contentsOf: "\r\n".utf8)
    return line
}

/// A moment as HTTP header fields write it, as in `Tue, 24 Nov 2026 03:00:00 GMT`.
///
/// Spec: RFC 9110 section 5.6.7 (IMF-fixdate).
public func httpDate(_ moment: Timestamp) -> String {
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    // Day 0 of the epoch was a Thursday.
    let days = moment.secondsSinceEpoch.flooredQuotient(86_400)
    let weekday = weekdays[Int(days - 7 * days.flooredQuotient(7))]
    // 2026-11-24T03:00:00Z
    let text = Array(moment.rfc3339.utf8)
    func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
    let month = months[(Int(text[5]) - 48) * 10 + Int(text[6]) - 48 - 1]
    return "\(weekday), \(part(8..<10)) \(month) \(part(0..<4)) \(part(11..<19)) GMT"
}

extension Int64 {
    /// The quotient rounded towards negative infinity.
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
