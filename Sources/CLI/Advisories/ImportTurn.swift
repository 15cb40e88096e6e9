import Advisories
import Gateway
import Platform

/// Waits for the turn to import: one process does at a time.
struct ImportTurn: Sendable {
    let directory: AdvisoryDirectory
    /// The directory's place.
    let path: String
    let clock: any WallClock
    var pausing: any Pausing = SystemPause()

    private static let lookInterval = Duration.milliseconds(250)
    /// Longer than any import that gets anywhere.
    private static let maxLooks = 4 * 1800

    private var holderPath: String { "\(path)/import.holder" }

    /// The lock, held until it is dropped.
    ///
    /// - Parameter name: what others who wait are told.
    /// - Throws: `CommandFailure` when the other import does not end.
    func take(as name: String, _ observer: SyncObserver) async throws(CommandFailure) -> FileLock {
        for look in 0..<Self.maxLooks {
            if let lock = try lock() {
                // A note for people: without it they are told less, so that it is lost does not matter.
                let note = "process \(ChildProcess.thisProcess) (\(name)) since \(clock.now().rfc3339)"
                try? Files.writeDurably(Array(note.utf8), to: holderPath)
                return lock
            }
            if look == 0 { observer.note("another import is running: \(holder); waiting for it to end") }
            await pausing.pause(for: Self.lookInterval)
            if Task.isCancelled { break }
        }
        throw CommandFailure(.failure, "another import is still running: \(holder); try again when it has ended")
    }

    private func lock() throws(CommandFailure) -> FileLock? {
        do throws(AdvisoryError) { return try directory.lockForImport() } catch {
            throw CommandFailure(.failure, "\(error)")
        }
    }

    private var holder: String {
        guard let bytes = try? Files.readAll(holderPath, maxBytes: 4096), !bytes.isEmpty else {
            return "nobody knows whose"
        }
        return Logger.printable(String(decoding: bytes, as: UTF8.self))
    }
}
