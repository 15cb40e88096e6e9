import Platform

/// Clients that take too long.
extension ServerConnection {
    func deadlinePassed() {
        let now = shared.loop.nowNanoseconds
        guard phase != .closed, deadlineNanoseconds != .max else { return }
        // The deadline was put off since the timer was set.
        if now < deadlineNanoseconds {
            setDeadline(atNanoseconds: deadlineNanoseconds)
            return
        }
        switch phase {
        case .idle, .lingering, .closed: close()
        case .readingHead: refuseSlowHead()
        case .handling, .streaming, .sending: checkPace()
        }
    }

    /// Holds the client to a pace as long as something is up to it, and not while it waits for us.
    func refreshPaceDeadline() {
        let isUpToClient = exchange?.isBodyWanted ?? false || !output.isEmpty
        guard isUpToClient else {
            isPaceMeasured = false
            setDeadline(after: nil)
            return
        }
        if !isPaceMeasured { beginPaceWindow() }
    }

    private func beginPaceWindow() {
        isPaceMeasured = true
        pace.begin(
            at: receivedBodyBytes + output.sentBytes, nowNanoseconds: shared.loop.nowNanoseconds,
            length: shared.limits.bodyTimeout)
        setDeadline(atNanoseconds: pace.endNanoseconds)
    }

    private func checkPace() {
        let isFastEnough = pace.isFastEnough(
            at: receivedBodyBytes + output.sentBytes, minBytesPerSecond: shared.limits.minBodyBytesPerSecond,
            length: shared.limits.bodyTimeout)
        if isFastEnough {
            beginPaceWindow()
        } else if exchange?.isBodyWanted ?? false {
            setDeadline(after: nil)
            breakBody(.timedOut)
        } else {
            // It does not take what we send.
            abort()
        }
    }
}
