import Compression
import Cryptography
import TestSupport

@testable import Analyzers

/// Artifacts for the rules about archives, besides those of `flaggedArtifact`.
let archiveFixtures = RuleFixtures(
    flagged: [
        .nestedBomb: {
            // Only the directory says so: nothing of it is ever unpacked.
            var zeros = ZipBuilder.Member("zeros", [UInt8](repeating: 0, count: 64))
            (zeros.method, zeros.uncompressedBytes) = (8, 1 << 30)
            return try npmTarball { $0.add(.init("package/a.zip", content: ZipBuilder([zeros]).bytes())) }
        },
        .fileIsFolder: {
            try npmTarball { tar in
                tar.addFile("package/lib", "x")
                tar.addFile("package/lib/index.js", "1")
            }
        },
        .gzipHeader: {
            var artifact = try npmTarball()
            artifact.bytes[3] = 0x04
            artifact.bytes.insert(contentsOf: [5, 0] + Array("extra".utf8), at: 10)
            return artifact
        },
        .nameInvisible: { try npmTarball { $0.addFile("package/a\u{200B}.js", "1") } },
    ],
    clean: [
        "ARC-TRAVERSE": {
            try sdist { tar in
                tar.add(.init("acme_box-1.2.3/docs/copy", type: "2", linkName: "../../acme_box-1.2.3/setup.py"))
                tar.add(.init("acme_box-1.2.3/docs/hard", type: "1", linkName: "acme_box-1.2.3/setup.py"))
                tar.addFile("acme_box-1.2.3/a..b/..c", "1")
            }
        },
        "ARC-DUP": {
            try npmTarball { tar in
                tar.addFile("package/stra\u{DF}e.txt", "1")
                tar.addFile("package/strase.txt", "2")
                tar.addFile("package/lib.js", "1")
                tar.addFile("package/lib/index.js", "1")
                tar.add(.init("package/lib/", type: "5"))
                tar.add(.init("package/lib/", type: "5"))
            }
        },
        "ARC-BOMB": {
            var tar = TarBuilder()
            tar.addFile("package/package.json", #"{"name":"acme-box","version":"1.2.3"}"#)
            tar.addFile("package/zeros.txt", spaces(4_000_000))
            return try npmArtifact(Gzip.compress(tar.finished(), level: 6))
        },
        "ARC-PARSER": {
            var artifact = try npmTarball()
            // A name in the gzip header, as Python's writer puts it, and padding after the end.
            artifact.bytes[3] = 0x08
            artifact.bytes.insert(contentsOf: Array("dist/acme-box.tar\0".utf8), at: 10)
            artifact.bytes += [UInt8](repeating: 0, count: 512)
            return artifact
        },
        "ARC-NAME": {
            try npmTarball { tar in
                tar.addFile("package/gr\u{FC}\u{DF}e \u{5E9}\u{5DC}\u{5D5}\u{5DD}.txt", "1")
                tar.addFile("package/\u{645}\u{6CC}\u{200C}\u{62E}\u{648}\u{627}\u{647}\u{645}.txt", "1")
                tar.addFile("package/console.js", "1")
            }
        },
        "ARC-RECORD": {
            var wheel = WheelBuilder()
            wheel.add("acme_box/a, b.py", "1", isListed: false)
            wheel.addDigest(of: Array("1".utf8), for: "\"acme_box/a, b.py\"")
            wheel.add("acme_box/strong.py", "2", isListed: false)
            let strong = Base64.encodeURL(SHA512Digest(hashing: Array("2".utf8)).bytes).prefix { $0 != "=" }
            wheel.addRow("acme_box/strong.py,sha512=\(strong),1")
            return try wheel.artifact()
        },
        "ARC-NESTED": {
            try npmTarball { tar in
                // A compressed file is no archive.
                tar.add(.init("package/data.json.gz", content: StoredGzip.member(Array("{}".utf8))))
            }
        },
    ])
