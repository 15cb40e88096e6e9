import JSON
import Platform

/// Up to where everything known here was compared with the advisories: durable, so that neither a restart nor a crash in
/// the middle loses what is yet to be compared.
///
/// It is written after the verdicts that the snapshot asked for are in the log. Whatever is between two of them is
/// compared again, which finds nothing to do where it was done.
struct SweepMark: Equatable, Sendable {
    /// The identity of the snapshot that every artifact was compared with.
    let snapshot: String
    /// How many entries the log had before that began: verdicts from there on may have been made by an older snapshot.
    let logSize: UInt64

    private static let maxBytes = 4096

    init(snapshot: String, logSize: UInt64) {
        self.snapshot = snapshot
        self.logSize = logSize
    }

    /// What is kept at `path`; nil when nothing is.
    ///
    /// - Throws: `SweepMarkError` when there is something that cannot be read.
    init?(path: String) throws(SweepMarkError) {
        guard Files.exists(path) else { return nil }
        let value: JSONValue
        do {
            value = try JSONText.parse(try Files.readAll(path, maxBytes: Self.maxBytes))
        } catch {
            throw SweepMarkError(reason: "\(error)")
        }
        guard let snapshot = value["snapshot"]?.stringValue, let size = value["logSize"]?.integerValue, size >= 0 else {
            throw SweepMarkError(reason: "\(path) lacks snapshot or logSize")
        }
        self.init(snapshot: snapshot, logSize: UInt64(size))
    }

    /// Replaces what is kept at `path`; durable when this returns.
    func write(to path: String) throws(FileError) {
        let value: JSONValue = ["snapshot": .string(snapshot), "logSize": .integer(Int64(clamping: logSize))]
        // ✝ Either the old mark or this one, whole: with the old one the same comparison is made again.
        try Files.writeDurably(JSONText.serialize(value), to: path)
    }

    /// What must be compared with `current` by this mark, and from which entry on everything.
    ///
    /// - Parameters:
    ///   - earlier: the snapshot that the mark names, while it is at hand.
    ///   - size: how many entries the log has now. A smaller log than the mark's was put back from a backup, or is another
    ///     one: what the mark says is not about it.
    static func scope(
        of mark: SweepMark?, _ earlier: (any AdvisorySnapshot)?, current: any AdvisorySnapshot, logSize size: UInt64
    ) -> (scope: SweepScope, since: UInt64) {
        guard let mark, mark.logSize <= size else { return (.everything, 0) }
        if mark.snapshot == current.identity { return (.nothing, mark.logSize) }
        guard let earlier, earlier.identity == mark.snapshot else { return (.everything, 0) }
        return (current.scope(since: earlier), mark.logSize)
    }
}

/// Why a mark cannot be read.
struct SweepMarkError: Error, Sendable, CustomStringConvertible {
    let reason: String

    var description: String { reason }
}
