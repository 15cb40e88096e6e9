import Advisories
import Gateway
import HTTP
import Platform
import Registry

/// How one look at a source ended.
enum BundleFetch: Sendable, Equatable {
    /// The bundle that was installed is still the newest.
    case unchanged
    /// The whole bundle is in the partial file.
    case fetched(PartialBundle.Notes)
}

/// Fetches one bundle from a server into a file, over as many attempts as it takes and is worth.
///
/// A connection that breaks is gone on from where it broke, also by the next process. Of a bundle only pieces are ever in
/// memory.
struct BundleDownload: Sendable {
    let source: BundleSource
    let partial: PartialBundle
    let limits: FetchLimits
    let upstream: any UpstreamFetching
    let pausing: any Pausing
    /// Where files are written.
    let thread: BlockingThread
    /// How many bytes a file in the folder may still take.
    let room: @Sendable (String) throws(FileError) -> Int64
    let observer: SyncObserver

    /// Attempts in a row that bring nothing; what is left then is tried at the next look.
    private static let maxIdleAttempts = 4
    /// Attempts of one look, also when each brings something: whoever waits for the lock, and the other sources, have
    /// their turn. The next look goes on from there.
    private static let maxAttempts = 30
    /// The longest pause, asked for by the server or not, that is waited for within one look.
    private static let maxPause = Duration.seconds(30)

    /// Why an attempt ended without the bundle.
    private enum AttemptFault: Error {
        case passing(String, pause: Duration?)
        case final(String)
        case startOver
    }

    /// - Parameter known: the bundle that was installed from this place, to ask only for another one.
    func run(known: AdvisorySourceState.KnownBundle?) async throws(BundleFailure) -> BundleFetch {
        var attempts = 0
        var idleAttempts = 0
        var startedOver = false
        var before = try await bytesHere()
        while true {
            let outcome: Result<BundleFetch, AttemptFault>
            do throws(AttemptFault) { outcome = .success(try await attempt(known)) } catch { outcome = .failure(error) }
            switch outcome {
            case .success(let fetch): return fetch
            case .failure(.final(let reason)): throw BundleFailure(source.masked(reason))
            case .failure(.startOver):
                guard !startedOver else { throw BundleFailure("does not agree with itself about the bundle's size") }
                startedOver = true
                try await discard()
            case .failure(.passing(let reason, let asked)):
                let after = try await bytesHere()
                attempts += 1
                // Whoever gets further is not given up soon, though the line breaks.
                idleAttempts = after > before ? 1 : idleAttempts + 1
                before = after
                let pause = asked ?? .milliseconds(500) * (1 << (idleAttempts - 1))
                guard attempts < Self.maxAttempts, idleAttempts < Self.maxIdleAttempts, pause <= Self.maxPause else {
                    throw BundleFailure(source.masked(reason), pause: asked)
                }
                observer.note("\(source.shown) \(source.masked(reason)); trying again in \(Self.text(pause))")
                await pausing.pause(for: pause)
                if Task.isCancelled { throw BundleFailure("was given up: the process is ending") }
            }
        }
    }

    private static func text(_ pause: Duration) -> String {
        pause < .seconds(1) ? "a moment" : "\(pause.components.seconds) s"
    }

    // MARK: One attempt

    private func attempt(_ known: AdvisorySourceState.KnownBundle?) async throws(AttemptFault) -> BundleFetch {
        let here = try await files { [partial, source] () throws(FileError) in
            try partial.resumable(from: source.digest)
        }
        let offset = here?.bytes ?? 0
        let response: UpstreamResponse
        do throws(UpstreamError) {
            response = try await upstream.send(request(known, here))
        } catch {
            throw Self.fault(error, limits)
        }
        let isConditional = known?.entityTag != nil || known?.lastModified != nil
        let answer = BundleAnswer(
            status: response.status, headers: response.headers, offset: offset, isConditional: isConditional)
        switch answer {
        case .unchanged:
            try await files { [partial] () throws(FileError) in try partial.discard() }
            return .unchanged
        case .complete:
            if let here { return .fetched(here.notes) }
            throw .startOver
        case .startOver: throw .startOver
        case .passingFault(let reason, let pause): throw .passing(reason, pause: pause)
        case .fault(let reason): throw .final(reason)
        case .rest(let total):
            guard let here, here.notes.totalBytes.map({ $0 == total }) ?? true else { throw .startOver }
            observer.note("\(source.shown): going on at \(SyncObserver.megabytes(offset)) of it")
            try await receive(response, from: offset, total: total)
            return .fetched(here.notes)
        case .whole(let total):
            let notes = PartialBundle.Notes(
                place: source.digest, entityTag: response.headers["etag"],
                lastModified: response.headers["last-modified"], totalBytes: total)
            try await checkRoom(for: total)
            try await files { [partial] () throws(FileError) in try partial.begin(notes) }
            try await receive(response, from: 0, total: total)
            return .fetched(notes)
        }
    }

    private func request(
        _ known: AdvisorySourceState.KnownBundle?, _ here: (bytes: Int64, notes: PartialBundle.Notes)?
    ) -> UpstreamRequest {
        var request = UpstreamRequest(url: source.place)
        if let tag = known?.entityTag { request.headers.append("If-None-Match", tag) }
        if let modified = known?.lastModified { request.headers.append("If-Modified-Since", modified) }
        if let here, let condition = here.notes.rangeCondition {
            request.headers.append("Range", "bytes=\(here.bytes)-")
            request.headers.append("If-Range", condition)
        }
        request.stallTimeout = limits.silence
        request.connectTimeout = limits.silence
        request.totalTimeout = limits.attempt
        request.maxBodyBytes = limits.maxBytes - (here?.bytes ?? 0)
        // Attempts are counted here, where it is known how far each of them came.
        request.retries = 0
        return request
    }

    private func receive(
        _ response: UpstreamResponse, from offset: Int64, total: Int64?
    ) async throws(AttemptFault) {
        var received = offset
        var isFirst = offset == 0
        while true {
            let bytes: [UInt8]?
            do throws(UpstreamError) { bytes = try await response.next() } catch {
                if case .tooLarge = error { await throwAway() }
                throw Self.fault(error, limits)
            }
            if isFirst {
                isFirst = false
                if let fault = BundleContent.fault(in: bytes ?? [], contentType: response.headers["content-type"]) {
                    await throwAway()
                    throw .final(fault)
                }
            }
            guard let bytes else { break }
            try await append(bytes)
            received += Int64(bytes.count)
            observer.received(received, of: total, source.ecosystem)
        }
        if let total, received != total {
            throw .passing("ended after \(received) of \(total) bytes", pause: nil)
        }
    }

    private func append(_ bytes: [UInt8]) async throws(AttemptFault) {
        try await files { [partial] () throws(FileError) in
            var file = try AppendingFile.open(partial.path)
            try file.append(bytes)
        }
    }

    private func checkRoom(for total: Int64?) async throws(AttemptFault) {
        guard let total else { return }
        try await files { [partial] () throws(FileError) in try Files.createDirectory(partial.folder) }
        let free = try await files { [room, partial] () throws(FileError) in try room(partial.folder) }
        guard free < total else { return }
        throw .final(
            "has \(SyncObserver.megabytes(total)), but only \(SyncObserver.megabytes(free)) are free in "
                + "\(partial.folder); make room")
    }

    // MARK: Files and faults

    private func files<Value: Sendable>(
        _ body: @escaping @Sendable () throws(FileError) -> Value
    ) async throws(AttemptFault) -> Value {
        do throws(FileError) {
            return try await thread.run(body)
        } catch {
            guard error.isOutOfSpace else { throw .final("cannot be kept: \(error)") }
            // Half a bundle must not be what fills the disk.
            await throwAway()
            throw .final("does not fit on the disk: \(error); make room, what had come was removed")
        }
    }

    /// Removes what came. A failure to do so is not what the person must hear of.
    private func throwAway() async {
        await thread.run { [partial] in try? partial.discard() }
    }

    private func discard() async throws(BundleFailure) {
        do throws(FileError) {
            try await thread.run { [partial] () throws(FileError) in try partial.discard() }
        } catch {
            throw BundleFailure("cannot be kept: \(error)")
        }
    }

    private func bytesHere() async throws(BundleFailure) -> Int64 {
        await thread.run { [partial] in (try? Files.sizeBytes(partial.path)) ?? 0 }
    }

    private static func fault(_ error: UpstreamError, _ limits: FetchLimits) -> AttemptFault {
        switch error {
        case .timedOut(.stall):
            return .passing("said nothing for \(limits.silence.components.seconds) s", pause: nil)
        case .timedOut(.connect): return .passing("could not be connected to in time", pause: nil)
        case .timedOut(.total): return .final("was too slow; what came is kept and gone on from at the next look")
        case .couldNotResolve, .couldNotConnect, .connectionLost:
            return .passing("could not be read: \(error)", pause: nil)
        case .tooLarge:
            let bound = SyncObserver.megabytes(limits.maxBytes)
            return .final("has more than \(bound); a larger advisories.maxBundleSize lets it in")
        case .invalidURL, .tlsFailed, .redirectRefused, .protocolViolation: return .final("could not be read: \(error)")
        case .aborted: return .final("was given up: the process is ending")
        }
    }
}
