import Cryptography
import Platform
import Screening
import TransparencyLog

// What happens at opening, and after an attempt that failed half-way. All of it runs on the store's thread.
extension ForeignStore {
    /// Clears up, checks every import against its receipt, and fills memory.
    func load(_ table: ForeignTable, logger: Logger) throws(ExchangeFailure) {
        startNumbers(at: try inDatabase { () throws(DatabaseError) in try table.nextImport() })
        for number in try inDatabase({ () throws(DatabaseError) in try table.unfinished(ofLog: nil) }) {
            try settle(number, table)
        }
        var receipts = try ownReceipts()
        var newest: [String: UInt64] = [:]
        for entry in try inDatabase({ () throws(DatabaseError) in try table.receipted() }) {
            // By what it says and not by its place, which is another one in the successor of a log.
            guard let logged = receipts.removeValue(forKey: entry.receipt),
                logged.statement == .importReceipt(entry.stored.receipt)
            else {
                throw .damaged(.noReceipt(number: entry.stored.number, origin: entry.stored.origin))
            }
            try activate(entry.stored, table)
            newest[entry.stored.origin] = max(logged.logIndex, newest[entry.stored.origin] ?? 0)
        }
        for lost in receipts.values.sorted(by: { $0.logIndex < $1.logIndex }) {
            rememberLost(lost, newest: newest, logger)
        }
        try loadSightings(table)
    }

    /// The own log's receipts by what they say. Two cannot say the same: the log keeps the first.
    private func ownReceipts() throws(ExchangeFailure) -> [StatementID: LoggedStatement] {
        do throws(LogError) {
            return Dictionary(try book.all().map { ($0.statementID, $0) }) { first, _ in first }
        } catch {
            throw .receipt(error)
        }
    }

    /// A receipt whose import is gone, as after foreign.db was moved aside. What was seen is still known from it.
    ///
    /// - Parameter newest: the log's newest receipt of an import that is stored; what was lost before it was taken anew.
    private func rememberLost(_ lost: LoggedStatement, newest: [String: UInt64], _ logger: Logger) {
        guard case .importReceipt(let receipt) = lost.statement else { return }
        let isReplaced = newest[receipt.origin].map { $0 > lost.logIndex } ?? false
        let advice = "the import receipted at log index \(lost.logIndex) is not stored any more; take it over again"
        if !isReplaced { logger.warning("\(receipt.origin): \(advice)") }
        update(receipt.origin) { memory in
            if receipt.treeSize > memory.size {
                (memory.size, memory.root, memory.note) = (receipt.treeSize, receipt.root, nil)
            }
            if !isReplaced { memory.problem = advice }
        }
    }

    private func loadSightings(_ table: ForeignTable) throws(ExchangeFailure) {
        let evidence = try inDatabase { () throws(DatabaseError) in try table.evidence() }
        for origin in knowledge.origins {
            let sighting = try inDatabase { () throws(DatabaseError) -> ForeignTable.Sighting? in
                guard let log = try table.knownLog(named: origin) else { return nil }
                return try table.sighting(of: log)
            }
            guard let sighting, let memory = memory(of: origin), sighting.size == memory.size,
                sighting.root == memory.root
            else { continue }
            update(origin) { $0.lastVerifiedAt = sighting.verifiedAt }
            knowledge.verified(origin, at: sighting.verifiedAt)
        }
        for item in evidence {
            update(item.origin) { memory in
                if memory.lastVerifiedAt.map({ $0 <= item.foundAt }) ?? true { memory.problem = item.explanation }
            }
        }
    }

    /// Clears up after attempts of one log that neither finished nor took everything back.
    ///
    /// - Returns: the receipts of the imports that count now, by number.
    @discardableResult
    func settle(_ origin: String, _ table: ForeignTable) throws(ExchangeFailure) -> [Int64: LoggedStatement] {
        let numbers = try inDatabase { () throws(DatabaseError) -> [Int64] in
            guard let log = try table.knownLog(named: origin) else { return [] }
            return try table.unfinished(ofLog: log)
        }
        var settled: [Int64: LoggedStatement] = [:]
        for number in numbers {
            guard let (done, logged) = try settle(number, table) else { continue }
            try activate(done, table)
            settled[number] = logged
        }
        // A third write that failed and happened all the same: complete on the disk, and unknown here.
        let active = memory(of: origin)?.active ?? []
        for entry in try inDatabase({ () throws(DatabaseError) in try table.receipted() })
        where entry.stored.origin.utf8.elementsEqual(origin.utf8) && !active.contains(entry.stored.number) {
            if settled[entry.stored.number] == nil { try activate(entry.stored, table) }
        }
        update(origin) { $0.isUnsettled = false }
        return settled
    }

    /// Completes an import whose receipt is in the own log, and drops any other.
    ///
    /// - Returns: the import and its receipt when it counts now.
    @discardableResult
    private func settle(
        _ number: Int64, _ table: ForeignTable
    ) throws(ExchangeFailure) -> (ForeignImport, LoggedStatement)? {
        let stored = try inDatabase { () throws(DatabaseError) in try table.storedImport(number) }
        let logged: LoggedStatement?
        do throws(LogError) {
            logged = try stored.flatMap { (stored) throws(LogError) in try book.find(stored.receipt) }
        } catch {
            throw .receipt(error)
        }
        guard let stored, let logged else {
            try discard(number, table)
            return nil
        }
        // ✝ Before: the next attempt finds the same.
        try write(.confirm, table) { () throws(ExchangeFailure) in
            try inDatabase { () throws(DatabaseError) in
                try table.confirm(number, receipt: logged.statementID, at: logged.logIndex)
            }
        }
        return (stored, logged)
    }

    /// Drops what was staged for an import. ✝ Before: nobody sees it, and the next start drops it.
    func discard(_ number: Int64, _ table: ForeignTable) throws(ExchangeFailure) {
        try write(.discard, table) { () throws(ExchangeFailure) in
            try inDatabase { () throws(DatabaseError) in try table.discard(number) }
        }
    }

    /// Lets an import that counts be known, after comparing what is stored with what its receipt says.
    ///
    /// - Throws: `ExchangeFailure.damaged`.
    func activate(_ done: ForeignImport, _ table: ForeignTable) throws(ExchangeFailure) {
        var walk = ImportWalk(done)
        var entries: [ForeignEntry] = []
        try walk.run(table) { (index, leaf) throws(StatementError) in
            entries.append(try ForeignEntry(leaf: leaf, at: index))
        }
        let followed = try done.frontier.map { (hashes) throws(ExchangeFailure) in
            try MerkleFrontier(storedIn: done, hashes)
        }
        update(done.origin) { memory in
            memory.active.insert(done.number)
            memory.statements += done.statements
            memory.bytes += walk.bytes
            if done.treeSize >= memory.size {
                (memory.size, memory.root, memory.note) = (done.treeSize, done.root, done.note)
            }
            if let followed, followed.size > memory.followed.size { memory.followed = followed }
            // A file says nothing of how fresh a followed log is.
            if followed != nil || memory.followed.size == .zero { memory.lastVerifiedAt = done.createdAt }
            memory.problem = nil
        }
        let memory = memory(of: done.origin)
        knowledge.add(
            entries, of: done.origin, followedSize: memory?.followed.size.value ?? 0, at: memory?.lastVerifiedAt)
    }
}

extension MerkleFrontier {
    /// The frontier that an import stored, which must have the root that its checkpoint has.
    init(storedIn done: ForeignImport, _ hashes: [SHA256Digest]) throws(ExchangeFailure) {
        guard let frontier = try? MerkleFrontier(size: TreeSize(done.treeSize), hashes: hashes),
            frontier.root == done.root
        else { throw .damaged(.importContents(number: done.number, origin: done.origin)) }
        self = frontier
    }
}

/// Walks the entries that one import brought, and compares them with what its receipt says.
struct ImportWalk {
    let done: ForeignImport
    private(set) var bytes: UInt64 = 0

    init(_ done: ForeignImport) { self.done = done }

    /// - Throws: `ExchangeFailure.damaged` when an entry was added, removed or changed, or `visit` refuses one.
    mutating func run(
        _ table: ForeignTable, visit: (_ index: UInt64, _ leaf: [UInt8]) throws(StatementError) -> Void
    ) throws(ExchangeFailure) {
        var tree = MerkleFrontier()
        var next: UInt64 = 0
        while true {
            let page = try inDatabase { () throws(DatabaseError) in try table.leaves(of: done.number, from: next) }
            guard let last = page.last else { break }
            for (index, leaf) in page {
                tree.append(leafHash: MerkleTree.leafHash(leaf))
                bytes += UInt64(leaf.count)
                do throws(StatementError) {
                    try visit(index, leaf)
                } catch {
                    throw .damaged(.entry(origin: done.origin, index: index, reason: "\(error)"))
                }
            }
            next = last.index + 1
        }
        guard tree.size.value == done.statements, tree.root == done.statementsRoot else {
            throw .damaged(.importContents(number: done.number, origin: done.origin))
        }
    }
}
