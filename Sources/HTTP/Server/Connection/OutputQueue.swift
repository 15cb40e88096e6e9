import Platform

/// What waits to be sent on one connection, in order.
struct OutputQueue {
    private enum Piece {
        case bytes([UInt8], position: Int)
        case file(OpenFile, offset: Int64, remaining: Int64)
    }

    /// What came of sending.
    enum Outcome: Equatable {
        /// Nothing waits any more.
        case empty
        /// The socket takes no more for now.
        case blocked
        /// The socket would take more, but others shall have their turn.
        case yielded
        case broken
    }

    private var pieces: [Piece] = []
    private var first = 0
    /// Bytes in memory that wait; those of files do not count.
    private(set) var bufferedBytes = 0
    /// All bytes that were ever sent, for measuring the client's pace.
    private(set) var sentBytes: Int64 = 0

    var isEmpty: Bool { first == pieces.count }

    mutating func append(_ bytes: [UInt8], from position: Int = 0) {
        guard position < bytes.count else { return }
        bufferedBytes += bytes.count - position
        pieces.append(.bytes(bytes, position: position))
    }

    mutating func append(_ file: OpenFile, offset: Int64, count: Int64) {
        guard count > 0 else { return }
        pieces.append(.file(file, offset: offset, remaining: count))
    }

    /// Counts bytes that were sent without passing through the queue.
    mutating func noteSent(_ count: Int) {
        sentBytes += Int64(count)
    }

    /// Sends until nothing waits, the socket is full or one turn's share is used up.
    mutating func send(to socket: StreamSocket) -> Outcome {
        var share = 8 << 20
        while first < pieces.count {
            let result: TransferResult
            switch pieces[first] {
            case .bytes(let bytes, let position):
                let moreFollows = first + 1 < pieces.count
                result = unsafe bytes.withUnsafeBytes { buffer in
                    unsafe socket.send(UnsafeRawBufferPointer(rebasing: buffer[position...]), moreFollows: moreFollows)
                }
                if case .moved(let count) = result { bufferedBytes -= count }
            case .file(let file, let offset, let remaining):
                result = socket.sendFile(file, offset: offset, count: Int(min(remaining, 4 << 20)))
            }
            switch result {
            case .moved(let count):
                advance(by: count)
                share -= count
                if share <= 0 { return isEmpty ? .empty : .yielded }
            case .wouldBlock: return .blocked
            // A file that became shorter cannot be completed: the client must see that.
            case .endOfStream, .broken: return .broken
            }
        }
        return .empty
    }

    /// Forgets everything that waits.
    mutating func removeAll() {
        pieces = []
        first = 0
        bufferedBytes = 0
    }

    private mutating func advance(by count: Int) {
        sentBytes += Int64(count)
        switch pieces[first] {
        case .bytes(let bytes, let position):
            if position + count < bytes.count {
                pieces[first] = .bytes(bytes, position: position + count)
                return
            }
        case .file(let file, let offset, let remaining):
            if Int64(count) < remaining {
                pieces[first] = .file(file, offset: offset + Int64(count), remaining: remaining - Int64(count))
                return
            }
        }
        // The piece's memory or file is let go at once, not when the whole queue is empty.
        pieces[first] = .bytes([], position: 0)
        first += 1
        if first == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            first = 0
        }
    }
}
