import Cryptography
import JSON
import Platform

/// The import receipt predicate's members, written and read side by side.
///
/// The in-toto subject is what was imported: the bundle file or the checkpoint note, with its digest.
/// Spec: verdict-log, section 1, row `import-receipt:v1`.
extension ImportReceiptStatement {
    private static func subjectName(_ source: ImportSource, _ origin: String) -> String {
        switch source {
        case .bundle: "urn:jurat:bundle:\(origin)"
        case .followed: "urn:jurat:checkpoint:\(origin)"
        }
    }

    var subjectRecord: JSONValue {
        ["digest": ["sha256": .string(digest.hex)], "name": .string(Self.subjectName(source, origin))]
    }

    var record: JSONValue {
        [
            "checkpoint": LogState(size: treeSize, root: root).record, "createdAt": .string(createdAt.rfc3339),
            "digest": ["sha256": .string(digest.hex)], "origin": .string(origin), "source": .string(source.rawValue),
            "statements": LogState(size: statementCount, root: statementsRoot).record,
        ]
    }

    init(reading predicate: inout MemberReader, subject: MemberReader) throws(StatementError) {
        let origin = try predicate.string("origin", as: .origin)
        let source = try predicate.word("source", of: ImportSource.self)
        let digest = try predicate.digest("digest", "sha256", as: SHA256Digest.self)
        try subject.finish(naming: Self.subjectName(source, origin), digest: digest.hex, what: "what was imported")
        let checkpoint = try LogState(reading: try predicate.object("checkpoint"))
        let statements = try LogState(reading: try predicate.object("statements"))
        guard statements.size <= checkpoint.size else {
            throw predicate.invalid("statements", "at most as many entries as the checkpoint's size")
        }
        self.init(
            origin: origin, source: source, digest: digest, treeSize: checkpoint.size, root: checkpoint.root,
            statementCount: statements.size, statementsRoot: statements.root,
            createdAt: try predicate.timestamp("createdAt"))
    }
}

/// The size and root hash of a tree, as a member of a statement.
struct LogState: Equatable {
    let size: UInt64
    let root: SHA256Digest

    init(size: UInt64, root: SHA256Digest) {
        self.size = size
        self.root = root
    }

    var record: JSONValue {
        ["digest": ["sha256": .string(root.hex)], "size": .integer(Int64(clamping: size))]
    }

    init(reading reader: MemberReader) throws(StatementError) {
        var reader = reader
        size = UInt64(try reader.integer("size", from: 0))
        root = try reader.digest("digest", "sha256", as: SHA256Digest.self)
        try reader.finish()
    }
}
