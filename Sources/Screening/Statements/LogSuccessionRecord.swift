import Cryptography
import JSON
import Platform

/// The log succession predicate's members, written and read side by side.
///
/// The in-toto subject is the other log: named by its origin, whose digest is its key's id.
/// Spec: verdict-log, section 1, row `log-succession:v1`.
extension LogSuccessionStatement {
    private static let subjectPrefix = "urn:jurat:log:"

    var subjectRecord: JSONValue {
        ["digest": ["sha256": .string(logKey.keyID.hex)], "name": .string(Self.subjectPrefix + origin)]
    }

    var record: JSONValue {
        var predicate: JSONObject = [:]
        if let treeSize, let root { predicate.set("checkpoint", LogState(size: treeSize, root: root).record) }
        predicate.set("createdAt", .string(createdAt.rfc3339))
        predicate.set("event", .string(event.rawValue))
        predicate.set("logKey", .string(Base64.encode(logKey.bytes)))
        predicate.set("origin", .string(origin))
        predicate.set("reason", .string(reason))
        return .object(predicate)
    }

    init(reading predicate: inout MemberReader, subject: MemberReader) throws(StatementError) {
        let origin = try predicate.string("origin", as: .origin)
        let logKey = try predicate.publicKey("logKey")
        try subject.finish(naming: Self.subjectPrefix + origin, digest: logKey.keyID.hex, what: "the other log")
        let event = try predicate.word("event", of: SuccessionEvent.self)
        let state = try predicate.optionalObject("checkpoint").map { (reader) throws(StatementError) in
            try LogState(reading: reader)
        }
        guard event == .begins || state == nil else {
            throw predicate.invalid("checkpoint", "the last state taken over for begins, nothing for ends")
        }
        self.init(
            event: event, origin: origin, logKey: logKey, treeSize: state?.size, root: state?.root,
            reason: try predicate.string("reason", as: .sentence), createdAt: try predicate.timestamp("createdAt"))
    }
}
