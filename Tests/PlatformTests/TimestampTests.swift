import Platform
import TestSupport
import Testing

@Suite("Timestamp")
struct TimestampTests {
    @Test(
        "RFC 3339 text is read with any offset, and written in UTC",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
            ("2026-11-24T03:00:00Z", 1_795_489_200, "2026-11-24T03:00:00Z"),
            ("2026-11-24T05:30:00+02:30", 1_795_489_200, "2026-11-24T03:00:00Z"),
            ("2026-11-23T22:00:00.999999999-05:00", 1_795_489_200, "2026-11-24T03:00:00Z"),
            ("2026-11-24t03:00:00z", 1_795_489_200, "2026-11-24T03:00:00Z"),
            ("2000-02-29T12:34:56Z", 951_827_696, "2000-02-29T12:34:56Z"),
            ("1969-12-31T23:59:59Z", -1, "1969-12-31T23:59:59Z"),
            ("2016-12-31T23:59:60Z", 1_483_228_800, "2017-01-01T00:00:00Z"),
            ("0000-01-01T00:00:00Z", -62_167_219_200, "0000-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59Z", 253_402_300_799, "9999-12-31T23:59:59Z"),
        ])
    func texts(text: String, seconds: Int64, normal: String) throws {
        let timestamp = try Timestamp(parsing: text)
        #expect(timestamp.secondsSinceEpoch == seconds)
        #expect(timestamp.rfc3339 == normal)
    }

    @Test(
        "other shapes are refused as malformed",
        arguments: [
            "", "2026-11-24", "2026-11-24T03:00:00", "2026-11-24 03:00:00Z", "2026-11-24T03:00Z",
            "2026-11-24T03:00:00.Z", "2026-11-24T03:00:00+0200", "2026-11-24T03:00:00Z ", " 2026-11-24T03:00:00Z",
            "２026-11-24T03:00:00Z", "+2026-11-24T03:00:00Z", "2026-1-24T03:00:00Z", "2026-11-24T03:00:00ZZ",
        ])
    func malformed(text: String) {
        #expect(throws: TimestampError.malformed(text: text)) { try Timestamp(parsing: text) }
    }

    @Test(
        "moments that do not exist are refused",
        arguments: [
            "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
            "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:61Z", "2026-01-01T00:00:00+24:00", "0000-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
        ])
    func impossible(text: String) {
        #expect(throws: TimestampError.impossible(text: text)) { try Timestamp(parsing: text) }
    }

    @Test("every day of four centuries follows the day before, and reads back as written")
    func everyDay() throws {
        let first = try Timestamp(parsing: "1899-12-31T12:00:00Z").secondsSinceEpoch
        var expected = (year: 1900, month: 1, day: 1)
        for offset in 1...146_097 {
            let timestamp = Timestamp(secondsSinceEpoch: first + Int64(offset) * 86_400)
            let text = timestamp.rfc3339
            func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            try #require(text == "\(expected.year)-\(padded(expected.month))-\(padded(expected.day))T12:00:00Z")
            try #require(try Timestamp(parsing: text) == timestamp)
            let isLeap = expected.year % 4 == 0 && (expected.year % 100 != 0 || expected.year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            expected.day += 1
            if expected.day > lengths[expected.month - 1] { (expected.month, expected.day) = (expected.month + 1, 1) }
            if expected.month > 12 { (expected.year, expected.month) = (expected.year + 1, 1) }
        }
    }

    @Test("adding saturates at both ends of the range")
    func arithmetic() {
        let noon = Timestamp(secondsSinceEpoch: 43_200)
        #expect(noon.adding(.seconds(60)).secondsSinceEpoch == 43_260)
        #expect(noon.adding(.seconds(-43_201)).secondsSinceEpoch == -1)
        #expect(noon.adding(.seconds(Int64.max)) == .latest)
        #expect(noon.adding(.seconds(Int64.min)) == .earliest)
        #expect(noon.distance(to: noon.adding(.seconds(90))) == .seconds(90))
        #expect(Timestamp.latest.distance(to: .earliest) < .zero)
        #expect(Timestamp(secondsSinceEpoch: .max).rfc3339 == "9999-12-31T23:59:59Z")
    }

    @Test("a manual clock shows what it is told")
    func manualClock() {
        let clock = ManualWallClock()
        #expect(clock.now().rfc3339 == "2026-01-01T00:00:00Z")
        clock.advance(by: .seconds(86_400))
        #expect(clock.now().rfc3339 == "2026-01-02T00:00:00Z")
        clock.set(.earliest)
        #expect(clock.now() == .earliest)
    }
}
