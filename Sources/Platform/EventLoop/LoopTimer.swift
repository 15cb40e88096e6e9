/// Something that acts when a time has come.
public protocol DeadlineTarget: AnyObject {
    /// Called on the loop's thread, once per `schedule`, not before the deadline.
    func deadlinePassed()
}

/// One deadline of one target, confined to the thread of the loop that it is scheduled on.
public final class LoopTimer {
    private weak var weakTarget: (any DeadlineTarget)?
    private let ownTarget: (any DeadlineTarget)?
    /// When it goes off, in nanoseconds of the loop's clock; meaningless while not scheduled.
    public fileprivate(set) var deadlineNanoseconds: Int64 = 0
    fileprivate var position = -1

    /// Makes a timer that is not scheduled. The target is held weakly.
    public init(target: any DeadlineTarget) {
        weakTarget = target
        ownTarget = nil
    }

    /// Makes a timer that runs `action`.
    init(action: @escaping @Sendable () -> Void) {
        ownTarget = DeadlineAction(action)
    }

    /// Who acts; nil when it is gone.
    var target: (any DeadlineTarget)? { ownTarget ?? weakTarget }

    /// Whether it will go off.
    public var isScheduled: Bool { position >= 0 }
}

/// A closure as a target.
private final class DeadlineAction: DeadlineTarget {
    private let action: @Sendable () -> Void

    init(_ action: @escaping @Sendable () -> Void) {
        self.action = action
    }

    func deadlinePassed() {
        action()
    }
}

/// Timers ordered by deadline: a binary heap whose members know their places, so that removing one is cheap.
struct DeadlineQueue {
    private var heap: [LoopTimer] = []

    var isEmpty: Bool { heap.isEmpty }
    var count: Int { heap.count }

    /// The earliest deadline; nil without timers.
    var earliestNanoseconds: Int64? { heap.first?.deadlineNanoseconds }

    /// Adds a timer, or moves it when it is already there.
    mutating func schedule(_ timer: LoopTimer, at deadlineNanoseconds: Int64) {
        if timer.position < 0 {
            timer.deadlineNanoseconds = deadlineNanoseconds
            timer.position = heap.count
            heap.append(timer)
            moveUp(from: timer.position)
        } else {
            let earlier = deadlineNanoseconds < timer.deadlineNanoseconds
            timer.deadlineNanoseconds = deadlineNanoseconds
            if earlier { moveUp(from: timer.position) } else { moveDown(from: timer.position) }
        }
    }

    /// Takes a timer out; harmless when it is not there.
    mutating func cancel(_ timer: LoopTimer) {
        let position = timer.position
        guard position >= 0 else { return }
        precondition(heap[position] === timer, "a timer was cancelled on a loop that does not have it")
        timer.position = -1
        let last = heap.removeLast()
        guard last !== timer else { return }
        heap[position] = last
        last.position = position
        moveUp(from: position)
        moveDown(from: last.position)
    }

    /// Takes out and returns the earliest timer that is due.
    mutating func popDue(at nowNanoseconds: Int64) -> LoopTimer? {
        guard let first = heap.first, first.deadlineNanoseconds <= nowNanoseconds else { return nil }
        cancel(first)
        return first
    }

    private mutating func moveUp(from start: Int) {
        var position = start
        while position > 0 {
            let parent = (position - 1) / 2
            guard heap[position].deadlineNanoseconds < heap[parent].deadlineNanoseconds else { return }
            swap(position, parent)
            position = parent
        }
    }

    private mutating func moveDown(from start: Int) {
        var position = start
        while true {
            var least = position
            for child in (2 * position + 1)...(2 * position + 2) where child < heap.count {
                if heap[child].deadlineNanoseconds < heap[least].deadlineNanoseconds { least = child }
            }
            guard least != position else { return }
            swap(position, least)
            position = least
        }
    }

    private mutating func swap(_ left: Int, _ right: Int) {
        heap.swapAt(left, right)
        heap[left].position = left
        heap[right].position = right
    }
}
