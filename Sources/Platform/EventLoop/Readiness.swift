import CLinux

/// What a descriptor is watched for.
public struct Interest: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Bytes to read, a connection to accept, or the peer's end.
    public static let readable = Interest(rawValue: EPOLLIN.rawValue)
    /// Room to write.
    public static let writable = Interest(rawValue: EPOLLOUT.rawValue)
    /// The peer has closed its writing side, also while its last bytes are unread.
    public static let peerClosed = Interest(rawValue: EPOLLRDHUP.rawValue)
    /// Report a change once instead of a state repeatedly.
    public static let edgeTriggered = Interest(rawValue: EPOLLET.rawValue)
    /// Among loops that watch the same descriptor, wake one.
    public static let exclusive = Interest(rawValue: EPOLLEXCLUSIVE.rawValue)
}

/// What happened to a descriptor.
public struct Readiness: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    public static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    public static let peerClosed = Readiness(rawValue: EPOLLRDHUP.rawValue)
    /// The connection is broken or closed in both directions.
    public static let failed = Readiness(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
}

/// Acts on descriptors that are ready.
public protocol ReadinessHandler: AnyObject {
    /// Called on the loop's thread. It may register, change and unregister any descriptor of the loop.
    func descriptorIsReady(_ readiness: Readiness)
}

/// A watched descriptor's place in its loop. It stays invalid for ever after `unregister`.
public struct Registration: Sendable {
    let slot: UInt32
    let generation: UInt32
    let descriptor: Int32

    var token: UInt64 { UInt64(generation) << 32 | UInt64(slot) }
}

/// The handlers of a loop's descriptors, found by the token that the kernel hands back.
///
/// A token names a slot and a generation of it, so that an event that was already fetched when its descriptor was
/// unregistered reaches nobody, even when the slot is used again.
struct RegistrationTable {
    private struct Slot {
        var handler: (any ReadinessHandler)?
        var generation: UInt32
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []

    mutating func add(_ handler: any ReadinessHandler, descriptor: Int32) -> Registration {
        if let slot = free.popLast() {
            slots[Int(slot)].handler = handler
            return Registration(slot: slot, generation: slots[Int(slot)].generation, descriptor: descriptor)
        }
        // Generation 0 of slot 0 is never given out: that token is the loop's own wake-up descriptor.
        slots.append(Slot(handler: handler, generation: 1))
        return Registration(slot: UInt32(slots.count - 1), generation: 1, descriptor: descriptor)
    }

    mutating func remove(_ registration: Registration) {
        let position = Int(registration.slot)
        precondition(slots[position].generation == registration.generation, "a descriptor was unregistered twice")
        slots[position].handler = nil
        slots[position].generation = slots[position].generation == .max ? 1 : slots[position].generation + 1
        free.append(registration.slot)
    }

    func handler(forToken token: UInt64) -> (any ReadinessHandler)? {
        let position = Int(token & 0xFFFF_FFFF)
        guard position < slots.count, slots[position].generation == UInt32(token >> 32) else { return nil }
        return slots[position].handler
    }

    mutating func removeAll() {
        slots = []
        free = []
    }
}
