public import JSON

/// The record of a difference: JSON that needs no null and no fraction.
///
/// `{base, new: {files, isComplete}, files: [{path, kind, …}], manifests: [{manifest, member, kind, …}], sums, came,
/// went}`; digests are hexadecimal, sizes bytes, lines count from 1. What is false, empty or not there is left out where
/// the form says so.
extension ShownDifference {
    /// - Parameter hasText: whether lines of files are in it, or only where they are.
    public func record(hasText: Bool = true) -> JSONValue {
        var object: JSONObject = [
            "base": Self.record(base), "came": .array(came.map(Self.record)),
            "files": .array(files.map { $0.record(hasText: hasText) }), "isCut": .bool(isCut),
            "manifests": .array(manifests.map(Self.record)), "new": Self.record(new), "sums": Self.record(sums),
            "went": .array(went.map(Self.record)),
        ]
        if isManifestCut { object.append("isManifestCut", true) }
        if omittedFiles > 0 { object.append("omittedFiles", Self.number(omittedFiles)) }
        return .object(object)
    }

    static func number(_ value: Int) -> JSONValue {
        .integer(min(max(Int64(value), 0), CanonicalJSON.maxInteger))
    }

    private static func record(_ side: Side) -> JSONValue {
        ["files": number(side.files), "isComplete": .bool(side.isComplete)]
    }

    private static func record(_ sums: Sums) -> JSONValue {
        [
            "addedLines": number(sums.addedLines), "changedBytes": number(sums.changedBytes),
            "changedFiles": number(sums.changedFiles), "codeLines": number(sums.codeLines),
            "newCodeLines": number(sums.newCodeLines), "removedFiles": number(sums.removedFiles),
            "removedLines": number(sums.removedLines),
        ]
    }

    private static func record(_ member: Member) -> JSONValue {
        var object: JSONObject = [
            "group": .string(member.group), "kind": .string(member.kind.rawValue),
            "manifest": .string(member.manifest), "member": .string(member.member),
        ]
        if !member.name.isEmpty { object.append("name", .string(member.name)) }
        if let old = member.old { object.append("old", .string(old)) }
        if let new = member.new { object.append("new", .string(new)) }
        return .object(object)
    }

    private static func record(_ ability: Ability) -> JSONValue {
        var object: JSONObject = ["reach": .string(ability.reach), "word": .string(ability.word)]
        if let path = ability.path { object.append("path", .string(path)) }
        if let line = ability.line { object.append("line", number(line)) }
        return .object(object)
    }
}

extension ShownDifference.File {
    /// - Parameter hasText: whether lines are in it.
    public func record(hasText: Bool) -> JSONValue {
        var object: JSONObject = ["kind": .string(kind.rawValue), "path": .string(path)]
        if copy > 1 { object.append("copy", ShownDifference.number(copy)) }
        if let oldPath { object.append("oldPath", .string(oldPath)) }
        if let old { object.append("old", Self.record(old)) }
        if let new { object.append("new", Self.record(new)) }
        if let lines {
            object.append("addedLines", ShownDifference.number(lines.added))
            object.append("removedLines", ShownDifference.number(lines.removed))
            if lines.isCut { object.append("isCut", true) }
        }
        if isLineEndsOnly { object.append("isLineEndsOnly", true) }
        if !edits.isEmpty { object.append("edits", .array(edits.map(Self.numbers))) }
        guard hasText else { return .object(object) }
        if !hunks.isEmpty { object.append("hunks", .array(hunks.map(\.record))) }
        if isTextCut { object.append("isTextCut", true) }
        return .object(object)
    }

    private static func record(_ entry: ShownDifference.Entry) -> JSONValue {
        var object: JSONObject = [
            "class": .string(entry.fileClass.rawValue), "isExecutable": .bool(entry.isExecutable),
            "isPrivileged": .bool(entry.isPrivileged), "size": ShownDifference.number(entry.sizeBytes),
        ]
        if let sha256 = entry.sha256 { object.append("sha256", .string(sha256)) }
        if let target = entry.target { object.append("target", .string(target)) }
        return .object(object)
    }

    fileprivate static func numbers(_ values: [Int]) -> JSONValue { .array(values.map(ShownDifference.number)) }
}

extension ShownDifference.Hunk {
    public var record: JSONValue {
        [
            "lines": .array(lines.map { .string($0) }), "new": ShownDifference.File.numbers(new),
            "old": ShownDifference.File.numbers(old),
        ]
    }
}
