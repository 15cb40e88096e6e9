import Cryptography
public import JSON

/// A difference as programs read it, without the texts of files.
///
/// `{base, new: {complete, files}, files: [{path, kind, …}], manifests: [{manifest, member, kind, old, new}], sums}`.
/// Paths and texts are printable, see `PrintableText`; digests are hexadecimal; sizes are bytes; lines count from 1.
public enum DifferenceRecord {
    /// Edits of one file that are told; `edits` is left out beyond them.
    private static let maxEdits = 1000

    /// The record as JSON that needs no null and no fraction.
    public static func value(of difference: ArtifactDifference) -> JSONValue {
        [
            "base": side(difference.base),
            "files": .array(difference.tree.changes.map(file)),
            "isCut": .bool(difference.isCut),
            "manifests": .array(difference.manifests.changes.map(manifest)),
            "new": side(difference.new),
            "sums": sums(difference.tree),
        ]
    }

    /// The record in canonical form: equal differences give equal bytes.
    public static func bytes(of difference: ArtifactDifference) throws(CanonicalJSONError) -> [UInt8] {
        try CanonicalJSON.encode(value(of: difference))
    }

    private static func side(_ tree: ArtifactTree) -> JSONValue {
        ["files": number(tree.entries.count), "isComplete": .bool(tree.isComplete)]
    }

    private static func sums(_ tree: TreeDifference) -> JSONValue {
        [
            "addedLines": number(tree.addedLines), "changedBytes": number(Int(tree.changedBytes)),
            "changedFiles": number(tree.changedFiles), "codeLines": number(tree.codeLines),
            "newCodeLines": number(tree.newCodeLines), "removedFiles": number(tree.removedFiles),
            "removedLines": number(tree.removedLines),
        ]
    }

    private static func file(_ change: FileChange) -> JSONValue {
        var object = JSONObject()
        object.append("path", .string(PrintableText.string(change.path)))
        object.append("kind", .string(change.kind.rawValue))
        if change.copy > 0 { object.append("copy", number(change.copy + 1)) }
        if let oldPath = change.oldPath { object.append("oldPath", .string(PrintableText.string(oldPath))) }
        if let old = change.old { object.append("old", entry(old)) }
        if let new = change.new { object.append("new", entry(new)) }
        if let lines = change.lines {
            object.append("addedLines", number(lines.added))
            object.append("removedLines", number(lines.removed))
            if lines.isCut { object.append("isCut", .bool(true)) }
        }
        if change.isLineEndsOnly { object.append("isLineEndsOnly", .bool(true)) }
        if !change.edits.isEmpty, change.edits.count <= maxEdits {
            object.append("edits", .array(change.edits.map(edit)))
        }
        return .object(object)
    }

    private static func entry(_ entry: TreeEntry) -> JSONValue {
        var object = JSONObject()
        object.append("class", .string(entry.fileClass.rawValue))
        object.append("isExecutable", .bool(entry.isExecutable))
        object.append("isPrivileged", .bool(entry.isPrivileged))
        if let sha256 = entry.sha256 { object.append("sha256", .string(sha256.hex)) }
        object.append("size", number(Int(clamping: entry.sizeBytes)))
        return .object(object)
    }

    /// First line and count, before and after.
    private static func edit(_ edit: LineEdit) -> JSONValue {
        .array(
            [
                edit.oldLines.lowerBound + 1, edit.oldLines.count, edit.newLines.lowerBound + 1, edit.newLines.count,
            ].map(number))
    }

    private static func manifest(_ change: ManifestChange) -> JSONValue {
        var object = JSONObject()
        object.append("group", .string(change.group))
        object.append("kind", .string(change.kind.rawValue))
        object.append("manifest", .string(change.manifest))
        object.append("member", .string(change.member))
        if !change.name.isEmpty { object.append("name", .string(change.name)) }
        if let old = change.old { object.append("old", .string(old)) }
        if let new = change.new { object.append("new", .string(new)) }
        return .object(object)
    }

    private static func number(_ value: Int) -> JSONValue {
        .integer(Int64(clamping: min(value, Int(CanonicalJSON.maxInteger))))
    }
}
