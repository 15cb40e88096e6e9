import Platform

/// Bytes that came from the client.
extension ServerConnection {
    /// Whether bytes can be used now; those that cannot stay in the kernel, which slows the client down.
    private var wantsInput: Bool {
        switch phase {
        case .idle, .readingHead: !isYielding
        case .handling, .streaming: exchange?.isBodyWanted ?? false
        case .lingering: true
        case .sending, .closed: false
        }
    }

    /// Takes in bytes as long as there are any and they are wanted.
    func pump() {
        while wantsInput {
            if unreadPosition < unread.count {
                let bytes = unread
                var position = unreadPosition
                unread = []
                unreadPosition = 0
                consume(bytes.span, &position)
                if phase == .closed { return }
                if position < bytes.count {
                    unread = bytes
                    unreadPosition = position
                }
            } else if isReadable {
                guard receive() else { return }
            } else {
                return
            }
        }
    }

    /// Receives once and takes in what came; answers whether the connection goes on.
    private func receive() -> Bool {
        let buffer = unsafe shared.receiveBuffer
        switch unsafe openSocket.receive(into: buffer) {
        case .moved(let count):
            // A short read says that nothing is left, but for the peer's end, which is not announced twice.
            if count < buffer.count, !peerClosedWriting { isReadable = false }
            let bytes = unsafe Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            var position = 0
            consume(bytes, &position)
            guard phase != .closed else { return false }
            if position < count {
                unread = Array(copying: bytes.extracting(position..<count))
                unreadPosition = 0
            }
            return true
        case .wouldBlock:
            isReadable = false
            return true
        case .endOfStream:
            endOfInput()
            return false
        case .broken:
            clientLeft()
            return false
        }
    }

    /// The client has closed its side.
    private func endOfInput() {
        isReadable = false
        switch phase {
        // A request that was cut off is nobody's; a body that was cut off is known to the handler as `clientLeft`.
        case .idle, .readingHead, .lingering, .handling, .streaming: clientLeft()
        // It may still read what it asked for.
        case .sending, .closed: break
        }
    }

    /// Parses bytes until they are used up or not wanted.
    private func consume(_ bytes: Span<UInt8>, _ position: inout Int) {
        repeat {
            switch phase {
            case .idle, .readingHead:
                guard consumeHead(bytes, &position) else { return }
            case .handling, .streaming:
                guard consumeBody(bytes, &position) else { return }
            case .lingering:
                position = bytes.count
            case .sending, .closed:
                return
            }
        } while wantsInput && position < bytes.count
    }

    /// Parses towards a complete head; answers whether to go on with the same bytes.
    private func consumeHead(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
        switch parser.next(bytes, &position) {
        case .needsMoreBytes:
            if phase == .idle, parser.isWithinHead {
                phase = .readingHead
                setDeadline(after: shared.limits.headerTimeout)
            }
            return false
        case .head(let head):
            if head.framing == .none {
                guard case .end = parser.next(bytes, &position) else {
                    preconditionFailure("a request without body does not end")
                }
                begin(head, body: nil)
                return true
            }
            // A handler that answers at once looks at these bytes too, to see whether the body is already there.
            unread = Array(copying: bytes.extracting(position..<bytes.count))
            unreadPosition = 0
            position = bytes.count
            beginWithBody(head)
            return false
        case .refused(let refusal):
            position = bytes.count
            refuse(refusal)
            return false
        case .body, .end:
            preconditionFailure("a body event outside a request")
        }
    }

    private func begin(_ head: RequestHead, body: ByteChannel<BodyError>?) {
        exchange = Exchange(head: head, body: body)
        servedInTurn += 1
        let requestBody =
            body.map { RequestBody(channel: $0, declaredBytes: head.declaredBodyBytes) } ?? RequestBody.none
        startHandler(ServerRequest(head: head, remoteAddress: peer, listener: listener, body: requestBody))
    }

    private func beginWithBody(_ head: RequestHead) {
        let loop = shared.loop
        let connection = self
        let channel = ByteChannel<BodyError>(
            maxBufferedBytes: 64 * 1024, startsPaused: true, cancelled: .cancelled
        ) { [weak connection] in
            // Never within this call: the handler may be running inside this connection's own code.
            loop.execute { [connection] in connection?.bodyWasDemanded() }
        }
        begin(head, body: channel)
    }

    private func bodyWasDemanded() {
        guard phase == .handling || phase == .streaming, let current = exchange, !current.isBodyComplete,
            !current.isBodyBroken
        else { return }
        exchange?.isBodyWanted = true
        if current.awaitsContinue {
            exchange?.awaitsContinue = false
            // A client that has already begun to send no longer waits.
            if unreadPosition == unread.count, phase == .handling {
                output.append(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
                flush()
            }
        }
        refreshPaceDeadline()
        pump()
    }

    /// Parses body bytes for the handler; answers whether to go on with the same bytes.
    private func consumeBody(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
        guard let channel = exchange?.body else { preconditionFailure("body bytes for a request without body") }
        switch parser.next(bytes, &position) {
        case .needsMoreBytes:
            return false
        case .body(let range):
            receivedBodyBytes += Int64(range.count)
            if !channel.push(Array(copying: bytes.extracting(range))) { pauseBody() }
            if parser.isAtEnd { return consumeBody(bytes, &position) }
            return true
        case .end:
            exchange?.isBodyComplete = true
            pauseBody()
            channel.finish(.success(()))
            return true
        case .refused(let refusal):
            breakBody(
                refusal == .bodyTooLarge
                    ? .tooLarge(maxBytes: shared.limits.maxBodyBytes) : .malformed(refusal.sentence))
            return false
        case .head:
            preconditionFailure("a head within a body")
        }
    }

    private func pauseBody() {
        exchange?.isBodyWanted = false
        refreshPaceDeadline()
    }

    /// Tells the handler that the rest of the body will never come, and ends the connection after its answer.
    func breakBody(_ error: BodyError) {
        exchange?.isBodyBroken = true
        pauseBody()
        exchange?.body?.finish(.failure(error))
    }

    /// Throws away what has come of a body that the handler did not read; answers whether that was all of it.
    func discardUnreadBody() -> Bool {
        guard let current = exchange else { return true }
        if current.isBodyComplete { return true }
        if current.isBodyBroken { return false }
        let bytes = unread
        var position = unreadPosition
        defer {
            unreadPosition = position
            if position == bytes.count {
                unread = []
                unreadPosition = 0
            }
        }
        while true {
            switch parser.next(bytes.span, &position) {
            case .body: continue
            case .end: return true
            case .needsMoreBytes, .refused, .head: return false
            }
        }
    }
}
