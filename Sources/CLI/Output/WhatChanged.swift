import Analyzers
import JSON
import Screening

/// What changed in a release, in a few lines, from the server's `difference` of a statement.
struct WhatChanged: Sendable {
    private let base: String
    /// Nil when the server says it in another form than this version knows.
    private let shown: ShownDifference?

    private static let most = 5

    init(_ value: JSONValue) {
        base = value["base"]?["purl"]?.stringValue ?? ""
        shown = value["difference"].flatMap { try? ShownDifference(reading: $0) }
    }

    /// - Parameter newer: the purl of the release.
    func lines(newer: String) -> [String] {
        guard let shown else { return [] }
        let sums = shown.sums
        var lines = [
            "changed since \(base): \(sums.changedFiles) files, \(sums.removedFiles) removed, "
                + "+\(sums.addedLines) −\(sums.removedLines) lines, \(sums.changedBytes) new bytes"
        ]
        if !shown.came.isEmpty { lines.append("can now: " + shown.came.map(\.words).joined(separator: ", ")) }
        if !shown.went.isEmpty { lines.append("cannot any more: " + shown.went.map(\.word).joined(separator: ", ")) }
        lines += shown.manifests.prefix(Self.most).map(DifferenceText.summary)
        let manifests = shown.manifests.count - Self.most
        if manifests > 0 || shown.isManifestCut {
            lines.append("… and \(manifests > 0 ? "\(manifests) " : "")more changes of manifests")
        }
        lines += shown.files.prefix(Self.most + 1).map(DifferenceText.summary)
        let files = shown.files.count - Self.most - 1 + shown.omittedFiles
        if files > 0 { lines.append("… and \(files) more files") }
        return lines + ["all of it: jurat diff \(newer)"]
    }
}

extension ShownDifference.Ability {
    /// `network at installation (lib/a.js:3)`.
    var words: String {
        let reach = Reach(rawValue: reach) == .install ? " at installation" : ""
        let place = path.map { path in line.map { "\(path):\($0)" } ?? path }
        return word + reach + (place.map { " (\($0))" } ?? "")
    }
}
