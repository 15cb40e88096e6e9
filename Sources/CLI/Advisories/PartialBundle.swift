import Cryptography
import JSON
import Platform
import Registry

/// A bundle on its way: the bytes that came so far, and by what the server can tell whether they are still good.
///
/// ```
/// advisories/incoming/npm.part   the bytes
///                     npm.json   {"place", "entityTag", "lastModified", "totalBytes"}
/// ```
/// Notes are written before the first byte that they speak of, so a stop in between leaves bytes that nothing vouches for
/// only together with notes of nothing: both are thrown away. Nothing here is durable on purpose: bytes that power took
/// away show as a damaged bundle, which is fetched anew. Blocks: not for the cooperative pool.
struct PartialBundle: Sendable {
    let folder: String
    let ecosystem: Ecosystem

    /// What was known of the bytes when they came.
    struct Notes: Sendable, Equatable {
        var place: SHA256Digest
        var entityTag: String?
        var lastModified: String?
        var totalBytes: Int64?

        /// By what the server is asked whether the bytes are still its own; nil when it gave no proof strong enough.
        ///
        /// Spec: RFC 9110 section 13.1.5: a weak tag does not do.
        var rangeCondition: String? {
            if let entityTag, entityTag.hasPrefix("\"") { return entityTag }
            return lastModified
        }
    }

    var path: String { "\(folder)/\(ecosystem.rawValue).part" }
    private var notesPath: String { "\(folder)/\(ecosystem.rawValue).json" }

    /// The bytes that are here and can be gone on from; nil, with nothing left, when there are none.
    func resumable(from place: SHA256Digest) throws(FileError) -> (bytes: Int64, notes: Notes)? {
        guard Files.exists(path), let notes = readNotes(), notes.place == place, notes.rangeCondition != nil else {
            try discard()
            return nil
        }
        let size = try Files.sizeBytes(path)
        guard size > 0, notes.totalBytes.map({ size <= $0 }) ?? true else {
            try discard()
            return nil
        }
        return (size, notes)
    }

    /// Begins anew: an empty file with these notes.
    func begin(_ notes: Notes) throws(FileError) {
        try discard()
        try Files.createDirectory(folder)
        var object: JSONObject = ["place": .string(notes.place.hex)]
        if let tag = notes.entityTag { object.append("entityTag", .string(tag)) }
        if let modified = notes.lastModified { object.append("lastModified", .string(modified)) }
        if let total = notes.totalBytes { object.append("totalBytes", .integer(total)) }
        try Files.writeDurably(JSONText.serialize(.object(object)), to: notesPath)
        _ = try AppendingFile.open(path)
    }

    /// Removes the bytes and the notes.
    func discard() throws(FileError) {
        for path in [path, notesPath] where Files.exists(path) { try Files.remove(path) }
    }

    private func readNotes() -> Notes? {
        guard let bytes = try? Files.readAll(notesPath, maxBytes: 1 << 16), let value = try? JSONText.parse(bytes),
            let place = value["place"]?.stringValue.flatMap({ try? SHA256Digest(hex: $0) })
        else { return nil }
        return Notes(
            place: place, entityTag: value["entityTag"]?.stringValue, lastModified: value["lastModified"]?.stringValue,
            totalBytes: value["totalBytes"]?.integerValue)
    }

    /// Removes what earlier imports left in the folder and nobody will go on from.
    ///
    /// - Parameter wanted: the ecosystems whose bytes may be gone on from.
    /// - Returns: how many files were removed.
    static func sweep(_ folder: String, keeping wanted: [Ecosystem], now: Timestamp) throws(FileError) -> Int {
        guard Files.exists(folder) else { return 0 }
        var removed = 0
        for name in try Files.list(folder) {
            let isWanted = wanted.contains { name == "\($0.rawValue).part" || name == "\($0.rawValue).json" }
            let age = try Files.modificationTime("\(folder)/\(name)").distance(to: now)
            if isWanted && age < .seconds(7 * 86_400) { continue }
            try Files.removeTree("\(folder)/\(name)")
            removed += 1
        }
        return removed
    }
}
