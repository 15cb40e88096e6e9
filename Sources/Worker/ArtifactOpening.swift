import Cryptography
import Platform
import VerdictStore

/// An artifact of the cache, opened and found to be the one that was asked for.
///
/// Only this is handed to a child: the file stays open, so what was verified is what is read.
struct VerifiedArtifactFile: Sendable {
    let file: OpenFile
    let digests: ComputedDigests

    /// Opens a file of the cache and compares its bytes with the digest. Blocking.
    ///
    /// - Throws: the reason as it is reported to the gateway.
    init(opening path: String, expecting sha512: SHA512Digest) throws(AnalysisFailure) {
        let file: OpenFile
        let digests: ComputedDigests
        do throws(FileError) {
            file = try OpenFile.openForReading(path)
            digests = try Self.digests(of: file)
        } catch {
            throw AnalysisFailure(cause: .crash, detail: "the artifact cannot be read from the cache: \(error)")
        }
        guard digests.sha512 == sha512 else {
            throw AnalysisFailure(
                cause: .garbage, detail: "the cached file is not the artifact that was to be analysed")
        }
        self.file = file
        self.digests = digests
    }

    /// The digests of all of a file. Blocking.
    static func digests(of file: OpenFile) throws(FileError) -> ComputedDigests {
        var hasher = StreamingHasher()
        var offset: Int64 = 0
        while offset < file.sizeBytes {
            let piece = try file.read(at: offset, count: 1 << 20)
            if piece.isEmpty { break }
            hasher.update(piece)
            offset += Int64(piece.count)
        }
        return hasher.finish()
    }
}
