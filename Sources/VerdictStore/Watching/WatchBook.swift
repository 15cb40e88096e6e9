import Registry

/// The packages that are looked at ahead of demand, why, and what the last look found. In `watch.db`.
///
/// What was added is durable when the call returns, but for the moments before a loss of power. It can be made again by
/// adding it again, so a lost list costs time and nothing else.
public final class WatchBook: Sendable {
    /// More than any organisation depends on; a bound on memory and on what one file may ask for.
    public static let maxPackages = 20_000

    private let database: DatabaseThread

    /// Opens the list, made when missing. Blocks; it belongs to start-up.
    ///
    /// - Throws: `DatabaseError`.
    public init(path: String) throws(DatabaseError) {
        database = try DatabaseThread(path, named: "watch") { (connection) throws(DatabaseError) in
            try WatchTable.prepare(connection)
        }
    }

    /// Everything that is watched, ascending.
    ///
    /// - Throws: `DatabaseError`.
    public func packages() async throws(DatabaseError) -> [WatchedPackage] {
        try await database.run { (connection) throws(DatabaseError) in
            try WatchTable(connection: connection).packages().values.sorted { $0.key < $1.key }
        }
    }

    // MARK: What is watched

    /// Watches packages for one more reason each; they are looked at soon.
    ///
    /// - Parameter isDry: only say what would change.
    /// - Throws: `WatchRefusal`; nothing is changed then.
    public func add(
        _ wanted: [WatchKey: [WatchReason]], isDry: Bool = false
    ) async throws(WatchRefusal) -> WatchChange {
        try await change(isDry: isDry) { (table, _) throws(DatabaseError) in
            for (key, reasons) in wanted { for reason in reasons { try table.add(key, reason) } }
        }
    }

    /// Watches what a lockfile has now, in place of what a lockfile of the same name had.
    ///
    /// - Throws: `WatchRefusal`; nothing is changed then.
    public func replace(
        lockfile label: String, by wanted: [WatchKey: [WatchReason]], isDry: Bool = false
    ) async throws(WatchRefusal) -> WatchChange {
        try await change(isDry: isDry) { (table, before) throws(DatabaseError) in
            for (key, package) in before {
                for reason in package.reasons where reason.origin == .lockfile(label) {
                    let isKept = wanted[key]?.contains { $0.wish == reason.wish } ?? false
                    if !isKept { try table.remove(key, reason) }
                }
            }
            for (key, reasons) in wanted { for reason in reasons { try table.add(key, reason) } }
        }
    }

    /// Ends reasons of watching; a package without any is not watched any more.
    ///
    /// - Throws: `WatchRefusal`; nothing is changed then.
    public func remove(
        isDry: Bool = false, where isMeant: @escaping @Sendable (WatchKey, WatchReason) -> Bool
    ) async throws(WatchRefusal) -> WatchChange {
        try await change(isDry: isDry) { (table, before) throws(DatabaseError) in
            for (key, package) in before {
                for reason in package.reasons where isMeant(key, reason) { try table.remove(key, reason) }
            }
        }
    }

    private func change(
        isDry: Bool,
        _ body: @escaping @Sendable (WatchTable, [WatchKey: WatchedPackage]) throws(DatabaseError) -> Void
    ) async throws(WatchRefusal) -> WatchChange {
        let outcome: Result<WatchChange, WatchRefusal>
        do throws(DatabaseError) {
            outcome = try await database.run { (connection) throws(DatabaseError) in
                let table = WatchTable(connection: connection)
                try connection.run("BEGIN IMMEDIATE")
                do throws(DatabaseError) {
                    let before = try table.packages()
                    try body(table, before)
                    let after = try table.packages()
                    let isTooMuch = after.count > Self.maxPackages
                    if !isDry && !isTooMuch {
                        try Self.orderChanged(before, after, table)
                        try table.forgetUnwatched()
                    }
                    // ✝ Either the old list or the new one, whole.
                    try isDry || isTooMuch
                        ? connection.rollBack()
                        : { () throws(DatabaseError) in
                            try connection.run("COMMIT")
                        }()
                    return isTooMuch ? .failure(.tooMany(after.count)) : .success(Self.comparing(before, after))
                } catch {
                    try connection.rollBack()
                    throw error
                }
            }
        } catch {
            throw .database(error)
        }
        return try outcome.get()
    }

    /// What is wanted otherwise than before is looked at again.
    private static func orderChanged(
        _ before: [WatchKey: WatchedPackage], _ after: [WatchKey: WatchedPackage], _ table: WatchTable
    ) throws(DatabaseError) {
        let number = try table.lastOrder() + 1
        for (key, package) in after where wishes(package) != before[key].map(wishes) { try table.order(key, number) }
    }

    private static func comparing(
        _ before: [WatchKey: WatchedPackage], _ after: [WatchKey: WatchedPackage]
    ) -> WatchChange {
        var change = WatchChange()
        for (key, package) in after {
            guard let earlier = before[key] else {
                change.added += 1
                continue
            }
            if wishes(earlier) == wishes(package) { change.unchanged += 1 } else { change.changed += 1 }
        }
        change.removed = before.keys.count { after[$0] == nil }
        return change
    }

    private struct Wish: Hashable {
        let origin: WatchReason.Origin
        let wish: VersionWish
        let versions: Int?
    }

    /// What was wanted once is ordered by itself, and its end changes nothing.
    private static func wishes(_ package: WatchedPackage) -> Set<Wish> {
        Set(
            package.reasons.filter { $0.origin != .once }.map {
                Wish(origin: $0.origin, wish: $0.wish, versions: $0.versions)
            })
    }

    // MARK: Looks

    /// Orders a look at packages, or at all of them. An order for all that is under way is joined, so that asking again
    /// goes on instead of beginning anew.
    ///
    /// - Returns: the order's number.
    /// - Throws: `DatabaseError`.
    public func order(_ keys: [WatchKey]?) async throws(DatabaseError) -> Int64 {
        try await database.run { (connection) throws(DatabaseError) in
            try connection.transaction { () throws(DatabaseError) in
                let table = WatchTable(connection: connection)
                let packages = try table.packages()
                let next = try table.lastOrder() + 1
                if let keys {
                    for key in keys where packages[key] != nil { try table.order(key, next) }
                    return next
                }
                let open = packages.values.filter(\.isOrdered).map(\.asked).max()
                for (key, package) in packages where package.asked < open ?? next { try table.order(key, open ?? next) }
                return open ?? next
            }
        }
    }

    /// Keeps what a look found.
    ///
    /// - Parameter number: the order that it fulfils; nil when the look has to be repeated.
    /// - Throws: `DatabaseError`.
    public func keep(_ look: WatchLook, of key: WatchKey, answering number: Int64?) async throws(DatabaseError) {
        try await database.run { (connection) throws(DatabaseError) in
            try WatchTable(connection: connection).keep(look, of: key, answering: number)
        }
    }

    /// Finishes what was asked for and closes the list.
    public func close() async { await database.close() }
}

/// Why the watch list is not changed.
public enum WatchRefusal: Error, Sendable, CustomStringConvertible {
    /// So many packages would be watched.
    case tooMany(Int)
    case database(DatabaseError)

    public var description: String {
        switch self {
        case .tooMany(let count):
            "\(count) packages would be watched, and at most \(WatchBook.maxPackages) can be; remove some first"
        case .database(let error): "\(error)"
        }
    }
}
