import Platform

/// Bytes that go to the client.
extension ServerConnection {
    /// Sends the head buffer and a body in memory, together where the socket takes them.
    func sendHead(followedBy body: [UInt8], moreFollows: Bool = false) {
        guard output.isEmpty else {
            output.append(shared.headBuffer)
            output.append(body)
            flush()
            return
        }
        let headCount = shared.headBuffer.count
        let result = unsafe shared.headBuffer.withUnsafeBytes { head in
            unsafe body.withUnsafeBytes { body in
                unsafe body.isEmpty ? openSocket.send(head, moreFollows: moreFollows) : openSocket.send(head, body)
            }
        }
        switch result {
        case .moved(let count):
            output.noteSent(count)
            if count < headCount { output.append(shared.headBuffer, from: count) }
            output.append(body, from: max(0, count - headCount))
        case .wouldBlock:
            output.append(shared.headBuffer)
            output.append(body)
        case .endOfStream, .broken:
            clientLeft()
        }
    }

    /// Sends the head buffer and then part of a file, which the kernel joins in one packet where it can.
    func sendHead(followedBy file: OpenFile, offset: Int64, count: Int64) {
        sendHead(followedBy: [], moreFollows: count > 0)
        guard phase != .closed else { return }
        output.append(file, offset: offset, count: count)
        flush()
    }

    /// Sends what waits, as far as the socket takes it.
    func flush() {
        guard phase != .closed else { return }
        let outcome: OutputQueue.Outcome
        if output.isEmpty {
            outcome = .empty
        } else {
            outcome = output.send(to: openSocket)
        }
        switch outcome {
        case .broken:
            clientLeft()
            return
        case .yielded: shared.loop.execute { self.flush() }
        case .empty, .blocked: break
        }
        resumeWriter()
        if phase == .sending {
            if output.isEmpty { responseWasSent() } else { refreshPaceDeadline() }
        } else if phase == .streaming {
            refreshPaceDeadline()
        }
    }

    /// Lets the writer of a streamed body go on when little enough waits.
    private func resumeWriter() {
        guard let writer = exchange?.waitingWriter else { return }
        let isLow = output.bufferedBytes <= shared.limits.maxBufferedResponseBytes / 2
        guard isLow else { return }
        exchange?.waitingWriter = nil
        writer.resume(returning: .success(()))
    }

    /// The whole response is in the queue or sent.
    func finishSending() {
        guard phase == .handling || phase == .streaming else { return }
        phase = .sending
        if output.isEmpty { responseWasSent() } else { refreshPaceDeadline() }
    }

    private func responseWasSent() {
        let keepsAlive = exchange?.keepsAlive ?? false
        let isInputLeft = !(exchange?.isBodyComplete ?? false) || unreadPosition < unread.count || isReadable
        exchange?.body?.finish(.failure(.clientLeft))
        exchange = nil
        isPaceMeasured = false
        if keepsAlive {
            phase = .idle
            setDeadline(after: shared.limits.idleTimeout)
            takeTurns()
        } else if isInputLeft {
            linger()
        } else {
            close()
        }
    }

    /// After a client's share of requests, lets other connections have their turn.
    private func takeTurns() {
        if servedInTurn < shared.limits.maxPipelined {
            // The handler's own task or a full socket was in between: the next request is still to be looked for.
            if !isStartingHandler, !isYielding { shared.loop.execute { self.pump() } }
            return
        }
        servedInTurn = 0
        isYielding = true
        shared.loop.execute {
            self.isYielding = false
            self.pump()
        }
    }

    /// Takes in what the client still sends for a while: closing with unread bytes would reset the connection, and the
    /// client might lose the response.
    ///
    /// Spec: RFC 9112 section 9.6.
    private func linger() {
        phase = .lingering
        unread = []
        unreadPosition = 0
        openSocket.shutdownWriting()
        setDeadline(after: shared.limits.lingerTimeout)
        if !isStartingHandler { shared.loop.execute { self.pump() } }
    }
}
