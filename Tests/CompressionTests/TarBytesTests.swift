import Compression
import Testing

@Suite("Parts of tar archives")
struct TarBytesTests {
    @Test("a header has its fields where POSIX puts them, and a checksum over them")
    func header() {
        let header = TarBytes.header(Array("package/a.js".utf8), sizeBytes: 0o1234, mode: 0o755)
        #expect(header.count == TarBytes.blockBytes)
        func text(_ range: Range<Int>) -> String { String(decoding: header[range], as: UTF8.self) }
        #expect(text(0..<13) == "package/a.js\0")
        #expect(text(100..<108) == "0000755\0")
        #expect(text(124..<136) == "00000001234\0")
        #expect(text(156..<157) == "0")
        #expect(text(257..<265) == "ustar\u{0}00")
        var blank = header
        blank.replaceSubrange(148..<156, with: [UInt8](repeating: UInt8(ascii: " "), count: 8))
        #expect(Int(text(148..<154), radix: 8) == blank.reduce(0) { $0 + Int($1) })
    }

    @Test(
        "a pax record counts its own length, where that has one digit more too", arguments: [1, 90, 91, 92, 980, 990])
    func record(size: Int) throws {
        let record = TarBytes.paxRecord("path", [UInt8](repeating: UInt8(ascii: "a"), count: size))
        let length = try #require(record.split(separator: UInt8(ascii: " ")).first)
        #expect(Int(String(decoding: length, as: UTF8.self)) == record.count)
        #expect(record.last == 0x0A)
    }

    @Test("padding fills blocks and nothing else", arguments: [(0, 0), (1, 511), (511, 1), (512, 0), (513, 511)])
    func padding(size: Int64, expected: Int) {
        #expect(TarBytes.padding(after: size).count == expected)
    }

    @Test("the checksum is that of the standard's test")
    func checksum() {
        #expect(Checksum.crc32(of: Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(Checksum.crc32(of: []) == 0)
    }
}
