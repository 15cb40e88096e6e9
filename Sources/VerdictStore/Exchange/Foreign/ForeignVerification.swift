import Cryptography
import Platform
import Screening
import TransparencyLog

/// What `ForeignStore.verify` found to hold.
public struct ForeignVerification: Hashable, Sendable {
    public var imports: UInt64 = 0
    public var statements: UInt64 = 0
    public var signatures: UInt64 = 0
    /// Log indices of receipts whose imports are not stored any more. No damage by itself: foreign.db may have been
    /// moved aside on purpose, and what it held can be taken over again.
    public var lostReceipts: [UInt64] = []

    public init() {}
}

extension ForeignStore {
    /// Checks everything that is held of other logs: definitions, every import against its receipt in the own log,
    /// every signature under the other log's own keys, and the root of every followed log.
    ///
    /// Needs no server and writes nothing. Blocks.
    ///
    /// - Parameter progress: called after each import with imports checked, and of all.
    /// - Throws: `ExchangeFailure.damaged` at the first thing that does not hold; `.log` when the own log cannot be read.
    public static func verify(
        _ directory: DataDirectory, progress: (_ imports: UInt64, _ of: UInt64) -> Void = { _, _ in }
    ) throws(ExchangeFailure) -> ForeignVerification {
        guard Files.exists(directory.foreignPath) else { return ForeignVerification() }
        let own: [LoggedStatement]
        do throws(LogError) {
            own = try LogReader(directory).statements(
                matching: StatementFilter(predicateType: .importReceipt), limit: .max
            ).map(\.logged)
        } catch {
            throw .log(error)
        }
        let connection = try inDatabase { () throws(DatabaseError) in
            try Connection(directory.foreignPath, access: .readOnly)
        }
        if let object = try inDatabase({ () throws(DatabaseError) in try ForeignSchema.firstDifference(connection) }) {
            throw .damaged(.schema(object: object))
        }
        var check = ForeignCheck(table: ForeignTable(connection: connection))
        return try check.run(receipts: own, progress)
    }
}

/// One pass over the imports, then one over the entries of each log.
private struct ForeignCheck {
    let table: ForeignTable
    private var found = ForeignVerification()

    init(table: ForeignTable) { self.table = table }

    mutating func run(
        receipts own: [LoggedStatement], _ progress: (UInt64, UInt64) -> Void
    ) throws(ExchangeFailure) -> ForeignVerification {
        var receipts = Dictionary(own.map { ($0.statementID, $0) }) { first, _ in first }
        let imports = try inDatabase { () throws(DatabaseError) in try table.receipted() }
        var followed: [String: ForeignImport] = [:]
        for entry in imports {
            guard let logged = receipts.removeValue(forKey: entry.receipt),
                logged.statement == .importReceipt(entry.stored.receipt)
            else { throw .damaged(.noReceipt(number: entry.stored.number, origin: entry.stored.origin)) }
            var walk = ImportWalk(entry.stored)
            try walk.run(table) { (_, _) throws(StatementError) in }
            found.imports += 1
            found.statements += entry.stored.statements
            if entry.stored.frontier != nil, entry.stored.treeSize >= followed[entry.stored.origin]?.treeSize ?? 0 {
                followed[entry.stored.origin] = entry.stored
            }
            progress(found.imports, UInt64(imports.count))
        }
        for origin in Set(imports.map(\.stored.origin)).sorted() { try checkLog(origin, followed[origin]) }
        found.lostReceipts = receipts.values.map(\.logIndex).sorted()
        return found
    }

    /// Verifies every entry of a log with the keys that its entries before it introduced.
    private mutating func checkLog(_ origin: String, _ followed: ForeignImport?) throws(ExchangeFailure) {
        var keyring = Keyring()
        var tree = MerkleFrontier()
        var next: UInt64 = 0
        guard let log = try inDatabase({ () throws(DatabaseError) in try table.knownLog(named: origin) }) else {
            return
        }
        while true {
            let page = try inDatabase { () throws(DatabaseError) in try table.leaves(ofLog: log, from: next) }
            guard let last = page.last else { break }
            for (index, leaf) in page {
                try check(leaf, at: index, of: origin, &keyring)
                guard let followed, index < followed.treeSize, index == tree.size.value else { continue }
                tree.append(leafHash: MerkleTree.leafHash(leaf))
            }
            next = last.index + 1
        }
        guard let followed else { return }
        guard tree.size.value == followed.treeSize, tree.root == followed.root else {
            throw .damaged(.importContents(number: followed.number, origin: origin))
        }
    }

    private mutating func check(
        _ leaf: [UInt8], at index: UInt64, of origin: String, _ keyring: inout Keyring
    ) throws(ExchangeFailure) {
        do throws(StatementError) {
            found.signatures += UInt64(try keyring.read(leaf, at: index).signers.count)
        } catch {
            throw .damaged(.entry(origin: origin, index: index, reason: "\(error)"))
        }
    }
}
