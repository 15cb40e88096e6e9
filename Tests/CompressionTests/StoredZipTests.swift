import Compression
import TestSupport
import Testing

@Suite("ZIP files of stored entries")
struct StoredZipTests {
    @Test("read back as they were written, by our strict reader", arguments: [0, 1, 2, 300])
    func roundTrip(count: Int) throws {
        var random = SeededRandom(seed: UInt64(count))
        let entries = (0..<count).map { number in
            (name: "\(number).json", contents: (0..<number).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
        let directory = try ZipDirectory(reading: StoredZip.bytes(entries))
        #expect(directory.entries.map { String(decoding: $0.nameBytes, as: UTF8.self) } == entries.map(\.name))
        for (entry, written) in zip(directory.entries, entries) {
            #expect(try directory.contents(of: entry, maxBytes: 1 << 20) == written.contents)
        }
    }
}
