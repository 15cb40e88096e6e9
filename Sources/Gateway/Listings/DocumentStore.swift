import Platform
import Registry

/// Keeps upstream documents on disk, so that a restart asks "has it changed?" and an outage leaves something to serve.
///
/// Everything here can be fetched again: a document that cannot be read counts as absent (and is logged), and one that
/// cannot be written is logged and used from memory.
final class DocumentStore: Sendable {
    private let directory: String
    private let maxDocumentBytes: Int
    private let pool: BlockingPool
    private let logger: Logger

    /// Nothing is opened or created before the first use.
    init(directory: String, maxDocumentBytes: Int, pool: BlockingPool, logger: Logger) {
        self.directory = directory
        self.maxDocumentBytes = maxDocumentBytes
        self.pool = pool
        self.logger = logger
    }

    func load(_ key: DocumentKey) async -> UpstreamDocument? {
        let path = path(of: key)
        // Room for the header line beside the largest document.
        let maxBytes = maxDocumentBytes + 64 * 1024
        return await pool.run { [logger] () -> UpstreamDocument? in
            guard Files.exists(path) else { return nil }
            do throws(FileError) {
                let file = try Files.readAll(path, maxBytes: maxBytes)
                if let document = UpstreamDocument(fileBytes: file, key: key) { return document }
                logger.warning("the cached listing \(path) is damaged; it will be fetched again")
            } catch {
                logger.warning("\(error); the listing will be fetched again")
            }
            return nil
        }
    }

    func save(_ document: UpstreamDocument, for key: DocumentKey) async {
        let path = path(of: key)
        let folder = folder(of: key)
        await pool.run { [logger] in
            do throws(FileError) {
                try Files.createDirectory(folder)
                try Files.writeDurably(document.fileBytes(key: key), to: path)
            } catch {
                logger.warning("\(error); the listing stays in memory only")
            }
        }
    }

    func remove(_ key: DocumentKey) async {
        let path = path(of: key)
        await pool.run { [logger] in
            guard Files.exists(path) else { return }
            do throws(FileError) { try Files.remove(path) } catch {
                logger.warning("\(error); a listing that its source removed may come back after a restart")
            }
        }
    }

    /// Removes documents that were written before a moment; answers how many.
    func prune(before moment: Timestamp) async -> Int {
        await pool.run { [directory, logger] in
            var removed = 0
            do throws(FileError) {
                guard Files.exists(directory) else { return 0 }
                for source in try Files.list(directory) {
                    for folder in try Files.list("\(directory)/\(source)") {
                        for name in try Files.list("\(directory)/\(source)/\(folder)") {
                            let path = "\(directory)/\(source)/\(folder)/\(name)"
                            guard try Files.modificationTime(path) < moment else { continue }
                            try Files.remove(path)
                            removed += 1
                        }
                    }
                }
            } catch {
                logger.warning("cached listings could not be cleaned up: \(error)")
            }
            return removed
        }
    }

    private func folder(of key: DocumentKey) -> String { "\(directory)/\(key.source)/\(key.fileName.prefix(2))" }

    private func path(of key: DocumentKey) -> String { "\(folder(of: key))/\(key.fileName)" }
}
