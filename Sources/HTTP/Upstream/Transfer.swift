import CCurl
import Glibc
import Platform

/// What one attempt is to do.
struct TransferPlan: Sendable {
    var method: Method
    var url: UpstreamURL
    var headers: HeaderFields
    var body: [UInt8]?
    var connectTimeout: Duration
    var stallTimeout: Duration
    /// When the whole request must be over, in nanoseconds of the loop's clock.
    var deadlineNanoseconds: Int64
    var maxBodyBytes: Int64
    var acceptsGzip: Bool
    var unixSocketPath: String?
    var proxy: String?
    var addressGuard: AddressGuard
    var userAgent: String
    var certificateAuthorities: String?
}

/// The status and header fields that an attempt brought.
struct UpstreamHead: Sendable {
    var status: Int
    var headers: HeaderFields
}

/// Why an attempt brought no head.
struct TransferFailure: Error, Sendable {
    var error: UpstreamError
    /// Whether the guard could not decide because the trusted host's own address is not known.
    var needsTrustedAddress = false
}

/// One attempt to fetch one URL: curl's callbacks on one side, a head and a channel of body bytes on the other.
///
/// Confined to the engine's loop but for `start`, `cancel` and `body`.
@safe
final class Transfer: DeadlineTarget, @unchecked Sendable {
    typealias Outcome = Result<UpstreamHead, TransferFailure>

    let plan: TransferPlan
    let body: ByteChannel<UpstreamError>
    private let engine: TransferEngine
    private var easy: CurlEasy?
    private var waiter: CheckedContinuation<Outcome, Never>?
    private var collector: HeadCollector
    private var isHeadDelivered = false
    private var isOver = false
    private var isCancelled = false
    /// What to report in place of the error that curl makes of our refusal.
    private var refusal: UpstreamError?
    private var needsTrustedAddress = false
    private var receivedBytes: Int64 = 0
    private var uploadedBytes: Int64 = 0
    /// Body bytes of one turn: curl hands them over in small pieces, and waking the consumer for each would cost more
    /// than moving them.
    private var gathered: [UInt8] = []
    private static let gatheredBytes = 64 * 1024
    private var isChannelFull = false
    private var isPausedInCurl = false
    private var timer: LoopTimer?
    /// When the peer last did something, once there is a connection.
    private var lastProgressNanoseconds: Int64?

    init(_ plan: TransferPlan, engine: TransferEngine) {
        self.plan = plan
        self.engine = engine
        collector = HeadCollector()
        let demand = Demand()
        body = ByteChannel(maxBufferedBytes: 256 * 1024, startsPaused: false, cancelled: .aborted) {
            demand.signal()
        }
        demand.connect(self, loop: engine.loop)
    }

    // MARK: From any thread

    /// Begins, and returns when the head has come or the attempt has failed.
    func start() async -> Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isTaken = engine.loop.execute { self.begin(waiter) }
                if !isTaken { waiter.resume(returning: .failure(TransferFailure(error: .aborted))) }
            }
        } onCancel: {
            cancel()
        }
    }

    /// Gives up what is left of the transfer.
    func cancel() {
        engine.loop.execute {
            self.isCancelled = true
            self.fail(.aborted)
        }
    }

    // MARK: On the loop's thread

    private func begin(_ waiter: CheckedContinuation<Outcome, Never>) {
        guard !isCancelled else {
            waiter.resume(returning: .failure(TransferFailure(error: .aborted)))
            return
        }
        self.waiter = waiter
        let easy = CurlEasy(plan, context: self)
        self.easy = easy
        guard unsafe engine.begin(self, easy.handle) else {
            fail(.aborted)
            return
        }
        timer = LoopTimer(target: self)
        watchTime()
    }

    /// Ends the transfer with an error. Never from within one of curl's callbacks.
    func fail(_ error: UpstreamError) {
        end(.failure(error))
    }

    /// curl is done with the transfer.
    func curlFinished(_ code: CURLcode) {
        if let refusal {
            end(.failure(refusal))
        } else if code == CURLE_OK {
            end(isHeadDelivered ? .success(()) : .failure(.protocolViolation("the response has no final status")))
        } else {
            end(.failure(easy?.error(for: code, plan) ?? .aborted))
        }
    }

    private func end(_ result: Result<Void, UpstreamError>) {
        guard !isOver else { return }
        isOver = true
        if case .success = result { flush() }
        if let timer { engine.loop.cancel(timer) }
        timer = nil
        if let easy { unsafe engine.end(easy.handle) }
        easy = nil
        if case .failure(let error) = result {
            waiter?.resume(
                returning: .failure(TransferFailure(error: error, needsTrustedAddress: needsTrustedAddress)))
            waiter = nil
        }
        body.finish(result)
    }

    // MARK: curl's callbacks

    /// Takes one header line; answers how many bytes were taken, fewer to end the transfer.
    fileprivate func takeHeaderLine(_ line: UnsafeRawBufferPointer) -> Int {
        noteProgress()
        guard !isHeadDelivered else { return line.count }
        switch unsafe collector.take(line) {
        case .more: return line.count
        case .refused(let reason):
            refusal = .protocolViolation(reason)
            return 0
        case .head(let head):
            if isTooLarge(head) {
                refusal = .tooLarge(maxBytes: plan.maxBodyBytes)
                return 0
            }
            isHeadDelivered = true
            waiter?.resume(returning: .success(decoded(head)))
            waiter = nil
            return line.count
        }
    }

    /// Whether the head already says that the body is over the limit. What a redirect carries is not read.
    private func isTooLarge(_ head: UpstreamHead) -> Bool {
        guard plan.method != .head, !(300..<400).contains(head.status),
            let length = head.headers["content-length"].flatMap({ Int64($0) })
        else { return false }
        return length > plan.maxBodyBytes
    }

    /// The head as it is after curl has decompressed the body.
    private func decoded(_ head: UpstreamHead) -> UpstreamHead {
        guard plan.acceptsGzip, head.headers.contains("content-encoding") else { return head }
        var head = head
        head.headers.remove("content-encoding")
        head.headers.remove("content-length")
        return head
    }

    /// Takes body bytes; answers what curl's write callback must return.
    fileprivate func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        noteProgress()
        guard !isChannelFull else {
            isPausedInCurl = true
            return Int(CURL_WRITEFUNC_PAUSE)
        }
        receivedBytes += Int64(bytes.count)
        guard receivedBytes <= plan.maxBodyBytes else {
            refusal = .tooLarge(maxBytes: plan.maxBodyBytes)
            return 0
        }
        if gathered.isEmpty {
            engine.flushAfterTurn(self)
            // A full piece of curl's is followed by others.
            if bytes.count >= 16 * 1024 { gathered.reserveCapacity(Self.gatheredBytes) }
        }
        unsafe gathered.append(contentsOf: bytes)
        if gathered.count + bytes.count > Self.gatheredBytes { flush() }
        return bytes.count
    }

    /// Hands the consumer what was gathered.
    func flush() {
        guard !gathered.isEmpty else { return }
        isChannelFull = !body.push(gathered)
        gathered = []
    }

    /// The consumer wants more.
    fileprivate func resume() {
        isChannelFull = false
        guard isPausedInCurl, !isOver, let easy else { return }
        isPausedInCurl = false
        noteProgress()
        watchTime()
        // This delivers what curl holds back, and may pause again at once.
        _ = unsafe curl_easy_pause(easy.handle, CURLPAUSE_CONT)
        engine.proceed()
    }

    /// Decides on a connection that is about to be made.
    fileprivate func allows(_ address: IPAddress?) -> Bool {
        // A socket file has no address, and behind a proxy the address is the proxy's.
        guard plan.proxy == nil, plan.unixSocketPath == nil, let address else { return true }
        if plan.url.host == plan.addressGuard.trusted.host {
            engine.remember(host: plan.url.host, isPrivate: !address.isPublic)
        }
        let addressGuard = plan.addressGuard
        let isAllowed = addressGuard.allows(address, for: plan.url) ?? engine.isPrivate(host: addressGuard.trusted.host)
        if isAllowed == true { return true }
        needsTrustedAddress = isAllowed == nil
        refusal = .redirectRefused(reason: "\(plan.url.text) leads to a private address")
        return false
    }

    /// A connection is there, new or used before; answers whether the request may be sent on it.
    fileprivate func connected(to address: String) -> Bool {
        noteProgress()
        watchTime()
        // Another of a name's addresses may have been refused before this one was taken.
        refusal = nil
        needsTrustedAddress = false
        return allows(IPAddress(address))
    }

    fileprivate func noteProgress() {
        lastProgressNanoseconds = engine.loop.nowNanoseconds
    }

    fileprivate func uploaded(_ bytes: Int64) {
        if bytes > uploadedBytes { noteProgress() }
        uploadedBytes = bytes
    }

    // MARK: Time limits

    func deadlinePassed() {
        guard !isOver else { return }
        let now = engine.loop.nowNanoseconds
        if now >= plan.deadlineNanoseconds {
            fail(.timedOut(.total))
        } else if let stall = stallNanoseconds, now >= stall {
            fail(.timedOut(.stall))
        } else {
            watchTime()
        }
    }

    /// When the peer has been silent for too long; nil while the silence is ours, or while curl is connecting.
    private var stallNanoseconds: Int64? {
        guard !isPausedInCurl else { return nil }
        return lastProgressNanoseconds?.addingSaturated(plan.stallTimeout.wholeNanoseconds)
    }

    private func watchTime() {
        guard let timer else { return }
        let next = min(plan.deadlineNanoseconds, stallNanoseconds ?? .max)
        // Bytes put the moment off; the timer goes off as it was set and is then set again.
        if !timer.isScheduled || timer.deadlineNanoseconds > next {
            engine.loop.schedule(timer, atNanoseconds: next)
        }
    }
}

/// Carries a consumer's wish for more bytes to its transfer's loop.
private final class Demand: @unchecked Sendable {
    // Written once, before the channel is handed to anyone.
    private weak var transfer: Transfer?
    private var loop: EventLoop?

    func connect(_ transfer: Transfer, loop: EventLoop) {
        self.transfer = transfer
        self.loop = loop
    }

    func signal() {
        guard let transfer, let loop else { return }
        loop.execute { transfer.resume() }
    }
}

// MARK: Functions for curl

private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
}

func transferTookHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer = unsafe transfer(context) else { return 0 }
    return unsafe transfer.takeHeaderLine(UnsafeRawBufferPointer(start: bytes, count: size * count))
}

func transferTookBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer = unsafe transfer(context) else { return 0 }
    return unsafe transfer.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
}

func transferOpensSocket(
    _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let transfer = unsafe transfer(context), let address = unsafe address else { return CURL_SOCKET_BAD }
    let bytes = unsafe UnsafeRawBufferPointer(
        start: jurat_address_bytes(address), count: Int(address.pointee.addrlen))
    guard transfer.allows(unsafe IPAddress(socketAddress: bytes)) else { return CURL_SOCKET_BAD }
    let kind = unsafe address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    return unsafe socket(address.pointee.family, kind, address.pointee.protocol)
}

func transferConnected(
    _ context: UnsafeMutableRawPointer?, _ peer: UnsafeMutablePointer<CChar>?, _ local: UnsafeMutablePointer<CChar>?,
    _ peerPort: Int32, _ localPort: Int32
) -> Int32 {
    guard let transfer = unsafe transfer(context) else { return CURL_PREREQFUNC_ABORT }
    let address = unsafe peer.map { unsafe String(cString: $0) } ?? ""
    return transfer.connected(to: address) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

func transferProgressed(
    _ context: UnsafeMutableRawPointer?, _ expectedDown: curl_off_t, _ down: curl_off_t,
    _ expectedUp: curl_off_t, _ up: curl_off_t
) -> Int32 {
    unsafe transfer(context)?.uploaded(Int64(up))
    return 0
}
