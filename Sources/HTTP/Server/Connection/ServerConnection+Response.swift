import Platform

/// Responses, the handler's and our own.
extension ServerConnection {
    /// Sends what the handler answered; returns when nothing of it needs the handler's task any more.
    func answer(_ response: ServerResponse) async {
        shared.loop.checkIsolated()
        guard phase == .handling, let current = exchange else { return }
        if case .stream(let produce) = response.body, !current.isBodiless(status: response.status) {
            await stream(response, produce)
        } else {
            send(response, to: current)
        }
    }

    private func send(_ response: ServerResponse, to current: Exchange) {
        let keepsAlive = decideOnKeepAlive(response, current)
        let length = lengthOfWholeBody(response)
        shared.headBuffer.removeAll(keepingCapacity: true)
        ResponseEncoder.append(
            response, length: length, persistence: persistence(keepsAlive, current), dateLine: shared.dateLine,
            to: &shared.headBuffer)
        if current.isBodiless(status: response.status) {
            sendHead(followedBy: [])
        } else {
            switch response.body {
            case .none, .stream: sendHead(followedBy: [])
            case .bytes(let bytes): sendHead(followedBy: bytes)
            case .file(let file, let offset, let count): sendHead(followedBy: file, offset: offset, count: count)
            }
        }
        finishSending()
    }

    private func lengthOfWholeBody(_ response: ServerResponse) -> ResponseEncoder.Length {
        switch response.body {
        // Neither status has a body, and 304 would have to repeat the length of one that is not sent.
        case _ where response.status == 204 || response.status == 304: .unsaid
        case .none: .bytes(0)
        case .bytes(let bytes): .bytes(Int64(bytes.count))
        case .file(_, _, let count): .bytes(count)
        // Only for HEAD: the length where the handler knows it.
        case .stream: declaredLength(response).map { .bytes($0) } ?? .unsaid
        }
    }

    private func declaredLength(_ response: ServerResponse) -> Int64? {
        guard let text = response.headers["content-length"], let length = Int64(text), length >= 0 else { return nil }
        return length
    }

    /// Decides whether the connection goes on after this response, and remembers it.
    private func decideOnKeepAlive(_ response: ServerResponse, _ current: Exchange) -> Bool {
        var keepsAlive = current.keepsAlive && !response.closesConnection && !shared.isDraining
        // A client that waits for `100 Continue` may or may not send the body once it sees a final status.
        if keepsAlive, current.awaitsContinue || !discardUnreadBody() { keepsAlive = false }
        exchange?.keepsAlive = keepsAlive
        return keepsAlive
    }

    private func persistence(_ keepsAlive: Bool, _ current: Exchange) -> ResponseEncoder.Persistence {
        if !keepsAlive { return .close }
        return current.head.minorVersion == 0 ? .keepAlive : .implied
    }

    // MARK: Streamed bodies

    private func stream(_ response: ServerResponse, _ produce: @Sendable (BodyWriter) async throws -> Void) async {
        guard let current = exchange else { return }
        var keepsAlive = current.keepsAlive && !response.closesConnection && !shared.isDraining
        let length: ResponseEncoder.Length
        if let declared = declaredLength(response) {
            length = .bytes(declared)
            exchange?.streamFraming = .length(remaining: declared, declared: declared)
        } else if current.head.minorVersion >= 1 {
            length = .chunked
            exchange?.streamFraming = .chunked
        } else {
            length = .unsaid
            exchange?.streamFraming = .untilClose
            keepsAlive = false
        }
        exchange?.keepsAlive = keepsAlive
        shared.headBuffer.removeAll(keepingCapacity: true)
        ResponseEncoder.append(
            response, length: length, persistence: persistence(keepsAlive, current), dateLine: shared.dateLine,
            to: &shared.headBuffer)
        phase = .streaming
        sendHead(followedBy: [])
        do {
            try await produce(
                BodyWriter { [weak self] bytes throws(BodyWriteError) in
                    guard let self else { throw .clientLeft }
                    try await self.write(bytes)
                })
            shared.loop.checkIsolated()
            endStream()
        } catch {
            // The client must see that the body is not whole.
            if phase == .streaming { abort() }
        }
    }

    /// Queues bytes of a streamed body and waits while too many wait for the client.
    private func write(_ bytes: [UInt8]) async throws(BodyWriteError) {
        let result = await withCheckedContinuation { writer in
            if shared.loop.isCurrent {
                enqueue(bytes, for: writer)
            } else {
                shared.loop.execute { self.enqueue(bytes, for: writer) }
            }
        }
        try result.get()
    }

    private func enqueue(_ bytes: [UInt8], for writer: CheckedContinuation<Result<Void, BodyWriteError>, Never>) {
        guard phase == .streaming, let current = exchange else {
            writer.resume(returning: .failure(.clientLeft))
            return
        }
        switch current.streamFraming {
        case .chunked:
            // An empty chunk would end the body.
            if !bytes.isEmpty { output.append(framedChunk(bytes)) }
        case .length(let remaining, let declared):
            guard Int64(bytes.count) <= remaining else {
                writer.resume(returning: .failure(.tooManyBytes(declared: declared)))
                return
            }
            exchange?.streamFraming = .length(remaining: remaining - Int64(bytes.count), declared: declared)
            output.append(bytes)
        case .untilClose: output.append(bytes)
        case .none: preconditionFailure("a streamed body without framing")
        }
        exchange?.waitingWriter = writer
        flush()
    }

    private func framedChunk(_ bytes: [UInt8]) -> [UInt8] {
        var chunk: [UInt8] = []
        chunk.reserveCapacity(bytes.count + 12)
        chunk.append(chunkOf: bytes.count)
        chunk.append(contentsOf: bytes)
        chunk.append(literal: "\r\n")
        return chunk
    }

    private func endStream() {
        guard phase == .streaming, let current = exchange else { return }
        switch current.streamFraming {
        case .chunked: output.append(Array("0\r\n\r\n".utf8))
        case .length(let remaining, _) where remaining > 0:
            abort()
            return
        case .length, .untilClose, .none: break
        }
        if !discardUnreadBody() || current.awaitsContinue { exchange?.keepsAlive = false }
        flush()
        if phase == .streaming { finishSending() }
    }

    // MARK: Our own responses

    /// Tells the client what is wrong with its request, and ends the connection.
    func refuse(_ refusal: RequestRefusal) {
        refuse(status: refusal.status, reason: nil, sentence: refusal.sentence, headers: [:])
    }

    /// Tells the client that its request did not come in time, and ends the connection.
    func refuseSlowHead() {
        refuse(status: 408, reason: nil, sentence: "The request's header fields did not come in time.", headers: [:])
    }

    /// Tells the client that there are too many connections, and ends this one.
    func refuse(tooManyConnections limit: Int) {
        refuse(
            status: 429, reason: "Too many connections",
            sentence: "This server has its \(limit) connections in use; try again.", headers: ["Retry-After": "1"])
    }

    private func refuse(status: Int, reason: String?, sentence: String, headers: HeaderFields) {
        var response = ServerResponse(
            status: status, reason: reason, headers: headers, body: .bytes(Array((sentence + "\n").utf8)))
        response.headers.append("Content-Type", "text/plain; charset=utf-8")
        exchange = nil
        phase = .handling
        shared.headBuffer.removeAll(keepingCapacity: true)
        ResponseEncoder.append(
            response, length: lengthOfWholeBody(response), persistence: .close, dateLine: shared.dateLine,
            to: &shared.headBuffer)
        sendHead(followedBy: Array((sentence + "\n").utf8))
        finishSending()
    }
}
