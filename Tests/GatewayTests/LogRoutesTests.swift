import Compression
import Cryptography
import HTTP
import JSON
import Platform
import Screening
import Testing
import TransparencyLog
import VerdictStore

@testable import Gateway

@Suite("The log over HTTP")
struct LogRoutesTests {
    /// Reads the log as a stranger does: over its addresses, believing the log's key and nothing else.
    private struct Stranger {
        let gateway: GatewayFixture

        func checkpoint() async throws -> VerifiedCheckpoint {
            let answer = await gateway.get("/-/log/checkpoint")
            #expect(answer.status == 200)
            #expect(answer.headers["Content-Type"] == "text/plain; charset=utf-8")
            return try verifier().verify(try answer.bytes())
        }

        func verifier() throws -> CheckpointVerifier {
            try CheckpointVerifier(logKeys: [
                NoteVerifier(name: "jurat.test/log", publicKey: gateway.keys.log.publicKey)
            ])
        }

        func resource(_ path: TilePath) async throws -> [UInt8] {
            let answer = await gateway.get("/-/log/\(path)")
            #expect(answer.status == 200, "\(path)")
            #expect(answer.headers["Content-Type"] == "application/octet-stream")
            let isImmutable = answer.headers["Cache-Control"]?.contains("immutable") == true
            #expect(isImmutable == !path.isPartial, "\(path)")
            return try answer.bytes()
        }

        func leaves(of size: TreeSize) async throws -> [[UInt8]] {
            var leaves: [[UInt8]] = []
            for path in TilePath.entryBundles(to: size) {
                leaves += try EntryBundle.decode(try await resource(path), path: path)
            }
            return leaves
        }
    }

    private static func fill(_ gateway: GatewayFixture, to size: UInt64) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in gateway.stores.log.size.value..<size {
                group.addTask {
                    try await gateway.logVerdict(.clean, of: Array("\(number)".utf8), "pkg:npm/n\(number)@1.0.0")
                }
            }
            try await group.waitForAll()
        }
        #expect(gateway.stores.log.size.value == size)
    }

    @Test("a stranger recomputes the signed root from the entries and from the tiles")
    func recomputing() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            let stranger = Stranger(gateway: gateway)
            for size: UInt64 in [4, 256, 300, 515] {
                try await Self.fill(gateway, to: size)
                let head = try await stranger.checkpoint().checkpoint
                #expect(head.size.value == size)
                let hashes = try await stranger.leaves(of: head.size).map(MerkleTree.leafHash)
                #expect(MerkleTree.root(ofLeafHashes: hashes) == head.root)
                for path in TilePath.tiles(to: head.size) {
                    let tile = try HashTile(path: path, parsing: try await stranger.resource(path))
                    guard path.content == .hashes(level: 0) else { continue }
                    let first = Int(path.index) * 256
                    #expect(tile.hashes == Array(hashes[first..<first + path.width]), "\(path)")
                }
            }
            // What an earlier, smaller tree had is served on.
            _ = try await stranger.resource(TilePath(.entries, index: 0, width: 4))
            _ = try await stranger.resource(TilePath(.hashes(level: 1), index: 0, width: 1))
        }
    }

    @Test("what the log does not have is 404, what no log can have is 400, and nothing can be written")
    func refusals() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            let missing = [
                "tile/0/000", "tile/0/000.p/5", "tile/0/001.p/1", "tile/1/000.p/1", "tile/8/000.p/1", "tile/63/000",
                "tile/entries/000", "tile/entries/000.p/5", "tile/entries/x999/x999/x999/x999/x999/999", "nothing",
                "checkpoint/x", "consistency?from=0&to=5", "proof?index=4", "proof?index=9223372036854775807",
                "proof?statement=\(String(repeating: "0", count: 64))", "proof?statement=xyz", "proof?statement=",
            ]
            for path in missing {
                let answer = await gateway.get("/-/log/\(path)")
                #expect(answer.status == 404, "\(path)")
                #expect(try answer.json()["error"]?.stringValue?.isEmpty == false, "\(path)")
            }
            let wrong = [
                "tile", "tile/", "tile/0", "tile/0/0", "tile/0/0000", "tile/64/000", "tile/-1/000", "tile/00/000",
                "tile/0/x000/001", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/04", "tile/0/000/",
                "tile/0/%30%30%30", "tile/entries/abc", "tile//000", "proof", "proof?index=-1", "proof?index=01",
                "proof?index=9223372036854775808", "proof?index=1&statement=ab", "consistency", "consistency?to=1",
                "consistency?from=2&to=1", "consistency?from=5", "consistency?from=x", "consistency?from=1&to=",
            ]
            for path in wrong {
                let answer = await gateway.get("/-/log/\(path)")
                #expect(answer.status == 400, "\(path)")
                #expect(try answer.json()["error"]?.stringValue?.isEmpty == false, "\(path)")
            }
            for path in ["checkpoint", "tile/0/000.p/4", "proof?index=0"] {
                #expect(await gateway.send(.head, "/-/log/\(path)").status == 200, "\(path)")
                let posted = await gateway.send(.post, "/-/log/\(path)", body: [1])
                #expect(posted.status == 405 && posted.headers["Allow"] == "GET, HEAD", "\(path)")
            }
        }
    }

    @Test("entries are compressed for those who ask, and only entries")
    func compression() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            let plain = await gateway.get("/-/log/tile/entries/000.p/4")
            #expect(!plain.headers.contains("Content-Encoding") && plain.headers["Vary"] == "Accept-Encoding")
            let zipped = await gateway.get("/-/log/tile/entries/000.p/4", ["Accept-Encoding": "gzip, br"])
            #expect(zipped.headers["Content-Encoding"] == "gzip")
            #expect(try Gzip.decompress(try zipped.bytes(), maxBytes: 1 << 20) == plain.bytes())
            let refused = await gateway.get("/-/log/tile/entries/000.p/4", ["Accept-Encoding": "gzip;q=0"])
            #expect(try refused.bytes() == plain.bytes())
            let tile = await gateway.get("/-/log/tile/0/000.p/4", ["Accept-Encoding": "gzip"])
            #expect(!tile.headers.contains("Content-Encoding"))
        }
    }

    @Test("a proof by index or by the first digits of a statement holds, and carries the entry itself")
    func inclusion() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            try await Self.fill(gateway, to: 300)
            let statement = try await gateway.logVerdict(.malicious, of: [1], "pkg:npm/bad@1.0.0")
            let verifier = try Stranger(gateway: gateway).verifier()
            for query in ["statement=\(statement.hex)", "statement=\(statement.hex.prefix(12))", "index=300"] {
                let answer = await gateway.get("/-/log/proof?\(query)")
                #expect(answer.headers["Content-Type"] == "text/plain; charset=utf-8")
                let proof = try LogProof(parsing: try answer.bytes())
                #expect(proof.index == LogIndex(300))
                #expect(try Envelope(parsingLeaf: proof.extra).statementID == statement)
                _ = try proof.verify(leafHash: MerkleTree.leafHash(proof.extra), by: verifier)
                #expect(throws: ExchangeError.self) {
                    try proof.verify(leafHash: MerkleTree.leafHash(proof.extra + [0x20]), by: verifier)
                }
            }
            #expect(await gateway.get("/-/log/proof?statement=").status == 404)
            #expect(await gateway.get("/-/log/proof?statement=\(statement.hex.uppercased())").status == 200)
        }
    }

    @Test("digits that several statements begin with are refused")
    func ambiguity() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            try await Self.fill(gateway, to: 40)
            var statuses: Set<Int> = []
            for digit in "0123456789abcdef" {
                let status = await gateway.get("/-/log/proof?statement=\(digit)").status
                #expect([200, 400, 404].contains(status))
                statuses.insert(status)
            }
            // 40 statements and 16 first digits: some digit begins several.
            #expect(statuses.contains(400))
        }
    }

    @Test("a consistency proof leads from any earlier size to any later one")
    func consistency() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            try await Self.fill(gateway, to: 270)
            let leaves = try await Stranger(gateway: gateway).leaves(of: TreeSize(270)).map(MerkleTree.leafHash)
            for (older, newer) in [(0, 270), (1, 270), (4, 256), (255, 257), (256, 270), (269, 270), (270, 270)] {
                let body = try await gateway.get("/-/log/consistency?from=\(older)&to=\(newer)").json()
                let hashes = try #require(body["hashes"]?.arrayValue).map {
                    try SHA256Digest(bytes: Base64.decode(Array(($0.stringValue ?? "").utf8)))
                }
                let roots = [older, newer].map { MerkleTree.root(ofLeafHashes: leaves[..<$0]) }
                #expect(body["from"]?["root"]?.stringValue == roots[0].base64)
                #expect(body["to"]?["root"]?.stringValue == roots[1].base64)
                #expect((body["note"]?.stringValue != nil) == (newer == 270))
                let proof = ConsistencyProof(
                    older: TreeSize(UInt64(older)), newer: TreeSize(UInt64(newer)), hashes: hashes)
                try proof.verify(olderRoot: roots[0], newerRoot: roots[1])
            }
            let newest = try await gateway.get("/-/log/consistency?from=4").json()
            #expect(newest["to"]?["size"]?.integerValue == 270)
        }
    }

    @Test("every answer fits a published checkpoint while the log grows")
    func growing() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            let stranger = Stranger(gateway: gateway)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await Self.fill(gateway, to: 400) }
                group.addTask {
                    var last = try await stranger.checkpoint().checkpoint
                    while last.size.value < 400 {
                        let head = try await stranger.checkpoint().checkpoint
                        #expect(head.size >= last.size)
                        let hashes = try await stranger.leaves(of: head.size).map(MerkleTree.leafHash)
                        #expect(MerkleTree.root(ofLeafHashes: hashes) == head.root)
                        let answer = await gateway.get("/-/log/proof?index=\(head.size.value - 1)")
                        let proof = try LogProof(parsing: try answer.bytes())
                        _ = try proof.verify(leafHash: hashes[hashes.count - 1], by: try stranger.verifier())
                        last = head
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("reads beyond the bound are turned away instead of queued")
    func bounded() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            let routes = LogRoutes(
                reads: LogReads(reader: gateway.stores.logReader, maxUnderWay: 0),
                source: gateway.service.parts.witnessing, logger: .silent)
            let request = ServerRequest(
                head: RequestHead(method: .get, target: "/-/log/tile/0/000.p/4"), body: RequestBody(bytes: []))
            let origin = RequestOrigin(request, publicBase: GatewayFixture.publicBase, trustedProxies: [])
            let answer = try #require(
                await routes.respond(to: request, segments: ["log", "tile", "0", "000.p", "4"], origin: origin))
            #expect(answer.status == 429 && answer.headers["Retry-After"] == "1")
        }
    }

    @Test("why names for each statement its place and the address of its proof")
    func whyWithProofs() async throws {
        let demo = NPMFixture("demo").with("1.0.0")
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            let body = try await gateway.get("/-/why?purl=pkg:npm/demo@1.0.0").json()
            let verdicts = try #require(body["artifacts"]?.arrayValue?.first?["verdicts"]?.arrayValue)
            #expect(!verdicts.isEmpty)
            for verdict in verdicts {
                let answer = try await gateway.follow(try #require(verdict["proof"]?.stringValue))
                let proof = try LogProof(parsing: try answer.bytes())
                #expect(Int64(proof.index.value) == verdict["logIndex"]?.integerValue)
                #expect(try Envelope(parsingLeaf: proof.extra).statementID.hex == verdict["statement"]?.stringValue)
            }
        }
    }
}
