import Glibc
import Screening
import TestSupport
import Testing

@testable import Analyzers

/// Members that readers of tar archives take differently, and members as packaging tools write them.
private struct TarTrick: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: String
    let hostile: @Sendable (inout TarBuilder) -> Void
    let honest: @Sendable (inout TarBuilder) -> Void

    init(
        _ description: String, _ code: String, hostile: @escaping @Sendable (inout TarBuilder) -> Void,
        honest: @escaping @Sendable (inout TarBuilder) -> Void
    ) {
        testDescription = description
        self.code = code
        self.hostile = hostile
        self.honest = honest
    }
}

private func longName(_ name: String) -> TarBuilder.Entry {
    var entry = TarBuilder.Entry("././@LongLink", type: "L", content: Array(name.utf8) + [0])
    entry.isGNU = true
    return entry
}

private let longPath = "package/" + String(repeating: "deep/", count: 22) + "a.js"

private let tarTricks: [TarTrick] = [
    TarTrick(
        "a name of POSIX and another of GNU", "tar-override",
        hostile: { tar in
            tar.addPax([("path", "package/a.js")])
            tar.add(longName("package/b.js"))
            tar.addFile("package/c.js", "1")
        },
        honest: { tar in
            tar.add(longName(longPath))
            var entry = TarBuilder.Entry(String(longPath.prefix(99)), content: [0x31])
            entry.isGNU = true
            tar.add(entry)
        }),
    TarTrick(
        "a name that is there twice in one header", "tar-override",
        hostile: { tar in
            tar.addPax([("path", "package/a.js"), ("path", "package/b.js")])
            tar.addFile("package/a.js", "1")
        },
        honest: { tar in
            tar.addPax([("path", longPath), ("mtime", "1700000000.5")])
            tar.addFile(String(longPath.prefix(99)), "1")
        }),
    TarTrick(
        "a name for every member that follows", "tar-override",
        hostile: { tar in
            tar.addPax([("path", "package/package.json")], type: "g")
            tar.addFile("package/a.js", "1")
        },
        honest: { tar in
            tar.addPax([("comment", "0123456789abcdef0123456789abcdef01234567")], type: "g")
            tar.addFile("package/a.js", "1")
        }),
    TarTrick(
        "a sparse file", "tar-override",
        hostile: { tar in
            tar.addPax([("GNU.sparse.major", "1"), ("GNU.sparse.name", "package/b.js")])
            tar.addFile("package/a.js", "1")
        },
        honest: { tar in tar.addFile("package/sparse.js", "1") }),
    TarTrick(
        "a hard link that leads out", "link-escapes",
        hostile: { $0.add(.init("package/a.js", type: "1", linkName: "../../../etc/passwd")) },
        honest: { tar in
            tar.addFile("package/b.js", "1")
            tar.add(.init("package/a.js", type: "1", linkName: "package/b.js"))
        }),
    TarTrick(
        "a file written through a link", "path-through-link",
        hostile: { tar in
            tar.add(.init("package/lib", type: "2", linkName: "src"))
            tar.addFile("package/lib/a.js", "1")
        },
        honest: { tar in
            tar.add(.init("package/lib", type: "2", linkName: "src"))
            tar.addFile("package/src/a.js", "1")
        }),
    TarTrick(
        "a manifest in another letter case", "colliding-manifest",
        hostile: { $0.addFile("package/PACKAGE.JSON", #"{"name":"acme-box","version":"1.2.3"}"#) },
        honest: { $0.addFile("package/lib/PACKAGE.JSON", "{}") }),
    TarTrick(
        "a manifest whose name has a character that does not show", "colliding-manifest",
        hostile: { $0.addFile("package/pack\u{00AD}age.json", #"{"name":"acme-box","version":"1.2.3"}"#) },
        honest: { $0.addFile("package/package-lock.json", "{}") }),
    TarTrick(
        "a second root that npm lays over the first", "duplicate-manifest",
        hostile: { $0.addFile("other/package.json", #"{"name":"acme-box","version":"9.9.9"}"#) },
        honest: { $0.addFile("package/other/package.json", #"{"name":"other"}"#) }),
]

@Suite("Archives that readers take differently")
struct ArchiveTrickTests {
    @Test("tricks of tar are found, and what tools write is clean", arguments: tarTricks)
    private func tar(_ trick: TarTrick) throws {
        let hostile = try npmTarball { trick.hostile(&$0) }
        #expect(hostile.observations().contains(trick.code), "\(hostile.observations().sorted())")
        #expect(hostile.report().verdict != .clean)
        let honest = try npmTarball { trick.honest(&$0) }
        #expect(honest.report().verdict == .clean, "\(honest.observations().sorted())")
    }

    @Test("a gzip member or other bytes after the end are found; zeros are padding")
    func trailing() throws {
        var artifact = try npmTarball()
        artifact.bytes += [UInt8](repeating: 0, count: 512)
        #expect(artifact.report().verdict == .clean)
        artifact.bytes += Array("x".utf8)
        #expect(artifact.observations().contains("trailing-bytes"))
    }

    @Test("a name that cannot be converted ends nothing, whatever failed in this process before")
    func nameWithoutConversion() throws {
        var tar = TarBuilder()
        tar.addPax([("path", Array("package/".utf8) + [0xFF, 0xFE])])
        tar.addFile("package/e.js", "1")
        // libarchive takes this error for its own.
        let reader = try LibarchiveReader(.tar, over: StoredStream(.memory(tar.finished())))
        errno = ENOMEM
        let next = try reader.nextEntry()
        let entry = try #require(next)
        #expect(entry.sizeBytes == 1)
        #expect(try reader.nextEntry() == nil)
    }
}
