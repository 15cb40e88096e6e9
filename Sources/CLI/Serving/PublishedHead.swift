import Configuration
import Platform
import TransparencyLog
import VerdictStore

/// The checkpoint of our log that others are to be shown.
///
/// Where witnesses are configured it is the newest that the quorum has cosigned: who requires their signatures could not
/// use a newer one, and nobody is to see what they have not seen. Without witnesses it is the newest of all.
enum PublishedHead {
    /// - Throws: `CommandFailure` with `notReady` while witnesses are configured and nothing is published yet.
    static func note(of reader: LogReader, _ invocation: Invocation) throws(CommandFailure) -> SignedNote {
        // Without a configuration nothing says that there are witnesses.
        let settings = try Files.exists(invocation.configurationPath) ? Deployment(invocation).configuration.log : nil
        guard let settings, !settings.witnesses.isEmpty else {
            return try LogCommands.reading { () throws(LogError) in try reader.headNote() }
        }
        let path = reader.directory.publishedCheckpointPath
        guard Files.exists(path) else {
            throw CommandFailure(
                .notReady,
                "no checkpoint has \(settings.quorum) of \(settings.witnesses.count) witnesses' signatures yet, so there is "
                    + "nothing that others would take; let jurat serve reach the witnesses (jurat status)")
        }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try Files.readAll(path, maxBytes: SignedNote.maxBytes) } catch {
            throw CommandFailure(.failure, "the published checkpoint cannot be read: \(error)")
        }
        let keyring = try LogCommands.reading { () throws(LogError) in try reader.keyring() }
        do {
            let verifier = try CheckpointVerifier(
                logKeys: keyring.logVerifiers(origin: reader.origin), witnesses: settings.witnesses.map(\.key),
                quorum: settings.quorum)
            return try verifier.verify(bytes).note
        } catch {
            throw CommandFailure(
                .notReady,
                "the checkpoint in \(path) is not one that the configured witnesses stand for (\(error)); let jurat serve "
                    + "reach the witnesses (jurat status)")
        }
    }
}
