import Advisories
import Platform
import Registry

/// Takes a bundle from a file of this machine.
///
/// It is copied first: somebody who writes to the file while it is read would otherwise end the process (SIGBUS), and what
/// was judged would not be what was read. Blocks: not for the cooperative pool.
struct BundleFile: Sendable {
    let source: BundleSource
    let partial: PartialBundle
    let maxBytes: Int64
    let observer: SyncObserver

    private static let pieceBytes = 1 << 20

    /// - Parameter known: the bundle that was taken from this file last.
    /// - Returns: nil when the file is still that one, else what it was when it was copied.
    func fetch(known: AdvisorySourceState.KnownBundle?) throws(BundleFailure) -> Files.Fingerprint? {
        let fault: String
        do throws(FileError) {
            let before = try Files.fingerprint(source.place)
            if let known, known.fingerprint == before { return nil }
            if let refused = try copy() {
                fault = refused
            } else if try Files.fingerprint(source.place) != before {
                fault = "was written to while it was read; try again when it is complete"
            } else {
                return before
            }
        } catch {
            discard()
            throw BundleFailure(
                error.isOutOfSpace ? "does not fit on the disk: \(error); make room" : "cannot be read: \(error)")
        }
        discard()
        throw BundleFailure(fault)
    }

    /// Copies the file into the partial one; answers what is wrong with it, if anything is.
    private func copy() throws(FileError) -> String? {
        let file = try OpenFile.openForReading(source.place)
        guard file.sizeBytes <= maxBytes else {
            return "has \(SyncObserver.megabytes(file.sizeBytes)), more than \(SyncObserver.megabytes(maxBytes)); "
                + "a larger advisories.maxBundleSize lets it in"
        }
        try partial.begin(PartialBundle.Notes(place: source.digest, totalBytes: file.sizeBytes))
        var target = try AppendingFile.open(partial.path)
        var offset: Int64 = 0
        repeat {
            let piece = try file.read(at: offset, count: Self.pieceBytes)
            if offset == 0, let fault = BundleContent.fault(in: piece, contentType: nil) {
                return "is no bundle: it \(fault.replacing("sent", with: "holds"))"
            }
            guard !piece.isEmpty else { break }
            try target.append(piece)
            offset += Int64(piece.count)
            observer.received(offset, of: file.sizeBytes, source.ecosystem)
        } while offset < file.sizeBytes
        return nil
    }

    private func discard() {
        // What cannot be removed is swept by the next import; the person is told of the fault itself.
        try? partial.discard()
    }
}
