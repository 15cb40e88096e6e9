import Platform
import Registry

/// Reads the documents of one source for one load of a listing: from memory, from disk, or from the upstream.
struct DocumentReader: Sendable {
    let source: RegistryName
    let upstream: UpstreamDefinition
    let fetcher: DocumentFetcher
    let store: DocumentStore
    let scope: TaskScope
    let clock: any WallClock
    /// Documents confirmed at this moment or before are confirmed again.
    let notBefore: Timestamp
    /// What the previous load of the same listing held in memory.
    let known: [DocumentKey: UpstreamDocument]

    /// A document, and why it is an older copy when it is.
    struct Reading: Sendable {
        let key: DocumentKey
        let document: UpstreamDocument
        let staleReason: String?
    }

    /// The document at `url`, current as far as its source can be asked; an older copy only while the source is ill.
    ///
    /// - Throws: `SourceError`. After `.notFound` no copy is left, so an outage cannot bring the document back.
    func document(at url: String, accept: String) async throws(SourceError) -> Reading {
        let request = DocumentRequest(source: source, upstream: upstream, url: url, accept: accept)
        let key = request.key
        var copy = known[key]
        if copy == nil { copy = await store.load(key) }
        if let copy, copy.validatedAt > notBefore {
            return Reading(key: key, document: copy, staleReason: nil)
        }
        do throws(SourceError) {
            switch try await fetcher.fetch(request, known: copy) {
            case .document(let document):
                // Not waited for: the client needs the document, only the next start needs the file.
                _ = scope.start { [store] in await store.save(document, for: key) }
                return Reading(key: key, document: document, staleReason: nil)
            case .unchanged:
                guard let copy else { throw .unusable(reason: "\(source) answered 304 to an unconditional request") }
                return Reading(key: key, document: copy.validated(at: clock.now()), staleReason: nil)
            }
        } catch {
            if error == .notFound { await store.remove(key) }
            guard let copy, error.allowsStaleCopy else { throw error }
            return Reading(key: key, document: copy, staleReason: error.description)
        }
    }
}
