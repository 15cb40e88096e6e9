import Platform

/// A database beside the log: what makes its tables, and what its loss means.
private struct KnownDatabase {
    let path: String
    let weight: CheckFinding.Weight
    let advice: String
    let create: (Connection) throws(DatabaseError) -> Void
    /// What an earlier version made; the server adds what is missing at its next start.
    var createdEarlier: ((Connection) throws(DatabaseError) -> Void)?
}

extension DeploymentCheck {
    /// Page by page and definition by definition: other logs, jobs, listing history, accesses, refusals, the watch list,
    /// and what models cost and answered.
    func checkDatabases() -> CheckResult {
        var list = FindingList(.databases)
        let known = knownDatabases
        for (number, database) in known.enumerated() {
            check(database, &list)
            progress(.databases, UInt64(number + 1), UInt64(known.count))
        }
        checkForeign(&list)
        checkHistory(&list)
        return list.result("\(known.count { Files.exists($0.path) }) databases")
    }

    private var knownDatabases: [KnownDatabase] {
        [
            KnownDatabase(
                path: data.foreignPath, weight: .damage,
                advice:
                    "stop jurat serve and put it back from a backup, or move it away: what was taken over from other "
                    + "logs has to be taken over again then", create: ForeignSchema.create),
            KnownDatabase(
                path: data.historyPath, weight: .damage,
                advice: "stop jurat serve and put it back from a backup: nothing else knows what sources sent before",
                create: ListingHistory.prepare, createdEarlier: ListingTable.prepare),
            KnownDatabase(
                path: data.accessPath, weight: .damage,
                advice:
                    "stop jurat serve and put it back from a backup, or move it away: who fetched what is lost then",
                create: AccessTable.prepare),
            KnownDatabase(
                path: data.refusalsPath, weight: .damage,
                advice: "stop jurat serve and remove it: it fills again as clients are refused",
                create: RefusalTable.prepare),
            KnownDatabase(
                path: data.watchPath, weight: .damage,
                advice:
                    "stop jurat serve and put it back from a backup, or remove it and add again what is to be watched",
                create: WatchTable.create),
            KnownDatabase(
                path: data.jobsPath, weight: .damage,
                advice: "stop jurat serve and remove it: what is asked for is analysed again",
                create: JobTable.prepare),
            KnownDatabase(
                path: data.reviewsPath, weight: .damage,
                advice:
                    "stop jurat serve and put it back from a backup, or remove it: what models cost today is forgotten "
                    + "then, and what they answered is asked again", create: ReviewBook.prepare),
        ]
    }

    private func check(_ database: KnownDatabase, _ list: inout FindingList) {
        // The server makes what is missing at its next start.
        guard Files.exists(database.path) else { return }
        do throws(DatabaseError) {
            let connection = try Connection(database.path, access: .readOnly)
            for problem in try connection.integrityProblems() {
                list.add(database.weight, database.path, problem, advice: database.advice)
            }
            if let object = try VerdictLogSchema.firstDifference(in: connection, madeBy: database.create) {
                if let earlier = database.createdEarlier,
                    try VerdictLogSchema.firstDifference(in: connection, madeBy: earlier) == nil
                {
                    return
                }
                list.add(
                    database.weight, database.path, "the definition of \(Logger.printable(object)) was changed",
                    advice: database.advice)
            }
        } catch {
            list.add(database.weight, database.path, "\(error)", advice: database.advice)
        }
    }

    /// Every import against its receipt, every signature of other logs.
    private func checkForeign(_ list: inout FindingList) {
        do throws(ExchangeFailure) {
            let verification = try ForeignStore.verify(data)
            guard !verification.lostReceipts.isEmpty else { return }
            list.add(
                .warning, data.foreignPath,
                "\(verification.lostReceipts.count) imports that the log has receipts of are not stored any more",
                advice: "take them over again: jurat bundle import, or follow the log")
        } catch {
            // A log that cannot be read is a finding of its own.
            if case .log = error { return }
            list.add(
                .damage, data.foreignPath, "\(error)",
                advice: "stop jurat serve and put it back from a backup, or move it away and take it over again")
        }
    }

    private func checkHistory(_ list: inout FindingList) {
        if let problem = HistoryLoss(data).problem {
            list.add(.warning, data.historyLossPath, problem, advice: "put history.db back, or remove this notice")
        } else if !Files.exists(data.historyPath), logHasVerdicts() {
            list.add(
                .damage, data.historyPath, "it is missing, although artifacts were judged here",
                advice: "put it back from a backup: nothing else knows what sources sent before")
        }
    }
}
