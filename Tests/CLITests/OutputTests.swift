import JSON
import Platform
import Registry
import Testing

@testable import CLI

@Suite("Output")
struct OutputTests {
    private var listing: Listing {
        var listing = Listing(
            columns: [.init("ID"), .init("WHY"), .init("FILE", wide: true)], emptyNote: "nothing is held")
        listing.rows = [
            (["7q3k2f", "postinstall, \"new\"", "a.tgz"], ["id": "7q3k2f"]),
            (["b8", "tab\there", "b.tgz"], ["id": "b8"]),
        ]
        return listing
    }

    @Test("a terminal gets aligned columns, a pipe gets tab-separated values")
    func table() {
        #expect(
            listing.rendered(as: .table, isTerminal: true)
                == "ID      WHY\n7q3k2f  postinstall, \"new\"\nb8      tab\there\n")
        #expect(
            listing.rendered(as: .wide, isTerminal: false)
                == "ID\tWHY\tFILE\n7q3k2f\tpostinstall, \"new\"\ta.tgz\nb8\ttab here\tb.tgz\n")
    }

    @Test("JSON, JSON Lines and CSV carry every row")
    func machineFormats() {
        #expect(listing.rendered(as: .jsonl, isTerminal: true) == "{\"id\":\"7q3k2f\"}\n{\"id\":\"b8\"}\n")
        #expect(listing.rendered(as: .csv, isTerminal: true).contains("7q3k2f,\"postinstall, \"\"new\"\"\",a.tgz\n"))
        #expect(listing.rendered(as: .json, isTerminal: true).hasPrefix("["))
    }

    @Test("an empty list says so on a terminal and is an empty array in JSON")
    func empty() {
        let empty = Listing(columns: [.init("ID")], emptyNote: "nothing is held")
        #expect(empty.rendered(as: .table, isTerminal: true) == "nothing is held\n")
        #expect(empty.rendered(as: .json, isTerminal: false) == "[]\n")
    }

    @Test(
        "the end of a ruling is a span or a moment",
        arguments: [("90s", 90), ("15m", 900), ("7d", 604_800), ("2w", 1_209_600), ("1970-01-01T01:00:00Z", 3600)])
    func expiry(text: String, seconds: Int64) throws {
        #expect(try Expiry.parse(text, now: Timestamp(secondsSinceEpoch: 0)).secondsSinceEpoch == seconds)
    }

    @Test(
        "an end that is none, or is over, is refused",
        arguments: ["", "7", "d", "-1d", "0s", "tomorrow", "1969-01-01T00:00:00Z"])
    func badExpiry(text: String) {
        #expect(throws: CommandFailure.self) { try Expiry.parse(text, now: Timestamp(secondsSinceEpoch: 0)) }
    }

    @Test("ages are one unit, rounded down")
    func ages() {
        #expect(
            [-5, 59, 3599, 7200, 200_000].map { DurationText.short(seconds: $0) } == ["0s", "59s", "59m", "2h", "2d"])
    }

    @Test("a configuration for init has only the registries that were found, and is valid text")
    func initialConfiguration() {
        let both = InitialConfiguration(
            registries: DiscoveredRegistries(npm: "https://a.example/", pypi: "https://b.example/simple/"))
        #expect(both.text.contains("defaultRegistry: { npm: npmjs, pypi: pypi }"))
        let one = InitialConfiguration(registries: DiscoveredRegistries(npm: "https://a.example/", pypi: nil))
        #expect(!one.text.contains("ecosystem: pypi"))
    }

    @Test("text travels in a path as it is", arguments: ["pkg:npm/@a/b@1.0.0", "a b/é?%", "plain"])
    func percentEncoding(text: String) {
        let encoded = percentEncoded(text)
        #expect(encoded.utf8.allSatisfy { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: " ") && $0 < 0x7F })
        var bytes: [UInt8] = []
        var rest = Array(encoded.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                rest = rest.dropFirst(2)
                bytes.append(value)
            } else {
                bytes.append(byte)
            }
        }
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }
}
