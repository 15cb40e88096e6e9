import Platform
import Registry
import TestSupport
import Testing

@testable import Advisories

@Suite("Records that are read together")
struct BatchTests {
    @Test("a batch has few large records or many small ones, so that no bundle fills the memory")
    func batches() throws {
        let folder = try TemporaryDirectory()
        func source(_ sizes: [Int]) throws -> BundleRecords {
            let members = sizes.enumerated().map { place, size in
                ZipBuilder.Member("\(place).json", [UInt8](repeating: 0x20, count: size))
            }
            try Files.writeDurably(ZipBuilder(members).bytes(), to: folder.path("bundle.zip"))
            return try BundleRecords(try MappedFile(path: folder.path("bundle.zip")), .npm)
        }
        let large = try source([5 << 20, 5 << 20, 5 << 20])
        #expect(large.batch(from: 0, atMost: 256) == 0..<2)
        #expect(large.batch(from: 2, atMost: 256) == 2..<3)
        #expect(try source([Int](repeating: 10, count: 300)).batch(from: 0, atMost: 256) == 0..<256)
    }
}
