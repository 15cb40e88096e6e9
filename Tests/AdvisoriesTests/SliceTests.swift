import Advisories
import Compression
import Foundation
import JSON
import Platform
import Registry
import TestSupport
import Testing

/// A slice of the public bundles, when this machine has one: the directory in `JURAT_SHARED`, else `shared` beside the
/// checkout. It is not part of the repository.
private enum Slice {
    static var directory: String? {
        let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path()
        let shared = ProcessInfo.processInfo.environment["JURAT_SHARED"] ?? checkout + "shared"
        let path = "\(shared)/data/osv"
        return Files.exists("\(path)/npm/all.zip") ? path : nil
    }

    static func path(_ ecosystem: Ecosystem) throws -> String {
        "\(try #require(directory))/\(ecosystem == .npm ? "npm" : "PyPI")/all.zip"
    }

    static var isThere: Bool { directory != nil }
}

@Suite("Real bundles", .enabled(if: Slice.isThere, "no slice of the public bundles on this machine"))
struct SliceTests {
    /// Reading everything takes minutes without optimisation, so unless asked every few records are compared.
    private var stride: Int {
        ProcessInfo.processInfo.environment["JURAT_WHOLE_SLICE"] != nil ? 1 : 29
    }

    @Test("every version that a record lists matches the record", arguments: Ecosystem.allCases)
    func listedVersions(ecosystem: Ecosystem) throws {
        let path = try Slice.path(ecosystem)
        let folder = try TemporaryDirectory()
        let zip = try ZipDirectory(reading: MappedFile(path: path))
        #expect(zip.anomalies.isEmpty)
        let chosen = zip.entries.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
        var members: [ZipBuilder.Member] = []
        for entry in chosen {
            let name = String(decoding: entry.nameBytes, as: UTF8.self)
            members.append(ZipBuilder.Member(name, try zip.contents(of: entry, maxBytes: 1 << 24)))
        }
        let sample = stride == 1 ? try Files.readAll(path) : ZipBuilder(members).bytes()
        let report = try AdvisoryImporter.build(
            bundles: [AdvisoryBundle(ecosystem, bytes: sample)], carryingOver: nil, into: folder.path("index"),
            now: Snapshot.now, allowShrink: false)
        #expect(report.recordsRead == chosen.count)
        #expect(report.recordsSkipped * 50 < report.recordsRead, "\(report.skipped)")
        let index = try AdvisoryIndex.open(path: folder.path("index"))
        var compared = 0
        for member in members {
            compared += try compare(try JSONText.parse(member.data), with: index, ecosystem)
        }
        #expect(compared > 50)
    }

    /// Reads the record with the general reader, so that the importer's own reader is checked too.
    private func compare(_ record: JSONValue, with index: AdvisoryIndex, _ ecosystem: Ecosystem) throws -> Int {
        let id = try #require(record["id"]?.stringValue)
        let isWithdrawn = record["withdrawn"]?.stringValue != nil
        var compared = 0
        for affected in record["affected"]?.arrayValue ?? [] {
            let package = affected["package"]
            guard package?["ecosystem"]?.stringValue == (ecosystem == .npm ? "npm" : "PyPI"),
                let name = try? PackageName(parsing: package?["name"]?.stringValue ?? "", ecosystem: ecosystem)
            else { continue }
            // Long lists name every release of a project; a few of them tell whether lists work.
            let versions = affected["versions"]?.arrayValue?.compactMap(\.stringValue) ?? []
            let step = max(1, versions.count / 10)
            for (place, text) in versions.enumerated() where stride == 1 || place % step == 0 {
                guard let version = try? PackageVersion(parsing: text, ecosystem: ecosystem) else { continue }
                let isFound = index.matches(name, version).contains { $0.id == id || $0.aliases.contains(id) }
                #expect(isFound != isWithdrawn, "\(id): \(name) \(text)")
                compared += 1
            }
        }
        return compared
    }
}
