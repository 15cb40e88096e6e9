/// Feeds pairs of texts that libFuzzer makes up to everything that compares two artifacts.
///
/// The first byte says which file they are the content of, the second how few steps the search for lines has; the texts
/// stand behind, with the first zero byte between them.
///
///     scripts/fuzz 60 Difference
import FuzzSupport
import JSON
import Platform
import Registry
import Screening
import TestSupport

@testable import Analyzers

/// Seeds begin with the letter of the place that they are meant for: `a` is the first.
private let places = [
    "package/index.js", "package/package.json", "package/README.md", "package/build/Release/addon.node",
    "acme_box-1.2.3/setup.py", "acme_box-1.2.3/PKG-INFO", "acme_box-1.2.3/pyproject.toml",
    "acme_box-1.2.3/setup.cfg", "acme_box-1.2.3/acme_box.egg-info/entry_points.txt",
]

private func tree(_ text: [UInt8], at place: String, limits: Analyzers.DifferenceLimits) -> ArtifactTree {
    var tar = TarBuilder()
    let isNode = place.hasPrefix("package/")
    tar.add(.init(place, content: text))
    tar.addFile(isNode ? "package/lib/same.js" : "acme_box-1.2.3/acme_box/__init__.py", "1\n")
    let name = isNode ? "acme-box-1.2.3.tgz" : "acme_box-1.2.3.tar.gz"
    guard let purl = try? PackageURL(parsing: isNode ? "pkg:npm/acme-box@1.2.3" : "pkg:pypi/acme-box@1.2.3"),
        var memory = try? MemoryFile(name: "input"), (try? memory.append(tar.finished())) != nil,
        let file = try? memory.sealed()
    else { preconditionFailure("no memory for a file") }
    let context = ArtifactContext(ecosystem: purl.name.ecosystem, purl: purl, filename: name)
    return ArtifactTree(reading: file, context: context, keeping: limits)
}

/// The new text, made of the old one and the lines that the edits say come.
private func applied(_ edits: [LineEdit], to old: [UInt8], from new: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var offset = 0
    for edit in edits {
        precondition(edit.oldBytes.lowerBound >= offset && edit.oldBytes.upperBound <= old.count, "edits out of order")
        result += old[offset..<edit.oldBytes.lowerBound]
        result += new[edit.newBytes]
        offset = edit.oldBytes.upperBound
    }
    return result + old[offset...]
}

FuzzEntry.run { input in
    guard input.count > 2 else { return }
    let place = places[(Int(input[0]) + places.count * 97 - 97) % places.count]
    let limits = Analyzers.DifferenceLimits(linesInFile: 50 + Int(input[1]), steps: Int(input[1]))
    let texts = input[2...].split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map { Array($0) }
    let (old, new) = (texts[0], texts.count > 1 ? texts[1] : [])

    var budget = DifferenceBudget(limits)
    let edits = LineDifference(from: old, to: new, budget: &budget).edits
    precondition(applied(edits, to: old, from: new) == new, "the edits do not make the new text")

    let (before, after) = (tree(old, at: place, limits: limits), tree(new, at: place, limits: limits))
    precondition(before.isComplete && after.isComplete, "a sound archive is not read as a whole")
    let difference = ArtifactDifference(base: before, new: after, limits: limits)
    precondition((old == new) == difference.tree.changes.isEmpty, "a change is missed, or made up")
    guard let shown = difference.shown(.summary), let record = try? CanonicalJSON.encode(shown.record()) else {
        preconditionFailure("a difference that cannot be written")
    }
    precondition(record.count <= ShownDifference.Extent.summary.maxBytes, "more is shown than there is room for")
    precondition((try? ShownDifference(reading: shown.record())) == shown, "what is shown cannot be read")
    for text in [DifferenceText.unified(shown), DifferenceText.stat(shown)] {
        precondition(text.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A || $0 == 0x09 }, "a terminal would obey")
    }
}
