import JSON
import Testing

@testable import Screening

@Suite("Differences as people are shown them")
struct ShownDifferenceTests {
    private func sample() -> ShownDifference {
        var shown = ShownDifference(base: .init(files: 3, isComplete: true), new: .init(files: 4, isComplete: false))
        shown.sums.addedLines = 2
        shown.isCut = true
        shown.isManifestCut = true
        shown.omittedFiles = 7
        shown.manifests = [
            .init(
                manifest: "package.json", group: "scripts", name: "install", kind: .changed, old: "a", new: "b\u{E9}"),
            .init(manifest: "x", group: "", name: "", kind: .unreadable, old: nil, new: nil),
        ]
        var file = ShownDifference.File(path: "lib/a.js", kind: .moved)
        file.oldPath = "a.js"
        file.copy = 2
        file.old = .init(fileClass: .link, isExecutable: false, isPrivileged: true, sizeBytes: 5)
        file.old?.target = "../b"
        file.new = .init(fileClass: .text, isExecutable: true, isPrivileged: false, sizeBytes: 6)
        file.new?.sha256 = "ab"
        file.lines = .init(added: 1, removed: 2, isCut: true)
        file.isLineEndsOnly = true
        file.edits = [[1, 2, 3, 4]]
        file.hunks = [
            .init(old: [1, 2], new: [1, 1], lines: [" \ta", "-b\\x1b", "+", "\\ No newline at end of file"])
        ]
        file.isTextCut = true
        shown.files = [file, ShownDifference.File(path: "b", kind: .mode)]
        shown.came = [.init(word: "network", reach: "install", path: "lib/a.js", line: 3)]
        shown.went = [.init(word: "crypto", reach: "call", path: nil, line: nil)]
        return shown
    }

    @Test("a record survives its canonical form, with and without the lines")
    func roundTrip() throws {
        var shown = sample()
        let bytes = try CanonicalJSON.encode(shown.record())
        #expect(try ShownDifference(reading: CanonicalJSON.parse(bytes)) == shown)
        let short = try ShownDifference(reading: shown.record(hasText: false))
        shown.files[0].hunks = []
        shown.files[0].isTextCut = false
        #expect(short == shown)
        #expect(shown.files[0].record(hasText: true)["hunks"] == nil)
    }

    @Test("a member that is missing, foreign or of another kind is refused, at every depth")
    func refusals() throws {
        let record = sample().record()
        let optional: Set<String> = [
            "isManifestCut", "omittedFiles", "name", "old", "new", "copy", "oldPath", "isCut", "isLineEndsOnly",
            "edits",
            "hunks", "isTextCut", "sha256", "target", "path", "line",
        ]
        var count = 0
        func check(_ value: JSONValue, _ rebuild: (JSONValue) -> JSONValue) {
            switch value {
            case .array(let values):
                for index in values.indices {
                    check(values[index]) { changed in
                        var copy = values
                        copy[index] = changed
                        return rebuild(.array(copy))
                    }
                }
            case .object(let object):
                var foreign = object
                foreign.append("more", 1)
                #expect(throws: StatementError.self) { try ShownDifference(reading: rebuild(.object(foreign))) }
                for member in object.members {
                    var without = object
                    without.remove(member.name)
                    if !optional.contains(member.name) {
                        #expect(throws: StatementError.self, "without \(member.name)") {
                            try ShownDifference(reading: rebuild(.object(without)))
                        }
                    }
                    var other = object
                    other.set(member.name, .null)
                    #expect(throws: StatementError.self, "\(member.name) null") {
                        try ShownDifference(reading: rebuild(.object(other)))
                    }
                    count += 1
                    check(member.value) { changed in
                        var copy = object
                        copy.set(member.name, changed)
                        return rebuild(.object(copy))
                    }
                }
            case .null, .bool, .integer, .number, .string: break
            }
        }
        check(record) { $0 }
        #expect(count > 50)
    }

    @Test(
        "text that could do anything to a screen is refused wherever it stands",
        arguments: ["\u{1B}[2J", "\u{202E}x", "a\nb", "\u{9B}1m", "\u{2066}", "\u{FEFF}", "\u{E0041}", "\u{7F}"])
    func harmful(_ text: String) throws {
        let places: [(inout ShownDifference) -> Void] = [
            { $0.files[0].path = text }, { $0.files[0].oldPath = text }, { $0.files[0].old?.target = text },
            { $0.files[0].hunks[0].lines[0] = " " + text }, { $0.manifests[0].name = text },
            { $0.manifests[0].manifest = text }, { $0.manifests[0].new = text }, { $0.came[0].path = text },
            { $0.came[0].word = text },
        ]
        for place in places {
            var shown = sample()
            place(&shown)
            #expect(throws: StatementError.self) { try ShownDifference(reading: shown.record()) }
        }
    }

    @Test("a line without a mark, and numbers that are none, are refused")
    func numbers() throws {
        let places: [(inout ShownDifference) -> Void] = [
            { $0.files[0].hunks[0].lines[0] = "a" }, { $0.files[0].hunks[0].lines[0] = "" },
            { $0.files[0].hunks[0].old = [1] }, { $0.files[0].edits[0] = [1, 2, 3] },
            { $0.sums.changedBytes = 1 << 49 },
            {
                $0.files[0].lines = nil
                $0.files[0].new?.sha256 = "g h"
            },
        ]
        for place in places {
            var shown = sample()
            place(&shown)
            #expect(throws: StatementError.self) { try ShownDifference(reading: shown.record()) }
        }
    }
}
