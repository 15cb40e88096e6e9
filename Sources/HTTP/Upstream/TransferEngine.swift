import CCurl
import Platform

/// curl's transfers on an event loop of their own.
///
/// Confined to the loop's thread but for `init` and `shutDown`. curl says which descriptors and which moment it waits
/// for; the loop tells it when they have come.
@safe
final class TransferEngine: DeadlineTarget, @unchecked Sendable {
    let loop: EventLoop
    /// nil once shut down.
    private var multi: UnsafeMutableRawPointer?
    private var watchers: [Int32: SocketWatcher] = [:]
    private var timer: LoopTimer?
    private var transfers: [UnsafeMutableRawPointer: Transfer] = unsafe [:]
    /// Transfers that gathered bytes in the turn that is under way.
    private var gathering: [Transfer] = []
    /// Whether the host of a trusted URL, when it was connected to, had a private address.
    private var knownHosts: [String: Bool] = [:]

    /// - Throws: `EventLoopError` when the system refuses the loop.
    init(maxConnectionsPerHost: Int) throws(EventLoopError) {
        loop = try EventLoop(name: "upstream")
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        guard let multi = unsafe curl_multi_init() else { preconditionFailure("curl is out of memory") }
        unsafe self.multi = multi
        unsafe jurat_multi_number(multi, CURLMOPT_MAX_HOST_CONNECTIONS, maxConnectionsPerHost)
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe jurat_multi_on_socket(multi, engineSocketChanged, context)
        unsafe jurat_multi_on_timer(multi, engineTimerChanged, context)
    }

    /// Ends all transfers and the thread; callable from any thread. Transfers that begin later fail at once.
    func shutDown() {
        loop.execute {
            for transfer in unsafe Array(self.transfers.values) { transfer.fail(.aborted) }
            // Closing connections calls back for each: everything must still be in place.
            if let multi = unsafe self.multi { _ = unsafe curl_multi_cleanup(multi) }
            unsafe self.multi = nil
            for watcher in self.watchers.values { watcher.stop() }
            self.watchers = [:]
            if let timer = self.timer { self.loop.cancel(timer) }
            self.loop.stop()
        }
    }

    // MARK: On the loop's thread

    /// Hands a configured transfer to curl; answers whether it was taken.
    func begin(_ transfer: Transfer, _ easy: UnsafeMutableRawPointer) -> Bool {
        guard let multi = unsafe multi, unsafe curl_multi_add_handle(multi, easy) == CURLM_OK else { return false }
        unsafe transfers[easy] = transfer
        return true
    }

    /// Takes a transfer back from curl, finished or not. Never from within one of curl's callbacks.
    func end(_ easy: UnsafeMutableRawPointer) {
        guard unsafe transfers.removeValue(forKey: easy) != nil, let multi = unsafe multi else { return }
        _ = unsafe curl_multi_remove_handle(multi, easy)
    }

    /// Lets curl look at its own timers and at transfers that were resumed.
    func proceed() {
        act(onSocket: CURL_SOCKET_TIMEOUT, events: 0)
    }

    func deadlinePassed() {
        proceed()
    }

    /// Has a transfer hand over what it gathered once curl has returned.
    func flushAfterTurn(_ transfer: Transfer) {
        gathering.append(transfer)
    }

    private func flush() {
        let transfers = gathering
        gathering.removeAll(keepingCapacity: true)
        for transfer in transfers { transfer.flush() }
    }

    /// Remembers what a trusted host's own address is like.
    func remember(host: String, isPrivate: Bool) {
        // Trusted hosts come from the configuration: a handful. The bound is for a configuration that changes for ever.
        if knownHosts.count >= 1024 { knownHosts = [:] }
        knownHosts[host] = isPrivate
    }

    /// Whether a trusted host's own address is private; nil when it was never connected to.
    func isPrivate(host: String) -> Bool? {
        knownHosts[host]
    }

    fileprivate func act(onSocket descriptor: Int32, events: Int32) {
        guard let multi = unsafe multi else { return }
        var running: Int32 = 0
        _ = unsafe curl_multi_socket_action(multi, descriptor, events, &running)
        flush()
        var result = CURLE_OK
        while let easy = unsafe jurat_multi_next_done(multi, &result) {
            unsafe transfers[easy]?.curlFinished(result)
        }
    }

    fileprivate func socketChanged(_ descriptor: Int32, _ what: Int32) {
        let interest: Interest
        switch what {
        case CURL_POLL_IN: interest = .readable
        case CURL_POLL_OUT: interest = .writable
        case CURL_POLL_INOUT: interest = [.readable, .writable]
        default:
            watchers.removeValue(forKey: descriptor)?.stop()
            return
        }
        // Watched anew rather than changed: a descriptor that was closed and opened again has the same number.
        watchers[descriptor]?.stop()
        watchers[descriptor] = SocketWatcher(descriptor, for: interest, engine: self)
    }

    fileprivate func timerChanged(_ delayMilliseconds: Int) {
        let timer = timer ?? LoopTimer(target: self)
        self.timer = timer
        if delayMilliseconds < 0 {
            loop.cancel(timer)
        } else {
            // Not at once even for 0: this is called from within curl's functions, which must not be entered again.
            loop.schedule(timer, after: .milliseconds(delayMilliseconds))
        }
    }
}

/// Tells curl when one of its descriptors is ready.
private final class SocketWatcher: ReadinessHandler {
    private let descriptor: Int32
    private unowned let engine: TransferEngine
    private var registration: Registration?

    init(_ descriptor: Int32, for interest: Interest, engine: TransferEngine) {
        self.descriptor = descriptor
        self.engine = engine
        // Without a registration the transfer stands still until its own time limit ends it with an error.
        registration = try? engine.loop.register(descriptor, for: interest, handler: self)
    }

    func stop() {
        if let registration { engine.loop.unregister(registration) }
        registration = nil
    }

    func descriptorIsReady(_ readiness: Readiness) {
        var events: Int32 = 0
        if readiness.contains(.readable) { events |= CURL_CSELECT_IN }
        if readiness.contains(.writable) { events |= CURL_CSELECT_OUT }
        if !readiness.isDisjoint(with: .failed) { events |= CURL_CSELECT_ERR }
        engine.act(onSocket: descriptor, events: events)
    }
}

private func engineSocketChanged(
    _ easy: UnsafeMutableRawPointer?, _ descriptor: curl_socket_t, _ what: Int32,
    _ context: UnsafeMutableRawPointer?, _ socketContext: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context = unsafe context else { return -1 }
    unsafe Unmanaged<TransferEngine>.fromOpaque(context).takeUnretainedValue().socketChanged(descriptor, what)
    return 0
}

private func engineTimerChanged(
    _ multi: UnsafeMutableRawPointer?, _ delayMilliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context = unsafe context else { return -1 }
    unsafe Unmanaged<TransferEngine>.fromOpaque(context).takeUnretainedValue().timerChanged(delayMilliseconds)
    return 0
}
