import Compression
import TestSupport
import Testing

@Suite("Gzip files are written and read whole")
struct GzipTests {
    private func contents(_ count: Int, seed: UInt64 = 7) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next() % 23) }
    }

    @Test("what is compressed comes back", arguments: [0, 1, 100, 65_536, 300_000])
    func roundTrip(count: Int) throws {
        let bytes = contents(count)
        for level in [1, 6, 12] {
            let packed = Gzip.compress(bytes, level: level)
            #expect(try Gzip.decompress(packed, maxBytes: count) == bytes)
            #expect(Gzip.compress(bytes, level: level) == packed, "the same input gives the same bytes")
        }
    }

    @Test("members are concatenated")
    func members() throws {
        let packed = Gzip.compress([1, 2]) + Gzip.compress([]) + Gzip.compress(contents(50_000)) + Gzip.compress([3])
        #expect(try Gzip.decompress(packed, maxBytes: 1 << 20) == [1, 2] + contents(50_000) + [3])
    }

    @Test("more than the limit is refused, exactly the limit is not")
    func limit() throws {
        let bomb = Gzip.compress([UInt8](repeating: 0, count: 10_000_000))
        #expect(throws: CompressionError.tooLarge(maxBytes: 9_999_999)) {
            try Gzip.decompress(bomb, maxBytes: 9_999_999)
        }
        #expect(try Gzip.decompress(bomb, maxBytes: 10_000_000).count == 10_000_000)
        let two = Gzip.compress(contents(1000)) + Gzip.compress(contents(1000))
        #expect(throws: CompressionError.tooLarge(maxBytes: 1999)) { try Gzip.decompress(two, maxBytes: 1999) }
    }

    @Test("a claimed size is only a hint")
    func lyingSize() {
        var packed = Gzip.compress(contents(1000))
        packed[packed.count - 1] = 0x7F
        #expect(throws: CompressionError.self) { try Gzip.decompress(packed, maxBytes: 1 << 40) }
    }

    @Test("trailing bytes, foreign bytes and nothing at all are refused")
    func refused() {
        let packed = Gzip.compress([1, 2, 3])
        #expect(throws: CompressionError.trailingBytes(offset: packed.count, count: 1)) {
            try Gzip.decompress(packed + [0], maxBytes: 100)
        }
        #expect(throws: CompressionError.self) { try Gzip.decompress([], maxBytes: 100) }
        #expect(throws: CompressionError.self) { try Gzip.decompress([0x50, 0x4B, 3, 4], maxBytes: 100) }
    }

    @Test("a file cut anywhere, or with any one byte of its data changed, is never read differently")
    func damage() throws {
        let bytes = contents(400)
        let packed = Gzip.compress(bytes)
        for end in 0..<packed.count {
            #expect(throws: CompressionError.self, "cut at \(end)") {
                try Gzip.decompress(Array(packed[..<end]), maxBytes: 4000)
            }
        }
        // Bytes 4 to 9 are time, flags and system: they mean nothing for the contents.
        for position in packed.indices where !(4..<10).contains(position) {
            var damaged = packed
            damaged[position] ^= 0x10
            let read = try? Gzip.decompress(damaged, maxBytes: 4000)
            #expect(read == nil || read == bytes, "byte \(position)")
        }
    }
}

@Suite("Streams are decompressed in pieces")
struct InflateStreamTests {
    @Test("every split of the input gives the same output")
    func splits() throws {
        let bytes = Array("to be or not to be, that is the question; to be or not".utf8)
        let packed = Gzip.compress(bytes)
        for split in 0...packed.count {
            var stream = try InflateStream(.gzip)
            var output: [UInt8] = []
            var isAtEnd = false
            for piece in [packed[..<split], packed[split...]] {
                var rest = Array(piece)
                while !rest.isEmpty && !isAtEnd {
                    var room = [UInt8](repeating: 0, count: 7)
                    let progress = unsafe try rest.withUnsafeBytes { input in
                        unsafe try room.withUnsafeMutableBytes { unsafe try stream.step(input, into: $0) }
                    }
                    output += room[..<progress.producedBytes]
                    rest.removeFirst(progress.consumedBytes)
                    isAtEnd = progress.isAtEnd
                }
            }
            #expect(isAtEnd && output == bytes, "split at \(split)")
        }
    }

    @Test("corrupt data is reported")
    func corrupt() throws {
        var stream = try InflateStream(.gzip)
        var room = [UInt8](repeating: 0, count: 10)
        #expect(throws: CompressionError.self) {
            unsafe try [1, 2, 3, 4, 5].withUnsafeBytes { input in
                unsafe try room.withUnsafeMutableBytes { unsafe try stream.step(input, into: $0) }
            }
        }
    }
}

@Suite("Gzip files are taken apart for what readers disagree on")
struct GzipInspectorTests {
    @Test("one member with nothing around it is unambiguous")
    func plain() {
        let packed = Gzip.compress([UInt8](repeating: 65, count: 300_000))
        let layout = GzipInspector(inspecting: packed)
        #expect(layout.isUnambiguous)
        #expect(layout.members.map(\.uncompressedBytes) == [300_000])
        #expect(layout.members[0].memberBytes == packed.count)
    }

    @Test("members, their names and what follows are reported")
    func parts() {
        let plain = Gzip.compress([1, 2, 3])
        var named = plain
        named[3] = 0x04 | 0x08 | 0x10
        named.insert(contentsOf: [2, 0, 9, 9] + Array("a.tar\u{0}why\u{0}".utf8), at: 10)
        let layout = GzipInspector(inspecting: plain + named + [0, 0, 0])
        #expect(layout.members.count == 2)
        #expect(layout.members[1].offset == plain.count)
        #expect(layout.members[1].nameBytes == Array("a.tar".utf8))
        #expect(layout.members[1].commentBytes == Array("why".utf8))
        #expect(layout.members[1].extraBytes == 2)
        #expect(layout.trailing == (plain.count + named.count)..<(plain.count + named.count + 3))
        #expect(layout.isTrailingAllZero && !layout.isUnambiguous && layout.failure == nil)
        #expect(!GzipInspector(inspecting: plain + [0, 1]).isTrailingAllZero)
    }

    @Test("a member that does not end is a failure, wherever the file is cut")
    func cut() {
        let packed = Gzip.compress(Array("some contents, some contents".utf8))
        for end in 0..<packed.count {
            let layout = GzipInspector(inspecting: Array(packed[..<end]))
            #expect(layout.failure != nil && layout.members.isEmpty, "cut at \(end)")
        }
        var wrong = packed
        wrong[packed.count - 5] ^= 1
        #expect(GzipInspector(inspecting: wrong).failure != nil)
    }

    @Test("limits on members and size are kept")
    func limits() {
        let packed = Gzip.compress([UInt8](repeating: 0, count: 1_000_000))
        let small = GzipInspector(inspecting: packed, limits: .init(maxUncompressedBytes: 999_999))
        #expect(small.failure == .tooLarge(maxBytes: 999_999))
        let many = GzipInspector(inspecting: packed + packed + packed, limits: .init(maxMembers: 2))
        #expect(many.failure != nil && many.members.count == 2)
    }
}
