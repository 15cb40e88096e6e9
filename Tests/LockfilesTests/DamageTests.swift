import TestSupport
import Testing

@testable import Lockfiles

@Suite("Damaged lockfiles")
struct DamageTests {
    @Test("every truncation is an answer or an error, never a crash", arguments: Reading.fixtures)
    func truncated(_ fixture: String) throws {
        let bytes = try Reading.bytes(fixture)
        for end in bytes.indices { _ = try? Lockfile(reading: Array(bytes[..<end]), filename: fixture) }
    }

    @Test("random damage is an answer or an error, never a crash", arguments: Reading.fixtures)
    func mutated(_ fixture: String) throws {
        var random = SeededRandom()
        let text = try Reading.bytes(fixture)
        let marks = Array("\"'{}[]:,=#@/\\\n\r\t -&*!|>%".utf8) + [0x00, 0x7F, 0xC3, 0xFF]
        for _ in 0..<150 {
            var bytes = text
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(marks.randomElement(using: &random) ?? 0, at: place)
                case 2: bytes[place] = marks.randomElement(using: &random) ?? 0
                default: bytes.removeSubrange(place..<min(bytes.count, place + 40))
                }
            }
            _ = try? Lockfile(reading: bytes, filename: Bool.random(using: &random) ? fixture : nil)
        }
    }
}
